"""The table of one operation."""

from __future__ import annotations

from typing import Any

import pytest

from contract_compiler.diagnostics import InvalidDocument
from contract_compiler.document import parse
from contract_compiler.operation_tables import index, module_name, operation_table
from contract_compiler.schemas import Schemas
from contract_compiler.traversal import operations

DOCUMENT = """
info: {title: Things, version: '2'}
security: [{token: []}, {}]
paths:
  x-note: {}
  /things:
    post:
      operationId: createThing
      security: [{token: [write], key: []}]
      requestBody: {$ref: '#/components/requestBodies/New'}
      responses:
        '201':
          description: Made.
          content:
            application/json; charset=utf-8: {schema: {$ref: '#/components/schemas/Thing'}}
            application/problem+json: {}
            text/plain: {}
            image/png: {}
            '*/*': {}
        4XX: {$ref: '#/components/responses/Problem'}
        default: {description: Any.}
        x-note: {}
    head:
      operationId: checkThings
      responses:
        '200': {description: Fine., content: {application/json: {}}}
    get:
      operationId: listThings
      security: []
      responses: {}
components:
  requestBodies:
    New:
      required: true
      x-max-bytes: 100
      content:
        Application/JSON: {schema: {$ref: '#/components/schemas/Thing'}}
  responses:
    Problem: {description: No., headers: {X-A: {$ref: '#/components/headers/A'}}}
  headers:
    A: {schema: {type: string}}
  securitySchemes:
    token: {type: http, scheme: bearer, description: A token., x-groups: [a]}
    key: {$ref: '#/components/securitySchemes/other'}
    other: {type: apiKey, in: header, name: X-Key}
  schemas:
    Thing:
      type: object
      required: [id]
      properties: {id: {type: string, readOnly: true}, size: {$ref: '#/components/schemas/Size'}}
    Size: {type: integer, default: 1}
"""


@pytest.fixture(scope="module")
def tables() -> dict[str, dict[str, Any]]:
    return {operation.operation_id: operation_table(operation, Schemas()) for operation in operations(parse(DOCUMENT))}


def test_the_table_says_which_operation_it_is(tables: dict[str, dict[str, Any]]) -> None:
    table = tables["createThing"]
    assert (table["format"], table["operationId"], table["method"], table["path"]) == (
        1,
        "createThing",
        "POST",
        "/things",
    )


def test_security_is_the_operations_own_or_the_documents(tables: dict[str, dict[str, Any]]) -> None:
    assert tables["createThing"]["security"] == [{"token": ["write"], "key": []}]
    assert tables["checkThings"]["security"] == [{"token": []}, {}]
    assert tables["listThings"]["security"] == []


def test_the_schemes_in_use_come_along_without_their_description(tables: dict[str, dict[str, Any]]) -> None:
    assert tables["createThing"]["securitySchemes"] == {
        "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
        "token": {"type": "http", "scheme": "bearer", "x-groups": ["a"]},
    }
    assert tables["listThings"]["securitySchemes"] == {}


def test_a_request_body_has_its_limit_and_its_defaults(tables: dict[str, dict[str, Any]]) -> None:
    assert tables["createThing"]["requestBody"] == {
        "required": True,
        "maxBytes": 100,
        "content": {
            "application/json": {
                "schema": {"$ref": "#/$defs/Thing.request"},
                "defaults": {"properties": {"size": {"default": 1}}},
            }
        },
    }
    assert tables["listThings"]["requestBody"] is None


def test_responses_stand_by_status_range_and_default(tables: dict[str, dict[str, Any]]) -> None:
    responses = tables["createThing"]["responses"]
    assert list(responses) == ["201", "4XX", "default"]
    assert responses["default"] == {"headers": {}, "content": {}}
    assert list(responses["4XX"]["headers"]) == ["X-A"]


def test_bodies_stand_by_media_type_and_bytes_have_no_schema(tables: dict[str, dict[str, Any]]) -> None:
    assert tables["createThing"]["responses"]["201"]["content"] == {
        "application/json": {"schema": {"$ref": "#/$defs/Thing.response"}},
        "application/problem+json": {"schema": {}},
        "text/plain": {"schema": {}},
        "image/png": {},
        "*/*": {},
    }


def test_an_answer_to_head_has_no_body(tables: dict[str, dict[str, Any]]) -> None:
    assert tables["checkThings"]["responses"]["200"]["content"] == {}


def test_a_schema_has_one_definition_unless_the_direction_matters(tables: dict[str, dict[str, Any]]) -> None:
    definitions = tables["createThing"]["definitions"]
    assert set(definitions) == {"Thing.request", "Thing.response", "Size"}
    assert definitions["Thing.request"]["properties"]["id"] is False
    assert "required" not in definitions["Thing.request"]
    assert definitions["Thing.response"]["required"] == ["id"]


