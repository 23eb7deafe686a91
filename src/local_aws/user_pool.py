"""A Cognito user pool's look-alike: it signs ID tokens, publishes its key, and checks tokens as an authorizer does."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from joserfc.jwt import JWTClaimsRegistry

from local_aws.errors import CannotStart

POOL = "local_pool"
CLIENT = "local-client"
LONGEST_LIFE_SECONDS = 24 * 3600  # Cognito's own limit for an ID token.


class Identity:
    """One user pool of a cloud at `url`. Its key set is at `issuer` + `/.well-known/jwks.json`, as at Cognito."""

    def __init__(self, url: str, key: RSAKey, clock: Callable[[], float] = time.time) -> None:
        self.issuer = f"{url}/_local/{POOL}"
        self._key = key
        self._clock = clock

    def token(self, groups: Iterable[str] = (), seconds: int = LONGEST_LIFE_SECONDS) -> str:
        """A signed ID token for a user in `groups`, good for so many seconds; expired already when negative."""
        now = int(self._clock())
        claims: dict[str, Any] = {
            "sub": str(uuid.uuid4()),
            "iss": self.issuer,
            "aud": CLIENT,
            "token_use": "id",
            "cognito:username": "local",
            "auth_time": now,
            "iat": now,
            "exp": now + seconds,
        }
        if groups := list(groups):
            claims["cognito:groups"] = groups
        return jwt.encode({"alg": "RS256", "kid": self._key.kid}, claims, self._key)

    def claims(self, token: str) -> dict[str, str] | None:
        """The claims of a good token, as an authorizer hands them to a function; None for any other token."""
        try:
            claims = jwt.decode(token, self._key, algorithms=["RS256"]).claims
            self._rules().validate(claims)
        except (JoseError, ValueError):
            return None
        return authorizer_claims(claims)

    def key_set(self) -> dict[str, Any]:
        """The public key, as a JWK set (RFC 7517)."""
        return {"keys": [{**self._key.as_dict(private=False), "alg": "RS256", "use": "sig"}]}

    def _rules(self) -> JWTClaimsRegistry:
        return JWTClaimsRegistry(
            now=int(self._clock()),
            leeway=0,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": CLIENT},
            token_use={"essential": True, "value": "id"},
            exp={"essential": True},
        )


def authorizer_claims(claims: Mapping[str, Any]) -> dict[str, str]:
    """Every claim as a string, as a REST API's Cognito authorizer has it: a list joined by commas, a time spelt out."""
    return {name: _authorizer_claim(name, value) for name, value in claims.items()}


def _authorizer_claim(name: str, value: object) -> str:
    if name in ("exp", "iat"):
        return datetime.fromtimestamp(int(str(value)), UTC).strftime("%a %b %d %H:%M:%S UTC %Y")
    if isinstance(value, list):
        return ",".join(str(each) for each in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def kept_key(path: Path) -> RSAKey:
    """The key in `path`, made there when the file is missing: a token outlives a restart. Raises CannotStart."""
    try:
        key = RSAKey.import_key(path.read_bytes()) if path.exists() else _new_key(path)
    except (OSError, ValueError) as error:
        raise CannotStart(f"The key {path} cannot be used ({type(error).__name__}). Delete it.") from None
    key.ensure_kid()
    return key


def _new_key(path: Path) -> RSAKey:
    key = RSAKey.generate_key(2048)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key.as_pem(private=True))
    return key
