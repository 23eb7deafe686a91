"""What AWS was recorded to do, one fact a test.

The recordings are the snapshots of LocalStack's tests marked `aws.validated`, in its archived repository
(https://github.com/localstack/localstack, tests/aws/services/apigateway). Each test names the recorded one and its day.
"""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from local_aws.functions import Event
from tests.unit.local_aws.gateway.apis import INTEGRATION, VALIDATOR, VALIDATORS, Deployed, Json, api, mock, proxy

SLASHES = api({"/{proxy+}": {"get": proxy(), "post": proxy()}, "/hardcoded": {"get": proxy()}})


def event_of(deployed: Deployed, url: str, method: str = "GET", **options: Any) -> Event:
    response = deployed.request(method, url, **options)
    assert response.status_code == 200
    return deployed.functions.event


# test_lambda_aws_proxy_integration, 2024-08-02
@pytest.mark.parametrize(
    ("url", "path", "context_path", "parameters"),
    [
        ("/dev/value", "/value", "/dev/value", {"proxy": "value"}),
        ("/dev/value/", "/value/", "/dev/value/", {"proxy": "value"}),
        ("/dev/value//double", "/value//double", "/dev/value//double", {"proxy": "value//double"}),
        ("//dev/value", "/value", "/dev/value", {"proxy": "value"}),
        ("/dev//value", "/value", "/dev//value", {"proxy": "value"}),
        ("/dev//hardcoded", "/hardcoded", "/dev//hardcoded", None),
        ("/dev/a%2Bb@c/d+e", "/a%2Bb@c/d+e", "/dev/a%2Bb@c/d+e", {"proxy": "a%2Bb@c/d+e"}),
    ],
)
def test_slashes_and_escapes_of_a_path(url: str, path: str, context_path: str, parameters: dict[str, str]) -> None:
    event = event_of(Deployed(SLASHES), url)
    assert (event["path"], event["requestContext"]["path"], event["pathParameters"]) == (path, context_path, parameters)


# test_lambda_aws_proxy_integration, 2024-08-02
def test_a_query_is_decoded_and_its_plus_signs_are_spaces() -> None:
    query = "at=2023-06-12T18:05:10.123456+00:00&email=test%2Balias@gmail.com&url=https://www.google.com/"
    assert event_of(Deployed(SLASHES), f"/dev/value?{query}")["queryStringParameters"] == {
        "at": "2023-06-12T18:05:10.123456 00:00",
        "email": "test+alias@gmail.com",
        "url": "https://www.google.com/",
    }


# test_lambda_aws_proxy_integration, 2024-08-02
def test_of_a_repeated_parameter_the_single_map_has_the_last_value() -> None:
    event = event_of(Deployed(SLASHES), "/dev/value?category=electronics&category=books&price=10&price=20&price=30")
    assert event["queryStringParameters"] == {"category": "books", "price": "30"}
    assert event["multiValueQueryStringParameters"] == {
        "category": ["electronics", "books"],
        "price": ["10", "20", "30"],
    }


# test_lambda_aws_proxy_integration, 2024-08-02
def test_the_context_of_an_unsigned_caller() -> None:
    context = event_of(Deployed(SLASHES), "/dev/value")["requestContext"]
    assert context.keys() == {
        "accountId", "apiId", "deploymentId", "domainName", "domainPrefix", "extendedRequestId", "httpMethod",
        "identity", "path", "protocol", "requestId", "requestTime", "requestTimeEpoch", "resourceId", "resourcePath",
        "stage",
    }  # fmt: skip
    assert context["identity"].keys() == {
        "accessKey", "accountId", "caller", "cognitoAuthenticationProvider", "cognitoAuthenticationType",
        "cognitoIdentityId", "cognitoIdentityPoolId", "principalOrgId", "sourceIp", "user", "userAgent", "userArn",
    }  # fmt: skip
    assert [name for name, value in context["identity"].items() if value is not None] == ["sourceIp", "userAgent"]


# test_apigateway_header_remapping_aws[AWS_PROXY], 2024-12-11; the length: test_lambda_aws_proxy_integration, 2024-08-02
def test_headers_of_a_connection_do_not_reach_a_function() -> None:
    names = (
        "Connection", "Content-MD5", "Expect", "Max-Forwards", "Proxy-Authenticate", "Server", "TE", "Trailer",
        "Upgrade", "WWW-Authenticate",
    )  # fmt: skip
    kept = ("Accept", "Age", "Content-Encoding", "Date", "Pragma", "Range", "Referer", "User-Agent", "Via", "Warn")
    sent = dict.fromkeys((*names, *kept), "x")
    event = event_of(Deployed(SLASHES), "/dev/value", "POST", headers=sent, content=b"{}")
    assert not {name.lower() for name in names} & event["headers"].keys()
    assert "content-length" not in event["headers"]
    assert {name.lower() for name in kept} <= event["headers"].keys()
    assert {"x-amzn-trace-id", "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto"} <= event["headers"].keys()


