"""Whatever stands in a document or in the gateway's settings, the compiler answers with tables or with diagnostics."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract_compiler.api_gateway.body import import_body
from contract_compiler.diagnostics import InvalidDocument
from contract_compiler.document import Node, load, parse
from contract_compiler.lint import lint
from contract_compiler.operation_tables import tables
from contract_compiler.output import json_text

PROJECT = Path(__file__).parents[3]
FIXTURES = PROJECT / "tests/fixtures/documents"
DOCUMENTS = [load(path).value for path in sorted(FIXTURES.glob("*/*.yaml"))]
CONTRACT, SETTINGS = (load(PROJECT / "openapi" / name).value for name in ("products.yaml", "apigateway.yaml"))
# What one part of a document may be replaced by: other types, other parts, and what is close to right.
NAMES = ("", "x", "$ref", "type", "get", "{x}", "/{x}", "x-y", "400", "properties")
ODD = (
    None, True, 0, -1, 1.5, 10**400, "", "x", "x-", "#/", "#/paths", "#/components/schemas/Thing", "${x}", "'",
    "\ud800", [], [[]], [None], ["x", "x"], {}, {"": None}, {"$ref": "#"}, {"$ref": "#/components/schemas/Thing"},
    {"$ref": 5}, {"type": "array"}, {"allOf": []}, {"oneOf": [{}]}, {"schema": {}}, {"enum": []},
    {"enum": [{"a": 1}], "type": "string"},
    {"discriminator": {"propertyName": "x"}}, {"pattern": "(", "type": "string"}, {"format": "x"}, {"default": {}},
    {"in": "query", "name": "", "schema": {}}, {"type": "object", "properties": {"$ref": {"type": "integer"}}},
)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a value but the whole."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, member in members for found in ((*path, key), *places(member, (*path, key)))]


@st.composite
def mutated(draw: st.DrawFn, originals: list[dict[str, Any]]) -> dict[str, Any]:
    """One of the documents with one to three parts taken away, replaced, renamed, or exchanged for another part."""
    value = copy.deepcopy(draw(st.sampled_from(originals)))
    for _ in range(draw(st.integers(1, 3))):
        *way, last = draw(st.sampled_from(places(value) or [("openapi",)]))
        holder: Any = value
        for step in way:
            holder = holder[step]
        match draw(st.sampled_from(["delete", "replace", "replace", "rename", "exchange"])):
            case "delete" if last in holder or isinstance(holder, list):
                del holder[last]
            case "rename" if isinstance(holder, dict) and last in holder:
                name = draw(st.sampled_from(NAMES))
                holder[name] = holder.pop(last)
            case "exchange":
                other: Any = value
                for step in draw(st.sampled_from(places(value) or [()])):
                    other = other[step]
                holder[last] = copy.deepcopy(other)
            case _:
                holder[last] = copy.deepcopy(draw(st.sampled_from(ODD)))
    return value


def read(value: dict[str, Any]) -> Node:
    return parse(json.dumps(value, default=str))


TRIES = settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=[*HealthCheck], database=None)


@TRIES
@given(mutated([*DOCUMENTS, CONTRACT]))
def test_a_mutated_document_is_compiled_or_refused(value: dict[str, Any]) -> None:
    try:
        document = read(value)
        lint(document)
        tables(document)
        import_body(document, Node(SETTINGS, (), SETTINGS))
    except InvalidDocument as invalid:
        refused = invalid.diagnostics
    else:
        refused = None
    assert refused != []


@TRIES
@given(mutated([SETTINGS]))
def test_mutated_settings_of_the_gateway_are_taken_or_refused(value: dict[str, Any]) -> None:
    try:
        json_text(import_body(Node(CONTRACT, (), CONTRACT), read(value)))
    except InvalidDocument as invalid:
        refused = invalid.diagnostics
    else:
        refused = None
    assert refused != []


@pytest.mark.parametrize("text", ["", "{", "[", "- 1", "a: &a [*a]", "a: b: c", "\x00", "{}", "openapi: 3.0.3", "%"])
def test_a_text_that_is_no_document_is_refused(text: str) -> None:
    with pytest.raises(InvalidDocument):
        lint(parse(text))
