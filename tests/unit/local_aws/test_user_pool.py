from __future__ import annotations

import base64
import json
import stat
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

from local_aws.errors import CannotStart
from local_aws.user_pool import Identity, authorizer_claims, kept_key

NOW = 1_700_000_000.0


@pytest.fixture(scope="module")
def key() -> RSAKey:
    return named_key()


def named_key() -> RSAKey:
    key = RSAKey.generate_key(2048)
    key.ensure_kid()
    return key


@pytest.fixture
def identity(key: RSAKey) -> Identity:
    return Identity("http://cloud", key, lambda: NOW)


def test_a_token_has_the_claims_of_a_cognito_id_token(identity: Identity, key: RSAKey) -> None:
    token = jwt.decode(identity.token(["keepers", "owners"], 60), key)
    assert token.header["alg"] == "RS256"
    assert token.header["kid"] == key.kid
    claims = token.claims
    assert (claims["iss"], claims["token_use"], claims["exp"]) == (identity.issuer, "id", NOW + 60)
    assert claims["cognito:groups"] == ["keepers", "owners"]
    assert claims["sub"]


def test_a_user_without_groups_has_no_such_claim(identity: Identity) -> None:
    claims = identity.claims(identity.token())
    assert claims is not None
    assert "cognito:groups" not in claims


def test_an_authorizer_hands_on_strings() -> None:
    claims = authorizer_claims(
        {"cognito:groups": ["a", "b"], "exp": 0, "email_verified": True, "auth_time": 7, "sub": "u"}
    )
    assert claims == {
        "cognito:groups": "a,b",
        "exp": "Thu Jan 01 00:00:00 UTC 1970",
        "email_verified": "true",
        "auth_time": "7",
        "sub": "u",
    }


def test_an_expired_token_is_not_good(identity: Identity) -> None:
    assert identity.claims(identity.token(["keepers"], -1)) is None


def test_a_token_of_another_issuer_or_key_is_not_good(identity: Identity, key: RSAKey) -> None:
    assert identity.claims(Identity("http://other", key, lambda: NOW).token()) is None
    assert identity.claims(Identity("http://cloud", named_key(), lambda: NOW).token()) is None


def test_an_access_token_is_no_id_token(identity: Identity, key: RSAKey) -> None:
    claims = {"iss": identity.issuer, "aud": "local-client", "exp": NOW + 60, "token_use": "access"}
    assert identity.claims(jwt.encode({"alg": "RS256"}, claims, key)) is None


def test_the_algorithm_is_not_the_tokens_to_choose(identity: Identity) -> None:
    _, payload, _ = identity.token(["keepers"]).split(".")
    unsigned = base64.urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).rstrip(b"=").decode()
    claims = {"iss": identity.issuer, "aud": "local-client", "exp": NOW + 60, "token_use": "id"}
    hmac = jwt.encode({"alg": "HS256"}, claims, OctKey.generate_key(256))
    assert identity.claims(f"{unsigned}.{payload}.") is None
    assert identity.claims(hmac) is None


@pytest.mark.parametrize("token", ["", "x", "a.b", "a.b.c", "....", "é.é.é", "a" * 10_000])
def test_what_is_no_token_is_not_good(identity: Identity, token: str) -> None:
    assert identity.claims(token) is None


def test_the_published_key_checks_a_token_and_cannot_sign_one(identity: Identity) -> None:
    published = identity.key_set()
    assert set(published["keys"][0]) >= {"kty", "n", "e", "kid", "alg", "use"}
    assert not {"d", "p", "q"} & set(published["keys"][0])
    assert (
        jwt.decode(identity.token(), KeySet.import_key_set({"keys": published["keys"]})).claims["iss"]
        == identity.issuer
    )


def test_a_key_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "identity.pem"
    assert kept_key(path).kid == kept_key(path).kid
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_is_no_key_stops_the_start(tmp_path: Path) -> None:
    path = tmp_path / "identity.pem"
    path.write_text("nothing")
    with pytest.raises(CannotStart, match=r"identity\.pem"):
        kept_key(path)
