from __future__ import annotations

from typing import Any

from local_aws.asgi import HttpRequest
from local_aws.gateway.call import Call
from local_aws.gateway.lambda_proxy import proxy_event
from local_aws.gateway.stage import Stage


def event(
    *, query: str = "", headers: tuple[tuple[str, str], ...] = (), body: bytes = b"", **call: Any
) -> dict[str, Any]:
    request = HttpRequest("GET", "/v1/things/a%2Fb", query, headers, body, "192.0.2.7")
    matched = Call(
        request, Stage("local"), request.path, **{"path_parameters": {"id": "a%2Fb"}, "request_id": "r-1", **call}
    )
    return proxy_event(matched, "/v1/things/{id}", headers)


def test_path_parameters_stay_percent_encoded_as_rest_apis_leave_them() -> None:
    made = event()
    assert made["pathParameters"] == {"id": "a%2Fb"}
    assert made["path"] == made["requestContext"]["path"] == "/v1/things/a%2Fb"
    assert made["resource"] == made["requestContext"]["resourcePath"] == "/v1/things/{id}"


def test_maps_without_entries_are_null() -> None:
    made = event(path_parameters={})
    names = (
        "headers",
        "multiValueHeaders",
        "queryStringParameters",
        "multiValueQueryStringParameters",
        "pathParameters",
    )
    assert [made[name] for name in (*names, "stageVariables", "body")] == [None] * 7


def test_query_values_are_decoded_and_kept_in_order() -> None:
    made = event(query="q=a%20b&q=c%2Bd&empty=&plus=1+2")
    assert made["multiValueQueryStringParameters"] == {"q": ["a b", "c+d"], "empty": [""], "plus": ["1 2"]}
    assert made["queryStringParameters"] == {"q": "c+d", "empty": "", "plus": "1 2"}


def test_query_bytes_that_are_no_utf_8_do_not_stop_the_event() -> None:
    assert event(query="q=%FF")["queryStringParameters"] == {"q": "\ufffd"}


def test_a_repeated_header_keeps_every_value_in_the_multi_value_map() -> None:
    made = event(headers=(("x-a", "1"), ("x-a", "2")))
    assert made["multiValueHeaders"] == {"x-a": ["1", "2"]}
    assert made["headers"] == {"x-a": "2"}


def test_a_body_is_text_whatever_its_bytes() -> None:
    made = event(body=b"caf\xc3\xa9 \xff")
    assert made["body"] == "café \ufffd"
    assert made["isBase64Encoded"] is False


def test_claims_stand_under_the_authorizer_and_a_public_operation_has_none() -> None:
    assert event(claims={"sub": "u"})["requestContext"]["authorizer"] == {"claims": {"sub": "u"}}
    assert "authorizer" not in event()["requestContext"]


def test_the_context_names_the_request_the_stage_and_the_client() -> None:
    context = event(headers=(("user-agent", "curl"), ("host", "localhost")))["requestContext"]
    assert (context["requestId"], context["stage"], context["httpMethod"]) == ("r-1", "local", "GET")
    known = {name: value for name, value in context["identity"].items() if value is not None}
    assert known == {"sourceIp": "192.0.2.7", "userAgent": "curl"}
    assert context["domainName"] == "localhost"
