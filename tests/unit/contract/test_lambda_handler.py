"""From an event to a proxy response: what a client and an operator see, whatever the handler does."""

from __future__ import annotations

import json
import logging
from types import SimpleNamespace
from typing import Any

import pytest

from contract.gateway_event import RawRequest
from contract.lambda_handler import lambda_handler
from contract.messages import JSON, Request, Response
from contract.operation import Operation
from contract.problems import Refusal, Violation
from tests.unit.contract.tables import PROBLEM, REQUEST_ID, answer, body, event, operation, parameter, problem

SECRET = "s3cret-value"
NAMED = {"operationId": "doThing", "functionVersion": "$LATEST", "gatewayRequestId": "r-1"}
SECURED: dict[str, Any] = {
    "security": [{"admin": []}],
    "securitySchemes": {"admin": {"type": "http", "x-allowed-groups": ["admins"]}},
}


class Leak(Exception):
    """An exception whose words hold a customer's data."""


def honest(request: Request) -> Response:
    return Response(200, {"id": request.request_id})


def call(respond: Any, checked: Operation | None = None, **parts: Any) -> dict[str, Any]:
    return lambda_handler(checked or operation(), respond)(event(**parts), None)


def test_an_honest_answer_leaves_complete() -> None:
    assert call(honest) == {
        "statusCode": 200,
        "headers": {"Content-Type": "application/json", "X-Request-Id": "r-1"},
        "body": '{"id":"r-1"}',
        "isBase64Encoded": False,
    }


def test_an_answer_without_a_body_is_an_empty_text() -> None:
    answered = call(lambda request: Response(204), operation(responses={"204": answer(X_Request_Id=REQUEST_ID)}))
    assert answered == {
        "statusCode": 204,
        "headers": {"X-Request-Id": "r-1"},
        "body": "",
        "isBase64Encoded": False,
    }


def test_a_request_that_breaks_the_contract_never_reaches_the_handler(caplog: pytest.LogCaptureFixture) -> None:
    def never(_request: Request) -> Response:
        raise AssertionError

    checked = operation(parameter("query", "limit", {"type": "integer"}))
    with caplog.at_level(logging.INFO, "contract"):
        answered = call(never, checked, multiValueQueryStringParameters={"limit": [SECRET]})
    assert answered["statusCode"] == 400
    assert answered["headers"] == {
        "Cache-Control": "no-store",
        "Content-Type": "application/json",
        "X-Request-Id": "r-1",
    }
    assert json.loads(answered["body"]) == {
        "error": "Bad Request",
        "message": "The request has 1 validation error.",
        "requestId": "r-1",
        "details": [{"in": "query", "field": "/limit", "message": "must be an integer"}],
    }
    (record,) = caplog.records
    assert (record.levelname, record.getMessage()) == ("INFO", "request refused")
    assert fields(record) == {**NAMED, "status": 400, "violations": 1, "places": ["query /limit type"]}


def test_a_refusal_of_the_handler_is_answered_with_its_headers() -> None:
    def refuse(_request: Request) -> Response:
        raise Refusal(409, "Taken.", details=[Violation("body", "/name", "is taken")], headers={"Retry-After": "1"})

    answered = call(refuse)
    assert answered["statusCode"] == 409
    assert answered["headers"]["Retry-After"] == "1"
    assert json.loads(answered["body"])["details"] == [{"in": "body", "field": "/name", "message": "is taken"}]


@pytest.mark.parametrize("status", [500, 501, 503])
def test_a_refusal_that_is_the_services_fault_is_a_warning(status: int, caplog: pytest.LogCaptureFixture) -> None:
    def refuse(_request: Request) -> Response:
        raise Refusal(status)

    assert call(refuse, operation(responses={"5XX": problem()}))["statusCode"] == status
    assert [record.levelname for record in caplog.records] == ["WARNING"]


