from __future__ import annotations

from typing import Any

import pytest

from local_aws.proxy_answer import MalformedAnswer, http_response

GOOD: dict[str, Any] = {"statusCode": 200, "headers": {"X-A": "1"}, "body": "é", "isBase64Encoded": False}


def test_an_answer_becomes_a_response_with_its_body_in_utf_8() -> None:
    response = http_response(GOOD)
    assert (response.status, response.body) == (200, "é".encode())
    assert response.headers == (("X-A", "1"), ("Content-Type", "application/json"))


def test_a_content_type_of_its_own_is_kept() -> None:
    response = http_response({"statusCode": 200, "headers": {"content-type": "text/plain"}})
    assert response.headers == (("content-type", "text/plain"),)


def test_multi_value_headers_hide_single_ones_of_the_same_name() -> None:
    answer = {**GOOD, "headers": {"Set-Cookie": "c", "X-B": "2"}, "multiValueHeaders": {"set-cookie": ["a", "b"]}}
    headers = http_response(answer).headers
    assert headers[:3] == (("X-B", "2"), ("set-cookie", "a"), ("set-cookie", "b"))


@pytest.mark.parametrize("name", ["WWW-Authenticate", "Server", "Date", "Connection"])
def test_headers_of_the_gateway_itself_are_renamed(name: str) -> None:
    assert (f"x-amzn-remapped-{name.lower()}", "v") in http_response(
        {"statusCode": 200, "headers": {name: "v"}}
    ).headers


def test_the_length_is_the_gateways_to_say() -> None:
    headers = http_response({"statusCode": 200, "headers": {"Content-Length": "99"}}).headers
    assert "content-length" not in {name.lower() for name, _ in headers}


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "text",
        [],
        {},
        {**GOOD, "statusCode": "200"},
        {**GOOD, "statusCode": True},
        {**GOOD, "statusCode": 99},
        {**GOOD, "statusCode": 600},
        {**GOOD, "body": {"a": 1}},
        {**GOOD, "body": "\ud800"},
        {**GOOD, "headers": []},
        {**GOOD, "headers": {"X-A": 1}},
        {**GOOD, "headers": {"X-A": None}},
        {**GOOD, "headers": {"X-A": "a\r\nX-B: b"}},
        {**GOOD, "headers": {"X-A": "€"}},
        {**GOOD, "multiValueHeaders": {"X-A": "1"}},
        {**GOOD, "multiValueHeaders": [1]},
        {**GOOD, "extra": 1},
    ],
)
def test_any_other_shape_is_malformed(answer: object) -> None:
    with pytest.raises(MalformedAnswer):
        http_response(answer)
