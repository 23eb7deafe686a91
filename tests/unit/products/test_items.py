from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from products.errors import BrokenItem
from products.items import StoredProduct, attributes, new_product, normalised, plain, timestamp

AT = "2026-03-01T09:30:00.000000Z"
AHEAD = "2026-03-01T09:30:00.500000Z"
FIELDS: dict[str, Any] = {
    "name": "Entry",
    "description": "A single page.",
    "price": Decimal("79.77"),
    "currency": "ZAR",
    "period": "yearly",
    "features": ["One domain", "1 GB"],
}


def stored(**attributes: Any) -> StoredProduct:
    item = {**new_product("PROD-001", FIELDS, AT).item, **attributes}
    return StoredProduct(cast("Any", {name: value for name, value in item.items() if value is not None}))


def test_a_new_product_comes_back_as_it_went_in() -> None:
    assert stored().product() == {
        "productId": "PROD-001",
        **FIELDS,
        "active": True,
        "createdAt": AT,
        "updatedAt": AT,
    }
    assert (stored().version, stored().is_complete, stored().last_write_id) == (1, True, "PROD-001")


def test_active_is_text_for_the_index_takes_no_bool() -> None:
    assert attributes({"active": True}) == {"active": {"S": "true"}}
    assert attributes({"active": False}) == {"active": {"S": "false"}}


@settings(deadline=None)
@given(st.decimals(min_value="0.01", max_value="999999.99", places=2))
def test_no_price_is_changed_by_the_table(price: Decimal) -> None:
    kept = stored(**attributes({"price": price})).product()["price"]
    assert kept == price
    assert "E" not in str(kept)


@pytest.mark.parametrize(
    ("number", "digits"),
    [
        (95, "95"),
        (100, "100"),
        (0, "0"),
        (Decimal("95.00"), "95"),
        (Decimal("95.10"), "95.1"),
        (Decimal("1E+3"), "1000"),
        (Decimal("1E-7"), "0.0000001"),
        (Decimal("1234567890123456789012345678901234567.8"), "1234567890123456789012345678901234567.8"),
    ],
)
def test_numbers_are_written_in_plain_digits(number: int | Decimal, digits: str) -> None:
    assert plain(number) == digits


@pytest.mark.parametrize(("stored_price", "shown"), [("95.50", "95.5"), ("95.00", "95"), ("1E+3", "1000")])
def test_a_price_is_shown_in_plain_digits(stored_price: str, shown: str) -> None:
    assert str(stored(price={"N": stored_price}).product()["price"]) == shown


@pytest.mark.parametrize("value", [None, {"a": 1}])
def test_what_a_product_cannot_have_is_no_attribute(value: Any) -> None:
    with pytest.raises(TypeError):
        attributes({"field": value})


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("name", None),
        ("name", {"N": "1"}),
        ("price", {"S": "1"}),
        ("features", {"S": "x"}),
        ("features", {"L": [{"N": "1"}]}),
        ("active", None),
        ("createdAt", None),
        ("updatedAt", {"N": "1"}),
    ],
)
def test_a_broken_item_names_its_attribute(attribute: str, value: Any) -> None:
    with pytest.raises(BrokenItem) as broken:
        stored(**{attribute: value}).product()
    assert (broken.value.item, broken.value.attribute) == ("PRODUCT#PROD-001", attribute)


def test_an_older_item_has_version_zero_and_was_updated_when_it_was_created() -> None:
    older = stored(version=None, updatedAt=None, lastWriteId=None, createdAt={"S": "2025-01-15T08:00:00+00:00"})
    assert (older.version, older.is_complete, older.last_write_id) == (0, False, None)
    assert older.product()["updatedAt"] == "2025-01-15T08:00:00Z"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Entry", "ENTRY"),
        ("Straße", "STRASSE"),
        ("Web  Pro", " web pro "),
        ("Ｗeb", "web"),
        ("paſt", "past"),
        ("ŉame", "ʼName"),
        ("e\u0301co", "Éco"),
    ],
)
def test_names_that_customers_take_for_one_are_one(one: str, other: str) -> None:
    assert normalised(one) == normalised(other)


def test_names_that_differ_stay_apart() -> None:
    assert len({normalised(name) for name in ("Eco", "Éco", "E co", "Eco+")}) == 4


def test_normalising_twice_changes_nothing() -> None:
    for letter in map(chr, range(0x20, 0x180)):
        assert normalised(normalised(letter)) == normalised(letter)


def test_a_timestamp_is_utc_and_sorts_as_text() -> None:
    zone = timezone(timedelta(hours=2))
    assert timestamp(datetime(2026, 3, 1, 11, 30, tzinfo=zone)) == AT
    assert timestamp(datetime(2026, 3, 1, 9, 30, 0, 500000, tzinfo=UTC)) == "2026-03-01T09:30:00.500000Z"


@pytest.mark.parametrize(
    ("updated_at", "later"),
    [
        ("2026-03-01T09:29:59Z", "2026-03-01T09:30:00.000000Z"),
        ("2026-03-01T12:00:00+02:00", "2026-03-01T10:00:00.000000Z"),
        ("2026-03-01T12:00:00", "2026-03-01T09:30:00.000000Z"),
        ("soon", "2026-03-01T09:30:00.000000Z"),
    ],
)
def test_the_time_of_an_update_never_goes_back(updated_at: str, later: str) -> None:
    now = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    assert stored(updatedAt={"S": updated_at}, lastWriteId=None).time_of_change(now) == later


@pytest.mark.parametrize(
    ("attributes", "change"),
    [
        ({}, None),
        ({"lastWriteId": None}, AHEAD),
        ({"version": None}, AHEAD),
        ({"updatedAt": {"S": AT}}, "2026-03-01T09:30:00.000001Z"),
    ],
)
def test_a_later_time_of_ours_is_left_as_it_is(attributes: dict[str, Any], change: str | None) -> None:
    now = datetime(2026, 3, 1, 9, 30, 0, 1, tzinfo=UTC)
    assert stored(**{"updatedAt": {"S": AHEAD}, **attributes}).time_of_change(now) == change
