from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from contract.messages import JSON, Response
from contract.operation import Operation
from contract.problems import Violation
from contract.responses import InvalidResponse
from tests.unit.contract.tables import answer, body, details, header, operation, parameter, recorded, sent_json, table


def test_every_violation_is_told_at_once_in_the_order_of_the_request() -> None:
    schema = {
        "type": "object",
        "required": ["name", "price"],
        "properties": {"name": {"minLength": 3}, "price": {"type": "number"}},
        "additionalProperties": False,
    }
    checked = operation(
        parameter("cookie", "session", {}, required=True),
        parameter("header", "X-Count", {"type": "integer"}),
        parameter("query", "limit", {"type": "integer", "maximum": 100}),
        parameter("path", "id", {"type": "string", "pattern": "^[a-z]+$", "maxLength": 2}),
        requestBody=body(schema),
    )
    raw = sent_json('{"name": "x", "colour": "s3cret"}', path={"id": "ABC"}, query={"limit": ["101"], "page": ["2"]})
    raw.headers["x-count"] = ["many"]
    assert details(checked, raw) == [
        Violation("path", "/id", "must have at most 2 characters", "maxLength"),
        Violation("path", "/id", "must match the pattern ^[a-z]+$", "pattern"),
        Violation("query", "/limit", "must be at most 100", "maximum"),
        Violation("query", "/page", "is not a known parameter", "unknown"),
        Violation("header", "/X-Count", "must be an integer", "type"),
        Violation("cookie", "/session", "is required", "required"),
        Violation("body", "/colour", "is not a known field", "additionalProperties"),
        Violation("body", "/name", "must have at least 3 characters", "minLength"),
        Violation("body", "/price", "is required", "required"),
    ]


def test_the_request_carries_what_the_handler_needs() -> None:
    checked = operation(parameter("path", "id", {"type": "integer"}), requestBody=body({}))
    raw = sent_json("[1.50]", path={"id": "7"}, requestContext={"requestId": "r-9", "path": "/dev/things/7"})
    raw.claims = {"sub": "x"}
    request = checked.check_request(raw)
    assert request.operation_id == "doThing"
    assert request.request_id == "r-9"
    assert request.path == "/dev/things/7"
    assert request.path_parameters == {"id": 7}
    assert request.body == [Decimal("1.50")]
    assert request.claims == {"sub": "x"}


def test_a_table_is_loaded_from_its_file_with_exact_numbers(tmp_path: Path) -> None:
    text = json.dumps(table(parameters=[parameter("query", "p", {"type": "number"}, default=0.1)]))
    (tmp_path / "do_thing.json").write_text(text, encoding="utf-8")
    loaded = Operation.load(tmp_path / "do_thing.json")
    assert (loaded.operation_id, loaded.method, loaded.path) == ("doThing", "POST", "/things")
    assert loaded.check_request(sent_json("")).query == {"p": Decimal("0.1")}


def test_a_table_of_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="compile the contract again"):
        Operation(table(format=2))


SHORT = {"$ref": "#/$defs/Short"}


def test_every_schema_of_a_table_may_refer_to_its_definitions() -> None:
    checked = operation(
        parameter("query", "q", SHORT),
        requestBody=body({"properties": {"name": SHORT}}),
        responses={"200": answer({"properties": {"name": SHORT}}, X_Name=header(SHORT, required=False))},
        definitions={"Short": {"type": "string", "maxLength": 2}},
    )
    assert details(checked, sent_json('{"name": "abc"}', query={"q": ["abc"]})) == [
        Violation("query", "/q", "must have at most 2 characters", "maxLength"),
        Violation("body", "/name", "must have at most 2 characters", "maxLength"),
    ]
    for response in (Response(200, {"name": "abc"}), Response(200, {}, {"X-Name": "abc"})):
        with pytest.raises(InvalidResponse, match=r"ame maxLength$"):
            checked.responses.check(response)


def test_the_names_of_all_response_headers_are_known() -> None:
    responses = {"200": answer(ETag=header({})), "4XX": answer(Retry_After=header({}), ETag=header({}))}
    assert operation(responses=responses).responses.header_names() == ["ETag", "Retry-After"]


@pytest.mark.parametrize("name", ["create_product", "delete_product", "get_product", "list_products", "update_product"])
def test_the_generated_tables_load(name: str) -> None:
    path = Path(__file__).parents[3] / "generated" / "operations" / f"{name}.json"
    assert Operation.load(path).path.startswith("/v1.0/products")
    assert recorded("get_with_query")["resource"] == "/v1.0/products"


BASE = {"properties": {"id": {"type": "integer"}}}
THING = {"allOf": [{"$ref": "#/$defs/Base"}, {"properties": {"name": {"minLength": 2}}}], "required": ["id", "name"]}


def test_the_properties_of_a_schema_are_known_by_all_of_too() -> None:
    checked = operation(definitions={"Thing": {**THING, "properties": {"size": {}}}, "Base": BASE})
    assert checked.property_names("Thing") == ["size", "id", "name"]
    assert checked.property_names("Other") == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [({"id": 1, "name": "ab"}, None), ({"id": 1, "name": "a"}, "name"), ({"name": "ab"}, "id"), ([], "")],
)
def test_the_first_invalid_property_of_a_value_is_named(value: JSON, expected: str | None) -> None:
    checked = operation(definitions={"Thing": {"type": "object", **THING}, "Base": BASE})
    assert [checked.invalid_property("Thing", value) for _ in range(2)] == [expected] * 2
