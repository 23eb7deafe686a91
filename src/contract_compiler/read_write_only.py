"""Which properties belong to requests only (`writeOnly`) or to responses only (`readOnly`).

OpenAPI 3.0.3, Schema Object, fixed fields: https://spec.openapis.org/oas/v3.0.3#schema-object
"""

from __future__ import annotations

from contract_compiler.document import Node
from contract_compiler.references import all_of_parts
from contract_compiler.traversal import Direction

_HIDING: dict[Direction, str] = {"request": "readOnly", "response": "writeOnly"}


def is_hidden(schema: Node, direction: Direction | None) -> bool:
    """Whether a property of this schema, seen through references and allOf, has no place in such a message."""
    if direction is None:
        return False
    keyword = _HIDING[direction]
    return any(part.read(keyword) is True for part in all_of_parts(schema))


def hidden_names(schema: Node, direction: Direction | None) -> set[str]:
    """The schema's own properties that have no place in a message of that direction."""
    if "properties" not in schema:
        return set()
    return {name for name, child in schema["properties"].entries() if is_hidden(child, direction)}


def required(schema: Node, direction: Direction | None) -> list[str]:
    """The properties that a message of that direction must have."""
    hidden = hidden_names(schema, direction)
    return [name for name in schema.read("required", []) if name not in hidden]
