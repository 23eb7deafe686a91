"""A lying handler for each kind of lie about a response."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, TypeAlias

import pytest

from contract.messages import Response
from contract.operation import Operation
from contract.responses import InvalidResponse
from tests.unit.contract.tables import NO_STORE, REQUEST_ID, Json, answer, header, operation

THING: Json = {
    "type": "object",
    "required": ["id"],
    "properties": {"id": {"type": "integer"}, "price": {"type": "number", "maximum": Decimal("9.99")}},
    "additionalProperties": False,
}
COUNT = header({"type": "integer", "minimum": 1}, required=False)
TAGS = {
    **header({"type": "array", "items": {"type": "string", "minLength": 2}}, required=False),
    "shape": {"type": "array", "items": {"type": "string"}},
}
PAIR = {**header({"type": "object"}, required=False), "shape": {"type": "object", "properties": {}, "additional": None}}
JSON_HEADER = {**header({"type": "object"}, required=False), "media": "application/json", "shape": {"type": "any"}}


def checked() -> Operation:
    responses = {
        "200": answer(THING, ETag=header({"type": "string", "pattern": '^"'}), X_Count=COUNT, X_Tags=TAGS, X_Pair=PAIR),
        "201": answer(THING, X_Json=JSON_HEADER),
        "204": answer(),
        "304": answer(THING),
        "4XX": answer({"type": "object"}, "application/problem+json", Cache_Control=NO_STORE),
        "default": answer({"type": "string"}, "text/plain", X_Request_Id=REQUEST_ID),
    }
    return operation(responses=responses)


Places: TypeAlias = "list[tuple[str, str, str]]"


def invalid(response: Response, of: Operation | None = None) -> Places:
    """Where, pointer and rule of each violation that the contract finds."""
    with pytest.raises(InvalidResponse) as caught:
        (of or checked()).responses.check(response)
    assert caught.value.status == response.status
    return [(each.where, each.field, each.rule) for each in caught.value.violations]


def test_an_honest_response_passes() -> None:
    headers = {"etag": '"1"', "X-Count": "1", "X-Tags": "ab, cd", "X-Any": ""}
    checked().responses.check(Response(200, {"id": 1, "price": Decimal("9.99")}, headers))


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (Response(200, {"id": 1}), ("header", "/ETag", "required")),
        (Response(200, {"id": 1}, {"ETag": "1"}), ("header", "/ETag", "pattern")),
        (Response(200, {"id": 1}, {"ETag": '"1"', "X-Count": "one"}), ("header", "/X-Count", "type")),
        (Response(200, {"id": 1}, {"ETag": '"1"', "X-Count": "0"}), ("header", "/X-Count", "minimum")),
        (Response(200, {"id": 1}, {"ETag": '"1"', "X-Tags": "ab,c"}), ("header", "/X-Tags/1", "minLength")),
        (Response(200, {"id": 1}, {"ETag": '"1"', "X-Pair": "a,1,b"}), ("header", "/X-Pair", "style")),
        (Response(201, {"id": 1}, {"X-Json": "{"}), ("header", "/X-Json", "style")),
        (Response(201, {"id": 1}, {"X-Json": "[]"}), ("header", "/X-Json", "type")),
        (Response(201, None), ("body", "", "type")),
        (Response(201, {}), ("body", "/id", "required")),
        (Response(201, {"id": "x"}), ("body", "/id", "type")),
        (Response(201, {"id": 1, "a/b": 1}), ("body", "/a~1b", "additionalProperties")),
        (Response(201, {"id": 1, "price": Decimal("9.991")}), ("body", "/price", "maximum")),
        (Response(201, {"id": 1}, {"Content-Type": "text/plain"}), ("header", "/Content-Type", "content")),
        (Response(201, {"id": 1}, {"content-type": "json"}), ("header", "/Content-Type", "content")),
        (Response(204, {"id": 1}), ("body", "", "content")),
        (Response(304, {"id": 1}), ("body", "", "content")),
        (Response(404, {}, {"Cache-Control": "public"}), ("header", "/Cache-Control", "enum")),
        (Response(404, {}), ("header", "/Cache-Control", "required")),
        (Response(500, 1, {"X-Request-Id": "r"}), ("body", "", "type")),
        (Response(500, "x", {"X-Request-Id": ""}), ("header", "/X-Request-Id", "minLength")),
    ],
)
def test_a_lie_is_found(response: Response, expected: tuple[str, str, str]) -> None:
    assert invalid(response) == [expected]


def test_an_undeclared_status_is_a_lie() -> None:
    assert invalid(Response(200), operation(responses={"404": answer()})) == [("status", "", "responses")]


@pytest.mark.parametrize("value", [None, 1, True, ["a"]])
def test_a_header_that_is_no_text_is_a_lie(value: Any) -> None:
    assert invalid(Response(204, None, {"X-Any": value})) == [("header", "/X-Any", "type")]


@pytest.mark.parametrize("value", ["a\r\nSet-Cookie: x", "a\x00", "é", " a", "a\t"])
def test_a_header_that_cannot_be_sent_is_a_lie(value: str) -> None:
    assert invalid(Response(204, None, {"X-Any": value})) == [("header", "/X-Any", "field-value")]


def test_a_header_named_twice_is_a_lie() -> None:
    assert invalid(Response(204, None, {"X-A": "1", "x-a": "1"})) == [("header", "/x-a", "field-value")]


def test_every_lie_of_a_response_is_found() -> None:
    headers = {"ETag": "1", "X-Count": "0", "X-Pair": "a", "X-Tags": "a,bc,d"}
    assert invalid(Response(200, {"id": "x", "colour": 1, "price": Decimal("9.991")}, headers)) == [
        ("header", "/ETag", "pattern"),
        ("header", "/X-Count", "minimum"),
        ("header", "/X-Tags/0", "minLength"),
        ("header", "/X-Tags/2", "minLength"),
        ("header", "/X-Pair", "style"),
        ("body", "/colour", "additionalProperties"),
        ("body", "/id", "type"),
        ("body", "/price", "maximum"),
    ]


def test_what_is_wrong_with_a_header_does_not_hide_what_is_wrong_with_the_body() -> None:
    assert invalid(Response(201, {}, {"X-Any": "\u00e9", "Content-Type": "text/html"})) == [
        ("header", "/X-Any", "field-value"),
        ("header", "/Content-Type", "content"),
    ]
    assert invalid(Response(404, [], {})) == [("header", "/Cache-Control", "required"), ("body", "", "type")]
    assert invalid(Response(204, 1, {"X-Any": "\u00e9"})) == [
        ("header", "/X-Any", "field-value"),
        ("body", "", "content"),
    ]


def test_it_is_known_with_which_status_a_body_may_go() -> None:
    assert [checked().responses.may_have_body(status) for status in (201, 204, 304, 404, 500)] == [
        True,
        False,
        False,
        True,
        True,
    ]
    assert operation(responses={"200": answer(THING)}).responses.may_have_body(400)
    assert not operation(method="HEAD", responses={"400": answer(THING)}).responses.may_have_body(400)


@pytest.mark.parametrize("status", [204, 205, 304])
def test_some_statuses_have_no_body_whatever_is_declared(status: int) -> None:
    bare = operation(responses={str(status): answer(THING)})
    assert bare.responses.completed(Response(status), "r-1").headers == {}
    assert bare.responses.encoded(Response(status)) == ("", False)


def test_an_answer_to_head_has_no_body() -> None:
    head = operation(method="HEAD", responses={"200": answer(THING)})
    head.responses.check(Response(200))
    with pytest.raises(InvalidResponse):
        head.responses.check(Response(200, {"id": 1}))


def test_the_exact_status_goes_before_its_range_and_that_before_the_default() -> None:
    responses = {"404": answer({"const": 1}), "4XX": answer({"const": 2}), "default": answer({"const": 3})}
    precise = operation(responses=responses)
    for status, body in ((404, 1), (409, 2), (500, 3)):
        precise.responses.check(Response(status, body))


def test_the_contract_completes_the_headers_that_it_decides_alone() -> None:
    assert checked().responses.completed(Response(404, {}), "r-1").headers == {
        "Cache-Control": "no-store",
        "Content-Type": "application/problem+json",
    }
    assert checked().responses.completed(Response(500, "x"), "r-1").headers == {
        "Content-Type": "text/plain",
        "X-Request-Id": "r-1",
    }
    assert checked().responses.completed(Response(204), "r-1").headers == {}


def test_a_text_header_with_a_media_type_is_its_json() -> None:
    quoted = header({"type": "string", "maxLength": 2}, media="application/json")
    operation(responses={"204": answer(X_Quoted=quoted)}).responses.check(Response(204, None, {"X-Quoted": '"ab"'}))


def test_a_constant_header_may_be_empty() -> None:
    empty = header({"type": "string", "enum": [""]}, constant="")
    assert operation(responses={"204": answer(X_Empty=empty)}).responses.completed(Response(204), "r-1").headers == {
        "X-Empty": ""
    }


def test_a_header_that_the_handler_names_stays_in_any_case() -> None:
    given = {"cache-control": "public", "content-type": "application/x+json"}
    assert checked().responses.completed(Response(404, {}, given), "r-1").headers == given


def test_a_nullable_body_is_sent_as_null() -> None:
    nullable = operation(responses={"200": answer({"type": ["object", "null"]})})
    nullable.responses.check(Response(200))
    assert nullable.responses.encoded(Response(200)) == ("null", False)


def test_a_text_is_sent_as_it_is_and_json_as_json() -> None:
    text = checked().responses.completed(Response(500, '"quoted"'), "r-1")
    assert checked().responses.encoded(text) == ('"quoted"', False)
    assert checked().responses.encoded(Response(201, {"id": 1})) == ('{"id":1}', False)
    assert operation(responses={"200": answer({})}).responses.encoded(Response(200, "x")) == ('"x"', False)


def test_bytes_are_sent_as_base64() -> None:
    image = operation(responses={"200": {"headers": {}, "content": {"image/png": {}}}})
    response = image.responses.completed(Response(200, "iVBORw=="), "r-1")
    image.responses.check(response)
    assert response.headers == {"Content-Type": "image/png"}
    assert image.responses.encoded(response) == ("iVBORw==", True)
    assert invalid(Response(200, {"not": "bytes"}), image) == [("body", "", "type")]
