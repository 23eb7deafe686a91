"""Tokens for the next page: opaque to clients, signed, bound to one list and its filters, good for a day.

The keys that sign them come out of Parameter Store when they are first needed. In AWS the environment holds the
parameter's name only, so whoever may read a function's settings or Terraform's state cannot sign. Reading costs one
call, 30 to 60 ms, in the first request of a process that has a next page, and nothing at its start:
https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError, NoCredentialsError
from botocore.httpsession import URLLib3Session
from botocore.session import Session

from products.bootstrap import MissingSetting
from products.errors import BadToken, Unavailable

if TYPE_CHECKING:
    from products.bootstrap import Dependencies

FORMAT = 1
LIFETIME_SECONDS = 24 * 60 * 60
_MAC_BYTES = 32
SHORTEST = 16
"""Characters that a key has at least."""
REFRESH_SECONDS = 300
"""How long keys are used before they are read again. A new key verifies everywhere before it signs: see the runbook."""
_TIMEOUT_SECONDS = 2

logger = logging.getLogger(__name__)


class Cursors:
    """Makes and reads the tokens of one list.

    A token is base64url of HMAC-SHA256 and payload. The MAC covers `scope`, which names the list, and the filters: a
    token of another operation, table or filter does not verify. The first key signs, all of them verify: to change
    keys without refusing anybody, add the new one, put it in front once every process knows it, and drop the old one a
    day later.
    """

    def __init__(self, keys: Callable[[], Sequence[bytes]], scope: str, now: Callable[[], datetime]) -> None:
        self._keys = keys
        self._scope = scope
        self._now = now

    @classmethod
    def of(cls, given: Dependencies) -> Cursors:
        """The tokens of the list that a function answers. Raises MissingSetting."""
        settings, scope = given.settings, f"{given.operation.operation_id} {given.table}"
        if settings.cursor_signing_keys:
            try:
                keys = parse(settings.cursor_signing_keys)
            except UnusableKeys as error:
                raise MissingSetting(f"CURSOR_SIGNING_KEYS: {error}") from None
            return cls(lambda: keys, scope, given.now)
        name = settings.cursor_signing_keys_parameter
        if not name:
            raise MissingSetting("neither CURSOR_SIGNING_KEYS nor CURSOR_SIGNING_KEYS_PARAMETER is set")
        stored = StoredKeys(lambda: read_parameter(name, settings.region, settings.ssm_endpoint), time.monotonic)
        return cls(stored, scope, given.now)

    def token(self, position: Mapping[str, str], filters: Mapping[str, object]) -> str:
        """The token of the page that starts at this position. `filters` by their names in the contract."""
        content = {"v": FORMAT, "at": self._seconds(), "position": dict(position)}
        payload = json.dumps(content, separators=(",", ":")).encode()
        return _encode(self._mac(self._keys()[0], payload, filters) + payload)

    def position(self, token: str, filters: Mapping[str, object]) -> dict[str, str]:
        """Where the page starts. Raises BadToken for a token that was not made for this list within the last day."""
        try:
            raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except (binascii.Error, ValueError):
            raise BadToken from None
        # Only the one spelling of a token: Python's decoder skips foreign characters and ignores spare bits.
        if _encode(raw) != token:
            raise BadToken
        mac, payload = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
        # In constant time, or the time of an answer would tell how much of a forged MAC is right.
        if not any(hmac.compare_digest(mac, self._mac(key, payload, filters)) for key in self._keys()):
            raise BadToken
        content: dict[str, Any] = json.loads(payload)
        if content.get("v") != FORMAT or self._seconds() - content["at"] > LIFETIME_SECONDS:
            raise BadToken
        position: dict[str, str] = content["position"]
        return position

    def _mac(self, key: bytes, payload: bytes, filters: Mapping[str, object]) -> bytes:
        bound_to = json.dumps([self._scope, sorted(filters.items())], default=str)
        return hmac.digest(key, bound_to.encode() + b"\0" + payload, "sha256")

    def _seconds(self) -> int:
        return int(self._now().timestamp())


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


class UnusableKeys(Exception):
    """Exception for keys that are none, or too short. The message has none of them."""


def parse(text: str) -> tuple[bytes, ...]:
    """Keys with commas between them: the first signs, all of them verify. Raises UnusableKeys."""
    keys = [key.strip().encode() for key in text.split(",") if key.strip()]
    if not keys or any(len(key) < SHORTEST for key in keys):
        raise UnusableKeys(f"keys of {SHORTEST} characters or more are needed")
    return tuple(keys)


class StoredKeys:
    """Keys that are read when they are needed, and kept for REFRESH_SECONDS; longer while they cannot be read again."""

    def __init__(self, read: Callable[[], str], clock: Callable[[], float]) -> None:
        """`read` returns the keys' text and raises Unavailable."""
        self._read = read
        self._clock = clock
        self._keys: tuple[bytes, ...] | None = None
        self._stale_at = 0.0

    def __call__(self) -> tuple[bytes, ...]:
        """Raises Unavailable when there are none yet."""
        if self._keys is None or self._clock() >= self._stale_at:
            try:
                self._keys = parse(self._read())
            except (Unavailable, UnusableKeys) as error:
                logger.error("the signing keys cannot be used", extra={"cause": type(error).__name__})
                if self._keys is None:
                    raise Unavailable from None
            self._stale_at = self._clock() + REFRESH_SECONDS
        return self._keys


def read_parameter(name: str, region: str, endpoint: str) -> str:
    """The value of a SecureString of Parameter Store. Raises Unavailable, after an error line.

    Signed by hand: a client of botocore's would bring the service's whole model along.
    """
    body = json.dumps({"Name": name, "WithDecryption": True})
    headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AmazonSSM.GetParameter"}
    try:
        request = AWSRequest("POST", f"{endpoint}/", data=body, headers=headers)
        credentials = Session().get_credentials()
        if credentials is None:
            raise NoCredentialsError
        SigV4Auth(credentials, "ssm", region).add_auth(request)
        response = URLLib3Session(timeout=_TIMEOUT_SECONDS).send(request.prepare())
    except BotoCoreError as error:
        return _unreadable(type(error).__name__)
    answer = json.loads(response.content or b"{}")
    if response.status_code != 200:
        return _unreadable(str(answer.get("__type", response.status_code)))
    return str(answer["Parameter"]["Value"])


def _unreadable(cause: str) -> str:
    logger.error("the signing keys cannot be read", extra={"cause": cause})
    raise Unavailable
