"""Verdicts, places and words. The offending value never appears in them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from contract.schemas import Definitions, Schema
from contract.validation_errors import ValidationError

SECRET = "s3cret-value"


def told(schema: dict[str, Any], value: Any, **definitions: Any) -> list[tuple[tuple[str | int, ...], str]]:
    return [(error.path, error.message) for error in Schema(schema, definitions).errors(value)]


@pytest.mark.parametrize(
    ("schema", "value", "message"),
    [
        ({"type": "string"}, 1, "must be a string"),
        ({"type": ["null", "object", "array"]}, SECRET, "must be an array, an object or null"),
        ({"type": ["string", "null"]}, 1, "must be a string or null"),
        ({"enum": ["a", 1, None]}, SECRET, 'must be "a", 1 or null'),
        ({"enum": [1.5, 2.0]}, SECRET, "must be 1.5 or 2"),
        ({"const": {"a": "b"}}, SECRET, 'must be {"a":"b"}'),
        ({"minLength": 2}, "a", "must have at least 2 characters"),
        ({"minLength": 1}, "", "must have at least 1 character"),
        ({"maxLength": 1}, SECRET, "must have at most 1 character"),
        ({"pattern": "^a"}, SECRET, "must match the pattern ^a"),
        ({"minimum": Decimal("0.01")}, 0, "must be at least 0.01"),
        ({"maximum": Decimal("999999.99")}, 1000000, "must be at most 999999.99"),
        ({"exclusiveMinimum": 0}, 0, "must be more than 0"),
        ({"exclusiveMaximum": Decimal("10.0")}, 10, "must be less than 10"),
        ({"multipleOf": Decimal("0.5")}, Decimal("0.3"), "must be a multiple of 0.5"),
        ({"minItems": 1}, [], "must have at least 1 item"),
        ({"maxItems": 2}, [1, 2, 3], "must have at most 2 items"),
        ({"uniqueItems": True}, [SECRET, SECRET], "must not have the same item twice"),
        ({"minProperties": 2}, {}, "must have at least 2 fields"),
        ({"maxProperties": 0}, {"a": SECRET}, "must have at most 0 fields"),
        ({"not": {"type": "string"}}, SECRET, "has a form that is not allowed"),
        ({"format": "date"}, SECRET, "must be a date (RFC 3339), such as 2025-01-31"),
        ({"format": "ipv4"}, SECRET, "must be an IPv4 address"),
        ({"format": "ipv6"}, SECRET, "must be an IPv6 address"),
        ({"format": "hostname"}, "-" + SECRET, "must be a host name"),
        ({"format": "json-pointer"}, SECRET, "must be a valid json-pointer"),
        ({"contains": {"type": "integer"}}, [SECRET], "is not valid"),
    ],
)
def test_each_keyword_has_plain_words(schema: dict[str, Any], value: Any, message: str) -> None:
    assert told(schema, value) == [((), message)]
    assert SECRET not in message


def test_a_missing_and_an_unknown_field_have_places_of_their_own() -> None:
    schema = {"required": ["a", "b"], "properties": {"a": {}, "b": {}}, "additionalProperties": False}
    assert told({"properties": {"x": schema}}, {"x": {"y": SECRET, "z": 1}}) == [
        (("x", "a"), "is required"),
        (("x", "b"), "is required"),
        (("x", "y"), "is not a known field"),
        (("x", "z"), "is not a known field"),
    ]


def test_a_field_that_no_branch_evaluates_is_not_known() -> None:
    schema = {"allOf": [{"properties": {"a": {}}}], "unevaluatedProperties": False}
    assert told(schema, {"a": 1, "b": 2}) == [(("b",), "is not a known field")]


def test_a_forbidden_field_is_told() -> None:
    assert told({"properties": {"a": False}}, {"a": SECRET}) == [(("a",), "is not allowed here")]


def test_errors_come_in_the_order_of_their_places_and_none_twice() -> None:
    item = {"type": "integer"}
    schema = {"allOf": [{"items": item}, {"items": item}]}
    assert [path for path, _ in told(schema, ["x"] * 12)] == [(index,) for index in range(12)]


def test_a_valid_value_has_no_errors() -> None:
    schema = Schema({"type": "string"}, {})
    assert schema.is_valid("x")
    assert schema.errors("x") == []


def test_references_are_followed_recursively() -> None:
    tree = {"properties": {"left": {"$ref": "#/$defs/Tree"}, "value": {"type": "integer"}}}
    assert told({"$ref": "#/$defs/Tree"}, {"left": {"left": {"value": "x"}}}, Tree=tree) == [
        (("left", "left", "value"), "must be an integer")
    ]


def test_a_reference_may_lead_to_another() -> None:
    assert told({"items": {"$ref": "#/$defs/A"}}, ["x"], A={"$ref": "#/$defs/B"}, B={"type": "integer"}) == [
        ((0,), "must be an integer")
    ]


def test_a_definition_is_validated_as_what_it_is() -> None:
    definitions = Definitions({"Pair": {"items": {"$ref": "#/$defs/Count"}}, "Count": {"type": "integer"}})
    pair = definitions.schema({"$ref": "#/$defs/Pair"})
    assert pair.errors([1, "x"]) == [ValidationError((1,), "type", "must be an integer")]
    assert pair.errors([1, 2]) == []
    assert pair.errors(["x", "x"], only_first=True) == [ValidationError((0,), "type", "must be an integer")]
    assert pair.errors([1, 2], only_first=True) == []


@pytest.mark.parametrize("given", [{}, {"Count": 1}, ["x"], None])
def test_a_definition_is_not_taken_for_another(given: Any) -> None:
    definitions = Definitions({"Name": {"type": "string"}, "Count": {"type": "integer"}})
    assert definitions.schema({"$ref": "#/$defs/Name"}).errors(given) == [
        ValidationError((), "type", "must be a string")
    ]


def test_a_union_that_is_a_definition_is_told_by_the_branch_that_was_meant() -> None:
    union = Definitions({"Pet": A_OR_B}).schema({"$ref": "#/$defs/Pet"})
    assert union.errors({"kind": "b"}) == [ValidationError(("name",), "required", "is required")]


def test_what_stands_beside_a_reference_counts() -> None:
    definitions = Definitions({"Name": {"type": "string"}})
    assert definitions.schema({"$ref": "#/$defs/Name", "minLength": 2}).errors("x") != []


def test_a_schema_that_refers_to_nothing_is_no_definition() -> None:
    definitions = Definitions({"None": {"type": "integer"}, "": {"type": "integer"}})
    assert definitions.schema({"type": "string"}).errors("x") == []


def test_a_definition_that_is_not_there_is_an_error_and_no_permission() -> None:
    with pytest.raises(ValueError, match="Missing"):
        Definitions({}).schema({"$ref": "#/$defs/Missing"}).errors(1)


def test_a_reference_out_of_the_table_is_never_fetched() -> None:
    with pytest.raises(Exception, match="Retrieval is disabled"):
        Schema({"$ref": "https://example.com/schema"}, {}).is_valid(1)


A_OR_B = {
    "oneOf": [
        {"properties": {"kind": {"const": "a"}, "size": {"type": "integer"}}, "required": ["kind", "size"]},
        {"properties": {"kind": {"enum": ["b"]}, "name": {"type": "string"}}, "required": ["kind", "name"]},
    ]
}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"kind": "a", "size": SECRET}, [(("size",), "must be an integer")]),
        ({"kind": "b"}, [(("name",), "is required")]),
        ({"kind": SECRET}, [((), "must match one of the allowed forms")]),
        ({}, [((), "must match one of the allowed forms")]),
    ],
)
def test_a_union_is_told_by_the_branch_that_was_meant(value: Any, expected: list[Any]) -> None:
    assert told(A_OR_B, value) == expected


def test_a_nullable_union_is_told_by_what_it_is_when_it_is_not_null() -> None:
    schema = {"anyOf": [{"type": "null"}, {"type": "object", "required": ["a"]}]}
    assert told({"properties": {"x": schema}}, {"x": {}}) == [(("x", "a"), "is required")]
    assert told(schema, SECRET) == [((), "must match one of the allowed forms")]


def test_a_field_deep_within_a_branch_is_no_tag_of_it() -> None:
    """Else a wrong value three fields down would hide what is wrong with it behind "matches no form"."""
    inner = {"properties": {"b": {"enum": [1, 2]}}}
    schema = {"anyOf": [{"type": "null"}, {"type": "object", "properties": {"a": inner}}]}
    assert told(schema, {"a": {"b": SECRET}}) == [(("a", "b"), "must be 1 or 2")]


def test_a_value_of_several_forms_where_one_is_wanted_is_told() -> None:
    schema = {"oneOf": [{"type": "integer"}, {"minimum": 0}]}
    assert told(schema, 1) == [((), "must match only one of the allowed forms, and matches several")]


def test_unions_within_unions_are_told_too() -> None:
    schema = {"anyOf": [{"type": "null"}, A_OR_B]}
    assert told(schema, {"kind": "b", "name": 1}) == [(("name",), "must be a string")]


@pytest.mark.parametrize("value", [1, Decimal("3"), Decimal("1.5"), "x", None, True])
def test_an_integer_literal_is_asked_for_of_whole_decimals_only(value: Any) -> None:
    assert Schema({"x-integer-literal": True}, {}).is_valid(value)


@pytest.mark.parametrize("value", [Decimal("1.0"), Decimal("1E+2"), Decimal("0.00")])
def test_a_whole_decimal_with_an_exponent_is_no_integer_literal(value: Decimal) -> None:
    (error,) = Schema({"x-integer-literal": True}, {}).errors(value)
    assert error.keyword == "x-integer-literal"


def test_a_value_of_another_type_is_told_once() -> None:
    assert told({"type": "integer", "x-integer-literal": True}, Decimal("1.5")) == [((), "must be an integer")]


def test_the_first_error_is_one_of_them() -> None:
    schema = Schema({"items": {"type": "string"}}, {})
    assert schema.errors([1, 2], only_first=True) == [ValidationError((0,), "type", "must be a string")]
    assert schema.errors(["a"], only_first=True) == []


@pytest.mark.parametrize("number", ["1E+300", "123456789012345678901234567890.0"])
def test_a_number_of_any_size_can_be_no_integer_literal(number: str) -> None:
    assert not Schema({"x-integer-literal": True}, {}).is_valid(Decimal(number))
    assert Schema({"x-integer-literal": True}, {}).is_valid(Decimal("123456789012345678901234567890.5"))


DESCRIBED = {"pattern": "^a", "x-pattern-description": "a word that starts with a"}


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (DESCRIBED, "b"),
        ({"properties": {"x": DESCRIBED}}, {"x": "b"}),
        ({"items": {"$ref": "#/$defs/Word"}}, ["b"]),
        ({"anyOf": [{"type": "null"}, {"allOf": [{"$ref": "#/$defs/Word"}]}]}, "b"),
    ],
)
def test_a_pattern_is_described_in_the_contracts_words(schema: dict[str, Any], value: Any) -> None:
    ((_, message),) = told(schema, value, Word=DESCRIBED)
    assert message == "must be a word that starts with a"


def test_one_pattern_may_have_other_words_in_another_place() -> None:
    other = {**DESCRIBED, "x-pattern-description": "an A"}
    schema = {"properties": {"x": DESCRIBED, "y": other, "z": {"pattern": "^a"}}}
    assert [message for _, message in told(schema, {"x": "b", "y": "b", "z": "b"})] == [
        "must be a word that starts with a",
        "must be an A",
        "must match the pattern ^a",
    ]


def test_a_definitions_pattern_is_described() -> None:
    word = Definitions({"Word": DESCRIBED}).schema({"$ref": "#/$defs/Word"})
    assert word.errors("b") == [ValidationError((), "pattern", "must be a word that starts with a")]


INTRICATE = "a" * 40 + "!"


@pytest.mark.parametrize("more", [{}, {"x-pattern-description": "a few words"}])
@pytest.mark.parametrize(
    ("pattern", "text"),
    [(r"^(?!\s)(\w+\s?)+(?<!\s)$", INTRICATE), (r"^(\w+\s?)+(?<!\s)$", INTRICATE), (r"^(x+x+)+\1y(?!z)$", "x" * 60)],
)
def test_a_text_that_exhausts_its_pattern_is_refused_in_plain_words(
    pattern: str, text: str, more: dict[str, Any]
) -> None:
    schema = Schema({"properties": {"a": {"pattern": pattern, **more}}}, {})
    expected = ValidationError(("a",), "pattern", "is too intricate to be checked against its pattern")
    assert schema.errors({"a": text}) == schema.errors({"a": text}, only_first=True) == [expected]


def test_a_way_to_fail_that_has_no_words_is_not_valid() -> None:
    assert told({"propertyNames": {"maxLength": 1}}, {SECRET: 1}) == [((), "is not valid")]
    assert told({"prefixItems": [{}], "unevaluatedItems": False}, [1, SECRET]) == [((), "is not valid")]
