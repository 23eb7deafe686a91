from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

import pytest

from contract.operation import Operation
from products.bootstrap import Dependencies, Settings, retry_budget
from products.dynamodb import RetryBudget
from products.errors import BrokenItem, Inactive, NotFound, PreconditionFailed
from products.items import IdempotencyRecord, StoredProduct, new_product
from products.preconditions import Preconditions, entity_tag
from products.repository import Repository
from products.service import Catalogue, Change

OPERATION = Operation.load("generated/operations/get_product.json")
PROPERTIES = OPERATION.property_names("Product")

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
AT = "2026-03-01T09:30:00.000000Z"
EARLIER = "2026-02-01T09:30:00.000000Z"
BODY: dict[str, Any] = {
    "name": "Entry",
    "description": "A single page.",
    "price": Decimal("10.005"),
    "currency": "ZAR",
    "period": "yearly",
    "features": ["One domain"],
}


def stored(**attributes: Any) -> StoredProduct:
    item = {**new_product("PROD-001", {**BODY, "price": 95}, EARLIER).item, **attributes}
    return StoredProduct(cast("Any", {name: value for name, value in item.items() if value is not None}))


ANY_VERSION = Preconditions({})


def if_match(versions: frozenset[int] | None) -> Preconditions:
    return Preconditions({} if versions is None else {"If-Match": ", ".join(map(entity_tag, versions))})


OLDER = stored(version=None, updatedAt=None, lastWriteId=None)


class FakeRepository:
    """Does what it is told, call by call, and remembers what it was asked."""

    def __init__(self, *outcomes: Any) -> None:
        self._outcomes = list(outcomes)
        self.asked: list[tuple[str, Any, Any]] = []

    def get(self, product_id: str, budget: RetryBudget) -> Any:
        return self._next("get", product_id)

    def active(self, limit: int, start: Any, filters: Any, budget: RetryBudget) -> Any:
        return self._next("active", limit, (start, filters))

    def add(self, product: StoredProduct, record: IdempotencyRecord | None, budget: RetryBudget) -> Any:
        return self._next("add", product, record)

    def change(self, change: Change, budget: RetryBudget) -> Any:
        return self._next("change", change)

    def _next(self, name: str, what: Any, more: Any = None) -> Any:
        self.asked.append((name, what, more))
        return self._outcomes.pop(0)


class InTheWay(FakeRepository):
    """Has a product that stands in the way of every change."""

    def __init__(self, found: StoredProduct | None) -> None:
        super().__init__()
        self._found = found

    def change(self, change: Change, budget: RetryBudget) -> Any:
        return change.admit(self._found)


def catalogue(repository: FakeRepository) -> Catalogue:
    ids = iter(range(100))
    settings = Settings({"PRODUCTS_TABLE": "unused", "AWS_REGION": "eu-west-1"})
    given = Dependencies(cast("Any", None), settings, OPERATION, retry_budget)
    given.now = lambda: NOW
    given.new_id = lambda: f"id-{next(ids)}"
    return Catalogue(cast("Repository", repository), given)


def test_a_product_is_shown_with_its_version() -> None:
    shop = catalogue(FakeRepository(stored(version={"N": "7"})))
    found = shop.get("PROD-001")
    shop.raise_if_broken(found)
    assert (shop.shown(found)["price"], found.version) == (Decimal(95), 7)


@pytest.mark.parametrize("found", [None, stored(active={"S": "false"})])
def test_neither_an_unknown_nor_an_inactive_product_is_found(found: StoredProduct | None) -> None:
    with pytest.raises(NotFound):
        catalogue(FakeRepository(found)).get("PROD-001")


@pytest.mark.parametrize(
    ("broken", "attribute"),
    [({"name": None}, "name"), ({"price": {"S": "95"}}, "price"), ({"currency": {"S": "rand"}}, "currency")],
)
def test_a_broken_product_is_reported_by_key_and_attribute(
    broken: dict[str, Any], attribute: str, caplog: pytest.LogCaptureFixture
) -> None:
    shop = catalogue(FakeRepository())
    with pytest.raises(BrokenItem):
        shop.raise_if_broken(stored(**broken))
    assert shop.without_broken([stored(**broken)]) == []
    reports = [(vars(record)["item"], vars(record)["attribute"]) for record in caplog.records]
    assert reports == [("PRODUCT#PROD-001", attribute)] * 2


def test_a_page_leaves_out_what_is_broken(caplog: pytest.LogCaptureFixture) -> None:
    found = [
        stored(),
        stored(PK={"S": "PRODUCT#2"}, price=None),
        stored(PK={"S": "PRODUCT#3"}, currency={"S": "rand"}),
        stored(PK={"S": "PRODUCT#4"}, name={"S": "Basic"}),
    ]
    repository = FakeRepository((found, {"PK": "next"}))
    shop = catalogue(repository)
    assert shop.active(20, {"PK": "start"}, {"currency": "ZAR"}) == (found, {"PK": "next"})
    assert [shop.shown(each)["name"] for each in shop.without_broken(found)] == ["Entry", "Basic"]
    assert repository.asked == [("active", 20, ({"PK": "start"}, {"currency": "ZAR"}))]
    assert {vars(record)["item"] for record in caplog.records} == {"PRODUCT#2", "PRODUCT#3"}


