"""Events as API Gateway sends them; the recorded ones are in tests/fixtures/events."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from contract.gateway_event import MalformedBody, NotRestEvent, RawRequest, origin_of, request_id_of
from tests.unit.contract.tables import EVENTS, event, recorded


@pytest.mark.parametrize("name", sorted(path.stem for path in EVENTS.glob("*.json")))
def test_every_recorded_event_can_be_read(name: str) -> None:
    raw = RawRequest(recorded(name))
    assert raw.method == recorded(name)["httpMethod"]
    assert raw.request_id
    raw.body_bytes()


def test_null_maps_are_empty() -> None:
    raw = RawRequest(recorded("get_with_null_maps"))
    assert (raw.path_parameters, raw.query, raw.headers) == ({}, {}, {})
    assert raw.body_bytes() is None
    assert raw.claims is None


def test_missing_maps_are_empty() -> None:
    raw = RawRequest({"httpMethod": "GET"})
    assert (raw.path, raw.query, raw.headers, raw.request_id) == ("/", {}, {}, "unknown")


def test_every_value_of_a_parameter_is_kept_in_order() -> None:
    raw = RawRequest(recorded("get_with_multiple_values"))
    assert raw.query == {"limit": ["5", "6"], "nextToken": ["abc"]}
    assert raw.header("X-Forwarded-For") == "203.0.113.7, 198.51.100.9"


def test_an_event_with_single_values_only_is_read_too() -> None:
    raw = RawRequest(event(queryStringParameters={"a": "1", "b": None}, headers={"X-A": "2"}))
    assert raw.query == {"a": ["1"]}
    assert raw.header("x-a") == "2"


def test_header_names_ignore_case() -> None:
    raw = RawRequest(recorded("get_over_http2"))
    assert raw.header("If-None-Match") == '"3"'
    assert raw.header("X-Unsent") is None


def test_a_header_sent_in_two_cases_is_one_list() -> None:
    raw = RawRequest(event(multiValueHeaders={"X-A": ["1"], "x-a": ["2"]}))
    assert raw.header("X-A") == "1, 2"


def test_path_parameters_stay_percent_encoded() -> None:
    assert RawRequest(recorded("get_with_percent_encoded_path")).path_parameters == {"productId": "a%40b%2Fc+d%25"}


def test_the_path_is_what_the_client_sent() -> None:
    assert RawRequest(recorded("get_with_query")).path == "/dev/v1.0/products"
    assert RawRequest(recorded("get_on_custom_domain")).path == "/catalogue/v1.0/products/PROD-001"


def test_an_event_without_the_path_that_was_sent_has_the_one_that_was_matched() -> None:
    assert RawRequest(event(requestContext={}, path="/things/1")).path == "/things/1"


def test_a_base64_body_is_decoded() -> None:
    plain, encoded = RawRequest(recorded("post_with_claims")), RawRequest(recorded("post_in_base64"))
    assert plain.body_bytes() == encoded.body_bytes()
    assert b"Premium Plus" in (plain.body_bytes() or b"")


def test_an_empty_body_is_none() -> None:
    assert RawRequest(recorded("post_with_empty_body")).body_bytes() is None


@pytest.mark.parametrize(("body", "is_base64"), [("no base64!", True), ("YQ", True), ("é", True), ("\ud800", False)])
def test_a_body_that_is_not_what_it_says_is_malformed(body: str, is_base64: bool) -> None:
    raw = RawRequest(event(body=body, isBase64Encoded=is_base64))
    with pytest.raises(MalformedBody):
        raw.body_bytes()


def test_claims_are_the_authorizers() -> None:
    claims = RawRequest(recorded("post_with_claims")).claims
    assert claims is not None
    assert claims["cognito:groups"] == "platform-admin"


@pytest.mark.parametrize("authorizer", [None, {}, {"claims": None}, {"principalId": "x"}])
def test_an_authorizer_without_claims_gives_none(authorizer: Any) -> None:
    assert RawRequest(event(requestContext={"authorizer": authorizer})).claims is None


def test_the_request_id_is_the_gateways_else_lambdas() -> None:
    context = SimpleNamespace(aws_request_id="l-1")
    assert request_id_of(event(), context) == "r-1"
    assert request_id_of({}, context) == "l-1"
    assert request_id_of({}) == "unknown"
    sent = event(requestContext={})
    assert RawRequest(sent, request_id_of(sent, context)).request_id == "l-1"


@pytest.mark.parametrize("odd", [None, [], "text", {"requestContext": []}, {"requestContext": {"requestId": "a\nb"}}])
def test_an_odd_event_has_no_known_id_and_no_origin(odd: Any) -> None:
    assert request_id_of(odd) == "unknown"
    assert origin_of(odd) is None


def test_the_origin_is_found_in_any_case() -> None:
    assert origin_of(recorded("get_with_query")) == "https://portal.example.com"
    assert origin_of(recorded("get_over_http2")) == "https://portal.example.com"
    assert origin_of(recorded("post_from_console")) is None


@pytest.mark.parametrize(
    ("foreign", "likeness"),
    [
        (None, "null"),
        ([], "a list"),
        ("ping", "a text"),
        (7, "a number"),
        (True, "a boolean"),
        ({}, "an empty object"),
        ({"any": 1}, "an object without httpMethod"),
        ({"source": "serverless-plugin-warmup"}, "a warm-up ping"),
        ({"warmer": True, "concurrency": 3}, "a warm-up ping"),
        ({"key1": "value1", "key2": "value2", "key3": "value3"}, "the console's sample event"),
        ({"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}, "an EventBridge event"),
        (
            {"Records": [{"eventSource": "aws:sqs", "body": "secret"}]},
            "records of a queue, a topic, a stream or a bucket",
        ),
        (
            {"version": "2.0", "routeKey": "$default", "rawPath": "/", "requestContext": {"http": {"method": "GET"}}},
            "an HTTP API's or function URL's event, of payload format 2.0",
        ),
        ({"requestContext": {"connectionId": "x", "eventType": "CONNECT"}}, "an event of a WebSocket API"),
        ({"type": "TOKEN", "methodArn": "arn:aws:execute-api:x"}, "a request to a Lambda authorizer"),
        (
            {"httpMethod": "GET", "path": "/", "requestContext": {"elb": {"targetGroupArn": "x"}}},
            "an event of a load balancer",
        ),
    ],
)
def test_an_event_of_another_kind_is_named_by_what_it_looks_like(foreign: Any, likeness: str) -> None:
    with pytest.raises(NotRestEvent) as caught:
        RawRequest(foreign)
    assert str(caught.value) == likeness


@pytest.mark.parametrize(
    ("part", "likeness"),
    [
        ({"httpMethod": None}, "httpMethod is null"),
        ({"httpMethod": 5}, "httpMethod is a number"),
        ({"requestContext": [1]}, "requestContext is a list"),
        ({"requestContext": {"path": {}}}, "path is an object"),
        ({"requestContext": {"authorizer": "x"}}, "authorizer is a text"),
        ({"requestContext": {"authorizer": {"claims": ["x"]}}}, "claims is a list"),
        ({"path": True, "requestContext": {}}, "path is a boolean"),
        ({"path": "/\ud800", "requestContext": {}}, "path is no Unicode text"),
        ({"requestContext": {"path": "/dev/\udfff"}}, "path is no Unicode text"),
        ({"pathParameters": [["id", "1"]]}, "pathParameters is a list"),
        ({"pathParameters": {"id": 7}}, "pathParameters are not texts"),
        ({"headers": {"X-Any": ["x"]}}, "headers are not texts"),
        ({"queryStringParameters": "a=1"}, "queryStringParameters is a text"),
        ({"multiValueHeaders": {"X-Any": "x"}}, "multiValueHeaders are not lists of texts"),
        ({"multiValueHeaders": {"X-Any": ["x", None]}}, "multiValueHeaders are not lists of texts"),
        ({"multiValueQueryStringParameters": {"a": [1]}}, "multiValueQueryStringParameters are not lists of texts"),
        ({"body": {"name": "x"}}, "body is an object"),
        ({"isBase64Encoded": "true"}, "isBase64Encoded is a text"),
    ],
)
def test_a_rest_event_with_a_part_of_another_type_is_told_by_that_part(part: dict[str, Any], likeness: str) -> None:
    with pytest.raises(NotRestEvent) as caught:
        RawRequest(event(**part))
    assert str(caught.value) == f"a REST proxy event whose {likeness}"


def test_null_stands_for_nothing_wherever_it_is() -> None:
    raw = RawRequest(
        event(
            pathParameters={"a": None, "b": "1"},
            queryStringParameters={"a": None, "b": "1"},
            multiValueHeaders={"a": None, "b": ["1"], "c": []},
            isBase64Encoded=None,
            requestContext={"authorizer": {"claims": None}, "path": None},
        )
    )
    assert (raw.path_parameters, raw.query, raw.headers) == ({"b": "1"}, {"b": ["1"]}, {"b": ["1"]})
    assert (raw.is_base64, raw.claims, raw.path) == (False, None, "/things")


@pytest.mark.parametrize("chosen", ["x" * 129, " a", "a\r\nX: 1", "\u00e9", "", 7, None, ["a"]])
def test_an_id_of_the_clients_choice_is_taken_only_where_it_can_be_sent_back(chosen: Any) -> None:
    """API Gateway lets a client choose it, by the header x-amzn-RequestId."""
    context = SimpleNamespace(aws_request_id="l-1")
    assert request_id_of({"requestContext": {"requestId": chosen}}, context) == "l-1"
    assert request_id_of({"requestContext": {"requestId": "x" * 128}}, context) == "x" * 128
