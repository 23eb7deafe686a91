from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any, cast

import pytest

from products.changes import Change, Condition
from products.errors import Inactive, NameTaken, NotFound, PreconditionFailed, Unavailable
from products.idempotency import Claim
from products.items import StoredProduct, new_product
from products.preconditions import EntityTags, Preconditions
from products.repository import Creation, Refused, Repository, StoredPage
from products.retries import BUDGET_SECONDS, Patience
from products.service import Catalogue

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


def if_match(versions: frozenset[int] | None) -> Preconditions:
    return Preconditions(None if versions is None else EntityTags(versions, frozenset(), any=False))


OLDER = stored(version=None, updatedAt=None, lastWriteId=None)


class FakeRepository:
    """Does what it is told, call by call, and remembers what it was asked."""

    def __init__(self, *outcomes: Any) -> None:
        self._outcomes = list(outcomes)
        self.asked: list[tuple[str, Any, Any]] = []

    def get(self, product_id: str, patience: Patience) -> Any:
        return self._next("get", product_id)

    def active(self, limit: int, start: Any, patience: Patience) -> Any:
        return self._next("active", limit, start)

    def add(self, product: StoredProduct, claim: Claim | None, patience: Patience) -> Any:
        return self._next("add", product, claim)

    def change(self, change: Change, condition: Condition, patience: Patience) -> Any:
        return self._next("change", change, condition)

    def change_seen(self, change: Change, seen: StoredProduct, patience: Patience) -> Any:
        return self._next("change_seen", change, seen)

    def change_unguarded(self, change: Change, seen: StoredProduct, patience: Patience) -> Any:
        return self._next("change_unguarded", change, seen)

    def _next(self, name: str, what: Any, more: Any = None) -> Any:
        self.asked.append((name, what, more))
        outcome = self._outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    @property
    def calls(self) -> list[str]:
        return [name for name, *_ in self.asked]


class FakeTime:
    def __init__(self) -> None:
        self.seconds = 0.0

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


class PassingTime:
    """A second passes whenever somebody looks at the clock."""

    def __init__(self) -> None:
        self._looks = count()

    @property
    def seconds(self) -> int:
        return next(self._looks)

    def sleep(self, _: float) -> None:
        raise AssertionError("nothing is gained by waiting")


def catalogue(
    repository: FakeRepository,
    time: FakeTime | PassingTime | None = None,
    is_sound: Callable[[Any], bool] = lambda _: True,
) -> Catalogue:
    clock, ids = time or FakeTime(), iter(range(100))
    return Catalogue(
        cast("Repository", repository),
        now=lambda: NOW,
        new_id=lambda: f"id-{next(ids)}",
        patience=lambda: Patience(lambda: clock.seconds, clock.sleep, lambda: 0.5),
        is_sound=is_sound,
    )


def test_a_product_is_shown_with_its_version() -> None:
    product, version = catalogue(FakeRepository(stored(version={"N": "7"}))).get("PROD-001")
    assert (product["price"], version) == (Decimal(95), 7)


@pytest.mark.parametrize("found", [None, stored(active={"S": "false"})])
def test_neither_an_unknown_nor_an_inactive_product_is_found(found: StoredProduct | None) -> None:
    with pytest.raises(NotFound):
        catalogue(FakeRepository(found)).get("PROD-001")


def test_a_page_leaves_out_what_is_broken_and_what_breaks_the_contract(caplog: pytest.LogCaptureFixture) -> None:
    found = [
        stored(),
        stored(PK={"S": "PRODUCT#2"}, price=None),
        stored(PK={"S": "PRODUCT#3"}, currency={"S": "rand"}),
        stored(PK={"S": "PRODUCT#4"}, name={"S": "Basic"}),
    ]
    repository = FakeRepository(StoredPage(found, {"PK": "next"}))
    products = catalogue(repository, is_sound=lambda product: product["currency"] == "ZAR")
    readable = products.active(20, {"PK": "start"})
    assert list(readable.products) == ["PRODUCT#PROD-001", "PRODUCT#3", "PRODUCT#4"]
    sound = products.without_unsound(readable)
    assert [product["name"] for product in sound.products.values()] == ["Entry", "Basic"]
    assert readable.following == sound.following == {"PK": "next"}
    assert repository.asked == [("active", 20, {"PK": "start"})]
    assert [vars(record)["item"] for record in caplog.records] == ["PRODUCT#2", "PRODUCT#3"]


def test_a_creation_is_stamped_rounded_and_named() -> None:
    repository = FakeRepository(Creation(stored(), replayed=False))
    catalogue(repository).create(cast("Any", BODY), "caller", None)
    ((_, product, claim),) = repository.asked
    assert claim is None
    assert product.product() == {
        **BODY,
        "productId": "id-0",
        "price": Decimal("10.01"),
        "active": True,
        "createdAt": AT,
        "updatedAt": AT,
    }


def test_a_key_claims_the_body_as_it_was_sent() -> None:
    repository = FakeRepository(*[Creation(stored(), replayed=True)] * 3)
    shop = catalogue(repository)
    shop.create(cast("Any", BODY), "caller", "key")
    shop.create(cast("Any", {**BODY, "price": Decimal("10.01")}), "caller", "key")
    assert shop.create(cast("Any", BODY), "other", "key").replayed
    first, rounded, other = [claim for _, _, claim in repository.asked]
    assert first.digest == rounded.digest != other.digest
    assert first.fingerprint == other.fingerprint != rounded.fingerprint


