from __future__ import annotations

import asyncio

import httpx
import pytest

from local_aws.asgi import HttpRequest
from local_aws.gateway.call import Call
from local_aws.gateway.imported_body import NotEmulated, Place
from local_aws.gateway.mock_integration import Mock
from local_aws.gateway.stage import Stage
from tests.unit.local_aws.gateway.apis import INTEGRATION, Deployed, Json, api, mock

TEMPLATE = (
    '#set($headers = $input.params().get("header"))#set($origin = $headers.get("Origin"))'
    '#if(!$origin)#set($origin = $headers.get("origin"))#end'
    "#set($allowed = ['https://a.example', 'https://b.example'])"
    "#if($origin && $allowed.contains($origin))"
    "#set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)"
    '#set($context.responseOverride.header.X-Fixed = "more")#end{"id":"$context.requestId"}'
)


def answer(method: Json, **options: object) -> httpx.Response:
    return Deployed(api({"/things": {"options": method}}))("OPTIONS", "/things", **options)


def test_a_mock_answers_by_itself() -> None:
    response = answer(mock(200, '{"a":1}', {"X-Fixed": "'yes'", "X-Id": "context.requestId"}))
    assert (response.status_code, response.json()) == (200, {"a": 1})
    assert (response.headers["X-Fixed"], response.headers["Content-Type"]) == ("yes", "application/json")
    assert response.headers["X-Id"] == response.headers["x-amzn-RequestId"]


@pytest.mark.parametrize("origin", ["https://a.example", "https://b.example"])
def test_an_allowed_origin_is_echoed_and_overrides_win(origin: str) -> None:
    response = answer(mock(200, TEMPLATE, {"X-Fixed": "'yes'"}), headers={"Origin": origin})
    assert response.headers["Access-Control-Allow-Origin"] == origin
    assert response.headers["X-Fixed"] == "more"
    assert response.json() == {"id": response.headers["x-amzn-RequestId"]}


@pytest.mark.parametrize("origin", [None, "", "https://c.example", "https://a.example.evil", "https://a.exampl"])
def test_another_origin_gets_no_header(origin: str | None) -> None:
    headers = {} if origin is None else {"Origin": origin}
    response = answer(mock(200, TEMPLATE, {"X-Fixed": "'yes'"}), headers=headers)
    assert "Access-Control-Allow-Origin" not in response.headers
    assert response.headers["X-Fixed"] == "yes"


@pytest.mark.parametrize("name", ["Origin", "origin"])
def test_a_template_sees_headers_as_they_are_spelt(name: str) -> None:
    method = Place(mock(200, TEMPLATE))
    request = HttpRequest("OPTIONS", "/things", "", ((name, "https://a.example"),), b"", "192.0.2.7")
    response = asyncio.run(Mock(method[INTEGRATION], method).respond(Call(request, Stage("local"), request.path)))
    assert ("Access-Control-Allow-Origin", "https://a.example") in response.headers


def test_a_204_has_no_body() -> None:
    response = answer(mock(204, "{}"))
    assert (response.status_code, response.content) == (204, b"")


@pytest.mark.parametrize(
    ("passthrough", "status"), [("never", 415), ("when_no_templates", 415), ("when_no_match", 500), ("NEVER", 415)]
)
def test_a_body_without_a_template_for_it(passthrough: str, status: int) -> None:
    method = mock(200, passthroughBehavior=passthrough)
    response = answer(method, content=b"text", headers={"Content-Type": "text/plain"})
    assert response.status_code == status


def test_a_body_that_passes_through_chooses_the_status() -> None:
    method = mock(200, passthroughBehavior="when_no_match")
    options = {"headers": {"Content-Type": "text/plain"}}
    assert answer(method, content=b'{"statusCode": 200}', **options).status_code == 200
    assert answer(method, content=b'{"statusCode": "200"}', **options).status_code == 500


def test_without_a_content_type_a_body_is_json() -> None:
    assert answer(mock(200, passthroughBehavior="never"), content=b"text").status_code == 200


def chosen(status: int, *patterns: str) -> int:
    method = mock(200, requestTemplates={"application/json": f'{{"statusCode":{status}}}'})
    answers = {pattern: {"statusCode": f"{201 + index}"} for index, pattern in enumerate(patterns)}
    method[INTEGRATION]["responses"] = answers
    method["responses"] = {each["statusCode"]: {} for each in answers.values()}
    return answer(method).status_code


def test_the_status_of_the_request_chooses_the_response() -> None:
    assert chosen(418, "default", "4\\d{2}", "5.*") == 202
    assert chosen(503, "default", "4\\d{2}", "5.*") == 203
    assert chosen(300, "default", "4\\d{2}", "5.*") == 201


def test_no_response_for_a_status_is_a_configuration_error() -> None:
    assert chosen(300, "4\\d{2}") == 500


@pytest.mark.parametrize(
    ("method", "pointer"),
    [
        (mock(200, credentials="x"), "credentials"),
        (mock(200, passthroughBehavior="sometimes"), "passthroughBehavior"),
        (mock(200, "#foreach($a in $b)$a#end"), "responses/default/responseTemplates/application~1json"),
        (mock(200, headers={"X-A": "integration.response.header.X-A"}), ".*header.X-A"),
        ({**mock(200, headers={"X-A": "'a'"}), "responses": {"200": {}}}, ".*header.X-A"),
        ({**mock(200), INTEGRATION: {"type": "http"}}, "type"),
    ],
)
def test_what_is_not_known_is_refused_with_its_place(method: Json, pointer: str) -> None:
    with pytest.raises(NotEmulated, match=f"^/paths/~1things/options/{INTEGRATION}/{pointer}: "):
        answer(method)


def test_a_response_that_the_method_does_not_declare_is_refused() -> None:
    with pytest.raises(NotEmulated, match=r"^/paths/~1things/options/responses: 200 is missing"):
        answer({**mock(200), "responses": {}})
