from __future__ import annotations

from typing import Any

import pytest

from local_aws.gateway.lambda_proxy import MalformedProxyResponse, http_response

GOOD: dict[str, Any] = {"statusCode": 200, "headers": {"X-A": "1"}, "body": "é", "isBase64Encoded": False}


def test_an_answer_becomes_a_response_with_its_body_in_utf_8() -> None:
    response = http_response(GOOD)
    assert (response.status, response.body) == (200, "é".encode())
    assert response.headers == (("X-A", "1"), ("Content-Type", "application/json"))


def test_a_content_type_of_its_own_is_kept() -> None:
    response = http_response({"statusCode": 200, "headers": {"content-type": "text/plain"}})
    assert response.headers == (("content-type", "text/plain"),)


def test_of_a_name_in_both_maps_the_multi_values_come_first_and_the_single_one_last() -> None:
    answer = {**GOOD, "headers": {"Set-Cookie": "c", "X-B": "2"}, "multiValueHeaders": {"set-cookie": ["a", "b"]}}
    headers = http_response(answer).headers
    assert headers[:4] == (("set-cookie", "a"), ("set-cookie", "b"), ("Set-Cookie", "c"), ("X-B", "2"))


REMAPPED = (
    "Authorization",
    "Connection",
    "Content-Length",
    "Content-MD5",
    "Date",
    "Max-Forwards",
    "Server",
    "User-Agent",
    "WWW-Authenticate",
)
DROPPED = ("Expect", "Host", "Proxy-Authenticate", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Via")


@pytest.mark.parametrize("name", [*REMAPPED, "server"])
def test_headers_of_the_gateway_itself_are_renamed(name: str) -> None:
    response = http_response({"statusCode": 200, "headers": {name: "v"}})
    assert response.headers[0] == (f"x-amzn-Remapped-{name}", "v")


@pytest.mark.parametrize("name", [*DROPPED, "via"])
def test_headers_of_a_connection_are_dropped(name: str) -> None:
    assert http_response({"headers": {name: "v"}}).headers == (("Content-Type", "application/json"),)


def test_the_length_is_the_gateways_to_say() -> None:
    headers = http_response({"statusCode": 200, "headers": {"Content-Length": "99"}}).headers
    assert "content-length" not in {name.lower() for name, _ in headers}


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "text",
        [],
        {**GOOD, "statusCode": "test"},
        {**GOOD, "statusCode": "99"},
        {**GOOD, "statusCode": "²00"},
        {**GOOD, "statusCode": None},
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
    with pytest.raises(MalformedProxyResponse):
        http_response(answer)