def test_an_update_that_meets_its_product_is_one_call() -> None:
    repository = FakeRepository(stored(version={"N": "2"}))
    assert (
        catalogue(repository).update("PROD-001", cast("Any", {"price": Decimal("10.005")}), Preconditions()).version
        == 2
    )
    ((name, change, condition),) = repository.asked
    assert (name, change) == ("change", Change("PROD-001", "id-0", {"price": Decimal("10.01")}, AT))
    assert "#active = :true" in condition.terms


def test_a_restoring_update_asks_for_no_active_product() -> None:
    repository = FakeRepository(stored())
    catalogue(repository).update("PROD-001", cast("Any", {"active": True}), Preconditions())
    assert "#active = :true" not in repository.asked[0][2].terms


@pytest.mark.parametrize(
    ("refusing", "versions", "error"),
    [
        (None, None, NotFound),
        (None, frozenset({1}), NotFound),
        (stored(active={"S": "false"}), None, Inactive),
        (stored(active={"S": "false"}), frozenset({7}), Inactive),
        (stored(), frozenset({7}), PreconditionFailed),
        (stored(), frozenset(), PreconditionFailed),
        (OLDER, frozenset({1}), PreconditionFailed),
    ],
)
def test_a_refused_update_says_why_without_another_call(
    refusing: StoredProduct | None, versions: frozenset[int] | None, error: type[Exception]
) -> None:
    repository = FakeRepository(Refused(refusing))
    with pytest.raises(error):
        catalogue(repository).update("PROD-001", cast("Any", {"price": 1}), if_match(versions))
    assert repository.calls == ["change"]


@pytest.mark.parametrize(("seen", "body"), [(OLDER, {"price": 1}), (stored(), {"name": "Basic"})])
def test_what_needs_the_product_seen_is_done_on_it_at_once(seen: StoredProduct, body: dict[str, Any]) -> None:
    repository, time = FakeRepository(Refused(seen), stored(version={"N": "2"})), FakeTime()
    catalogue(repository, time).update("PROD-001", cast("Any", body), Preconditions())
    assert repository.calls == ["change", "change_seen"]
    assert repository.asked[1][2] is seen
    assert time.seconds == 0


def test_each_round_is_a_write_of_its_own() -> None:
    repository = FakeRepository(Refused(stored()), Refused(stored()), stored())
    catalogue(repository).update("PROD-001", cast("Any", {"name": "Basic"}), Preconditions())
    assert [change.write_id for _, change, _ in repository.asked] == ["id-0", "id-1", "id-2"]


def test_a_product_ahead_of_the_clock_keeps_its_time() -> None:
    ahead = "2026-03-01T09:30:00.500000Z"
    repository = FakeRepository(Refused(stored(updatedAt={"S": ahead})), stored())
    catalogue(repository).update("PROD-001", cast("Any", {"price": 1}), Preconditions())
    assert repository.calls == ["change", "change"]
    again, condition = repository.asked[1][1:]
    assert again.at is None
    assert not [term for term in condition.terms if "updatedAt" in term]


def test_a_product_whose_time_is_not_ours_is_seen_before_it_is_changed() -> None:
    ahead = stored(updatedAt={"S": "2026-03-01T12:30:00+01:00"}, lastWriteId=None)
    repository = FakeRepository(Refused(ahead), stored())
    catalogue(repository).update("PROD-001", cast("Any", {"price": 1}), Preconditions())
    assert repository.calls == ["change", "change_seen"]
    assert repository.asked[1][1].at == "2026-03-01T11:30:00.000000Z"


def test_a_product_that_never_stands_still_is_given_up_in_time() -> None:
    repository = FakeRepository(*[Refused(stored())] * 1000)
    with pytest.raises(Unavailable):
        catalogue(repository, PassingTime()).update("PROD-001", cast("Any", {"name": "Basic"}), Preconditions())
    assert len(repository.calls) == BUDGET_SECONDS + 1


def test_an_update_of_a_taken_name_is_a_conflict() -> None:
    with pytest.raises(NameTaken):
        catalogue(FakeRepository(Refused(stored()), NameTaken())).update(
            "P", cast("Any", {"name": "Basic"}), Preconditions()
        )


def test_a_retirement_does_not_depend_on_the_name() -> None:
    repository = FakeRepository(Refused(OLDER), NameTaken(), stored())
    catalogue(repository).delete("PROD-001", Preconditions())
    assert repository.calls == ["change", "change_seen", "change_unguarded"]


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
def test_retiring_an_inactive_product_succeeds_unless_another_version_was_named(
    versions: frozenset[int] | None, fails: bool
) -> None:
    repository = FakeRepository(Refused(stored(active={"S": "false"}, version={"N": "4"})))
    if fails:
        with pytest.raises(PreconditionFailed):
            catalogue(repository).delete("PROD-001", if_match(versions))
    else:
        catalogue(repository).delete("PROD-001", if_match(versions))
    assert repository.calls == ["change"]


@pytest.mark.parametrize(("refusing", "error"), [(None, NotFound), (stored(version={"N": "4"}), PreconditionFailed)])
def test_a_retirement_is_refused_like_an_update(refusing: StoredProduct | None, error: type[Exception]) -> None:
    with pytest.raises(error):
        catalogue(FakeRepository(Refused(refusing))).delete("PROD-001", if_match(frozenset({1})))
