"""The contract of a deployment, as far as a validation reads it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from contract_compiler import document
from contract_compiler.diagnostics import InvalidDocument
from cross_check.contract_document import ContractDocument, DocumentOperation
from deployment_validation import CannotRun

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = ROOT / "openapi" / "products.yaml"

LATENCY_TARGET = "x-latency-target-ms"
LIST, GET, CREATE = "listProducts", "getProduct", "createProduct"
UPDATE, DELETE = "updateProduct", "deleteProduct"
KNOWN = frozenset({LIST, GET, CREATE, UPDATE, DELETE})
"""The operations whose happy paths are checked."""


def unknown_id() -> str:
    """An id that nothing has."""
    return str(uuid4())


def filled(path: str, values: Mapping[str, str] | None = None) -> str:
    """A path template with these values, percent-encoded; where there is none, with ids that nothing has."""
    given = values or {}
    return re.sub(r"\{([^}]*)\}", lambda found: quote(given.get(found[1]) or unknown_id(), safe=""), path)


class Contract:
    """An OpenAPI document, its references as they stand in it."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.content = content
        self.title, self.version = str(content["info"]["title"]), str(content["info"]["version"])
        self.paths = list(content["paths"])
        self._document = ContractDocument(content)
        self._resolve = self._document.resolve
        self.operations = {each.operation_id: each for each in self._document.operations()}

    @classmethod
    def load(cls, path: Path) -> Contract:
        """Raises CannotRun."""
        try:
            contract = cls(json.loads(json.dumps(document.load(path).value, default=float)))
        except OSError as error:
            raise CannotRun(f"The contract {path} cannot be read ({error.strerror}).") from None
        except (InvalidDocument, LookupError, TypeError, AttributeError):
            raise CannotRun(f"The contract {path} is no OpenAPI document that this script can use.") from None
        if missing := sorted(KNOWN - contract.operations.keys()):
            raise CannotRun(f"The contract {path} has no operation {', '.join(missing)}.")
        return contract

    def of_path(self, path: str) -> list[DocumentOperation]:
        """The operations of a path, in the document's order."""
        return [each for each in self.operations.values() if each.path == path]

    def methods(self, path: str) -> list[str]:
        """The declared methods of a path, in capitals, in alphabetical order."""
        return self._document.methods(path)

    def undeclared_method(self, path: str) -> str:
        """A method that the path does not have."""
        return next(each for each in ("PATCH", "TRACE", "PUT", "DELETE") if each not in self.methods(path))

    @property
    def collection(self) -> str:
        """The path of all products."""
        return self.operations[CREATE].path

    def product(self, product_id: str) -> str:
        """The path of one product."""
        return filled(self.operations[GET].path, {"productId": product_id})

    @property
    def largest_page(self) -> int:
        """How many products a client may ask for at once."""
        [limit] = [each for each in map(self._resolve, self._node(LIST)["parameters"]) if each["name"] == "limit"]
        return int(self._resolve(limit["schema"])["maximum"])

    def latency_target(self, operation_id: str) -> float | None:
        """The p95 that the operation is held to, in milliseconds."""
        target = self._node(operation_id).get(LATENCY_TARGET)
        return None if target is None else float(target)

    def largest_body(self, operation_id: str) -> int:
        """How many bytes a request's body may have; 0 when the contract sets no limit."""
        return int(self._resolve(self._node(operation_id).get("requestBody", {})).get("x-max-bytes", 0))

    def defaults(self, operation_id: str) -> dict[str, Any]:
        """What is filled in for the fields that a JSON body leaves out."""
        content = self._resolve(self._node(operation_id)["requestBody"])["content"]
        properties = self._resolve(content["application/json"]["schema"])["properties"]
        fields = {name: self._resolve(field) for name, field in properties.items()}
        return {name: field["default"] for name, field in fields.items() if "default" in field}

    def response_headers(self, operation_id: str, status: int) -> list[str]:
        """The headers that an answer with this status may have."""
        response = self._node(operation_id)["responses"].get(str(status), {})
        return list(self._resolve(response).get("headers", {}))

    def statuses(self, operation_id: str) -> list[int]:
        """The statuses that the contract names for the operation; ranges and the default are left out."""
        return [int(each) for each in self._node(operation_id)["responses"] if re.fullmatch("[0-9]{3}", each)]

    def required_values(self, operation_id: str) -> dict[tuple[str, str], str | None]:
        """A value for each parameter (place, name) that a request must have; None where the contract gives none.

        It is the parameter's example, its default, or the first of its enum; for a part of the path also its
        illustration or, where it may be any text, an id that nothing has.
        """
        item = self.content["paths"][self.operations[operation_id].path]
        declared = (*item.get("parameters", ()), *self._node(operation_id).get("parameters", ()))
        parameters = [self._resolve(each) for each in declared]
        return {(each["in"], each["name"]): self._value(each) for each in parameters if each.get("required")}

    def _value(self, parameter: Mapping[str, Any]) -> str | None:
        schema = self._resolve(parameter.get("schema", {}))
        named = (self._resolve(each).get("value") for each in parameter.get("examples", {}).values())
        given = (parameter.get("example"), *named, schema.get("example"), schema.get("default"))
        illustrations = [each.get("x-illustration") for each in (parameter, schema) if parameter["in"] == "path"]
        value = next((each for each in (*given, *schema.get("enum", ()), *illustrations) if each is not None), None)
        if isinstance(value, bool | list | dict):
            return json.dumps(value) if isinstance(value, bool) else None
        any_text = schema.get("type") == "string" and schema.get("format", "uuid") == "uuid"
        if value is None and parameter["in"] == "path" and any_text and not schema.keys() & {"pattern", "maxLength"}:
            return unknown_id()
        return None if value is None else str(value)

    def _node(self, operation_id: str) -> dict[str, Any]:
        operation = self.operations[operation_id]
        node: dict[str, Any] = self.content["paths"][operation.path][operation.method.lower()]
        return node
