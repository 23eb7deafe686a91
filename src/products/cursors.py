"""Tokens for the next page: opaque to clients, signed, bound to one query, good for a day."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from products.errors import BadToken

FORMAT = 1
LIFETIME_SECONDS = 24 * 60 * 60
_MAC_BYTES = 32


class Cursors:
    """Makes and reads the tokens of one query.

    A token is base64url of HMAC-SHA256 and payload. The MAC covers `scope` too, which names the query: a token of
    another operation, index or table does not verify. The first key signs, all of them verify: to change keys without
    refusing anybody, put the new one in front and drop the old one a day later.
    """

    def __init__(self, keys: Sequence[bytes], scope: str, now: Callable[[], datetime]) -> None:
        self._keys = keys
        self._scope = scope.encode() + b"\0"
        self._now = now

    def token(self, position: Mapping[str, str]) -> str:
        content = {"v": FORMAT, "at": self._seconds(), "position": dict(position)}
        payload = json.dumps(content, separators=(",", ":")).encode()
        return _encode(self._mac(self._keys[0], payload) + payload)

    def position(self, token: str) -> dict[str, str]:
        """Where the page starts. Raises BadToken for a token that this query did not make within the last day."""
        content = self._verified(token)
        if content.get("v") != FORMAT or self._seconds() - content["at"] > LIFETIME_SECONDS:
            raise BadToken
        position: dict[str, str] = content["position"]
        return position

    def _verified(self, token: str) -> dict[str, Any]:
        raw = _decode(token)
        mac, payload = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
        if not any(hmac.compare_digest(mac, self._mac(key, payload)) for key in self._keys):
            raise BadToken
        content: dict[str, Any] = json.loads(payload)
        return content

    def _mac(self, key: bytes, payload: bytes) -> bytes:
        return hmac.digest(key, self._scope + payload, "sha256")

    def _seconds(self) -> int:
        return int(self._now().timestamp())


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _decode(token: str) -> bytes:
    """The one spelling of a token only: Python's decoder skips foreign characters and ignores spare bits."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        raise BadToken from None
    if _encode(raw) != token:
        raise BadToken
    return raw
