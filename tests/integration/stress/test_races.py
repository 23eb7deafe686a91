"""Clients who want the same thing at the same time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count
from random import Random
from typing import Any

import pytest

from tests.integration.products.api import Answer, Api
from tests.integration.stress.administrators import order
from tests.integration.stress.checker import Checker
from tests.integration.stress.conftest import Figures
from tests.integration.stress.ledger import Ledger
from tests.integration.stress.witness import Witness

CREATORS = 64
WRITERS, UPDATES = 32, 100
RENAMES = 20
SWAPS = 400
TURNS = 800


@pytest.fixture
def witness(api: Api, ledger: Ledger) -> Witness:
    return Witness(api, ledger)


@pytest.fixture
def product_id(witness: Witness) -> str:
    return created(witness, "Entry")


def created(witness: Witness, name: str) -> str:
    answer = witness.create(order(name, price=1))
    assert answer is not None
    product_id: str = answer.product["productId"]
    return product_id


def race(runners: Iterable[Callable[[], Any]], width: int) -> list[Any]:
    with ThreadPoolExecutor(width) as pool:
        return [future.result() for future in [pool.submit(runner) for runner in runners]]


@pytest.mark.parametrize("keyed", [False, True])
def test_64_creators_of_one_name(witness: Witness, checker: Checker, figures: Figures, keyed: bool) -> None:
    bodies = [order(name) for name in ("Entry", "ENTRY") * (CREATORS // 2)]
    headers = [{"Idempotency_Key": body["period"]} if keyed else {} for body in bodies]
    creations = (partial(witness.create, body, **keys) for body, keys in zip(bodies, headers, strict=True))
    statuses = Counter(answer.status for answer in race(creations, CREATORS))
    proof = checker.prove(witness.ledger)
    assert statuses == {201: 1, 409: CREATORS - 1}
    assert proof.products == 1
    figures(proof, witness.ledger, keyed=keyed)


def test_20_renames_of_one_product(witness: Witness, checker: Checker, figures: Figures, product_id: str) -> None:
    names = [f"Entry {number}" for number in range(RENAMES)]
    race((partial(witness.update, product_id, {"name": name}) for name in names), RENAMES)
    proof = checker.prove(witness.ledger)
    assert witness.ledger.answers == {"create 201": 1, "update 200": RENAMES}
    assert proof.guards == 1
    figures(proof, witness.ledger)


def test_products_that_swap_their_names(witness: Witness, checker: Checker, figures: Figures) -> None:
    ids = [created(witness, name) for name in ("First", "Second")]
    names = ["First", "Second", "first", "Third"]
    random = Random("swaps")
    swaps = [partial(witness.update, random.choice(ids), {"name": random.choice(names)}) for _ in range(SWAPS)]
    answers: list[Answer] = race(swaps, 8)
    proof = checker.prove(witness.ledger)
    assert {answer.status for answer in answers} <= {200, 409, 503}
    assert (proof.products, proof.guards) == (2, 2)
    figures(proof, witness.ledger)


def test_retiring_against_changing_against_restoring(
    witness: Witness, checker: Checker, figures: Figures, product_id: str
) -> None:
    random, prices = Random("turns"), count(2)

    def change_price() -> None:
        witness.update(product_id, {"price": next(prices)})

    turns: list[Callable[[], Any]] = [
        partial(witness.delete, product_id),
        partial(witness.update, product_id, {"active": True}),
        change_price,
        partial(witness.update, product_id, {"name": "Basic"}),
        partial(witness.update, product_id, {"name": "Entry", "active": True}),
    ]
    race((random.choice(turns) for _ in range(TURNS)), 16)
    proof = checker.prove(witness.ledger)
    statuses = {int(answer.split()[1]) for answer in witness.ledger.answers}
    assert statuses <= {200, 201, 204, 404, 503}
    figures(proof, witness.ledger)


def test_32_writers_who_name_no_version(witness: Witness, checker: Checker, figures: Figures, product_id: str) -> None:
    def write(writer: int) -> None:
        for number in range(UPDATES):
            witness.update(product_id, {"price": writer * UPDATES + number + 2})

    race((partial(write, writer) for writer in range(WRITERS)), WRITERS)
    proof = checker.prove(witness.ledger)
    assert sum(count for answer, count in witness.ledger.answers.items() if answer.startswith("update")) == 3200
    assert witness.ledger.answers.keys() <= {"create 201", "update 200", "update 503"}
    figures(proof, witness.ledger)


def test_32_writers_who_name_the_version_they_read(
    witness: Witness, api: Api, checker: Checker, figures: Figures, product_id: str
) -> None:
    def add_one() -> None:
        read = api.get(product_id)
        if read.status == 200:
            witness.update(product_id, {"price": int(read.product["price"]) + 1}, If_Match=read.etag)

    def write() -> None:
        for _ in range(UPDATES):
            add_one()

    race([write] * WRITERS, WRITERS)
    proof = checker.prove(witness.ledger)
    assert witness.ledger.answers.keys() <= {"create 201", "update 200", "update 412", "update 503"}
    end = api.get(product_id)
    assert end.etag == f'"{end.product["price"]}"'
    figures(proof, witness.ledger)