def answered(answer: object) -> httpx.Response:
    deployed = Deployed(SLASHES)
    deployed.functions.answer = answer
    return deployed("GET", "/value")


# test_aws_proxy_response_payload_format_validation, 2024-11-15; `{}`: test_lambda_aws_proxy_response_format, 2024-02-23
@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        ({"statusCode": 200}, 200, ""),
        ({"statusCode": "201"}, 201, ""),
        ({"statusCode": 200, "headers": None}, 200, ""),
        ({"headers": {"test-header": "value"}}, 200, ""),
        ({}, 200, ""),
        ({"statusCode": 200, "body": "dGVzdC1kYXRh"}, 200, "dGVzdC1kYXRh"),
        ({"statusCode": 200, "body": "dGVzdC1kYXRh", "isBase64Encoded": True}, 200, "dGVzdC1kYXRh"),
        ({"statusCode": 200, "wrongValue": "value"}, 502, '{"message":"Internal server error"}'),
        ({"statusCode": "test"}, 502, '{"message":"Internal server error"}'),
        ("justAString", 502, '{"message":"Internal server error"}'),
        ({"statusCode": 200, "multiValueHeaders": {"a": "1"}}, 502, '{"message":"Internal server error"}'),
    ],
)
def test_what_a_function_may_answer(answer: object, status: int, body: str) -> None:
    response = answered(answer)
    assert (response.status_code, response.text) == (status, body)
    assert response.headers["Content-Type"] == "application/json"


# test_aws_proxy_response_payload_format_validation, 2024-11-15
@pytest.mark.parametrize(
    ("headers", "several", "seen"),
    [
        ({"x": True}, {}, ["true"]),
        ({}, {"x": ["value1", "value2"]}, ["value1", "value2"]),
        ({"x": "value-solo"}, {"x": ["value-multi"]}, ["value-multi", "value-solo"]),
        ({"x": "value-solo"}, {"X": ["value-multi"]}, ["value-multi", "value-solo"]),
    ],
)
def test_headers_of_an_answer(headers: Json, several: Json, seen: list[str]) -> None:
    response = answered({"statusCode": 200, "headers": headers, "multiValueHeaders": several})
    assert response.headers.get_list("x") == seen


# test_invocation_trace_id, 2024-08-07
def test_an_answer_of_a_function_has_a_trace_and_one_of_a_mock_has_none() -> None:
    assert answered({"statusCode": 200}).headers["X-Amzn-Trace-Id"].startswith("Root=1-")
    response = Deployed(api({"/": {"get": mock()}}))("GET", "/")
    assert "X-Amzn-Trace-Id" not in response.headers
    assert {"x-amzn-requestid", "x-amz-apigw-id"} <= response.headers.keys()


# test_proxy_routing_with_hardcoded_resource_sibling, 2024-07-23
@pytest.mark.parametrize(
    ("method", "path", "said"),
    [
        ("OPTIONS", "/test", "options"),
        ("POST", "/test", "post"),
        ("OPTIONS", "/test/any", "any"),
        ("GET", "/test/any", "any"),
    ],
)
def test_a_path_without_the_method_leaves_it_to_a_greedy_one(method: str, path: str, said: str) -> None:
    paths = {
        "/test": {"post": mock(200, "post")},
        "/test/any": {"x-amazon-apigateway-any-method": mock(200, "any")},
        "/{proxy+}": {"options": mock(200, "options")},
    }
    assert Deployed(api(paths))(method, path).text == said


# test_routing_with_hardcoded_resource_sibling_order, 2024-07-23
@pytest.mark.parametrize(
    ("path", "said"), [("/part1", "part1"), ("/part1/hardcoded", "hardcoded"), ("/part1/random", "greedy")]
)
def test_a_greedy_path_answers_what_a_longer_literal_one_does_not(path: str, said: str) -> None:
    paths = {
        "/{param+}": {"get": mock(200, "greedy")},
        "/part1": {"get": mock(200, "part1")},
        "/part1/hardcoded": {"get": mock(200, "hardcoded")},
    }
    assert Deployed(api(paths))("GET", path).text == said


