"""Defaults: the values that the run time fills in for what a request leaves out.

Through references, allOf, properties, items and additionalProperties; never through oneOf, anyOf or not, where it is
open which branch was meant.
"""

from __future__ import annotations

from typing import Any

from contract_compiler.diagnostics import InvalidDocument
from contract_compiler.document import Node
from contract_compiler.read_write_only import is_hidden
from contract_compiler.references import all_of_parts, follow
from contract_compiler.schema_reachability import holds_default


def own_default(schema: Node | None) -> Node | None:
    """The default that stands at the schema itself, seen through references and allOf."""
    parts = all_of_parts(schema) if schema is not None else ()
    return next((part["default"] for part in parts if "default" in part), None)


def body_defaults(schema: Node) -> dict[str, Any]:
    """The defaults inside a request body, as a tree of `properties`, `items` and `additional`; {} if there are none.

    Raises:
        InvalidDocument: a default would have to be filled in at every depth of a schema that contains itself.
    """
    return _inside(schema, ())


def _inside(schema: Node, passed: tuple[tuple[str, ...], ...]) -> dict[str, Any]:
    if not holds_default(schema):
        return {}
    place = follow(schema).path
    if place in passed:
        message = "a default below it would have to be filled in at every depth, for the schema contains itself"
        raise InvalidDocument([schema.diagnostic("default-endless", message)])
    result: dict[str, Any] = {}
    for part in all_of_parts(schema):
        _merge(result, _of_part(part, (*passed, place)))
    return result


def _of_part(part: Node, passed: tuple[tuple[str, ...], ...]) -> dict[str, Any]:
    properties = {
        name: found
        for name, child in (part["properties"].entries() if "properties" in part else ())
        if not is_hidden(child, "request") and (found := _of_property(child, passed))
    }
    result: dict[str, Any] = {"properties": properties} if properties else {}
    for keyword, key in (("items", "items"), ("additionalProperties", "additional")):
        if isinstance(part.read(keyword), dict) and (found := _inside(part[keyword], passed)):
            result[key] = found
    return result


def _of_property(schema: Node, passed: tuple[tuple[str, ...], ...]) -> dict[str, Any]:
    default = own_default(schema)
    return ({} if default is None else {"default": default.value}) | _inside(schema, passed)


def _merge(tree: dict[str, Any], other: dict[str, Any]) -> None:
    for key, value in other.items():
        if key in tree and isinstance(value, dict) and key != "default":
            _merge(tree[key], value)
        else:
            tree.setdefault(key, value)
