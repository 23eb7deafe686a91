from __future__ import annotations

import json
from typing import Any

import pytest

from local_aws.functions import InvokeFailed
from local_aws.gateway.imported_body import NotEmulated
from local_aws.gateway.stage import Throttle
from tests.unit.local_aws.gateway.apis import Deployed, Json, mock, proxy, secured

FORMAT = json.dumps(
    {
        "id": "$context.requestId",
        "method": "$context.httpMethod",
        "path": "$context.resourcePath",
        "status": "$context.status",
        "length": "$context.responseLength",
        "integration": "$context.integration.integrationStatus",
        "error": "$context.integration.error",
        "authorizer": "$context.authorizer.error",
        "type": "$context.error.responseType",
        "who": "$context.authorizer.claims.sub",
    }
)


def body() -> Json:
    method = secured()["paths"]["/things"]["post"]
    paths = {"/things": {"post": method}, "/mock": {"get": mock(200, "abc")}}
    return {**secured(), "paths": {**paths, "/open": {"get": proxy()}}}


def line(deployed: Deployed, method: str, path: str, **options: Any) -> Json:
    response = deployed(method, path, **options)
    [text] = deployed.log
    logged: Json = json.loads(text)
    assert logged["id"] == response.headers["x-amzn-RequestId"]
    assert (logged["method"], logged["status"]) == (method, str(response.status_code))
    assert logged["length"] == str(len(response.content))
    return logged


@pytest.fixture
def deployed() -> Deployed:
    return Deployed(body(), access_log_format=FORMAT)


def test_an_answered_request_is_logged_with_who_asked(deployed: Deployed) -> None:
    logged = line(deployed, "POST", "/things", headers={"Authorization": "good"})
    assert (logged["path"], logged["who"]) == ("/things", "u-1")
    assert (logged["integration"], logged["error"], logged["authorizer"], logged["type"]) == ("200", "-", "-", "-")


def test_a_refused_request_is_logged_with_the_type_of_its_response(deployed: Deployed) -> None:
    logged = line(deployed, "POST", "/things")
    assert (logged["type"], logged["authorizer"], logged["who"]) == ("UNAUTHORIZED", "Unauthorized", "-")


def test_a_failed_integration_is_logged(deployed: Deployed) -> None:
    deployed.functions.answer = InvokeFailed()
    logged = line(deployed, "GET", "/open")
    assert (logged["type"], logged["error"], logged["integration"]) == ("INTEGRATION_FAILURE", "InvokeFailed", "-")


def test_an_unknown_route_is_logged_without_a_resource(deployed: Deployed) -> None:
    logged = line(deployed, "GET", "/nothing")
    assert (logged["type"], logged["path"]) == ("MISSING_AUTHENTICATION_TOKEN", "-")


def test_a_mock_is_logged_too(deployed: Deployed) -> None:
    assert line(deployed, "GET", "/mock")["length"] == "3"


def test_throttled_requests_are_logged() -> None:
    deployed = Deployed(body(), access_log_format=FORMAT, throttling={"*/*": Throttle(0, 0)})
    assert line(deployed, "GET", "/open")["type"] == "THROTTLED"


def test_every_request_is_a_line_and_without_a_format_there_is_none(deployed: Deployed) -> None:
    for _ in range(3):
        deployed("GET", "/mock")
    assert len(deployed.log) == 3
    silent = Deployed(body())
    silent("GET", "/mock")
    assert silent.log == []


def test_a_variable_that_is_not_known_is_refused() -> None:
    with pytest.raises(NotEmulated, match=r"^access log format: .*context\.nobody"):
        Deployed(body(), access_log_format="$context.nobody")
