"""Parameters and response headers in a table."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from contract_compiler.document import parse
from contract_compiler.operation_tables import operation_table
from contract_compiler.schemas import Schemas
from contract_compiler.traversal import operations

DOCUMENT = """
paths:
  /things/{id}:
    parameters: [%(common)s]
    get:
      operationId: getThing
      parameters: [%(own)s]
      responses: {default: {description: Any., headers: {%(headers)s}}}
components:
  schemas:
    Count: {type: integer, default: 3}
    Tags: {type: array, items: {$ref: '#/components/schemas/Count'}}
  parameters:
    Shared: {in: query, name: shared, schema: {type: boolean}}
"""


def table(own: str = "", common: str = "", headers: str = "") -> dict[str, Any]:
    document = parse(DOCUMENT % {"own": own, "common": common, "headers": headers})
    (operation,) = operations(document)
    return operation_table(operation, Schemas())


def row(parameter: str) -> dict[str, Any]:
    (found,) = table(own=parameter)["parameters"]
    return dict(found)


@pytest.mark.parametrize(
    ("parameter", "style", "explode"),
    [
        ("{in: path, name: id, required: true, schema: {}}", "simple", False),
        ("{in: path, name: id, required: true, style: label, schema: {}}", "label", False),
        ("{in: path, name: id, required: true, style: matrix, explode: true, schema: {}}", "matrix", True),
        ("{in: query, name: q, schema: {}}", "form", True),
        ("{in: query, name: q, explode: false, schema: {}}", "form", False),
        ("{in: query, name: q, style: pipeDelimited, schema: {}}", "pipeDelimited", False),
        ("{in: query, name: q, style: spaceDelimited, schema: {}}", "spaceDelimited", False),
        ("{in: query, name: q, style: deepObject, schema: {}}", "deepObject", True),
        ("{in: header, name: X-H, schema: {}}", "simple", False),
        ("{in: cookie, name: c, schema: {}}", "form", True),
    ],
)
def test_style_and_explode_have_the_defaults_of_their_place(parameter: str, style: str, explode: bool) -> None:
    found = row(parameter)
    assert (found["style"], found["explode"]) == (style, explode)


@pytest.mark.parametrize(
    ("schema", "shape"),
    [
        ("{type: string}", {"type": "string"}),
        ("{}", {"type": "any"}),
        ("{$ref: '#/components/schemas/Count'}", {"type": "integer"}),
        ("{allOf: [{$ref: '#/components/schemas/Count'}, {maximum: 5}]}", {"type": "integer"}),
        ("{oneOf: [{type: integer}, {type: number}]}", {"type": "number"}),
        ("{allOf: [{type: integer}, {type: number}]}", {"type": "integer"}),
        ("{anyOf: [{type: string, maxLength: 1}, {type: string, minLength: 3}]}", {"type": "string"}),
        ("{type: integer, nullable: true}", {"type": "integer"}),
        ("{$ref: '#/components/schemas/Tags'}", {"type": "array", "items": {"type": "integer"}}),
        ("{type: array, items: {}}", {"type": "array", "items": {"type": "any"}}),
        ("{type: object}", {"type": "object", "properties": {}, "additional": {"type": "any"}}),
        (
            "{type: object, additionalProperties: false, properties: {a: {type: boolean}}}",
            {"type": "object", "properties": {"a": {"type": "boolean"}}, "additional": None},
        ),
        (
            "{type: object, additionalProperties: {type: number}}",
            {"type": "object", "properties": {}, "additional": {"type": "number"}},
        ),
        (
            "{type: object, additionalProperties: true}",
            {"type": "object", "properties": {}, "additional": {"type": "any"}},
        ),
    ],
)
def test_the_shape_tells_how_to_read_the_text(schema: str, shape: dict[str, Any]) -> None:
    assert row(f"{{in: query, name: q, schema: {schema}}}")["shape"] == shape


def test_a_parameter_by_content_is_json_text() -> None:
    found = row("{in: query, name: q, content: {Application/JSON: {schema: {type: object}}}}")
    assert found["media"] == "application/json"
    assert found["shape"] == {"type": "any"}
    assert found["schema"] == {"type": "object"}
    assert row("{in: query, name: q, content: {application/json: {}}}")["schema"] == {}


def test_a_default_is_found_through_references() -> None:
    assert row("{in: query, name: q, schema: {allOf: [{$ref: '#/components/schemas/Count'}]}}")["default"] == 3
    assert "default" not in row("{in: query, name: q, schema: {type: integer}}")
    assert row("{in: query, name: q, schema: {type: string, nullable: true, default: null}}")["default"] is None
    assert row("{in: query, name: q, schema: {type: number, default: 0.10}}")["default"] == Decimal("0.10")


def test_an_operations_parameter_overrides_its_paths() -> None:
    found = table(
        common="{in: query, name: q, schema: {type: string}}, {in: header, name: X-A, schema: {type: string}}",
        own="{in: query, name: q, required: true, schema: {type: integer}}, {in: header, name: x-a, schema: {}}",
    )["parameters"]
    assert [(each["name"], each["required"]) for each in found] == [("q", True), ("x-a", False)]


def test_a_header_parameter_that_openapi_ignores_is_left_out() -> None:
    names = ("Accept", "content-type", "Authorization")
    own = ", ".join(f"{{in: header, name: {name}, schema: {{type: string}}}}" for name in names)
    assert table(own=own)["parameters"] == []
    assert len(table(own="{in: query, name: Accept, schema: {type: string}}")["parameters"]) == 1


def test_a_parameter_by_reference_is_followed() -> None:
    assert row("{$ref: '#/components/parameters/Shared'}")["name"] == "shared"


def headers(text: str) -> dict[str, Any]:
    return dict(table(headers=text)["responses"]["default"]["headers"])


@pytest.mark.parametrize(
    ("header", "constant"),
    [
        ("{required: true, schema: {type: string, enum: [no-store]}}", "no-store"),
        ("{required: true, schema: {type: integer, enum: [5]}}", "5"),
        ("{required: true, schema: {type: boolean, enum: [true]}}", "true"),
        ("{required: true, schema: {allOf: [{type: string, enum: [x]}]}}", "x"),
        ("{schema: {type: string, enum: [no-store]}}", None),
        ("{required: true, schema: {type: string, enum: [a, b]}}", None),
        ("{required: true, schema: {type: string}}", None),
        ("{required: true, schema: {type: array, items: {}, enum: [[1]]}}", None),
        ("{required: true, content: {application/json: {schema: {enum: [1]}}}}", None),
    ],
)
def test_a_required_header_with_one_value_is_a_constant(header: str, constant: str | None) -> None:
    assert headers(f"X-H: {header}")["X-H"].get("constant") == constant


def test_the_header_content_type_is_left_to_the_media_types() -> None:
    assert list(headers("content-type: {schema: {type: string}}, X-H: {schema: {type: string}}")) == ["X-H"]