def test_a_creation_is_stamped_rounded_and_named() -> None:
    repository = FakeRepository((stored(), False))
    catalogue(repository).create(cast("Any", BODY), "caller", None)
    ((_, product, record),) = repository.asked
    assert record is None
    assert product.product(PROPERTIES) == {
        **BODY,
        "productId": "id-0",
        "price": Decimal("10.01"),
        "active": True,
        "createdAt": AT,
        "updatedAt": AT,
    }


def test_a_key_is_recorded_with_the_body_as_it_was_sent() -> None:
    repository = FakeRepository(*[(stored(), True)] * 3)
    shop = catalogue(repository)
    shop.create(cast("Any", BODY), "caller", "key")
    shop.create(cast("Any", {**BODY, "price": Decimal("10.01")}), "caller", "key")
    assert shop.create(cast("Any", BODY), "other", "key")[1]
    first, rounded, other = [record for _, _, record in repository.asked]
    assert first.digest == rounded.digest != other.digest
    assert first.fingerprint == other.fingerprint != rounded.fingerprint


def test_an_update_rounds_its_price_and_needs_an_active_product() -> None:
    repository = FakeRepository(stored(version={"N": "2"}))
    sent = cast("Any", {"price": Decimal("10.005")})
    named = if_match(frozenset({1}))
    assert catalogue(repository).update("PROD-001", sent, named).version == 2
    ((_, change, _),) = repository.asked
    assert (change.product_id, change.fields, change.at) == ("PROD-001", {"price": Decimal("10.01")}, NOW)
    assert change.preconditions is named
    assert (change.needs_active, change.retires) == (True, False)


def test_a_restoring_update_needs_no_active_product() -> None:
    repository = FakeRepository(stored())
    catalogue(repository).update("PROD-001", cast("Any", {"active": True}), ANY_VERSION)
    assert not repository.asked[0][1].needs_active


def test_a_retirement_does_not_depend_on_the_name() -> None:
    repository = FakeRepository(stored())
    catalogue(repository).delete("PROD-001", ANY_VERSION)
    ((_, change, _),) = repository.asked
    assert (change.fields, change.needs_active, change.retires) == ({"active": False}, True, True)


@pytest.mark.parametrize(
    ("found", "versions", "error"),
    [
        (None, None, NotFound),
        (None, frozenset({1}), NotFound),
        (stored(active={"S": "false"}), None, Inactive),
        (stored(active={"S": "false"}), frozenset({7}), Inactive),
        (stored(active=None), None, BrokenItem),
        (stored(), frozenset({7}), PreconditionFailed),
        (stored(), frozenset(), PreconditionFailed),
        (OLDER, frozenset({1}), PreconditionFailed),
    ],
)
def test_what_stands_in_the_way_of_an_update_refuses_it(
    found: StoredProduct | None, versions: frozenset[int] | None, error: type[Exception]
) -> None:
    with pytest.raises(error):
        catalogue(InTheWay(found)).update("PROD-001", cast("Any", {"price": 1}), if_match(versions))


@pytest.mark.parametrize("found", [stored(), OLDER, stored(name=None), stored(active=None)])
def test_whatever_may_be_retired_is_admitted_broken_or_not(found: StoredProduct) -> None:
    repository = FakeRepository(found)
    catalogue(repository).delete("PROD-001", if_match(frozenset({found.version})))
    assert repository.asked[0][1].admit(found) is found


@pytest.mark.parametrize(
    ("versions", "fails"),
    [
        (None, False),
        (frozenset({4}), False),
        (frozenset({3}), False),
        (frozenset({3, 9}), False),
        (frozenset({2}), True),
        (frozenset({5}), True),
        (frozenset(), True),
    ],
)
def test_a_repeated_retirement_succeeds_from_the_version_it_named(versions: frozenset[int] | None, fails: bool) -> None:
    shop = catalogue(InTheWay(stored(active={"S": "false"}, version={"N": "4"})))
    if fails:
        with pytest.raises(PreconditionFailed):
            shop.delete("PROD-001", if_match(versions))
    else:
        shop.delete("PROD-001", if_match(versions))


@pytest.mark.parametrize(("found", "error"), [(None, NotFound), (stored(version={"N": "4"}), PreconditionFailed)])
def test_a_retirement_is_refused_like_an_update(found: StoredProduct | None, error: type[Exception]) -> None:
    with pytest.raises(error):
        catalogue(InTheWay(found)).delete("PROD-001", if_match(frozenset({1})))
