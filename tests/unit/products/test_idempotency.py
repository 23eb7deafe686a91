from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from products.idempotency import claim

NOW = datetime(2026, 3, 1, 9, 30, 0, 999999, tzinfo=UTC)
BODY: dict[str, Any] = {"name": "Entry", "price": 95, "features": ["Domain"]}


def test_a_claim_lasts_a_day() -> None:
    made = claim("key", "caller", BODY, NOW)
    assert made.claimed_at == int(NOW.timestamp())
    assert made.expires_at - made.claimed_at == 86400


@pytest.mark.parametrize(
    ("key", "caller"), [("key2", "caller"), ("key", "caller2"), ("r\0key", "calle"), ("", "callerkey")]
)
def test_another_key_or_caller_is_another_claim(key: str, caller: str) -> None:
    assert claim(key, caller, BODY, NOW).digest != claim("key", "caller", BODY, NOW).digest


def test_neither_key_nor_caller_can_be_read_in_it() -> None:
    made = claim("key", "caller", BODY, NOW)
    assert set(made.digest + made.fingerprint) <= set("0123456789abcdef")


@pytest.mark.parametrize("price", [Decimal("95"), Decimal("95.00"), Decimal("9.5E+1")])
def test_equal_bodies_have_one_fingerprint(price: Decimal) -> None:
    other: dict[str, Any] = {"features": ["Domain"], "price": price, "name": "Entry"}
    assert claim("key", "caller", other, NOW).fingerprint == claim("key", "caller", BODY, NOW).fingerprint


@pytest.mark.parametrize(
    "change", [{"price": Decimal("95.001")}, {"price": "95"}, {"features": ["D", "omain"]}, {"x": "y"}]
)
def test_other_bodies_have_other_fingerprints(change: dict[str, Any]) -> None:
    other = claim("key", "caller", {**BODY, **change}, NOW)
    assert other.fingerprint != claim("key", "caller", BODY, NOW).fingerprint
