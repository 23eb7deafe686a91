"""Every style and explode of OpenAPI 3.0.3, section "Style Values", and what a parameter can have wrong."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.unit.contract.tables import Json, operation, parameter, sent, violations

INTEGERS: Json = {"type": "array", "items": {"type": "integer"}}
INTEGERS_SHAPE: Json = {"type": "array", "items": {"type": "integer"}}
COLOUR: Json = {
    "type": "object",
    "properties": {"R": {"type": "integer"}, "G": {"type": "integer"}},
    "additionalProperties": False,
}
COLOUR_SHAPE: Json = {
    "type": "object",
    "properties": {"R": {"type": "integer"}, "G": {"type": "integer"}},
    "additional": None,
}

PATH_STYLES = [
    ("simple", False, "5", 5),
    ("simple", True, "5", 5),
    ("simple", False, "3,4", [3, 4]),
    ("simple", True, "3,4", [3, 4]),
    ("simple", False, "R,100,G,200", {"R": 100, "G": 200}),
    ("simple", True, "R=100,G=200", {"R": 100, "G": 200}),
    ("label", False, ".5", 5),
    ("label", True, ".5", 5),
    ("label", False, ".3,4", [3, 4]),
    ("label", True, ".3.4", [3, 4]),
    ("label", False, ".R,100,G,200", {"R": 100, "G": 200}),
    ("label", True, ".R=100.G=200", {"R": 100, "G": 200}),
    ("matrix", False, ";p=5", 5),
    ("matrix", True, ";p=5", 5),
    ("matrix", False, ";p=3,4", [3, 4]),
    ("matrix", True, ";p=3;p=4", [3, 4]),
    ("matrix", False, ";p=R,100,G,200", {"R": 100, "G": 200}),
    ("matrix", True, ";R=100;G=200", {"R": 100, "G": 200}),
]
QUERY_STYLES: list[tuple[str, bool, dict[str, list[str]], Any]] = [
    ("form", True, {"p": ["5"]}, 5),
    ("form", False, {"p": ["5"]}, 5),
    ("form", True, {"p": ["3", "4"]}, [3, 4]),
    ("form", True, {"p": ["3"]}, [3]),
    ("form", False, {"p": ["3,4"]}, [3, 4]),
    ("form", True, {"R": ["100"], "G": ["200"]}, {"R": 100, "G": 200}),
    ("form", False, {"p": ["R,100,G,200"]}, {"R": 100, "G": 200}),
    ("spaceDelimited", False, {"p": ["3 4"]}, [3, 4]),
    ("spaceDelimited", True, {"p": ["3", "4"]}, [3, 4]),
    ("spaceDelimited", False, {"p": ["R 100 G 200"]}, {"R": 100, "G": 200}),
    ("pipeDelimited", False, {"p": ["3|4"]}, [3, 4]),
    ("pipeDelimited", True, {"p": ["3", "4"]}, [3, 4]),
    ("pipeDelimited", False, {"p": ["R|100|G|200"]}, {"R": 100, "G": 200}),
    ("deepObject", True, {"p[R]": ["100"], "p[G]": ["200"]}, {"R": 100, "G": 200}),
]


def of_type(where: str, value: Any, **more: Any) -> Json:
    """A parameter `p` whose values are like this one."""
    if isinstance(value, dict):
        return parameter(where, "p", COLOUR, shape=COLOUR_SHAPE, **more)
    if isinstance(value, list):
        return parameter(where, "p", INTEGERS, shape=INTEGERS_SHAPE, **more)
    return parameter(where, "p", {"type": "integer"}, **more)


@pytest.mark.parametrize(("style", "explode", "text", "value"), PATH_STYLES)
def test_path_styles(style: str, explode: bool, text: str, value: Any) -> None:
    checked = operation(of_type("path", value, style=style, explode=explode))
    assert checked.check_request(sent(path={"p": text})).path_parameters == {"p": value}


@pytest.mark.parametrize(("style", "explode", "query", "value"), QUERY_STYLES)
def test_query_styles(style: str, explode: bool, query: dict[str, list[str]], value: Any) -> None:
    checked = operation(of_type("query", value, style=style, explode=explode))
    assert checked.check_request(sent(query=query)).query == {"p": value}


@pytest.mark.parametrize(
    ("explode", "text", "value"),
    [
        (False, " 5 ", 5),
        (False, "3, 4 ,5", [3, 4, 5]),
        (True, "3,4", [3, 4]),
        (False, "R,100,G,200", {"R": 100, "G": 200}),
        (True, "R=100, G=200", {"R": 100, "G": 200}),
        (False, " \t5\t ", 5),
    ],
)
def test_header_style(explode: bool, text: str, value: Any) -> None:
    checked = operation(of_type("header", value, explode=explode))
    assert checked.check_request(sent(headers={"P": [text]})).headers == {"p": value}


@pytest.mark.parametrize(
    ("explode", "lines", "value"),
    [
        (True, ["p=5"], 5),
        (False, ["other=1; p=3,4; flag"], [3, 4]),
        (True, ["p=3; p=4"], [3, 4]),
        (True, ["p=3", "p=4"], [3, 4]),
        (False, ["p=R,100,G,200"], {"R": 100, "G": 200}),
        (True, ["R=100; G=200; other=1"], {"R": 100, "G": 200}),
    ],
)
def test_cookie_style(explode: bool, lines: list[str], value: Any) -> None:
    checked = operation(of_type("cookie", value, explode=explode))
    assert checked.check_request(sent(headers={"Cookie": lines})).cookies == {"p": value}


@pytest.mark.parametrize("value", ["X-rayX", "\xa0v\xa0", "\x0bv\x0b"])
def test_nothing_but_blanks_and_tabs_is_trimmed(value: str) -> None:
    """RFC 9110, section 5.6.3: other white space is part of the value."""
    text: Json = {"type": "string"}
    checked = operation(parameter("header", "h", text), parameter("cookie", "c", text))
    request = checked.check_request(sent(headers={"H": [f" {value}\t"], "Cookie": [f" c={value}\t; d=1"]}))
    assert (request.headers, request.cookies) == ({"h": value}, {"c": value})


TEXTS: Json = {"type": "object", "additionalProperties": {"type": "string"}}
TEXTS_SHAPE: Json = {"type": "object", "properties": {}, "additional": {"type": "string"}}


@pytest.mark.parametrize("value", ["a=b", "a=b=c", "=", "a="])
def test_a_value_may_hold_equals_signs(value: str) -> None:
    """Only the first one ends a name: tokens in base64 end with some."""
    checked = operation(
        parameter("path", "p", {"type": "string"}, style="matrix"),
        parameter("path", "q", TEXTS, shape=TEXTS_SHAPE, explode=True),
        parameter("cookie", "c", {"type": "string"}),
    )
    raw = sent(path={"p": f";p={value}", "q": f"R={value},G=1"}, headers={"Cookie": [f"c={value}"]})
    request = checked.check_request(raw)
    assert request.path_parameters == {"p": value, "q": {"R": value, "G": "1"}}
    assert request.cookies == {"c": value}


@pytest.mark.parametrize(
    ("style", "explode", "text", "field", "message"),
    [
        ("label", False, "5", "/p", "must be written in the label style, starting with '.'"),
        ("matrix", False, "p=5", "/p", "must be written in the matrix style, starting with ';'"),
        ("matrix", False, ";q=5", "/p", "must be written in the matrix style, as ;name=value"),
        ("matrix", False, ";p=5;p=6", "/p", "is given more than once"),
        ("simple", False, "R,100,G", "/p", "must list its fields as name and value in turn"),
        ("simple", True, "R=100,G", "/p", "must list its fields as name=value"),
        ("simple", True, "R=1,R=2", "/p/R", "is given more than once"),
        ("simple", False, "%", "/p", "is not percent-encoded properly"),
        ("simple", False, "%4", "/p", "is not percent-encoded properly"),
        ("simple", False, "%zz", "/p", "is not percent-encoded properly"),
        ("simple", False, "%ff", "/p", "is not percent-encoded UTF-8"),
        ("simple", False, "\ud800", "/p", "is not valid Unicode text"),
    ],
)
def test_a_misspelt_parameter_is_told_so(style: str, explode: bool, text: str, field: str, message: str) -> None:
    kind: Any = {} if text.startswith("R") else 5
    checked = operation(of_type("path", kind, style=style, explode=explode))
    assert violations(checked, sent(path={"p": text})) == [(field, message)]


@pytest.mark.parametrize(
    ("text", "value"), [("a%40b", "a@b"), ("%2F", "/"), ("a+b", "a+b"), ("%2525", "%25"), ("%C3%A9", "é"), ("é", "é")]
)
def test_a_path_parameter_is_decoded_exactly_once(text: str, value: str) -> None:
    checked = operation(parameter("path", "p", {"type": "string"}))
    assert checked.check_request(sent(path={"p": text})).path_parameters == {"p": value}


def test_a_delimiter_in_a_value_is_told_by_its_encoding() -> None:
    texts: Json = {"type": "array", "items": {"type": "string"}}
    checked = operation(parameter("path", "p", texts, shape=texts))
    assert checked.check_request(sent(path={"p": "a%2Cb,c"})).path_parameters == {"p": ["a,b", "c"]}


def test_a_query_value_is_decoded_by_the_gateway_and_not_again() -> None:
    checked = operation(parameter("query", "p", {"type": "string"}))
    assert checked.check_request(sent(query={"p": ["100%25 +"]})).query == {"p": "100%25 +"}


def test_a_number_is_a_decimal() -> None:
    checked = operation(parameter("query", "p", {"type": "number", "maximum": Decimal("0.3")}))
    assert checked.check_request(sent(query={"p": ["0.30"]})).query == {"p": Decimal("0.30")}
    assert violations(checked, sent(query={"p": ["0.3000000000000000000001"]})) == [("/p", "must be at most 0.3")]


def test_a_scalar_given_twice_is_refused() -> None:
    checked = operation(parameter("query", "p", {"type": "integer"}))
    assert violations(checked, sent(query={"p": ["1", "1"]})) == [("/p", "is given more than once")]


def test_several_lines_of_a_header_are_one_list() -> None:
    checked = operation(
        parameter("header", "If-Match", {"type": "string"}), parameter("header", "X-N", {"type": "integer"})
    )
    request = checked.check_request(sent(headers={"if-match": ['"1"', '"2"']}))
    assert request.headers == {"If-Match": '"1", "2"'}
    assert violations(checked, sent(headers={"x-n": ["1", "2"]})) == [("/X-N", "must be an integer")]


@pytest.mark.parametrize("where", ["path", "query", "header", "cookie"])
def test_a_missing_required_parameter_is_named(where: str) -> None:
    checked = operation(parameter(where, "a/b~c", {"type": "string"}, required=True))
    assert violations(checked, sent()) == [("/a~1b~0c", "is required")]


def test_an_absent_optional_parameter_is_absent() -> None:
    checked = operation(parameter("query", "p", {}), parameter("header", "q", {}), parameter("cookie", "r", {}))
    request = checked.check_request(sent())
    assert (request.query, request.headers, request.cookies) == ({}, {}, {})


def test_a_default_is_fresh_for_each_request() -> None:
    checked = operation(parameter("query", "p", INTEGERS, shape=INTEGERS_SHAPE, default=[{"a": [1]}]))
    first: Any = checked.check_request(sent()).query["p"]
    first[0]["a"].append(2)
    assert checked.check_request(sent()).query == {"p": [{"a": [1]}]}


def test_a_null_default_is_a_default() -> None:
    checked = operation(parameter("query", "p", {}, default=None))
    assert checked.check_request(sent()).query == {"p": None}


def test_an_empty_value_is_for_allow_empty_value_to_allow() -> None:
    flag = parameter("query", "p", {"type": "boolean"})
    assert violations(operation(flag), sent(query={"p": [""]})) == [("/p", "must not be empty")]
    checked = operation({**flag, "allowEmptyValue": True})
    assert checked.check_request(sent(query={"p": [""]})).query == {"p": ""}


@pytest.mark.parametrize("style", ["form", "spaceDelimited", "pipeDelimited"])
@pytest.mark.parametrize("explode", [True, False])
@pytest.mark.parametrize("shape", [INTEGERS_SHAPE, {"type": "array", "items": {"type": "string"}}])
def test_an_empty_array_is_no_array_of_one_empty_text(style: str, explode: bool, shape: Json) -> None:
    array = parameter("query", "p", {"type": "array"}, shape=shape, style=style, explode=explode)
    assert violations(operation(array), sent(query={"p": [""]})) == [("/p", "must not be empty")]
    checked = operation({**array, "allowEmptyValue": True})
    assert checked.check_request(sent(query={"p": [""]})).query == {"p": ""}


def test_an_empty_text_among_others_is_an_item() -> None:
    shape: Json = {"type": "array", "items": {"type": "string"}}
    array = parameter("query", "p", {"type": "array"}, shape=shape, explode=True)
    assert operation(array).check_request(sent(query={"p": ["", "a"]})).query == {"p": ["", "a"]}
    joined = operation({**array, "explode": False})
    assert joined.check_request(sent(query={"p": [",a"]})).query == {"p": ["", "a"]}


@pytest.mark.parametrize(
    "declared",
    [
        {"schema": {"type": "object"}, "shape": {"type": "object", "properties": {}, "additional": None}},
        {"schema": {}, "shape": {"type": "any"}, "media": "application/json"},
    ],
)
def test_an_object_and_a_json_text_may_be_empty_only_where_that_is_allowed(declared: Json) -> None:
    empty = {**parameter("query", "p", {}, explode=False), **declared}
    assert violations(operation(empty), sent(query={"p": [""]})) == [("/p", "must not be empty")]
    checked = operation({**empty, "allowEmptyValue": True})
    assert checked.check_request(sent(query={"p": [""]})).query == {"p": ""}


def test_an_empty_cookie_is_a_value() -> None:
    shape: Json = {"type": "array", "items": {"type": "string"}}
    checked = operation(parameter("cookie", "p", {"type": "array"}, shape=shape))
    assert checked.check_request(sent(headers={"Cookie": ["p="]})).cookies == {"p": [""]}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["1", "2"], [1, 2]),
        (["1,", "2"], [1, 2]),
        (["1", "", "2"], [1, 2]),
        ([", 1 ,\t, 2 ,"], [1, 2]),
        ([""], []),
        ([" , "], []),
    ],
)
def test_empty_elements_of_a_listed_header_count_for_nothing(lines: list[str], expected: list[int]) -> None:
    """RFC 9110, sections 5.3 and 5.6.1.2."""
    checked = operation(parameter("header", "X-P", INTEGERS, shape=INTEGERS_SHAPE))
    assert checked.check_request(sent(headers={"X-P": lines})).headers == {"X-P": expected}


def test_a_listed_header_of_empty_elements_has_no_items() -> None:
    checked = operation(parameter("header", "X-P", {**INTEGERS, "minItems": 1}, shape=INTEGERS_SHAPE))
    assert violations(checked, sent(headers={"X-P": [","]})) == [("/X-P", "must have at least 1 item")]


def test_an_empty_json_text_is_a_value_like_any_other() -> None:
    checked = operation(parameter("query", "p", {"type": "string"}, media="application/json"))
    assert checked.check_request(sent(query={"p": ['""']})).query == {"p": ""}


def test_an_empty_header_is_a_value() -> None:
    checked = operation(parameter("header", "p", {"type": "string", "minLength": 1}))
    assert violations(checked, sent(headers={"p": [""]})) == [("/p", "must have at least 1 character")]


def test_every_violation_within_an_array_has_its_place() -> None:
    checked = operation(
        parameter("query", "p", {**INTEGERS, "items": {"type": "integer", "maximum": 9}}, shape=INTEGERS_SHAPE)
    )
    expected = [("/p/0", "must be an integer"), ("/p/2", "must be at most 9")]
    assert violations(checked, sent(query={"p": ["x", "1", "10"]})) == expected


def test_an_unknown_field_of_an_object_has_its_place() -> None:
    checked = operation(of_type("query", {}, style="deepObject"))
    raw = sent(query={"p[R]": ["x"], "p[Z]": ["1"]})
    assert violations(checked, raw) == [("/p/R", "must be an integer"), ("/p/Z", "is not a known field")]


def test_a_deep_objects_field_given_twice_is_refused_unless_it_is_an_array() -> None:
    schema: Json = {"type": "object", "properties": {"a": INTEGERS, "b": {"type": "integer"}}}
    shape: Json = {"type": "object", "properties": {"a": INTEGERS_SHAPE, "b": {"type": "integer"}}, "additional": None}
    checked = operation(parameter("query", "p", schema, style="deepObject", shape=shape))
    assert checked.check_request(sent(query={"p[a]": ["1", "2"]})).query == {"p": {"a": [1, 2]}}
    assert violations(checked, sent(query={"p[b]": ["1", "2"]})) == [("/p/b", "is given more than once")]


@pytest.mark.parametrize("name", ["p[]", "p[a][b]", "p[a", "p", "pp[a]", "q[a]"])
def test_what_is_no_field_of_a_deep_object_is_unknown(name: str) -> None:
    checked = operation(of_type("query", {}, style="deepObject"))
    field = "/" + name
    assert violations(checked, sent(query={name: ["1"]})) == [(field, "is not a known parameter")]


def test_an_open_exploded_object_takes_what_nobody_else_claims() -> None:
    shape: Json = {"type": "object", "properties": {}, "additional": {"type": "integer"}}
    rest = parameter("query", "rest", {"additionalProperties": {"type": "integer"}}, shape=shape)
    checked = operation(rest, parameter("query", "q", {"type": "string"}))
    request = checked.check_request(sent(query={"q": ["x"], "a": ["1"], "b": ["2"]}))
    assert request.query == {"rest": {"a": 1, "b": 2}, "q": "x"}
    assert violations(checked, sent(query={"a": ["x"]})) == [("/rest/a", "must be an integer")]


def test_a_closed_exploded_object_leaves_the_rest_unknown() -> None:
    checked = operation(of_type("query", {}))
    raw = sent(query={"R": ["1"], "Z": ["1"], "A": ["1"]})
    assert violations(checked, raw) == [("/A", "is not a known parameter"), ("/Z", "is not a known parameter")]


def test_an_exploded_object_of_which_nothing_is_sent_is_absent() -> None:
    assert operation(of_type("query", {})).check_request(sent()).query == {}
    checked = operation(of_type("query", {}, required=True))
    assert violations(checked, sent()) == [("/p", "is required")]


def test_an_api_key_in_the_query_is_no_unknown_parameter() -> None:
    schemes = {"key": {"type": "apiKey", "in": "query", "name": "api_key"}, "token": {"type": "http"}}
    checked = operation(securitySchemes=schemes, security=[{"key": []}])
    assert checked.check_request(sent(query={"api_key": ["x"]})).query == {}


def test_an_unknown_name_that_is_no_text_can_still_be_told() -> None:
    assert violations(operation(), sent(query={"\ud800": ["1"]})) == [("/?", "is not a known parameter")]


def test_a_query_value_that_is_no_text_is_refused() -> None:
    checked = operation(parameter("query", "p", {}))
    assert violations(checked, sent(query={"p": ["\udfff"]})) == [("/p", "is not valid Unicode text")]


def test_a_header_that_is_no_text_is_refused() -> None:
    checked = operation(parameter("header", "X-P", {}))
    assert violations(checked, sent(headers={"X-P": ["\udfff"]})) == [("/X-P", "is not valid Unicode text")]


def test_unknown_headers_and_cookies_are_none_of_ours() -> None:
    checked = operation(parameter("cookie", "p", {}))
    assert checked.check_request(sent(headers={"X-Any": ["1"], "Cookie": ["a=1"]})).cookies == {}


def test_a_parameter_can_be_json() -> None:
    schema: Json = {"type": "object", "properties": {"a": {"type": "integer"}}}
    checked = operation(parameter("query", "p", schema, media="application/json", shape={"type": "any"}))
    assert checked.check_request(sent(query={"p": ['{"a": 1}']})).query == {"p": {"a": 1}}
    assert violations(checked, sent(query={"p": ['{"a": "x"}']})) == [("/p/a", "must be an integer")]
    assert violations(checked, sent(query={"p": ['{"a": NaN, "b": 1, "b": 2}']})) == [
        ("/p/a", "is not a JSON number"),
        ("/p/b", "is given more than once"),
    ]


def test_a_parameter_of_another_media_type_is_text() -> None:
    checked = operation(parameter("query", "p", {"type": "string"}, media="text/plain", shape={"type": "any"}))
    assert checked.check_request(sent(query={"p": ["1"]})).query == {"p": "1"}
