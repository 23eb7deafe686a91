from __future__ import annotations

import base64
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from products.cursors import Cursors
from products.errors import BadToken

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
POSITION = {"createdAt": "2025-01-15T08:00:00Z", "PK": "PRODUCT#PROD-001", "SK": "METADATA"}
OLD, NEW = b"the key of last month", b"the key of this month"


def cursors(*keys: bytes, scope: str = "list", now: datetime = NOW) -> Cursors:
    return Cursors(lambda: keys or (NEW,), scope, lambda: now)


def raw(token: str) -> bytes:
    return base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))


def spelt(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def test_a_token_leads_back_to_its_position() -> None:
    token = cursors().token(POSITION, {})
    assert cursors().position(token, {}) == POSITION
    assert re.fullmatch("[A-Za-z0-9_-]{1,1024}", token)


def test_no_bit_of_a_token_can_be_changed() -> None:
    content = raw(cursors().token(POSITION, {}))
    for index in range(len(content)):
        changed = bytearray(content)
        changed[index] ^= 1
        with pytest.raises(BadToken):
            cursors().position(spelt(bytes(changed)), {})


def test_a_token_has_one_spelling_only() -> None:
    token = next(each for n in range(3) if len(each := cursors().token({**POSITION, "SK": "x" * n}, {})) % 4)
    last = token[-1]
    spare_bits = next(
        other for other in "BCDEFGHbcdefgh1234567" if other != last and raw(token[:-1] + other) == raw(token)
    )
    for other in (token[:-1] + spare_bits, token + "=", token[:5] + "!" + token[5:], token + "\n", ""):
        with pytest.raises(BadToken):
            cursors().position(other, {})


@pytest.mark.parametrize("token", ["x", "AAAA", "A" * 43, "A" * 1024, "é", "eyJ2IjoxfQ"])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(BadToken):
        cursors().position(token, {})


def test_a_token_of_another_query_is_refused() -> None:
    with pytest.raises(BadToken):
        cursors(scope="list another table").position(cursors().token(POSITION, {}), {})


def test_a_token_is_good_for_a_day() -> None:
    token = cursors().token(POSITION, {})
    day = timedelta(days=1)
    assert cursors(now=NOW + day).position(token, {}) == POSITION
    with pytest.raises(BadToken):
        cursors(now=NOW + day + timedelta(seconds=1)).position(token, {})


def test_tokens_survive_a_change_of_keys() -> None:
    before = cursors(OLD).token(POSITION, {})
    assert cursors(NEW, OLD).position(before, {}) == POSITION
    assert cursors(NEW).position(cursors(NEW, OLD).token(POSITION, {}), {}) == POSITION
    with pytest.raises(BadToken):
        cursors(NEW).position(before, {})


def test_a_token_of_another_format_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as later:
        later.setattr("products.cursors.FORMAT", 2)
        token = cursors().token(POSITION, {})
    with pytest.raises(BadToken):
        cursors().position(token, {})


def test_a_refusal_names_the_parameter_and_not_the_token() -> None:
    with pytest.raises(BadToken) as refusal:
        cursors().position("secret", {})
    (detail,) = refusal.value.details
    assert (refusal.value.status, detail.where, detail.field) == (400, "query", "/nextToken")
    assert "secret" not in detail.message


@pytest.mark.parametrize("filters", [{}, {"currency": "USD"}, {"period": "ZAR"}, {"currency": "ZAR", "name": "x"}])
def test_a_token_of_another_filter_is_refused(filters: dict[str, str]) -> None:
    token = cursors().token(POSITION, {"currency": "ZAR"})
    assert cursors().position(token, {"currency": "ZAR"}) == POSITION
    with pytest.raises(BadToken):
        cursors().position(token, filters)


def test_the_order_of_filters_does_not_matter() -> None:
    token = cursors().token(POSITION, {"currency": "ZAR", "price": Decimal("1.5")})
    assert cursors().position(token, {"price": Decimal("1.5"), "currency": "ZAR"}) == POSITION


def test_a_filter_never_passes_for_a_part_of_the_list() -> None:
    """No text of a filter can make what the MAC covers look like another list or another filter."""
    for scope, filters, other_scope, others in (
        ("list", {"a": 'b"], ["c", "d'}, "list", {"a": "b", "c": "d"}),
        ("list", {"a": "bc"}, "list", {"ab": "c"}),
        ("list", {"a": "b", "c": "d"}, "list", {"a": "bcd"}),
        ("list", {"a": ""}, "lista", {}),
    ):
        token = cursors(scope=scope).token(POSITION, filters)
        with pytest.raises(BadToken):
            cursors(scope=other_scope).position(token, others)


def test_macs_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []

    def compare_digest(one: bytes, other: bytes) -> bool:
        compared.append((len(one), len(other)))
        return False

    token = cursors().token(POSITION, {})
    monkeypatch.setattr("hmac.compare_digest", compare_digest)
    with pytest.raises(BadToken):
        cursors(NEW, OLD).position(token, {})
    assert compared == [(32, 32)] * 2
