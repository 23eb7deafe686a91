from __future__ import annotations

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from local_aws.user_pool import UserPool
from tests.integration.local_server.conftest import Client


def test_a_token_is_made_for_the_groups_that_are_asked_for(request_to: Client, user_pool: UserPool) -> None:
    response = request_to("POST", "/_local/token", json={"groups": ["keepers"], "expiresIn": 60})
    claims = user_pool.claims(user_pool.arn, response.json()["idToken"])
    assert claims is not None
    assert claims["cognito:groups"] == "keepers"
    assert response.headers["Cache-Control"] == "no-store"


def test_a_token_can_be_expired_already(request_to: Client, user_pool: UserPool) -> None:
    response = request_to("POST", "/_local/token", json={"expiresIn": -1})
    assert user_pool.claims(user_pool.arn, response.json()["idToken"]) is None


def test_without_a_body_the_user_is_in_no_group(request_to: Client, user_pool: UserPool) -> None:
    claims = user_pool.claims(user_pool.arn, request_to("POST", "/_local/token").json()["idToken"])
    assert claims is not None
    assert "cognito:groups" not in claims


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"groups": "a"}', b'{"groups": [1]}', b'{"expiresIn": 1e9}', b"\xff"])
def test_what_is_no_wish_for_a_token_is_400(request_to: Client, body: bytes) -> None:
    assert request_to("POST", "/_local/token", content=body).status_code == 400


def test_the_key_set_is_where_the_issuer_says(request_to: Client, user_pool: UserPool) -> None:
    key_set = KeySet.import_key_set(request_to("GET", f"{user_pool.issuer}/.well-known/jwks.json").json())
    assert jwt.decode(user_pool.token(), key_set).claims["iss"] == user_pool.issuer


def test_the_disagreements_are_readable(request_to: Client) -> None:
    assert request_to("GET", "/_local/disagreements").json() == {"exchanges": 0, "count": 0, "disagreements": []}


def test_other_paths_below_local_do_not_reach_the_gateway(request_to: Client) -> None:
    assert request_to("GET", "/_local/other").status_code == 404
