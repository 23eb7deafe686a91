"""The catalogue's own API: all of its body is emulated, and it answers as the body says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from local_aws.functions import FunctionFailed, InvokeFailed, InvokeForbidden
from local_aws.gateway.imported_body import NotEmulated
from local_aws.gateway.stage import LARGEST_BODY, AuthorizerFailed, AuthorizerMisconfigured, Throttle
from local_aws.gateway.templates import IN_ACCESS_LOGS
from tests.unit.local_aws.gateway.apis import ANY, INTEGRATION, RESPONSES, VALIDATOR, Deployed
from tests.unit.local_aws.gateway.rendered import ENVIRONMENTS, PROJECT, rendered

PRODUCTS = "/v1.0/products"
GOOD = {"Authorization": "Bearer good"}
Provoke = Callable[[Deployed], httpx.Response]


def answering(answer: object) -> Provoke:
    def provoke(deployed: Deployed) -> httpx.Response:
        deployed.functions.answer = answer
        return deployed("GET", PRODUCTS)

    return provoke


def authorizing(failure: Exception) -> Provoke:
    def provoke(deployed: Deployed) -> httpx.Response:
        deployed.tokens.failure = failure
        return deployed("POST", PRODUCTS, headers=GOOD)

    return provoke


def throttled(deployed: Deployed) -> httpx.Response:
    deployed("GET", f"{PRODUCTS}/PROD-001")
    return deployed("GET", f"{PRODUCTS}/PROD-001")


PROVOKED: dict[str, Provoke] = {
    "API_CONFIGURATION_ERROR": answering(InvokeForbidden()),
    "AUTHORIZER_CONFIGURATION_ERROR": authorizing(AuthorizerMisconfigured()),
    "AUTHORIZER_FAILURE": authorizing(AuthorizerFailed()),
    "BAD_REQUEST_BODY": lambda deployed: deployed("POST", PRODUCTS, headers=GOOD, json={"name": "No price"}),
    "DEFAULT_5XX": answering(FunctionFailed("crash")),
    "INTEGRATION_FAILURE": answering(InvokeFailed()),
    "INTEGRATION_TIMEOUT": answering(NotImplemented),
    "INVALID_SIGNATURE": lambda deployed: deployed("GET", "/v1.0/nothing", headers=GOOD),
    "MISSING_AUTHENTICATION_TOKEN": lambda deployed: deployed("GET", "/v1.0/nothing"),
    "THROTTLED": throttled,
    "UNAUTHORIZED": lambda deployed: deployed("POST", PRODUCTS, headers={"Authorization": "Bearer bad"}),
    "UNSUPPORTED_MEDIA_TYPE": lambda deployed: deployed(
        "PATCH", PRODUCTS, headers={"Content-Type": "text/plain"}, content=b"x"
    ),
}
NOT_PROVOKED = {
    "ACCESS_DENIED": "neither a resource policy nor an authorizer with scopes refuses anybody",
    "BAD_REQUEST_PARAMETERS": "no operation requires a query parameter or a header",
    "DEFAULT_4XX": "every type of its class has a response of its own",
    "EXPIRED_TOKEN": "it is for AWS's own tokens: an expired one of Cognito is UNAUTHORIZED",
    "INVALID_API_KEY": "no method asks for an API key",
    "QUOTA_EXCEEDED": "there is no usage plan",
    "REQUEST_TOO_LARGE": "API Gateway lets nobody change it",
    "RESOURCE_NOT_FOUND": "an unknown route is a missing token before it is a missing resource",
    "WAF_FILTERED": "there is no firewall",
}


def deployed(**settings: Any) -> Deployed:
    throttling = {"~1v1.0~1products~1{productId}/GET": Throttle(0, 1)}
    log = "$context.error.responseType"
    body = rendered(request_validation="all", **settings)
    return Deployed(body, throttling=throttling, access_log_format=log, longest_seconds=0.05)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_environments_body_can_be_played(environment: str) -> None:
    served = Deployed(rendered(environment))
    served("GET", PRODUCTS)
    [(function_arn, _, _, source_arn)] = served.functions.calls
    assert function_arn == f"arn:aws:lambda:eu-west-1:123456789012:function:bbws-list-products-{environment}:live"
    assert source_arn == "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3/dev/GET/v1.0/products"


def test_every_gateway_response_is_played_or_cannot_be() -> None:
    assert sorted([*PROVOKED, *NOT_PROVOKED]) == sorted(rendered()[RESPONSES])


@pytest.mark.parametrize("kind", PROVOKED)
def test_a_gateway_response_is_the_one_of_the_body(kind: str) -> None:
    served = deployed()
    response = PROVOKED[kind](served)
    configured = rendered()[RESPONSES][kind]
    assert served.log[-1] == kind
    assert response.status_code == int(configured.get("statusCode", 502))
    template = configured["responseTemplates"]["application/json"]
    request_id = response.headers["X-Request-Id"]
    assert response.json() == json.loads(template.replace("$context.requestId", request_id))
    for name, value in configured["responseParameters"].items():
        expected = request_id if value == "context.requestId" else value.strip("'")
        assert response.headers[name.removeprefix("gatewayresponse.header.")] == expected


def test_the_one_that_cannot_be_changed_is_not() -> None:
    response = deployed()("POST", PRODUCTS, headers=GOOD, content=b" " * (LARGEST_BODY + 1))
    assert (response.status_code, response.headers["Content-Type"]) == (413, "text/plain")


@pytest.mark.parametrize("path", rendered()["paths"])
def test_an_undeclared_method_is_405_and_names_the_others(path: str) -> None:
    response = deployed()("PATCH", path.replace("{productId}", "PROD-001"))
    methods = {method.upper() for method in rendered()["paths"][path] if method not in (ANY, "options")}
    assert response.status_code == 405
    assert set(response.headers["Allow"].split(", ")) == methods
    assert response.json()["requestId"] == response.headers["X-Request-Id"] == response.headers["x-amzn-RequestId"]


@pytest.mark.parametrize("path", rendered()["paths"])
def test_a_preflight_names_what_an_allowed_origin_may_do_and_nothing_to_others(path: str) -> None:
    url, served = path.replace("{productId}", "PROD-001"), deployed(allowed_origins=["https://a.example"])
    allowed = served("OPTIONS", url, headers={"Origin": "https://a.example"})
    assert (allowed.status_code, allowed.headers["Access-Control-Allow-Origin"]) == (204, "https://a.example")
    assert allowed.headers["Access-Control-Allow-Methods"]
    assert allowed.headers["Vary"] == "Origin"
    other = served("OPTIONS", url, headers={"Origin": "https://b.example"})
    assert other.status_code == 204
    assert not any(name.startswith("access-control") for name in other.headers)


def test_what_the_stage_logs_is_known() -> None:
    names = re.findall(r'"\$(context\.[\w.]+)"', (PROJECT / "terraform/api_gateway.tf").read_text())
    assert len(names) > 10
    assert set(names) <= IN_ACCESS_LOGS


@pytest.mark.parametrize(
    "path",
    [
        ("x-amazon-apigateway-policy",),
        ("x-amazon-apigateway-binary-media-types",),
        ("servers",),
        ("security",),
        ("components", "responses"),
        ("components", "securitySchemes", "administrator", "x-amazon-apigateway-authorizer", "identitySource"),
        ("paths", PRODUCTS, "trace"),
        ("paths", PRODUCTS, "post", "x-amazon-apigateway-auth"),
        ("paths", PRODUCTS, "post", INTEGRATION, "credentials"),
        ("paths", PRODUCTS, "options", INTEGRATION, "contentHandling"),
        ("paths", PRODUCTS, "get", "parameters", 0, "pattern"),
        ("paths", PRODUCTS, "get", VALIDATOR),
        (RESPONSES, "THROTTLED", "condition"),
        ("components", "schemas", "ProductCreate", "properties", "name", "readOnly"),
    ],
)
def test_a_feature_that_is_not_known_is_refused_with_its_place(path: tuple[str | int, ...]) -> None:
    body = rendered()
    holder: Any = body
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = "added"
    with pytest.raises(NotEmulated) as refused:
        Deployed(body)
    assert refused.value.pointer == "".join(f"/{str(step).replace('/', '~1')}" for step in path)


@pytest.mark.parametrize(
    ("security", "reason"),
    [([{"administrator": ["write"]}], "no scopes"), ([{"other": []}], "declared"), ([{"a": [], "b": []}], "one auth")],
)
def test_security_that_is_not_known_is_refused(security: list[Any], reason: str) -> None:
    body = rendered()
    body["paths"][PRODUCTS]["post"]["security"] = security
    with pytest.raises(NotEmulated, match=reason):
        Deployed(body)
