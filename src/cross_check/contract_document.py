"""An OpenAPI document as whoever calls its API reads it: its operations, and what their requests may carry."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def version_headers(gateway_settings: Path) -> list[str]:
    """The headers in which the gateway sends the contract's version, as its settings (`apigateway.yaml`) name them."""
    settings = yaml.safe_load(gateway_settings.read_text(encoding="utf-8"))
    return [name for name, source in settings["headers"].items() if source == "info.version"]


@dataclass(frozen=True)
class Parameter:
    """`place` is `path`, `query`, `header` or `cookie`; `type` is the schema's, empty when it has none."""

    place: str
    name: str
    type: str


@dataclass(frozen=True)
class DocumentOperation:
    """One method, in capitals, of one path. `node` is its Operation Object."""

    operation_id: str
    method: str
    path: str
    secured: bool
    has_body: bool
    parameters: tuple[Parameter, ...]
    node: Mapping[str, Any] = field(compare=False, repr=False)

    def parameter(self, place: str, name: str) -> Parameter | None:
        return next((each for each in self.parameters if (each.place, each.name) == (place, name)), None)

    def path_parameters(self, path: str) -> dict[str, str]:
        """What stands in `path`, one that was routed here, for each parameter of the template."""
        literals = re.split(r"\{[^}]*\}", self.path)
        values = re.fullmatch("([^/]+)".join(map(re.escape, literals)), path)
        return dict(zip(re.findall(r"\{([^}]*)\}", self.path), values.groups() if values else (), strict=False))

    def request_headers(self) -> set[str]:
        """The headers that a client may have to send."""
        headers = {each.name for each in self.parameters if each.place == "header"}
        return headers | ({"Authorization"} if self.secured else set()) | ({"Content-Type"} if self.has_body else set())


@dataclass(frozen=True)
class ContractDocument:
    """An OpenAPI 3.0 document, read from JSON. Its operations need an operationId each."""

    content: dict[str, Any]

    @classmethod
    def load(cls, path: Path) -> ContractDocument:
        return cls(json.loads(path.read_text(encoding="utf-8")))

    def operations(self) -> Iterator[DocumentOperation]:
        for path, item in self.content["paths"].items():
            for method in METHODS:
                if method in item:
                    operation = item[method]
                    parameters = (*item.get("parameters", ()), *operation.get("parameters", ()))
                    yield DocumentOperation(
                        operation_id=operation["operationId"],
                        method=method.upper(),
                        path=path,
                        secured=bool(operation.get("security", self.content.get("security"))),
                        has_body="requestBody" in operation,
                        parameters=tuple(self._parameter(self.resolve(each)) for each in parameters),
                        node=operation,
                    )

    def methods(self, path: str) -> list[str]:
        """The declared methods of `path`, in capitals, in alphabetical order."""
        return sorted(method.upper() for method in METHODS if method in self.content["paths"][path])

    def extension(self, name: str) -> list[str]:
        """All that the security schemes say under the extension `name`, a list, in the order of the document."""
        schemes = self.content.get("components", {}).get("securitySchemes", {})
        return [value for scheme in schemes.values() for value in scheme.get(name, ())]

    def resolve(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        """The node, or what it refers to, at the end of the references."""
        while "$ref" in node:
            target: Any = self.content
            for step in node["$ref"].removeprefix("#/").split("/"):
                target = target[step.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def _parameter(self, parameter: Mapping[str, Any]) -> Parameter:
        schema = self.resolve(parameter.get("schema", {}))
        return Parameter(parameter["in"], parameter["name"], schema.get("type", ""))
