"""Whatever a document and the gateway's settings say, they compile or are refused: nothing ends in a traceback."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract_compiler.api_gateway.body import import_body
from contract_compiler.diagnostics import InvalidDocument
from contract_compiler.document import Node, load, parse
from contract_compiler.lint import lint

PROJECT = Path(__file__).parents[3]
LONG = settings.get_current_profile_name() == "long"
CONTRACT = parse("""
openapi: 3.0.3
info: {title: Parcels, version: '1'}
security: [{member: []}]
paths:
  /parcels/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string}}
    get:
      operationId: getParcel
      security: []
      parameters:
        - {name: kind, in: query, required: true, schema: {type: string, enum: [a, b]}}
        - {name: X-Trace, in: header, schema: {type: array, items: {type: string}}}
      responses: &responses
        '200':
          description: It.
          headers: {X-Kind: {required: true, schema: {type: string, enum: [parcel]}}}
          content: {application/json: {schema: {$ref: '#/components/schemas/Parcel'}}}
        '401': {$ref: '#/components/responses/Error'}
        default: {$ref: '#/components/responses/Error'}
    put:
      operationId: putParcel
      requestBody: {$ref: '#/components/requestBodies/Parcel'}
      responses: *responses
components:
  requestBodies:
    Parcel:
      required: true
      content:
        application/json: {schema: {$ref: '#/components/schemas/Parcel'}}
        application/vnd.parcel+json: {schema: {type: object, properties: {to: {type: string}}}}
        image/png: {}
  responses:
    Error:
      description: Something is wrong.
      headers: {X-Request-Id: {required: true, schema: {type: string}}}
      content: {application/json: {schema: {type: object, required: [error]}}}
  schemas:
    Parcel:
      type: object
      required: [to, size]
      properties:
        to: {type: string, maxLength: 9, nullable: true}
        size: {type: integer, enum: [1, 2], readOnly: true}
        parts: {type: array, items: {$ref: '#/components/schemas/Parcel'}}
        of: {$ref: '#/components/schemas/Parcel/properties/to'}
  securitySchemes:
    member: {type: http, scheme: bearer}
""").value
OURS = load(PROJECT / "openapi/apigateway.yaml").value
SETTINGS = {**OURS, "authorizers": {"member": {"type": "cognito_user_pools"}}, "operations": {"putParcel": {}}}
# A few of each kind of value, and names that mean something somewhere in a document.
VALUES: list[Any] = [
    None, True, 0, -1, 1.5, "", "'", "${x}", "don't", "a\nb", "é", "context.status", "/", "{a+}", "*/*", "default",
    "2XX",
    "#/components/schemas/Parcel", "#/components/schemas/Parcel/properties/to", "#/nowhere",
    [], [None], ["a", "a"], {}, {"$ref": "#/components/schemas/Parcel"}, {"type": "string"},
    {"type": "object", "nullable": True}, {"schema": {"type": "integer"}}, {"required": True, "schema": {}},
    {"application/problem+json": {}}, {"image/png": {}}, {"WWW-Authenticate": {"schema": {"type": "string"}}},
]  # fmt: skip
KEYS = [
    "get", "head", "trace", "/", "/a/", "/{id}", "/parcels/{other}", "parameters", "requestBody", "content",
    "schema", "name", "in", "required", "enum", "type", "headers", "responses", "405", "default", "security", "x-odd",
    "application/json", "text/plain", "operationId", "status", "message", "$ref", "nullable", "description",
]  # fmt: skip


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The path of every value inside a document."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, member in members for place in places(member, (*path, key)))]


@st.composite
def mutated(draw: st.DrawFn, document: dict[str, Any]) -> dict[str, Any]:
    """The document with up to three members set, renamed, copied from elsewhere in it, or taken away."""
    changed = copy.deepcopy(document)
    for _ in range(draw(st.integers(0, 3))):
        path = draw(st.sampled_from([place for place in places(changed) if place]))
        holder = changed
        for step in path[:-1]:
            holder = holder[step]  # type: ignore[index]
        key: Any = path[-1]
        how = draw(st.sampled_from(["set", "copy", "add", "rename", "drop"]))
        if how == "set":
            holder[key] = copy.deepcopy(draw(st.sampled_from(VALUES)))
        elif how == "copy":
            source: Any = changed
            for step in draw(st.sampled_from(places(changed))):
                source = source[step]
            holder[key] = copy.deepcopy(source)
        elif how == "add" and isinstance(holder[key], dict):
            holder[key][draw(st.sampled_from(KEYS))] = copy.deepcopy(draw(st.sampled_from(VALUES)))
        elif how == "rename" and isinstance(holder, dict):
            holder[draw(st.sampled_from(KEYS))] = holder.pop(key)
        else:
            del holder[key]
    return changed


def test_a_mutated_document_compiles_or_is_refused() -> None:
    compiled, pointers = 0, set[str]()

    @settings(
        max_examples=20_000 if LONG else 300,
        derandomize=not LONG,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
    )
    @given(mutated(CONTRACT), mutated(SETTINGS))
    def ends_well(document: dict[str, Any], chosen: dict[str, Any]) -> None:
        nonlocal compiled
        contract = Node(document, (), document)
        try:
            lint(contract)
            import_body(contract, Node(chosen, (), chosen))
            compiled += 1
        except InvalidDocument as invalid:
            pointers.update(diagnostic.pointer for diagnostic in invalid.diagnostics)

    ends_well()
    assert compiled
    assert len(pointers) > compiled
