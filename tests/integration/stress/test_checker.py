"""The checker itself: it finds nothing in what is right, and what is wrong by its name."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

import pytest

from products.items import IdempotencyRecord, StoredProduct, attributes, guard, new_product
from tests.integration.products.api import ENTRY
from tests.integration.stress import history
from tests.integration.stress.checker import Contents, contradictions
from tests.integration.stress.ledger import Acknowledged, Told

AT = "2026-03-01T09:30:00.000000Z"
LATER = "2026-03-01T09:30:01.000000Z"


def stored(product_id: str = "PROD-001", **fields: Any) -> StoredProduct:
    made = new_product(product_id, cast("Any", {**ENTRY, "currency": "ZAR"}), AT)
    return StoredProduct({**made.item, **attributes(fields)})


ONE = stored()
GUARD = guard("Entry", "PROD-001")
RECORD = IdempotencyRecord("key", "caller", {}, datetime(2026, 3, 1, tzinfo=UTC)).item(ONE)


def contents(products: list[StoredProduct], *items: Any, indexed: list[Any] | None = None) -> Contents:
    """A table with these products and other items. The index has the products, if nothing else is said."""
    by_key = {item["PK"]["S"]: item for item in items}
    return Contents(
        products={each.key: each for each in products},
        guards={key: item for key, item in by_key.items() if key.startswith("NAME#")},
        records={key: item for key, item in by_key.items() if key.startswith("IDEMPOTENCY#")},
        others=[key for key in by_key if "#" not in key],
        indexed=[dict(each.item) for each in products] if indexed is None else indexed,
    )


def test_a_sound_table_has_no_contradictions() -> None:
    assert list(contradictions(contents([ONE], GUARD, RECORD))) == []


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        (contents([ONE]), "the name of PRODUCT#PROD-001 has no guard"),
        (contents([], GUARD), "a guard points to PROD-001, which is not there"),
        (
            contents([ONE], GUARD, guard("Basic", "PROD-001")),
            "a guard points to PRODUCT#PROD-001, which does not point back",
        ),
        (contents([ONE, stored("PROD-002", name="ENTRY")], GUARD), "2 products share a name"),
        (contents([], RECORD), "a record points to PROD-001, which is not there"),
        (
            contents([ONE], GUARD, {**RECORD, "product": {"M": stored(version=2).item}}),
            "the record of PROD-001 holds another answer",
        ),
        (contents([ONE], GUARD, RECORD, {**RECORD, "PK": {"S": "IDEMPOTENCY#2"}}), "2 records share PROD-001"),
        (contents([ONE], GUARD, indexed=[]), "the index and the table differ in PRODUCT#PROD-001"),
        (
            contents([ONE], GUARD, indexed=[stored(active=False).item]),
            "the index and the table differ in PRODUCT#PROD-001",
        ),
        (contents([ONE], GUARD, {"PK": {"S": "NOTE"}}), "NOTE is no item of this service"),
        (contents([stored(price=Decimal("0.095"))], GUARD), "PRODUCT#PROD-001 has a price in fractions of a cent"),
    ],
)
def test_what_is_wrong_with_a_table_is_found(wrong: Contents, found: str) -> None:
    assert found in list(contradictions(wrong))


def test_a_broken_product_is_found() -> None:
    broken = StoredProduct({**ONE.item, "price": {"S": "95"}})
    assert list(contradictions(contents([broken], GUARD))) == ["PRODUCT#PROD-001 is broken: price"]


SECOND = stored(price=2, version=2, lastWriteId="write-2", updatedAt=LATER)
RETIRED = stored(active=False, version=2, lastWriteId="write-2", updatedAt=LATER)
CREATED = Acknowledged(1, ENTRY, ONE.product(history.PROPERTIES))
CHANGED = Acknowledged(2, {"price": 2}, SECOND.product(history.PROPERTIES))


def told(*writes: Acknowledged, **more: Any) -> Told:
    return Told(writes=list(writes), **more)


@pytest.mark.parametrize(
    ("versions", "ledger"),
    [
        ([ONE], told(CREATED)),
        ([ONE, SECOND], told(CREATED, CHANGED)),
        ([ONE, SECOND], told(CREATED, in_doubt=1)),
        ([ONE], told(CREATED, in_doubt=1)),
        ([ONE, RETIRED], told(CREATED, retired={2})),
        ([ONE, RETIRED], told(CREATED, retirements=2)),
        ([ONE, SECOND], told(found=2)),
    ],
)
def test_a_history_that_was_told_has_no_contradictions(versions: list[StoredProduct], ledger: Told) -> None:
    assert list(history.contradictions(versions, ledger, created_in_doubt=False)) == []


@pytest.mark.parametrize(
    ("versions", "ledger", "found"),
    [
        ([ONE], told(CREATED, CHANGED), "the acknowledged version 2 is missing"),
        ([ONE, SECOND], told(CREATED), "versions [2] are too many for 0 retirements, 0 in doubt"),
        ([ONE, stored(price=3, version=2)], told(CREATED, CHANGED), "version 2 is not what was acknowledged"),
        ([ONE, stored(version=3)], told(CREATED), "version 1 became 3"),
        ([SECOND, stored(version=3)], told(), "version 3 is older than the one before"),
        ([ONE, stored(version=2)], told(CREATED), "one write happened 2 times"),
        ([SECOND, ONE, SECOND], told(), "the price was set to 2 2 times"),
        ([ONE, SECOND], told(CREATED, CHANGED, CHANGED), "two writes were told that they made the same version"),
        ([ONE, SECOND], told(CREATED, CHANGED, retirements=1), "an acknowledged retirement is missing"),
        ([ONE, SECOND], told(CREATED, retired={2}), "version 2 is not the acknowledged retirement"),
        (
            [RETIRED, stored(price=2, version=3)],
            told(Acknowledged(3, {"price": 2}, {})),
            "version 3 changed an inactive product",
        ),
        (
            [ONE, stored(price=2, currency="EUR", version=2)],
            told(CREATED, CHANGED),
            "version 2 is not the version before it with its change",
        ),
    ],
)
def test_what_is_wrong_with_a_history_is_found(versions: list[StoredProduct], ledger: Told, found: str) -> None:
    assert found in list(history.contradictions(versions, ledger, created_in_doubt=False))
