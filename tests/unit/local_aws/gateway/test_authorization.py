from __future__ import annotations

import pytest

from local_aws.gateway.stage import AuthorizerFailed, AuthorizerMisconfigured
from tests.unit.local_aws.gateway.apis import CLAIMS, POOL, Deployed, proxy, secured


@pytest.fixture
def deployed() -> Deployed:
    return Deployed(secured(**{"/open": {"get": proxy(security=[])}, "/other": {"get": proxy()}}))


@pytest.mark.parametrize("credentials", ["Bearer good", "good", "bearer  good "])
def test_a_good_token_reaches_the_function_as_claims(deployed: Deployed, credentials: str) -> None:
    assert deployed("POST", "/things", headers={"Authorization": credentials}).status_code == 200
    claims = deployed.functions.event["requestContext"]["authorizer"]["claims"]
    assert claims == CLAIMS
    assert deployed.tokens.asked == [(POOL, "good")]


@pytest.mark.parametrize(
    "credentials",
    [None, "", "Bearer", "Bearer ", "Bearer bad", "Basic good", "Bearer good good", "Bearer\tgood", "\tBearer\t good"],
)
def test_no_good_token_is_unauthorized(deployed: Deployed, credentials: str | None) -> None:
    headers = {} if credentials is None else {"Authorization": credentials}
    response = deployed("POST", "/things", headers=headers)
    assert (response.status_code, response.json()) == (401, {"message": "Unauthorized"})
    assert deployed.functions.calls == []


def test_two_tokens_are_not_one_good_token(deployed: Deployed) -> None:
    headers = [("Authorization", "good"), ("Authorization", "good")]
    assert deployed("POST", "/things", headers=headers).status_code == 401


@pytest.mark.parametrize("path", ["/open", "/other"])
def test_a_method_without_security_asks_nobody(deployed: Deployed, path: str) -> None:
    assert deployed("GET", path, headers={"Authorization": "bad"}).status_code == 200
    assert deployed.tokens.asked == []
    assert "authorizer" not in deployed.functions.event["requestContext"]


@pytest.mark.parametrize("failure", [AuthorizerFailed(), AuthorizerMisconfigured()])
def test_an_authorizer_that_cannot_decide_is_500(deployed: Deployed, failure: Exception) -> None:
    deployed.tokens.failure = failure
    assert deployed("POST", "/things", headers={"Authorization": "good"}).status_code == 500


def test_every_pool_of_an_authorizer_is_asked() -> None:
    body = secured()
    scheme = body["components"]["securitySchemes"]["keeper"]
    scheme["x-amazon-apigateway-authorizer"]["providerARNs"] = ["another-pool", POOL]
    deployed = Deployed(body)
    assert deployed("POST", "/things", headers={"Authorization": "good"}).status_code == 200
    assert deployed.tokens.asked == [("another-pool", "good"), (POOL, "good")]
