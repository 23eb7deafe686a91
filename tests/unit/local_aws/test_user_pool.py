from __future__ import annotations

import base64
import json
import stat
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

from local_aws import CannotStart
from local_aws.user_pool import UserPool, authorizer_claims, signing_key

NOW = 1_700_000_000.0


@pytest.fixture(scope="module")
def key() -> RSAKey:
    return named_key()


def named_key() -> RSAKey:
    key = RSAKey.generate_key(2048)
    key.ensure_kid()
    return key


@pytest.fixture
def user_pool(key: RSAKey) -> UserPool:
    return UserPool("http://cloud", key, clock=lambda: NOW)


def test_a_token_has_the_claims_of_a_cognito_id_token(user_pool: UserPool, key: RSAKey) -> None:
    token = jwt.decode(user_pool.token(["keepers", "owners"], 60), key)
    assert token.header["alg"] == "RS256"
    assert token.header["kid"] == key.kid
    claims = token.claims
    assert (claims["iss"], claims["token_use"], claims["exp"]) == (user_pool.issuer, "id", NOW + 60)
    assert claims["cognito:groups"] == ["keepers", "owners"]
    assert claims["sub"]


def test_a_user_without_groups_has_no_such_claim(user_pool: UserPool) -> None:
    claims = user_pool.claims(user_pool.arn, user_pool.token())
    assert claims is not None
    assert "cognito:groups" not in claims


def test_an_authorizer_hands_on_strings(key: RSAKey) -> None:
    claims = {"cognito:groups": ["a", "b"], "exp": 60, "email_verified": True, "auth_time": 7, "sub": "u"}
    token = jwt.encode({"alg": "RS256"}, {**claims, "iss": "pool", "token_use": "id"}, key)
    assert authorizer_claims(token, key, "pool", now=1) == {
        "cognito:groups": "a,b",
        "exp": "Thu Jan 01 00:01:00 UTC 1970",
        "email_verified": "true",
        "auth_time": "7",
        "sub": "u",
        "iss": "pool",
        "token_use": "id",
    }


def test_a_named_user_is_the_same_person_in_every_token_and_another_is_not(key: RSAKey) -> None:
    def sub(username: str | None) -> str:
        pool = UserPool("http://cloud", key, clock=lambda: NOW)
        return str(jwt.decode(pool.token(username=username), key).claims["sub"])

    assert sub("ada") == sub("ada")
    assert len({sub("ada"), sub("eve"), sub(None), sub(None)}) == 4


def test_a_token_is_good_for_its_own_pool_alone(user_pool: UserPool) -> None:
    assert user_pool.claims(user_pool.arn, user_pool.token()) is not None
    assert user_pool.claims(f"{user_pool.arn}x", user_pool.token()) is None


def test_an_expired_token_is_not_good(user_pool: UserPool) -> None:
    assert user_pool.claims(user_pool.arn, user_pool.token(["keepers"], -1)) is None


def test_a_token_of_another_issuer_or_key_is_not_good(user_pool: UserPool, key: RSAKey) -> None:
    assert user_pool.claims(user_pool.arn, UserPool("http://other", key, clock=lambda: NOW).token()) is None
    assert user_pool.claims(user_pool.arn, UserPool("http://cloud", named_key(), clock=lambda: NOW).token()) is None


def test_an_access_token_is_no_id_token(user_pool: UserPool, key: RSAKey) -> None:
    claims = {"iss": user_pool.issuer, "aud": "local-client", "exp": NOW + 60, "token_use": "access"}
    assert user_pool.claims(user_pool.arn, jwt.encode({"alg": "RS256"}, claims, key)) is None


def test_the_algorithm_is_not_the_tokens_to_choose(user_pool: UserPool) -> None:
    _, payload, _ = user_pool.token(["keepers"]).split(".")
    unsigned = base64.urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).rstrip(b"=").decode()
    claims = {"iss": user_pool.issuer, "aud": "local-client", "exp": NOW + 60, "token_use": "id"}
    hmac = jwt.encode({"alg": "HS256"}, claims, OctKey.generate_key(256))
    assert user_pool.claims(user_pool.arn, f"{unsigned}.{payload}.") is None
    assert user_pool.claims(user_pool.arn, hmac) is None


@pytest.mark.parametrize("token", ["", "x", "a.b", "a.b.c", "....", "é.é.é", "a" * 10_000])
def test_what_is_no_token_is_not_good(user_pool: UserPool, token: str) -> None:
    assert user_pool.claims(user_pool.arn, token) is None


def test_the_published_key_checks_a_token_and_cannot_sign_one(user_pool: UserPool) -> None:
    published = user_pool.key_set()
    assert set(published["keys"][0]) >= {"kty", "n", "e", "kid", "alg", "use"}
    assert not {"d", "p", "q"} & set(published["keys"][0])
    assert (
        jwt.decode(user_pool.token(), KeySet.import_key_set({"keys": published["keys"]})).claims["iss"]
        == user_pool.issuer
    )


def test_a_key_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "identity.pem"
    assert signing_key(path).kid == signing_key(path).kid
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_is_no_key_stops_the_start(tmp_path: Path) -> None:
    path = tmp_path / "identity.pem"
    path.write_text("nothing")
    with pytest.raises(CannotStart, match=r"identity\.pem"):
        signing_key(path)
