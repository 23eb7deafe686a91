"""Requests that race. moto runs one request at a time, DynamoDB Local does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.integration.products.api import ENTRY, Answer, Api, Table


def race(runners: Iterable[Callable[[], Any]]) -> list[Any]:
    with ThreadPoolExecutor(16) as pool:
        return [future.result() for future in [pool.submit(runner) for runner in runners]]


def test_of_many_creations_with_one_name_one_wins(api: Api, table: Table) -> None:
    answers = race([api.create] * 16)
    assert Counter(answer.status for answer in answers) == {201: 1, 409: 15}
    assert len(table.items()) == 2


def test_of_many_creations_with_one_key_one_creates_and_all_are_answered_alike(api: Api, table: Table) -> None:
    answers: list[Answer] = race([lambda: api.create(Idempotency_Key="1")] * 16)
    assert {answer.status for answer in answers} == {201}
    assert len({answer.product["productId"] for answer in answers}) == 1
    assert sum("Idempotent-Replayed" not in answer.headers for answer in answers) == 1
    assert len(table.items()) == 3


def test_no_update_is_lost_when_each_names_the_version_it_read(api: Api) -> None:
    product_id = api.create({**ENTRY, "price": 1}).product["productId"]

    def raise_price() -> None:
        while True:
            read = api.get(product_id)
            price = int(read.product["price"]) + 1
            if api.update(product_id, {"price": price}, If_Match=read.etag).status == 200:
                return

    race([raise_price] * 24)
    end = api.get(product_id)
    assert (end.product["price"], end.etag) == (25, '"25"')


def test_every_update_without_a_version_counts(api: Api) -> None:
    product_id = api.create().product["productId"]
    answers = race([lambda price=price: api.update(product_id, {"price": price}) for price in range(1, 33)])  # type: ignore[misc]
    assert Counter(answer.status for answer in answers) == {200: 32}
    assert {answer.etag for answer in answers} == {f'"{version}"' for version in range(2, 34)}
    by_version = sorted(answers, key=lambda answer: int(answer.etag.strip('"')))
    times = [answer.product["updatedAt"] for answer in by_version]
    assert times == sorted(times)
    assert api.get(product_id).product == by_version[-1].product


def test_products_that_swap_names_keep_one_guard_each(api: Api, table: Table) -> None:
    ids = [api.create({**ENTRY, "name": name}).product["productId"] for name in ("First", "Second")]
    names = ["First", "Second", "Third"]
    answers = race([lambda n=n: api.update(ids[n % 2], {"name": names[n % 3]}) for n in range(24)])  # type: ignore[misc]
    assert {answer.status for answer in answers} <= {200, 409, 503}
    guards = {item["PK"]["S"]: item["productId"]["S"] for item in table.items() if item["entityType"]["S"] == "NAME"}
    assert guards == {f"NAME#{api.get(product_id).product['name'].lower()}": product_id for product_id in ids}


def test_an_older_product_is_versioned_once(api: Api, table: Table) -> None:
    table.put_older()
    answers = race([lambda: api.update("PROD-001", {"active": True})] * 12)
    assert Counter(answer.status for answer in answers) == {200: 12}
    assert api.get("PROD-001").etag == '"12"'
    assert len(table.items()) == 2


def test_retiring_and_restoring_end_in_one_of_the_two(api: Api, table: Table) -> None:
    product_id = api.create().product["productId"]
    writes = [lambda: api.delete(product_id), lambda: api.update(product_id, {"active": True})] * 8
    assert {answer.status for answer in race(writes)} == {200, 204}
    item = table.item(f"PRODUCT#{product_id}")
    assert item is not None
    assert (api.get(product_id).status == 200) == (item["active"]["S"] == "true")
