"""A walk through a long list while others change it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal
from random import Random
from threading import Event, Semaphore
from typing import Any

from products.items import guard, new_product
from tests.integration.products.api import Api, Table
from tests.integration.stress.administrators import Administrator, order
from tests.integration.stress.checker import Checker
from tests.integration.stress.conftest import Figures
from tests.integration.stress.ledger import Ledger
from tests.integration.stress.witness import Witness

SEED = "paging"
PRODUCTS, TOUCHED = 10_000, 1_000
SAME_MOMENT = 7  # products that were created in the same microsecond
MOST_PAGES = 2 * PRODUCTS // 100
ADMINISTRATORS, ACTIONS_PER_PAGE = 4, 8
BATCH = 25  # the most items that BatchWriteItem takes


def test_a_walk_over_10000_products_returns_each_untouched_one_once(
    api: Api, table: Table, ledger: Ledger, figures: Figures
) -> None:
    periods = _fill(table)
    touched = Random(SEED).sample(sorted(periods), TOUCHED)
    checker = Checker(table)
    for product_id in touched:
        ledger.found(product_id, periods[product_id], version=1)
    with _commotion(Witness(api, ledger)) as actions:
        found = Counter(_walk(api, actions))
    for product_id, period in periods.items():
        ledger.found(product_id, period, version=1)
    proof = checker.prove(ledger)
    assert found.most_common(1)[0][1] == 1
    assert periods.keys() - set(touched) - found.keys() == set()
    figures(proof, ledger, walked=found.total())


def _walk(api: Api, actions: Semaphore) -> Iterator[str]:
    query: dict[str, Any] = {"limit": 100}
    for _ in range(MOST_PAGES):
        page = api.list(**query).body
        yield from (product["productId"] for product in page["products"])
        if "nextToken" not in page:
            return
        query["nextToken"] = page["nextToken"]
        for _ in range(ACTIONS_PER_PAGE):
            actions.acquire()
    raise AssertionError("the walk does not end")


@contextmanager
def _commotion(witness: Witness) -> Iterator[Semaphore]:
    """Administrators at work for as long as the `with` block runs. They release the semaphore after each action."""
    over, actions = Event(), Semaphore(0)

    def work(number: int) -> None:
        administrator = Administrator(witness, f"{SEED} {number}", [f"New {name}" for name in range(PRODUCTS)])
        while not over.is_set():
            administrator.act()
            actions.release()

    with ThreadPoolExecutor(ADMINISTRATORS) as pool:
        working = [pool.submit(work, number) for number in range(ADMINISTRATORS)]
        try:
            yield actions
        finally:
            over.set()
    for each in working:
        each.result()


def _fill(table: Table) -> dict[str, str]:
    """Fills the table with products. Returns the period of each by its id."""
    products = [
        new_product(f"PROD-{number:05}", _fields(number), f"2026-01-01T00:00:00.{number // SAME_MOMENT:06}Z")
        for number in range(PRODUCTS)
    ]
    requests: list[Any] = [
        {"PutRequest": {"Item": item}}
        for stored in products
        for item in (stored.item, guard(stored.name, stored.product_id))
    ]
    for start in range(0, len(requests), BATCH):
        answer = table.client.batch_write_item(RequestItems={table.name: requests[start : start + BATCH]})
        assert not answer["UnprocessedItems"]
    return {stored.product_id: stored.item["period"]["S"] for stored in products}


def _fields(number: int) -> dict[str, Any]:
    return {**order(f"Product {number}", currency="ZAR"), "price": Decimal("0.01")}