def test_the_index_lists_operations_by_name() -> None:
    assert index(parse(DOCUMENT)) == {
        "format": 1,
        "title": "Things",
        "version": "2",
        "operations": [
            {
                "operationId": name,
                "module": module,
                "method": method,
                "path": "/things",
                "security": security,
                "throttling": None,
            }
            for name, module, method, security in (
                ("checkThings", "check_things", "HEAD", [{"token": []}, {}]),
                ("createThing", "create_thing", "POST", [{"token": ["write"], "key": []}]),
                ("listThings", "list_things", "GET", []),
            )
        ],
    }


@pytest.mark.parametrize(
    ("operation_id", "module"),
    [
        ("listProducts", "list_products"),
        ("GetHTTPStatus", "get_http_status"),
        ("get-thing.v2", "get_thing_v2"),
        ("list_things", "list_things"),
        ("getV2Things", "get_v2_things"),
        ("!", ""),
    ],
)
def test_an_operation_id_becomes_a_module_name(operation_id: str, module: str) -> None:
    assert module_name(operation_id) == module


BODY = """
paths:
  /things:
    post:
      operationId: createThing
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}, text/plain: {}}}
      responses: {}
components:
  schemas:
    Thing: %s
    Leaf: {type: object, properties: {size: {type: integer, default: 1}}}
    Other: {properties: {a: {default: {size: 2}, properties: {b: {default: 3}}}}}
"""


def body_defaults(thing: str) -> Any:
    (operation,) = operations(parse(BODY % thing))
    return operation_table(operation, Schemas())["requestBody"]["content"]["application/json"]["defaults"]


LEAF = "{$ref: '#/components/schemas/Leaf'}"
FILLED = {"properties": {"size": {"default": 1}}}


@pytest.mark.parametrize(
    ("thing", "defaults"),
    [
        ("{type: object, properties: {a: {type: string, default: x}}}", {"properties": {"a": {"default": "x"}}}),
        ("{type: object, properties: {a: {type: string}}}", {}),
        (f"{{type: object, properties: {{a: {LEAF}}}}}", {"properties": {"a": FILLED}}),
        (f"{{type: array, items: {LEAF}}}", {"items": FILLED}),
        (f"{{type: object, additionalProperties: {LEAF}}}", {"additional": FILLED}),
        ("{type: object, additionalProperties: {type: string, default: x}}", {}),
        (
            f"{{allOf: [{LEAF}, {{properties: {{b: {{default: 2}}}}}}]}}",
            {"properties": {"size": {"default": 1}, "b": {"default": 2}}},
        ),
        (
            f"{{properties: {{a: {LEAF}}}, allOf: [{{$ref: '#/components/schemas/Other'}}]}}",
            {
                "properties": {
                    "a": {"default": {"size": 2}, "properties": {"size": {"default": 1}, "b": {"default": 3}}}
                }
            },
        ),
        (f"{{oneOf: [{LEAF}]}}", {}),
        ("{type: object, properties: {a: {type: string, default: x, readOnly: true}}}", {}),
        (
            "{type: object, properties: {a: {nullable: true, type: string, default: null}}}",
            {"properties": {"a": {"default": None}}},
        ),
        ("{type: object, properties: {a: {$ref: '#/components/schemas/Thing'}}}", {}),
    ],
)
def test_defaults_of_a_body_are_a_tree(thing: str, defaults: dict[str, Any]) -> None:
    assert body_defaults(thing) == defaults


def test_a_default_at_every_depth_is_refused() -> None:
    with pytest.raises(InvalidDocument, match="default-endless"):
        body_defaults("{properties: {a: {default: 1}, b: {$ref: '#/components/schemas/Thing'}}}")


@pytest.mark.parametrize(
    ("method", "own", "limit"),
    [
        ("get", "", {"requestsPerSecond": 9, "burst": 8}),
        ("head", "", {"requestsPerSecond": 9, "burst": 8}),
        ("delete", "", {"requestsPerSecond": 3, "burst": 2}),
        ("get", "x-throttling: {requestsPerSecond: 1, burst: 1}, ", {"requestsPerSecond": 1, "burst": 1}),
    ],
)
def test_an_operation_has_its_own_limit_or_the_documents_for_its_kind(
    method: str, own: str, limit: dict[str, int]
) -> None:
    groups = "x-throttling: {read: {requestsPerSecond: 9, burst: 8}, write: {requestsPerSecond: 3, burst: 2}}"
    path = f"paths: {{/things: {{{method}: {{operationId: useThings, {own}responses: {{}}}}}}}}"
    [row] = index(parse(f"info: {{title: Things, version: '1'}}\n{groups}\n{path}\n"))["operations"]
    assert row["throttling"] == limit