# test_routing_not_found, 2024-07-23
@pytest.mark.parametrize(("method", "path"), [("GET", "/random"), ("POST", "/existing")])
def test_neither_an_unknown_path_nor_a_wrong_method_is_told_from_a_missing_token(method: str, path: str) -> None:
    response = Deployed(api({"/existing": {"get": mock()}}))(method, path)
    assert (response.status_code, response.json()) == (403, {"message": "Missing Authentication Token"})
    assert response.headers["x-amzn-ErrorType"] == "MissingAuthenticationTokenException"


REQUIRED = [
    {"name": "qs1", "in": "query", "required": True, "schema": {"type": "string"}},
    {"name": "issuer", "in": "path", "required": True, "schema": {"type": "string"}},
    {"name": "x-header-param", "in": "header", "required": True, "schema": {"type": "string"}},
]
NUMBERS = {
    "type": "object",
    "properties": {"a": {"type": "number"}, "b": {"type": "number"}},
    "required": ["a", "b"],
}


def validated(parameters: list[Json], schema: Json, **components: Json) -> Deployed:
    checks = {"all": {"validateRequestParameters": True, "validateRequestBody": True}}
    body = {"content": {"application/json": {"schema": schema}}}
    methods = {name: proxy(parameters=parameters, requestBody=body) for name in ("get", "post")}
    more = {VALIDATOR: "all", VALIDATORS: checks, "components": {"schemas": components}}
    return Deployed(api({"/nested/{test}": methods}, **more))


# test_api_gateway_request_validator, 2024-01-10
@pytest.mark.parametrize(
    ("url", "headers", "missing"),
    [
        ("/nested/value", {}, "x-header-param, issuer, qs1"),
        ("/nested/value?qs1=test", {"x-header-param": "test"}, "issuer"),
    ],
)
def test_missing_parameters_are_listed_headers_first_and_the_querys_last(
    url: str, headers: dict[str, str], missing: str
) -> None:
    response = validated(REQUIRED, NUMBERS)("POST", url, headers=headers, json={"test": "test"})
    assert response.status_code == 400
    assert response.json() == {"message": f"Missing required request parameters: [{missing}]"}


# test_api_gateway_request_validator, 2024-01-10
@pytest.mark.parametrize("headers", [{}, {"Content-Type": "application/json"}])
def test_a_missing_body_is_held_to_the_model(headers: dict[str, str]) -> None:
    response = validated([], NUMBERS)("GET", "/nested/value", headers=headers)
    assert (response.status_code, response.json()) == (400, {"message": "Invalid request body"})


# test_api_gateway_request_validator_with_ref_one_ofmodels, 2024-10-28
@pytest.mark.parametrize(
    ("body", "status"), [(b'{"status":null}', 200), (b'{"status":{"a":1,"b":2}}', 200), (b"", 400), (b'{"bad":1}', 400)]
)
def test_a_model_may_refer_to_another(body: bytes, status: int) -> None:
    choice = {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Numbers"}]}
    schema = {"type": "object", "properties": {"status": choice}, "required": ["status"]}
    assert validated([], schema, Numbers=NUMBERS)("POST", "/nested/value", content=body).status_code == status


# TestIntegrations::test_mock_integration_response, 2024-05-30
@pytest.mark.parametrize("passthrough", ["when_no_match", "never", "when_no_templates"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_mock_answers_json_whatever_may_pass_through(passthrough: str, method: str) -> None:
    deployed = Deployed(api({"/{id}": {method.lower(): mock(200, "{}", passthroughBehavior=passthrough)}}))
    assert deployed(method, "/42", headers={"Content-Type": "application/json"}).status_code == 200


# test_integration_mock_with_path_param, 2024-11-29
def test_a_mocks_status_needs_no_quotes_and_its_answer_no_template() -> None:
    method = mock(200, requestTemplates={"application/json": "{statusCode: 200}"})
    answer = method[INTEGRATION]["responses"].pop("default")
    method[INTEGRATION]["responses"]["2\\d{2}"] = {**answer, "responseTemplates": {}}
    response = Deployed(api({"/{test}": {"get": method}}))("GET", "/test-path")
    assert (response.status_code, response.content) == (200, b"")


# test_integration_mock_with_response_override_in_request_template, 2025-05-16
@pytest.mark.parametrize("template", ['{"custom":1}', ""])
def test_what_a_request_template_overrides_is_overridden_in_the_response(template: str) -> None:
    override = '#set($context.responseOverride.status = 444)#set($context.responseOverride.header.foo = "bar")'
    method = mock(200, template, requestTemplates={"application/json": override + '{"statusCode": 200}'})
    response = Deployed(api({"/": {"get": method}}))("GET", "/")
    assert (response.status_code, response.headers["foo"], response.text) == (444, "bar", template)
