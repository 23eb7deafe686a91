"""A Cognito user pool: ID tokens, the key that checks them, and the claims that an authorizer hands to a function."""

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
from joserfc.jwk import KeySet, RSAKey
from joserfc.jwt import JWTClaimsRegistry

from local_aws import ACCOUNT, CannotStart

POOL = "local_pool"
CLIENT = "local-client"
LONGEST_LIFE_SECONDS = 24 * 3600  # Cognito's own limit for an ID token.


def authorizer_claims(
    token: str, key: RSAKey | KeySet, issuer: str, *, now: float | None = None, **others: str
) -> dict[str, str] | None:
    """The claims of a good ID token, as a REST API's Cognito authorizer hands them on; None for any other token.

    Every claim is a string there: a list joined by commas, a time spelt out. `others` are claims with their only value;
    `now` is in seconds since 1970.

    https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
    """
    wanted = {"iss": issuer, "token_use": "id", **others}
    exact: dict[str, Any] = {name: {"essential": True, "value": value} for name, value in wanted.items()}
    rules = JWTClaimsRegistry(int(now or time.time()), leeway=0, exp={"essential": True}, **exact)
    try:
        claims = jwt.decode(token, key, algorithms=["RS256"]).claims
        rules.validate(claims)
    except (JoseError, ValueError):
        return None
    return {name: _as_text(name, value) for name, value in claims.items()}


def _as_text(name: str, value: object) -> str:
    if name in ("exp", "iat"):
        return datetime.fromtimestamp(int(str(value)), UTC).strftime("%a %b %d %H:%M:%S UTC %Y")
    if isinstance(value, list):
        return ",".join(str(each) for each in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


class UserPool:
    """One user pool of a server at `url`. Its key set is at `issuer` + `/.well-known/jwks.json`, as at Cognito."""

    def __init__(
        self, url: str, key: RSAKey, region: str = "eu-west-1", clock: Callable[[], float] = time.time
    ) -> None:
        self.url = url
        self.region = region
        self.arn = f"arn:aws:cognito-idp:{region}:{ACCOUNT}:userpool/{POOL}"
        self.issuer = f"{url}/_local/{POOL}"
        self._key = key
        self._clock = clock

    def token(
        self, groups: Iterable[str] = (), seconds: int = LONGEST_LIFE_SECONDS, username: str | None = None
    ) -> str:
        """A signed ID token for a user in `groups`, good for so many seconds; expired already when negative.

        A `username` is one person, whose `sub` outlives a restart; without one it is somebody new.
        """
        now, groups = int(self._clock()), list(groups)
        claims: dict[str, Any] = {
            "sub": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{POOL}/{username}") if username else uuid.uuid4()),
            "iss": self.issuer,
            "aud": CLIENT,
            "token_use": "id",
            "cognito:username": username or "local",
            "auth_time": now,
            "iat": now,
            "exp": now + seconds,
            **({"cognito:groups": groups} if groups else {}),
        }
        return jwt.encode({"alg": "RS256", "kid": self._key.kid}, claims, self._key)

    def claims(self, user_pool_arn: str, token: str) -> Mapping[str, str] | None:
        """The claims of a good token of this pool; None for any other token."""
        if user_pool_arn != self.arn:
            return None
        return authorizer_claims(token, self._key, self.issuer, now=self._clock(), aud=CLIENT)

    def key_set(self) -> dict[str, Any]:
        """The public key, as a JWK set (RFC 7517)."""
        return {"keys": [{**self._key.as_dict(private=False), "alg": "RS256", "use": "sig"}]}


def signing_key(path: Path) -> RSAKey:
    """The key in `path`, made there when the file is missing: a token outlives a restart. Raises CannotStart."""
    try:
        if path.exists():
            key = RSAKey.import_key(path.read_bytes())
        else:
            key = RSAKey.generate_key(2048)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(key.as_pem(private=True))
    except (OSError, ValueError) as error:
        raise CannotStart(f"The key {path} cannot be used ({type(error).__name__}). Delete it.") from None
    key.ensure_kid()
    return key
