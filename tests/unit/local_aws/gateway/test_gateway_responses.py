from __future__ import annotations

import httpx
import pytest

from local_aws.gateway.imported_body import NotEmulated
from tests.unit.local_aws.gateway.apis import RESPONSES, Deployed, Json, secured


def refused(responses: Json, **headers: str) -> httpx.Response:
    """The answer to a request without a token."""
    return Deployed({**secured(), RESPONSES: responses}, variables={"who": "me"})("POST", "/things", headers=headers)


def response(template: str = "{}", headers: Json | None = None, **more: str) -> Json:
    mappings = {f"gatewayresponse.header.{name}": value for name, value in (headers or {}).items()}
    return {"responseParameters": mappings, "responseTemplates": {"application/json": template}, **more}


def test_without_a_response_the_message_is_api_gateways() -> None:
    answer = refused({})
    assert (answer.status_code, answer.json()) == (401, {"message": "Unauthorized"})
    assert answer.headers["Content-Type"] == "application/json"


def test_a_response_of_its_own_has_status_headers_and_template() -> None:
    headers = {"X-Fixed": "'it is'", "X-Id": "context.requestId", "X-Stage": "stageVariables.who"}
    template = '{"m":$context.error.messageString,"t":"$context.error.responseType","id":"${context.requestId}"}'
    answer = refused({"UNAUTHORIZED": response(template, headers, statusCode="418")})
    request_id = answer.headers["x-amzn-RequestId"]
    assert answer.status_code == 418
    assert (answer.headers["X-Fixed"], answer.headers["X-Id"], answer.headers["X-Stage"]) == ("it is", request_id, "me")
    assert answer.json() == {"m": "Unauthorized", "t": "UNAUTHORIZED", "id": request_id}


def test_a_variable_that_does_not_apply_makes_no_header_and_no_text() -> None:
    template = '{"a":"$context.authorizer.claims.sub"}'
    answer = refused({"UNAUTHORIZED": response(template, {"X-A": "context.authorizer.claims.sub"})})
    assert answer.json() == {"a": ""}
    assert "X-A" not in answer.headers


def test_the_default_of_its_class_stands_in_and_leaves_the_status() -> None:
    answer = refused({"DEFAULT_4XX": response('{"d":4}'), "DEFAULT_5XX": response('{"d":5}')})
    assert (answer.status_code, answer.json()) == (401, {"d": 4})


def test_a_status_of_the_default_is_that_of_all_others() -> None:
    assert refused({"DEFAULT_4XX": response(statusCode="400")}).status_code == 400


def test_headers_alone_leave_api_gateways_message() -> None:
    headers = {"gatewayresponse.header.X-A": "'a'"}
    answer = refused({"UNAUTHORIZED": {"responseParameters": headers}})
    assert (answer.json(), answer.headers["X-A"]) == ({"message": "Unauthorized"}, "a")


@pytest.mark.parametrize(
    ("accept", "text"), [("application/xml", "<a/>"), ("text/html", "{}"), ("*/*", "{}"), ("application/json", "{}")]
)
def test_the_client_chooses_among_templates(accept: str, text: str) -> None:
    templates = {"application/xml": "<a/>", "application/json": "{}"}
    answer = refused({"UNAUTHORIZED": {"responseTemplates": templates}}, Accept=accept)
    assert answer.text == text
    assert answer.headers["Content-Type"] == ("application/xml" if text == "<a/>" else "application/json")


@pytest.mark.parametrize(
    ("responses", "pointer"),
    [
        ({"UNAUTHORIZED": {"other": 1}}, "/UNAUTHORIZED/other"),
        ({"UNAUTHORIZED": response("$util.x")}, "/UNAUTHORIZED/responseTemplates/application~1json"),
        ({"UNAUTHORIZED": response("$context.no")}, "/UNAUTHORIZED/responseTemplates/application~1json"),
        ({"UNAUTHORIZED": response("5 $")}, "/UNAUTHORIZED/responseTemplates/application~1json"),
        ({"UNAUTHORIZED": response(headers={"A": "context.no"})}, "/UNAUTHORIZED/responseParameters/.*A"),
        ({"UNAUTHORIZED": response(headers={"A": "'it's'"})}, "/UNAUTHORIZED/responseParameters/.*A"),
        ({"UNAUTHORIZED": {"responseParameters": {"gatewayresponse.path.a": "'a'"}}}, "/UNAUTHORIZED/.*path.a"),
    ],
)
def test_what_is_not_known_is_refused_with_its_place(responses: Json, pointer: str) -> None:
    with pytest.raises(NotEmulated, match=f"^/{RESPONSES}{pointer}: "):
        refused(responses)
