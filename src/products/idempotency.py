"""A client's claim on a creation: its Idempotency-Key, and what the request was that claimed it."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from products.items import attributes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contract.messages import JSON

LIFETIME_SECONDS = 24 * 60 * 60


class Claim(NamedTuple):
    """`digest` names key, caller and operation; `fingerprint` the body. Times in epoch seconds."""

    digest: str
    fingerprint: str
    claimed_at: int
    expires_at: int


def claim(key: str, caller: str, body: Mapping[str, JSON], now: datetime) -> Claim:
    """The claim of `caller` (the subject of the token) on creating `body`. Keys of two callers never meet."""
    seconds = int(now.timestamp())
    return Claim(
        digest=_sha256("\0".join((caller, "createProduct", key))),
        fingerprint=_sha256(json.dumps(attributes(body), sort_keys=True)),
        claimed_at=seconds,
        expires_at=seconds + LIFETIME_SECONDS,
    )


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
