"""Types of parameters: what a text is read as before it is validated against its schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contract_compiler.document import Node
from contract_compiler.references import all_of_parts

ParameterType = dict[str, Any]


def parameter_type(schema: Node | None) -> ParameterType:
    """How to read a literal of this schema; `{"type": "any"}`, plain text, where the schema names no type.

    Seen through references, allOf, and alternatives that agree on a type.
    """
    name = type_name(schema)
    if schema is not None and name == "array":
        return {"type": "array", "items": parameter_type(_first(schema, "items"))}
    if schema is not None and name == "object":
        return {"type": "object", "properties": _properties(schema), "additional": _additional(schema)}
    return {"type": name}


def type_name(schema: Node | None) -> str:
    """The one type of a schema's values; `any` if it names none, `mixed` if it names several."""
    names = set() if schema is None else types(schema)
    if names == {"integer", "number"}:
        return "number"
    return min(names or {"any"}) if len(names) < 2 else "mixed"


def types(schema: Node) -> set[str]:
    """The types that a schema names, none if it leaves them open."""
    result: set[str] = set()
    waiting, seen = [schema], set()
    while waiting:
        parts = list(all_of_parts(waiting.pop()))
        if parts[0].path in seen:
            continue
        seen.add(parts[0].path)
        found = {str(part.read("type")) for part in parts if "type" in part}
        # An integer is a number: together they ask for an integer.
        result |= {"integer"} if found == {"integer", "number"} else found
        if not found:
            waiting.extend(_alternatives(parts))
    return result


def property_names(schema: Node) -> set[str]:
    """The properties that an object schema, with what it includes, names."""
    return {name for part in all_of_parts(schema) for name in part.read("properties", {})}


def is_open(schema: Node) -> bool:
    """Whether an object may have properties that the schema does not name."""
    rule = _first(schema, "additionalProperties")
    return rule is None or rule.value is not False


def _alternatives(parts: list[Node]) -> Iterator[Node]:
    for part in parts:
        for keyword in ("oneOf", "anyOf"):
            yield from part[keyword].elements() if keyword in part else ()


def _first(schema: Node, keyword: str) -> Node | None:
    return next((part[keyword] for part in all_of_parts(schema) if keyword in part), None)


def _properties(schema: Node) -> dict[str, ParameterType]:
    return {
        name: parameter_type(child)
        for part in all_of_parts(schema)
        if "properties" in part
        for name, child in part["properties"].entries()
    }


def _additional(schema: Node) -> ParameterType | None:
    if not is_open(schema):
        return None
    rule = _first(schema, "additionalProperties")
    return parameter_type(rule) if rule is not None and rule.value is not True else {"type": "any"}
