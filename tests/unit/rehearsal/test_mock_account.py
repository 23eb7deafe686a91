from __future__ import annotations

import base64
import json
from collections.abc import Iterator

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from local_aws.gateway.stage import AuthorizerMisconfigured
from rehearsal.mock_account import CognitoUserPool, PoolAuthorizers, User
from rehearsal.moto_server import MockedAws


@pytest.fixture(scope="module")
def aws() -> Iterator[MockedAws]:
    with MockedAws("eu-west-1") as account:
        yield account


@pytest.fixture(scope="module")
def pool(aws: MockedAws) -> CognitoUserPool:
    return CognitoUserPool(aws, "users")


@pytest.fixture(scope="module")
def administrator(pool: CognitoUserPool) -> User:
    return pool.add_user("ada", ["platform-admin"])


def test_an_id_token_tells_the_groups_of_its_user(aws: MockedAws, pool: CognitoUserPool, administrator: User) -> None:
    claims = PoolAuthorizers(aws).claims(pool.arn, administrator.token())
    assert claims is not None
    assert claims["cognito:groups"] == "platform-admin"
    assert claims["token_use"] == "id"


def test_an_access_token_is_not_taken(aws: MockedAws, pool: CognitoUserPool, administrator: User) -> None:
    assert PoolAuthorizers(aws).claims(pool.arn, administrator.sign_in()["AccessToken"]) is None


def test_a_token_of_another_pool_is_not_taken(aws: MockedAws, pool: CognitoUserPool) -> None:
    stranger = CognitoUserPool(aws, "others").add_user("eve", ["platform-admin"])
    assert PoolAuthorizers(aws).claims(pool.arn, stranger.token()) is None


@pytest.mark.parametrize("change", [{"exp": 1}, {"token_use": "access"}, {"iss": "https://example.com"}])
def test_a_token_that_is_not_good_is_not_taken(
    aws: MockedAws, pool: CognitoUserPool, administrator: User, change: dict[str, object]
) -> None:
    claims = {**_claims(administrator.token()), **change}
    assert PoolAuthorizers(aws).claims(pool.arn, _signed_by_the_pool(pool, claims)) is None


def test_a_token_that_somebody_else_signed_is_not_taken(
    aws: MockedAws, pool: CognitoUserPool, administrator: User
) -> None:
    forged = jwt.encode({"alg": "RS256", "kid": "dummy"}, _claims(administrator.token()), RSAKey.generate_key(2048))
    assert PoolAuthorizers(aws).claims(pool.arn, forged) is None


def test_a_changed_token_is_not_taken(aws: MockedAws, pool: CognitoUserPool, administrator: User) -> None:
    head, body, signature = administrator.token().split(".")
    changed = base64.urlsafe_b64encode(json.dumps(_claims(f"{head}.{body}.")).encode()).decode().rstrip("=")
    assert PoolAuthorizers(aws).claims(pool.arn, f"{head}.{changed}x.{signature}") is None
    assert PoolAuthorizers(aws).claims(pool.arn, "no.token.at.all") is None


def test_a_pool_that_is_not_there_is_a_mistake_of_the_api(
    aws: MockedAws, pool: CognitoUserPool, administrator: User
) -> None:
    with pytest.raises(AuthorizerMisconfigured):
        PoolAuthorizers(aws).claims(f"{pool.arn}x", administrator.token())


def _claims(token: str) -> dict[str, object]:
    body = token.split(".")[1]
    claims: dict[str, object] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims


def _signed_by_the_pool(pool: CognitoUserPool, claims: dict[str, object]) -> str:
    from moto.cognitoidp.models import cognitoidp_backends

    key = cognitoidp_backends["123456789012"]["eu-west-1"].user_pools[pool.id].json_web_key
    return jwt.encode({"alg": "RS256", "kid": "dummy"}, claims, key)