@pytest.mark.parametrize(
    ("response", "places"),
    [
        (Response(201, {}), ["status  responses"]),
        (Response(200, [SECRET]), ["body  type"]),
        (Response(200, {}, {"X-Request-Id": ""}), ["header /X-Request-Id minLength"]),
        (Response(200, {}, {"Content-Type": "text/html"}), ["header /Content-Type content"]),
        (Response(404, {"error": SECRET}), ["body /message required"]),
        (
            Response(404, {"error": [SECRET], "colour": SECRET}, {"Cache-Control": SECRET}),
            [
                "header /Cache-Control enum",
                "body /colour additionalProperties",
                "body /error type",
                "body /message required",
            ],
        ),
    ],
)
def test_an_answer_that_breaks_the_contract_never_leaves(
    response: Response, places: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    answered = call(lambda request: response)
    assert_internal_error(answered)
    (record,) = caplog.records
    assert (record.levelname, record.getMessage()) == ("ERROR", "response breaks the contract")
    expected = {"status": response.status, "violations": len(places), "places": places}
    assert fields(record) == {**NAMED, **expected}
    assert SECRET not in caplog.text + answered["body"]


def test_the_fallback_of_an_answer_that_keeps_the_contract_is_not_asked() -> None:
    def fallback() -> Response:
        raise AssertionError

    assert call(lambda request: Response(200, {"a": 1}, fallback=fallback))["body"] == '{"a":1}'


def test_a_fallback_leaves_complete_in_place_of_an_answer_that_breaks_the_contract(
    caplog: pytest.LogCaptureFixture,
) -> None:
    answered = call(lambda request: Response(200, [SECRET], fallback=lambda: Response(200, {"a": 1})))
    assert (answered["statusCode"], answered["body"]) == (200, '{"a":1}')
    assert answered["headers"] == {"Content-Type": "application/json", "X-Request-Id": "r-1"}
    assert caplog.records == []


def test_a_fallback_that_breaks_the_contract_never_leaves(caplog: pytest.LogCaptureFixture) -> None:
    last = Response(200, {"a": 1})
    broken = Response(200, {}, {"X-Request-Id": ""}, fallback=lambda: last)
    answered = call(lambda request: Response(200, [SECRET], fallback=lambda: broken))
    assert_internal_error(answered)
    (record,) = caplog.records
    assert record.getMessage() == "response breaks the contract"
    assert fields(record)["places"] == ["header /X-Request-Id minLength"]


def test_without_a_better_answer_the_first_one_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    assert_internal_error(call(lambda request: Response(200, [SECRET], fallback=lambda: None)))
    (record,) = caplog.records
    assert record.getMessage() == "response breaks the contract"


@pytest.mark.parametrize("error", [Leak(SECRET), Refusal(409, SECRET)])
def test_a_fallback_that_fails_is_a_500(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> Response:
        raise error

    assert_internal_error(call(lambda request: Response(200, [SECRET], fallback=fail)))
    (record,) = caplog.records
    assert record.getMessage() == "handler failed"
    assert SECRET not in caplog.text


def test_an_undeclared_refusal_is_a_500(caplog: pytest.LogCaptureFixture) -> None:
    def refuse(_request: Request) -> Response:
        raise Refusal(404)

    assert_internal_error(call(refuse, operation(responses={"200": answer(), "500": problem()})))
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("ERROR", "response breaks the contract")
    ]


def test_a_log_line_names_the_version_of_the_function_that_wrote_it(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_VERSION", "12")
    call(lambda request: Response(201, {}))
    (record,) = caplog.records
    assert fields(record)["functionVersion"] == "12"


def test_an_exception_is_logged_by_type_and_place_and_told_to_nobody(caplog: pytest.LogCaptureFixture) -> None:
    def fail(_request: Request) -> Response:
        raise Leak(SECRET)

    answered = call(fail)
    assert_internal_error(answered)
    (record,) = caplog.records
    logged = fields(record)
    assert record.getMessage() == "handler failed"
    assert NAMED.items() <= logged.items()
    assert logged["exceptionType"] == f"{Leak.__module__}.Leak"
    assert any(frame.endswith(" fail") for frame in logged["frames"])
    assert SECRET not in caplog.text + str(logged) + answered["body"]


@pytest.mark.parametrize("value", [float("nan"), {1}, "\ud800", pytest.param(SimpleNamespace(), id="an object")])
def test_what_json_cannot_say_is_a_500(value: Any) -> None:
    assert_internal_error(call(lambda request: Response(200, {"value": value})))


@pytest.mark.parametrize("odd", [None, {}, {"Answer": 1}, "text"])
def test_a_handler_that_returns_no_response_is_a_500(odd: Any) -> None:
    assert_internal_error(call(lambda request: odd))


@pytest.mark.parametrize(
    ("odd", "likeness"),
    [
        ({}, "an empty object"),
        ({"version": "2.0"}, "an object without httpMethod"),
        (None, "null"),
        ([], "a list"),
        ({"httpMethod": "POST", "headers": ["x"]}, "a REST proxy event whose headers is a list"),
        ({"source": "serverless-plugin-warmup"}, "a warm-up ping"),
    ],
)
def test_an_event_that_is_no_rest_event_is_told_apart_from_a_failure(
    odd: Any, likeness: str, caplog: pytest.LogCaptureFixture
) -> None:
    answered = lambda_handler(operation(), honest, allowed_origins=["https://a.example"])(
        odd, SimpleNamespace(aws_request_id="l-1")
    )
    assert answered["statusCode"] == 500
    assert answered["headers"]["X-Request-Id"] == "l-1"
    expected = f"This function answers REST proxy events of API Gateway, and got {likeness}."
    assert json.loads(answered["body"])["message"] == expected
    (record,) = caplog.records
    assert (record.levelname, record.getMessage()) == ("WARNING", "not a REST proxy event")
    assert fields(record) == {**NAMED, "gatewayRequestId": "l-1", "looksLike": likeness}


def test_a_failure_within_a_rest_event_is_still_one_of_the_handler(caplog: pytest.LogCaptureFixture) -> None:
    call(lambda request: 1 / 0)
    assert [record.getMessage() for record in caplog.records] == ["handler failed"]


@pytest.mark.parametrize("respond", [lambda request: 1 / 0, lambda request: Response(1), honest])
def test_no_field_of_a_log_line_is_one_that_lambda_writes_itself(
    respond: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Lambda's JSON format drops what bears a name of its own, so that a client's request id would not be found.

    https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html; the client of Lambda's runtime API does so.
    """
    own = {
        "timestamp",
        "level",
        "message",
        "logger",
        "stackTrace",
        "errorType",
        "errorMessage",
        "requestId",
        "location",
    }
    with caplog.at_level(logging.INFO, "contract"):
        call(respond, operation(parameter("query", "p", {}, required=True)))
        call(respond)
        lambda_handler(operation(), respond)({}, None)
    assert caplog.records
    assert [own & fields(record).keys() for record in caplog.records] == [set()] * len(caplog.records)


def test_on_a_laptop_the_message_of_an_exception_is_logged_too(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_request: Request) -> Response:
        raise Leak(SECRET)

    monkeypatch.setenv("ENVIRONMENT", "local")
    answered = call(fail)
    (record,) = caplog.records
    assert fields(record)["exceptionMessage"] == SECRET
    assert SECRET not in answered["body"]


@pytest.mark.parametrize(
    ("parameters", "sent", "places"),
    [
        (
            [("query", "q", {"type": "integer"})],
            {"query": {"q": ["x"], SECRET: ["1"]}},
            ["query /q type", "query  unknown"],
        ),
        ([("path", "p", {})], {"path": {"p": "%zz"}}, ["path /p style"]),
        (
            [("header", "X-P", {}, True), ("query", "q", {})],
            {"query": {"q": [""]}},
            ["query /q allowEmptyValue", "header /X-P required"],
        ),
    ],
)
def test_the_places_of_a_refused_request_are_logged_without_what_the_client_chose(
    parameters: list[Any], sent: Any, places: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    checked = operation(*(parameter(*each[:3], required=len(each) > 3) for each in parameters))
    keys = {"query": "multiValueQueryStringParameters", "path": "pathParameters"}
    with caplog.at_level(logging.INFO, "contract"):
        call(honest, checked, **{keys[where]: values for where, values in sent.items()})
    (record,) = caplog.records
    assert fields(record)["places"] == places


@pytest.mark.parametrize(
    ("text", "places"),
    [
        (
            '{"a": {"s3cret-value": 1}, "s3cret-value": 1}',
            ["body /a additionalProperties", "body  additionalProperties"],
        ),
        ('{"s3cret-value": NaN, "b": 1, "b": 2}', ["body  json", "body  json"]),
        ('{"a": 1}', ["body /a type"]),
        ("", ["body  required"]),
    ],
)
def test_the_places_of_a_refused_body_are_logged_without_names_that_the_client_chose(
    text: str, places: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    closed: dict[str, Any] = {"type": "object", "properties": {}, "additionalProperties": False}
    checked = operation(requestBody=body({**closed, "properties": {"a": closed}}))
    with caplog.at_level(logging.INFO, "contract"):
        call(honest, checked, body=text, headers={"Content-Type": "application/json"})
    (record,) = caplog.records
    assert fields(record)["places"] == places


def test_a_log_line_has_the_first_places_only(caplog: pytest.LogCaptureFixture) -> None:
    checked = operation(requestBody=body({"type": "array", "items": {"type": "string"}}))
    with caplog.at_level(logging.INFO, "contract"):
        call(honest, checked, body=json.dumps([1] * 30), headers={"Content-Type": "application/json"})
    (record,) = caplog.records
    logged = fields(record)
    assert (logged["violations"], logged["places"]) == (30, [f"body /{index} type" for index in range(20)])


@pytest.mark.parametrize("declared", [{"400": answer(), "500": answer()}, {"4XX": answer(), "default": answer()}])
def test_an_error_that_is_declared_without_a_body_has_none(declared: Any) -> None:
    checked = operation(parameter("query", "p", {}, required=True), responses=declared)
    assert call(honest, checked) == {"statusCode": 400, "headers": {}, "body": "", "isBase64Encoded": False}
    assert call(lambda request: 1 / 0, operation(responses=declared))["body"] == ""


def test_an_error_in_answer_to_head_has_no_body() -> None:
    checked = operation(parameter("query", "p", {}, required=True), method="HEAD")
    answered = call(honest, checked, httpMethod="HEAD")
    assert (answered["statusCode"], answered["body"]) == (400, "")


def test_a_contract_without_a_500_still_gets_one() -> None:
    answered = call(lambda request: Response(418), operation(responses={"200": answer()}))
    assert answered["statusCode"] == 500
    assert answered["headers"] == {"Content-Type": "application/json"}
    assert answered["isBase64Encoded"] is False
    assert json.loads(answered["body"])["error"] == "Internal Server Error"


def test_a_500_that_breaks_its_own_contract_leaves_with_the_requests_id_and_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    responses = {"500": answer({"required": ["trace"]}, X_Request_Id=REQUEST_ID)}
    answered = call(lambda request: Response(418), operation(responses=responses))
    assert answered["statusCode"] == 500
    assert answered["headers"] == {"Content-Type": "application/json", "X-Request-Id": "r-1"}
    logged = [(fields(record)["gatewayRequestId"], fields(record)["places"]) for record in caplog.records]
    assert logged == [("r-1", ["status  responses"]), ("r-1", ["body /trace required"])]


def test_a_request_without_an_id_of_the_gateway_has_lambdas_everywhere() -> None:
    context = SimpleNamespace(aws_request_id="l-1")
    answered = lambda_handler(operation(), honest)(event(requestContext={}), context)
    assert (answered["headers"]["X-Request-Id"], answered["body"]) == ("l-1", '{"id":"l-1"}')


def test_another_method_is_405_with_those_allowed() -> None:
    answered = call(honest, httpMethod="GET")
    assert (answered["statusCode"], answered["headers"]["Allow"]) == (405, "POST")


def test_a_secured_operation_cannot_be_served_without_authorisation() -> None:
    with pytest.raises(ValueError, match="doThing is secured"):
        lambda_handler(operation(**SECURED), honest)


def test_authorisation_comes_before_everything_that_a_caller_could_learn_from() -> None:
    seen: list[Any] = []

    def authorise(raw: RawRequest, asked_for: Operation) -> None:
        seen.append((raw.claims, asked_for.security_schemes["admin"]["x-allowed-groups"]))
        raise Refusal(401)

    handler = lambda_handler(operation(**SECURED, requestBody=body({})), honest, authorise=authorise)
    context = {"requestId": "r-1", "authorizer": {"claims": {"sub": "x"}}}
    assert handler(event(requestContext=context), None)["statusCode"] == 401
    assert handler(event(), None)["statusCode"] == 401
    assert seen == [({"sub": "x"}, ["admins"]), (None, ["admins"])]


def test_an_authorised_caller_is_served() -> None:
    handler = lambda_handler(operation(**SECURED), honest, authorise=lambda raw, asked_for: None)
    assert handler(event(), None)["statusCode"] == 200


def test_a_public_operation_asks_nobody() -> None:
    def never(raw: RawRequest, asked_for: Operation) -> None:
        raise AssertionError

    assert lambda_handler(operation(), honest, authorise=never)(event(), None)["statusCode"] == 200


@pytest.mark.parametrize("respond", [honest, lambda request: Response(1), lambda request: 1 / 0])
def test_cors_headers_are_on_every_answer(respond: Any) -> None:
    handler = lambda_handler(operation(), respond, allowed_origins=["https://a.example"])
    answered = handler(event(headers={"origin": "https://a.example"}), None)
    assert answered["headers"]["Access-Control-Allow-Origin"] == "https://a.example"
    assert answered["headers"]["Access-Control-Expose-Headers"] == "X-Request-Id"
    assert answered["headers"]["Vary"] == "Origin"
    assert "Access-Control-Allow-Origin" not in handler(event(headers={"origin": "https://b.example"}), None)["headers"]


def test_a_contract_may_have_an_error_shape_of_its_own() -> None:
    own = {"type": "object", "required": ["title", "status"]}
    checked = operation(
        parameter("query", "p", {}, required=True),
        responses={"400": answer(own, "application/problem+json"), "500": answer(PROBLEM)},
    )

    def own_body(refusal: Refusal, _request_id: str) -> JSON:
        return {"title": "x", "status": refusal.status}

    answered = lambda_handler(checked, honest, problem_body=own_body)(event(), None)
    assert answered["headers"] == {"Content-Type": "application/problem+json"}
    assert json.loads(answered["body"]) == {"title": "x", "status": 400}


def assert_internal_error(answered: dict[str, Any]) -> None:
    assert answered["statusCode"] == 500
    assert answered["headers"]["Cache-Control"] == "no-store"
    assert json.loads(answered["body"]) == {
        "error": "Internal Server Error",
        "message": "The service failed. Quote the request id when you report it.",
        "requestId": "r-1",
    }


def fields(record: logging.LogRecord) -> dict[str, Any]:
    """What `extra` added to a record."""
    plain = logging.LogRecord("", 0, "", 0, "", None, None).__dict__.keys() | {"message", "asctime"}
    return {name: value for name, value in record.__dict__.items() if name not in plain}
