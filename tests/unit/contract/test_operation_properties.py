"""What an operation tells of the contract's schemas."""

from __future__ import annotations

from typing import Any

import pytest

from contract.operation import Operation

THING = {
    "type": "object",
    "required": ["name", "id"],
    "properties": {"colour": {"type": "string"}, "id": {"type": "integer"}, "name": {"type": "string"}},
}
DEFINITIONS: dict[str, Any] = {
    "Thing": THING,
    "Larger": {"allOf": [{"$ref": "#/$defs/Thing"}, {"properties": {"size": {"type": "integer"}}}]},
}


@pytest.fixture
def operation() -> Operation:
    table: dict[str, Any] = {"format": 1, "operationId": "getThing", "method": "GET", "path": "/things"}
    empty: dict[str, Any] = {
        "security": [],
        "securitySchemes": {},
        "parameters": [],
        "requestBody": None,
        "responses": {},
    }
    return Operation({**table, **empty, "definitions": DEFINITIONS})


@pytest.mark.parametrize(
    ("definition", "names"),
    [("Thing", ["name", "id", "colour"]), ("Larger", ["name", "id", "colour", "size"]), ("Unknown", [])],
)
def test_properties_come_as_the_contract_has_them_the_required_ones_first(
    operation: Operation, definition: str, names: list[str]
) -> None:
    assert operation.property_names(definition) == names


@pytest.mark.parametrize(
    ("value", "invalid"),
    [
        ({"id": 1, "name": "a"}, None),
        ({"id": 1}, "name"),
        ({"id": "1", "name": "a"}, "id"),
        ({"colour": 1}, "colour"),
        (1, ""),
    ],
)
def test_the_first_invalid_property_is_named(operation: Operation, value: Any, invalid: str | None) -> None:
    assert operation.invalid_property("Thing", value) == invalid
