from __future__ import annotations

from typing import Any

import pytest

from local_aws.functions import FunctionFailed, InvokeFailed, InvokeForbidden
from local_aws.gateway.imported_body import NotEmulated
from local_aws.gateway.stage import LARGEST_BODY
from tests.unit.local_aws.gateway.apis import FUNCTION, INTEGRATION, URI, Deployed, api, proxy

SOURCE = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3/dev"
BODY = api({"/things": {"post": proxy()}, "/things/{id}/parts/{rest+}": {"x-amazon-apigateway-any-method": proxy()}})


@pytest.fixture
def deployed() -> Deployed:
    return Deployed(BODY, variables={"colour": "green"}, longest_seconds=0.05)


def test_the_function_of_the_uri_is_called_by_its_alias(deployed: Deployed) -> None:
    response = deployed("POST", "/things", content=b'{"a": 1}')
    [(function_arn, event, request_id, source_arn)] = deployed.functions.calls
    assert (function_arn, source_arn) == (FUNCTION, f"{SOURCE}/POST/things")
    assert event["body"] == '{"a": 1}'
    assert event["requestContext"]["requestId"] == request_id == response.headers["x-amzn-RequestId"]


def test_parameters_and_any_method_are_stars_in_the_callers_arn(deployed: Deployed) -> None:
    deployed("PATCH", "/things/7/parts/a/b")
    assert deployed.functions.calls[0][3] == f"{SOURCE}/*/things/*/parts/*"


def test_stage_variables_reach_the_function(deployed: Deployed) -> None:
    deployed("POST", "/things")
    assert deployed.functions.event["stageVariables"] == {"colour": "green"}


def test_the_answer_reaches_the_client(deployed: Deployed) -> None:
    deployed.functions.answer = {"statusCode": 201, "headers": {"ETag": '"1"', "WWW-Authenticate": "x"}, "body": "[]"}
    response = deployed("POST", "/things")
    assert (response.status_code, response.text, response.headers["ETag"]) == (201, "[]", '"1"')
    assert response.headers["x-amzn-remapped-www-authenticate"] == "x"


@pytest.mark.parametrize(
    "answer", [None, "text", {"statusCode": "ok"}, {"statusCode": 200, "body": {}}, FunctionFailed("crash")]
)
def test_a_function_that_gives_no_proxy_answer_is_502(deployed: Deployed, answer: object) -> None:
    deployed.functions.answer = answer
    response = deployed("POST", "/things")
    assert (response.status_code, response.json()) == (502, {"message": "Internal server error"})


def test_a_function_that_did_not_run_is_an_integration_failure(deployed: Deployed) -> None:
    deployed.functions.answer = InvokeFailed()
    assert deployed("POST", "/things").status_code == 504


def test_a_function_that_may_not_be_called_is_500(deployed: Deployed) -> None:
    deployed.functions.answer = InvokeForbidden()
    assert deployed("POST", "/things").status_code == 500


def test_a_function_that_takes_too_long_is_504(deployed: Deployed) -> None:
    deployed.functions.answer = NotImplemented
    response = deployed("POST", "/things")
    assert (response.status_code, response.json()) == (504, {"message": "Endpoint request timed out"})


def test_the_integrations_own_timeout_is_kept_too() -> None:
    body = api({"/things": {"post": proxy()}})
    body["paths"]["/things"]["post"][INTEGRATION]["timeoutInMillis"] = 50
    deployed = Deployed(body)
    deployed.functions.answer = NotImplemented
    assert deployed("POST", "/things").status_code == 504


def test_a_body_over_ten_megabytes_is_refused_in_words_that_no_api_can_change() -> None:
    customised = {"REQUEST_TOO_LARGE": {"responseTemplates": {"application/json": "mine"}}}
    deployed = Deployed({**BODY, "x-amazon-apigateway-gateway-responses": customised})
    assert deployed("POST", "/things", content=b" " * LARGEST_BODY).status_code == 200
    response = deployed("POST", "/things", content=b" " * (LARGEST_BODY + 1))
    assert (response.status_code, response.headers["Content-Type"]) == (413, "text/plain")
    assert response.text == "HTTP content length exceeded 10485760 bytes."


def test_aws_variables_are_filled_in_as_an_import_does() -> None:
    uri = URI.replace("eu-west-1", "${AWS::Region}").replace("arn:aws:", "arn:${AWS::Partition}:")
    deployed = Deployed(
        api({"/things": {"post": proxy()}})
        | {"paths": {"/things": {"post": _with_uri(uri.replace("123456789012", "${AWS::AccountId}"))}}}
    )
    deployed("POST", "/things")
    assert deployed.functions.calls[0][0] == FUNCTION


@pytest.mark.parametrize(
    "uri",
    [
        "arn:aws:lambda:eu-west-1:123456789012:function:things",
        URI.replace("2015-03-31", "2014-11-11"),
        URI.replace(":lambda:path", ":sqs:path"),
        URI.replace("things", "${stageVariables.function}"),
        "https://example.com",
    ],
)
def test_a_uri_that_names_no_function_is_refused(uri: str) -> None:
    with pytest.raises(NotEmulated, match=r"^/paths/~1things/post/x-amazon-apigateway-integration/uri: "):
        Deployed(api({"/things": {"post": _with_uri(uri)}}))


def _with_uri(uri: str) -> dict[str, Any]:
    return {INTEGRATION: {"type": "aws_proxy", "httpMethod": "POST", "uri": uri}}
