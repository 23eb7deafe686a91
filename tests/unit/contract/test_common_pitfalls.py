"""Pitfalls of JSON, JSON Schema and HTTP in which libraries of this field differ, on requests as they arrive."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from contract.messages import Response
from contract.operation import Operation
from contract.responses import InvalidResponse
from contract_compiler import formats
from tests.unit.contract import tables
from tests.unit.contract.tables import body, operation, parameter, refusal, sent, sent_json, violations


def field(schema: dict[str, Any], **more: Any) -> Operation:
    """An operation whose body has one field, `value`, of this schema."""
    properties = {"value": schema}
    return operation(
        requestBody=body({"type": "object", "properties": properties, "additionalProperties": False, **more})
    )


def accepted(checked: Operation, text: str) -> Any:
    return checked.check_request(sent_json(text)).body


@pytest.mark.parametrize("price", ["19.99", "0.07", "4.35", "79.77", "289.14"])
def test_a_multiple_of_a_cent_is_decided_in_decimals(price: str) -> None:
    checked = field({"type": "number", "multipleOf": Decimal("0.01")})
    assert accepted(checked, f'{{"value": {price}}}') == {"value": Decimal(price)}
    assert violations(checked, sent_json('{"value": 4.351}')) == [("/value", "must be a multiple of 0.01")]


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_no_json(literal: str) -> None:
    checked = field({"type": "number", "minimum": 0})
    assert violations(checked, sent_json(f'{{"value": {literal}}}')) == [("/value", "is not a JSON number")]


@pytest.mark.parametrize("literal", ["1e400", "-1e400", "1e-400", "1e99999999999999999999", "9" * 400])
def test_a_number_beyond_a_double_is_refused(literal: str) -> None:
    checked = field({"type": "number"})
    expected = [("/value", "is outside the range of a double-precision number")]
    assert violations(checked, sent_json(f'{{"value": {literal}}}')) == expected


@pytest.mark.parametrize("content_type", ["application/json;charset", "application/json;charset=", "json", "", "a/b c"])
def test_a_malformed_content_type_is_415(content_type: str) -> None:
    assert refusal(field({}), sent_json("{}", content_type)).status == 415


def test_a_byte_order_mark_is_refused() -> None:
    assert violations(field({}), sent_json(b"\xef\xbb\xbf{}")) == [("", "begins with a byte order mark")]


@pytest.mark.parametrize("escape", [r"\ud800", r"\uD800x", r"\udc00\ud800"])
def test_a_lone_surrogate_is_refused(escape: str) -> None:
    checked = field({"type": "string"})
    expected = [("/value", "is not valid Unicode text: it has half of a surrogate pair")]
    assert violations(checked, sent_json(f'{{"value": "{escape}"}}')) == expected


def test_a_pair_of_surrogates_is_a_character() -> None:
    assert accepted(field({"type": "string", "maxLength": 1}), r'{"value": "\ud83d\ude00"}') == {"value": "😀"}


def test_a_field_given_twice_is_refused() -> None:
    expected = [("/value", "is given more than once")]
    assert violations(field({}), sent_json('{"value": 1, "value": 1}')) == expected


@pytest.mark.parametrize("literal", ["1_0", " 7 ", "+7", "٧", "07", "7.0", "1e1", "0x7", "-", "--7", "7\n"])
def test_an_integer_literal_is_ascii_digits(literal: str) -> None:
    checked = operation(parameter("query", "limit", {"type": "integer"}))
    assert violations(checked, sent(query={"limit": [literal]})) == [("/limit", "must be an integer")]


@pytest.mark.parametrize("literal", ["yes", "True", "TRUE", "1", "on", " true"])
def test_a_boolean_literal_is_true_or_false(literal: str) -> None:
    checked = operation(parameter("query", "active", {"type": "boolean"}))
    assert violations(checked, sent(query={"active": [literal]})) == [("/active", "must be a boolean")]


def test_an_unknown_query_parameter_is_refused() -> None:
    checked = operation(parameter("query", "limit", {"type": "integer"}))
    raw = sent(query={"limit": ["1"], "offset": ["1"]})
    assert violations(checked, raw) == [("/offset", "is not a known parameter")]


def test_an_optional_field_is_not_a_nullable_one() -> None:
    checked = field({"type": "string"})
    assert accepted(checked, "{}") == {}
    assert violations(checked, sent_json('{"value": null}')) == [("/value", "must be a string")]


@pytest.mark.parametrize(
    "spelling", ["0b6f7a528a7e4d0e9d3a3f5c2b1a0e9d", "urn:uuid:0b6f7a52-8a7e-4d0e-9d3a-3f5c2b1a0e9d"]
)
def test_a_uuid_has_one_spelling(spelling: str) -> None:
    checked = field({"type": "string", "format": "uuid"})
    assert violations(checked, sent_json(f'{{"value": "{spelling}"}}')) == [("/value", "must be a UUID with hyphens")]


@pytest.mark.parametrize(
    "instant",
    [
        "1700000000",
        '"2025-01-01 00:00:00Z"',
        '"2025-01-01T00:00:00"',
        '"2025-02-30T00:00:00Z"',
        '"20*5-01-01T00:00:00Z"',
    ],
)
def test_a_date_time_is_rfc_3339(instant: str) -> None:
    checked = field({"type": "string", **(formats.keywords("string", "date-time") or {})})
    assert refusal(checked, sent_json(f'{{"value": {instant}}}')).status == 400


@pytest.mark.parametrize(
    ("type_name", "literal"),
    [
        ("number", '"5"'),
        ("number", "true"),
        ("boolean", '"true"'),
        ("boolean", "1"),
        ("string", "5"),
        ("integer", '"5"'),
    ],
)
def test_types_are_not_coerced(type_name: str, literal: str) -> None:
    checked = field({"type": type_name})
    assert [where for where, _ in violations(checked, sent_json(f'{{"value": {literal}}}'))] == ["/value"]


@pytest.mark.parametrize("literal", ["1.0", "1e2", "-0.0", "10E-1"])
def test_an_integer_has_no_fraction_or_exponent(literal: str) -> None:
    checked = field({"type": "integer", "x-integer-literal": True})
    expected = [("/value", "must be an integer, written without a fraction or an exponent")]
    assert violations(checked, sent_json(f'{{"value": {literal}}}')) == expected
    assert accepted(checked, '{"value": 12345678901234567890}') == {"value": 12345678901234567890}


def test_items_are_unique_by_value() -> None:
    checked = field({"type": "array", "uniqueItems": True})
    assert violations(checked, sent_json('{"value": [1, 1.0]}')) == [("/value", "must not have the same item twice")]


def test_an_empty_update_is_refused() -> None:
    checked = field({}, minProperties=1)
    assert violations(checked, sent_json("{}")) == [("", "must have at least 1 field")]


def test_an_integer_has_the_range_of_its_format() -> None:
    checked = field({"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1})
    assert violations(checked, sent_json(f'{{"value": {2**40}}}')) == [("/value", "must be at most 2147483647")]


@pytest.mark.parametrize("uri", ["nope", "http://a b"])
def test_a_uri_is_checked(uri: str) -> None:
    checked = field({"type": "string", "format": "uri"})
    assert violations(checked, sent_json(f'{{"value": "{uri}"}}')) == [("/value", "must be an absolute URI")]


@pytest.mark.parametrize("address", ["a", "a@", "Joe <a@example.com>"])
def test_an_email_is_a_bare_address(address: str) -> None:
    checked = field({"type": "string", "format": "email"})
    assert violations(checked, sent_json(f'{{"value": "{address}"}}')) == [("/value", "must be an e-mail address")]


def test_a_digit_class_means_ascii_digits() -> None:
    checked = field({"type": "string", "pattern": r"^\d+$"})
    assert accepted(checked, '{"value": "7"}') == {"value": "7"}
    assert refusal(checked, sent_json('{"value": "٧"}')).status == 400


def test_all_of_a_closed_schema_allows_nothing_more() -> None:
    closed = {"properties": {"id": {}}, "additionalProperties": False}
    checked = operation(requestBody=body({"allOf": [closed, {"properties": {"version": {}}}]}))
    assert violations(checked, sent_json('{"version": 1}')) == [("/version", "is not a known field")]


def test_a_status_that_is_not_declared_breaks_the_contract() -> None:
    checked = operation(responses={"200": tables.answer()})
    with pytest.raises(InvalidResponse) as caught:
        checked.responses.check(Response(404))
    assert [(each.where, each.rule) for each in caught.value.violations] == [("status", "responses")]


def test_a_dollar_does_not_let_a_newline_pass() -> None:
    checked = field({"type": "string", "pattern": "^a$"})
    assert violations(checked, sent_json(r'{"value": "a\n"}')) == [("/value", "must match the pattern ^a$")]


@pytest.mark.parametrize("opening", ["[", '{"value":'])
def test_nesting_has_a_limit(opening: str) -> None:
    expected = [("", "is nested more than 64 levels deep")]
    assert violations(field({}), sent_json(opening * 100_000)) == expected


def test_invalid_utf8_is_refused() -> None:
    assert violations(field({}), sent_json(b'{"value": "\xff"}')) == [("", "is not valid UTF-8")]


def test_an_integer_of_5000_digits_is_refused() -> None:
    checked = field({"type": "integer"})
    expected = [("/value", "is outside the range of a double-precision number")]
    assert violations(checked, sent_json(f'{{"value": {"9" * 5000}}}')) == expected
