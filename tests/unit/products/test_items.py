from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.operation import Operation
from products.items import IdempotencyRecord, StoredProduct, attributes, new_product, normalised, plain, timestamp

OPERATION = Operation.load("generated/operations/get_product.json")
PROPERTIES = OPERATION.property_names("Product")
AT = "2026-03-01T09:30:00.000000Z"
AHEAD = "2026-03-01T09:30:00.500000Z"
SENT_AT = datetime(2026, 3, 1, 9, 30, 0, 999999, tzinfo=UTC)
BODY: dict[str, Any] = {"name": "Entry", "price": 95, "features": ["Domain"]}
FIELDS: dict[str, Any] = {
    "name": "Entry",
    "description": "A single page.",
    "price": Decimal("79.77"),
    "currency": "ZAR",
    "period": "yearly",
    "features": ["One domain", "1 GB of disk space"],
}


def stored(**attributes: Any) -> StoredProduct:
    item = {**new_product("PROD-001", FIELDS, AT).item, **attributes}
    return StoredProduct(cast("Any", {name: value for name, value in item.items() if value is not None}))


def test_a_new_product_comes_back_as_it_went_in() -> None:
    assert stored().product(PROPERTIES) == {
        "productId": "PROD-001",
        **FIELDS,
        "active": True,
        "createdAt": AT,
        "updatedAt": AT,
    }
    assert (stored().version, stored().is_versioned, stored().last_write_id) == (1, True, "PROD-001")


def test_active_is_text_for_the_index_takes_no_bool() -> None:
    assert attributes({"active": True}) == {"active": {"S": "true"}}
    assert attributes({"active": False}) == {"active": {"S": "false"}}


@settings(deadline=None)
@given(st.decimals(min_value="0.01", max_value="999999.99", places=2))
def test_no_price_is_changed_by_the_table(price: Decimal) -> None:
    kept = stored(**attributes({"price": price})).product(PROPERTIES)["price"]
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
    assert str(stored(price={"N": stored_price}).product(PROPERTIES)["price"]) == shown


def test_whatever_the_contract_may_come_to_list_is_stored_and_shown() -> None:
    field: Any = {"text": "a", "yes": True, "none": None, "list": [Decimal("1.5"), {"deep": False}]}
    assert stored(**attributes({"field": field})).product(["field"]) == {"field": field}


@pytest.mark.parametrize("value", [b"bytes", {1, 2}, 1.5])
def test_what_is_no_json_is_no_attribute(value: Any) -> None:
    with pytest.raises(TypeError):
        attributes({"field": value})


def test_nothing_is_shown_that_the_contract_does_not_list() -> None:
    product: Any = stored(internal={"S": "x"}).product(["name", "colour"])
    assert product == {"name": "Entry"}


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("name", None),
        ("name", {"N": "1"}),
        ("price", {"S": "1"}),
        ("features", {"S": "x"}),
        ("features", {"SS": ["x"]}),
        ("features", {"L": [{"N": "1"}]}),
        ("active", None),
        ("active", {"S": "yes"}),
        ("active", {"L": []}),
        ("createdAt", None),
        ("updatedAt", {"N": "1"}),
    ],
)
def test_a_broken_item_makes_an_invalid_product(attribute: str, value: Any) -> None:
    product: Any = stored(**{attribute: value}).product(PROPERTIES)
    assert OPERATION.invalid_property("Product", product) == attribute


@pytest.mark.parametrize("version", [None, {"S": "7"}, {"NULL": True}])
def test_an_item_without_a_number_for_a_version_counts_as_older(version: Any) -> None:
    assert (stored(version=version).version, stored(version=version).is_versioned) == (0, False)


def test_an_older_item_has_version_zero_and_was_updated_when_it_was_created() -> None:
    older = stored(version=None, updatedAt=None, lastWriteId=None, createdAt={"S": "2025-01-15T08:00:00+00:00"})
    assert (older.version, older.is_versioned, older.last_write_id) == (0, False, "")
    assert older.product(PROPERTIES)["updatedAt"] == "2025-01-15T08:00:00Z"


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


def made(key: str, caller: str, body: dict[str, Any]) -> IdempotencyRecord:
    return IdempotencyRecord(key, caller, body, SENT_AT)


def test_a_record_lasts_a_day() -> None:
    record = made("key", "caller", BODY)
    assert record.created_at == int(SENT_AT.timestamp())
    assert record.item(stored())["expiresAt"] == {"N": str(record.created_at + 86400)}


@pytest.mark.parametrize(
    ("key", "caller"), [("key2", "caller"), ("key", "caller2"), ("r\0key", "calle"), ("", "callerkey")]
)
def test_another_key_or_caller_is_another_record(key: str, caller: str) -> None:
    assert made(key, caller, BODY).digest != made("key", "caller", BODY).digest


def test_neither_key_nor_caller_can_be_read_in_it() -> None:
    record = made("key", "caller", BODY)
    assert set(record.digest + record.fingerprint) <= set("0123456789abcdef")


@pytest.mark.parametrize("price", [Decimal("95"), Decimal("95.00"), Decimal("9.5E+1")])
def test_equal_bodies_have_one_fingerprint(price: Decimal) -> None:
    other: dict[str, Any] = {"features": ["Domain"], "price": price, "name": "Entry"}
    assert made("key", "caller", other).fingerprint == made("key", "caller", BODY).fingerprint


@pytest.mark.parametrize(
    "change", [{"price": Decimal("95.001")}, {"price": "95"}, {"features": ["D", "omain"]}, {"x": "y"}]
)
def test_other_bodies_have_other_fingerprints(change: dict[str, Any]) -> None:
    other = made("key", "caller", {**BODY, **change})
    assert other.fingerprint != made("key", "caller", BODY).fingerprint
