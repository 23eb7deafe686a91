"""Tokens for the next page: opaque to clients, signed, bound to one list and its filters, good for a day."""

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

    def token(self, position: Mapping[str, str], filters: Mapping[str, object]) -> str:
        """The token of the page that starts at this position. `filters` by their names in the contract."""
        content = {"v": FORMAT, "at": self._seconds(), "position": dict(position)}
        payload = json.dumps(content, separators=(",", ":")).encode()
        return _encode(self._mac(self._keys()[0], payload, filters) + payload)

    def position(self, token: str, filters: Mapping[str, object]) -> dict[str, str]:
        """Where the page starts. Raises BadToken for a token that was not made for this list within the last day."""
        raw = _decode(token)
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


def _decode(token: str) -> bytes:
    """The one spelling of a token only: Python's decoder skips foreign characters and ignores spare bits."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        raise BadToken from None
    if _encode(raw) != token:
        raise BadToken
    return raw
