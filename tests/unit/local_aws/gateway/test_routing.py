from __future__ import annotations

import pytest

from tests.unit.local_aws.gateway.apis import ANY, Deployed, api, mock, proxy

PATHS = {
    "/": {"get": proxy()},
    "/things": {"get": proxy(), ANY: mock(405, "any")},
    "/things/{id}": {"get": proxy()},
    "/things/new": {"get": proxy()},
    "/things/{id}/parts/{part}": {"get": proxy()},
    "/files/{rest+}": {"get": proxy()},
}


@pytest.fixture
def deployed() -> Deployed:
    return Deployed(api(PATHS))


@pytest.mark.parametrize(
    ("path", "resource", "parameters"),
    [
        ("/", "/", None),
        ("", "/", None),
        ("/things", "/things", None),
        ("/things/7", "/things/{id}", {"id": "7"}),
        ("/things/new", "/things/new", None),
        ("/things/7/parts/b", "/things/{id}/parts/{part}", {"id": "7", "part": "b"}),
        ("/files/a", "/files/{rest+}", {"rest": "a"}),
        ("/files/a/b%2Fc", "/files/{rest+}", {"rest": "a/b%2Fc"}),
    ],
)
def test_the_most_literal_path_answers(
    deployed: Deployed, path: str, resource: str, parameters: dict[str, str] | None
) -> None:
    assert deployed("GET", path).status_code == 200
    assert (deployed.functions.event["resource"], deployed.functions.event["pathParameters"]) == (resource, parameters)


@pytest.mark.parametrize("thing", ["a%2Fb", "a%20b", "%2e%2e", "x+y", "%25", "caf%C3%A9"])
def test_a_path_parameter_arrives_as_it_was_sent(deployed: Deployed, thing: str) -> None:
    deployed("GET", f"/things/{thing}")
    assert deployed.functions.event["pathParameters"] == {"id": thing}
    assert deployed.functions.event["path"] == f"/things/{thing}"


@pytest.mark.parametrize("path", ["/nothing", "/things//parts/b", "/things/7//", "/files", "/files/"])
def test_another_path_is_a_missing_authentication_token(deployed: Deployed, path: str) -> None:
    response = deployed("GET", path)
    assert (response.status_code, response.json()) == (403, {"message": "Missing Authentication Token"})


def test_an_undeclared_method_goes_to_any_where_there_is_one(deployed: Deployed) -> None:
    assert deployed("PATCH", "/things").text == "any"
    assert deployed("GET", "/things").text == "{}"


def test_an_undeclared_method_without_any_is_a_missing_authentication_token(deployed: Deployed) -> None:
    assert deployed("DELETE", "/things/7").status_code == 403


def test_with_credentials_api_gateway_looks_for_a_signature_where_there_is_no_method(deployed: Deployed) -> None:
    response = deployed("GET", "/nothing", headers={"Authorization": "Bearer good"})
    assert response.status_code == 403
    assert "Authorization header" in response.json()["message"]


@pytest.mark.parametrize("url", ["/", "/things", "/prod/things", "/devs/things", "/DEV/things"])
def test_another_stage_is_forbidden(deployed: Deployed, url: str) -> None:
    response = deployed.at(url)
    assert (response.status_code, response.json()) == (403, {"message": "Forbidden"})
    assert deployed.log == []


def test_the_context_has_the_stage_and_the_path_has_not(deployed: Deployed) -> None:
    deployed("GET", "/things?q=a%20b")
    event = deployed.functions.event
    assert (event["path"], event["requestContext"]["path"]) == ("/things", "/dev/things")
    assert event["queryStringParameters"] == {"q": "a b"}
    context = event["requestContext"]
    assert (context["stage"], context["apiId"], context["accountId"]) == ("dev", "a1b2c3", "123456789012")


def test_a_header_can_choose_another_method_and_stays_here(deployed: Deployed) -> None:
    assert deployed("GET", "/things", headers={"X-HTTP-Method-Override": "PATCH"}).text == "any"
    assert deployed("POST", "/things", headers={"X-HTTP-Method-Override": "GET", "X-A": "1"}).status_code == 200
    event = deployed.functions.event
    assert (event["httpMethod"], event["requestContext"]["httpMethod"]) == ("GET", "GET")
    assert event["headers"]["x-a"] == "1"
    assert "x-http-method-override" not in event["headers"]
    for no_method in ('no "method"', "ANY"):
        assert deployed("GET", "/things", headers={"X-HTTP-Method-Override": no_method}).text == "{}"
