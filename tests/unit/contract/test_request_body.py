from __future__ import annotations

import base64
from typing import Any

import pytest

from contract.request_body import ALL_ERRORS_UP_TO_BYTES
from tests.unit.contract.tables import Json, body, operation, refusal, sent, sent_json, violations

OBJECT: Json = {"type": "object", "properties": {"a": {"type": "integer"}}, "additionalProperties": False}


def test_a_required_body_that_is_absent_is_told() -> None:
    checked = operation(requestBody=body(OBJECT))
    assert violations(checked, sent()) == [("", "is required")]
    assert violations(checked, sent_json("")) == [("", "is required")]


def test_an_optional_body_may_be_absent_and_then_needs_no_media_type() -> None:
    checked = operation(requestBody=body(OBJECT, required=False))
    assert checked.check_request(sent()).body is None


def test_a_null_body_is_for_the_schema_to_validate() -> None:
    assert operation(requestBody=body({})).check_request(sent_json("null")).body is None
    assert violations(operation(requestBody=body(OBJECT)), sent_json("null")) == [("", "must be an object")]


def test_a_body_that_the_contract_does_not_know_is_ignored() -> None:
    assert operation().check_request(sent_json("{not json")).body is None


def test_a_body_may_have_just_so_many_bytes() -> None:
    checked = operation(requestBody=body({"type": "string"}, maxBytes=6))
    assert checked.check_request(sent_json('"éé"')).body == "éé"
    refused = refusal(checked, sent_json('"ééé"'))
    assert (refused.status, refused.message) == (413, "The body may have at most 6 bytes.")


def test_the_size_is_validated_before_the_media_type() -> None:
    checked = operation(requestBody=body({}, maxBytes=1))
    assert refusal(checked, sent_json("[]", "text/plain")).status == 413


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "APPLICATION/JSON",
        "application/json; charset=utf-8",
        'application/json;charset="UTF-8"',
        "application/json; profile=x",
        "application/json; charset=utf8",
        'application/json; charset="utf\\-8"; version=2; q="a;charset=latin1"',
        "application/json; Charset=UTF8 ;",
    ],
)
def test_a_declared_media_type_is_taken(content_type: str) -> None:
    assert operation(requestBody=body({})).check_request(sent_json("[1]", content_type)).body == [1]


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/json; charset=utf-16",
        "application/json; charset=latin1",
        "application/json, application/json",
        "*/*",
    ],
)
def test_another_media_type_is_415_and_the_right_one_is_named(content_type: str) -> None:
    refused = refusal(operation(requestBody=body({})), sent_json("[1]", content_type))
    assert (refused.status, refused.message) == (415, "Send the body as application/json, in UTF-8.")


def test_every_media_type_that_is_taken_is_named() -> None:
    entry: Json = {"schema": {}, "defaults": {}}
    checked = operation(requestBody=body({}, content={"application/json": entry, "text/plain": entry}))
    refused = refusal(checked, sent_json("x", "image/png"))
    assert refused.message == "Send the body as application/json or text/plain, in UTF-8."


def test_a_body_without_a_media_type_is_not_guessed_at() -> None:
    assert refusal(operation(requestBody=body({})), sent(body="{}")).status == 415


def test_a_compressed_body_is_415() -> None:
    checked = operation(requestBody=body({}))
    headers = {"Content-Type": ["application/json"], "Content-Encoding": ["gzip"]}
    assert refusal(checked, sent(body="{}", headers=headers)).status == 415
    assert checked.check_request(sent(body="{}", headers=headers | {"Content-Encoding": ["Identity"]})).body == {}


@pytest.mark.parametrize("declared", ["*/*", "application/*"])
def test_a_range_takes_what_can_be_validated(declared: str) -> None:
    checked = operation(requestBody=body(OBJECT, declared))
    assert checked.check_request(sent_json('{"a": 1}', "application/vnd.thing+json")).body == {"a": 1}
    assert refusal(checked, sent_json("x", "application/pdf")).status == 415


def test_a_text_is_a_string() -> None:
    checked = operation(requestBody=body({"type": "string", "maxLength": 2}, "text/plain"))
    assert checked.check_request(sent_json("é!", "text/plain")).body == "é!"
    assert violations(checked, sent_json("é!!", "text/plain")) == [("", "must have at most 2 characters")]
    assert violations(checked, sent_json(b"\xff", "text/plain")) == [("", "is not valid UTF-8")]


def test_json_in_the_text_tree_is_json() -> None:
    checked = operation(requestBody=body(OBJECT, "text/json"))
    assert checked.check_request(sent_json('{"a": 1}', "text/json")).body == {"a": 1}
    assert violations(checked, sent_json("[]", "text/json")) == [("", "must be an object")]


def test_json_under_a_range_of_texts_is_json_too() -> None:
    checked = operation(requestBody=body({"type": "string"}, "text/*"))
    assert checked.check_request(sent_json('"a"', "text/json")).body == "a"
    assert checked.check_request(sent_json('"a"', "text/plain")).body == '"a"'


def test_bytes_without_a_schema_are_their_base64_text() -> None:
    checked = operation(requestBody=body(None, "image/png"))
    raw = sent_json(b"\x89PNG", "image/png; charset=none")
    assert checked.check_request(raw).body == base64.b64encode(b"\x89PNG").decode()


def test_a_body_that_is_no_base64_is_told() -> None:
    checked = operation(requestBody=body({}))
    assert violations(checked, sent(body="?", isBase64Encoded=True)) == [("", "is not properly encoded text")]


def test_defaults_are_filled_in_after_the_check() -> None:
    defaults: Json = {"properties": {"a": {"default": ["x"]}, "b": {"properties": {"c": {"default": 1}}}}}
    checked = operation(requestBody=body({"minProperties": 1}, defaults=defaults))
    assert checked.check_request(sent_json('{"b": {}}')).body == {"a": ["x"], "b": {"c": 1}}
    assert violations(checked, sent_json("{}")) == [("", "must have at least 1 field")]


def test_a_filled_in_default_is_fresh_for_each_request() -> None:
    checked = operation(requestBody=body({}, defaults={"properties": {"a": {"default": []}}}))
    first: Any = checked.check_request(sent_json("{}")).body
    first["a"].append(1)
    assert checked.check_request(sent_json("{}")).body == {"a": []}


def test_a_large_body_is_told_its_first_violation() -> None:
    checked = operation(requestBody=body({"type": "array", "items": {"type": "string"}}))
    just_right = "[" + ",".join(["1"] * 100) + "]"
    assert len(violations(checked, sent_json(just_right.ljust(ALL_ERRORS_UP_TO_BYTES)))) == 100
    too_large = just_right.ljust(ALL_ERRORS_UP_TO_BYTES + 1)
    assert violations(checked, sent_json(too_large)) == [("/0", "must be a string")]
    assert checked.check_request(sent_json("[]".ljust(ALL_ERRORS_UP_TO_BYTES + 1))).body == []
