"""The operations to call: how often by mix.json, how and how fast by the contract."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

PROJECT = Path(__file__).resolve().parents[2]
CONTRACT = PROJECT / "generated" / "products.json"
MIX = Path(__file__).with_name("mix.json")
METHODS = {"get", "put", "post", "delete", "patch", "head", "options", "trace"}


class MixOperation(NamedTuple):
    """One operation of the contract. `target` is x-latency-target-ms; `body` is the first example of its request."""

    operation_id: str
    method: str
    path: str
    target: int
    secured: bool
    body: Mapping[str, Any] | None


class MixError(Exception):
    """Exception for a mix that does not fit the contract. The message says what to change."""


@dataclass(frozen=True)
class Mix:
    """The operations of mix.json with their shares of the requests, which add up to one; `left_out`: all others."""

    operations: Mapping[str, MixOperation]
    shares: Mapping[str, float]
    left_out: tuple[str, ...] = ()

    @classmethod
    def read(cls, contract: Path = CONTRACT, mix: Path = MIX, *, reads_only: bool = False) -> Mix:
        """Raises MixError when the mix names operations that the contract does not have."""
        declared = _operations(json.loads(contract.read_text(encoding="utf-8")))
        weights = json.loads(mix.read_text(encoding="utf-8"))
        if unknown := sorted(weights.keys() - declared.keys()):
            raise MixError(f"{mix.name} names operations that the contract does not have: {', '.join(unknown)}")
        operations = {name: each for name, each in declared.items() if name in weights}
        left_out = tuple(name for name in declared if name not in weights)
        chosen = {name: weight for name, weight in weights.items() if not (reads_only and operations[name].secured)}
        total = sum(chosen.values())
        return cls(operations, {name: weight / total for name, weight in chosen.items()}, left_out)


def _operations(document: Mapping[str, Any]) -> dict[str, MixOperation]:
    found = {}
    for path, item in document["paths"].items():
        for method in METHODS & item.keys():
            each = item[method]
            found[each["operationId"]] = MixOperation(
                operation_id=each["operationId"],
                method=method.upper(),
                path=path,
                target=each["x-latency-target-ms"],
                secured=bool(each.get("security", document.get("security"))),
                body=_first_example(document, each.get("requestBody", {})),
            )
    return found


def _first_example(document: Mapping[str, Any], body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    content = _resolved(document, body).get("content", {}).get("application/json", {})
    example = next(iter(content.get("examples", {}).values()), None)
    return None if example is None else dict(_resolved(document, example)["value"])


def _resolved(document: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in node:
        found: Any = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        node = found
    return node
