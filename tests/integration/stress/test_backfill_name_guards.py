"""Older products get their guards while administrators change them."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from products.backfill_name_guards import Backfill, GuardState, unguarded_products
from tests.integration.products.api import ENTRY, Api, Table
from tests.integration.stress.administrators import NAMES, Administrator
from tests.integration.stress.checker import Checker
from tests.integration.stress.conftest import Figures
from tests.integration.stress.ledger import Ledger
from tests.integration.stress.witness import Witness

SEED = "backfill"
OTHER_NAMES = [f"{name} too" for name in NAMES]
ADMINISTRATORS, ACTIONS = 4, 50
UNIQUE_PRICE = "0.01"  # that no administrator sets


def test_older_products_get_their_guards_while_they_change(
    api: Api, table: Table, ledger: Ledger, checker: Checker, figures: Figures
) -> None:
    for number, name in enumerate(NAMES):
        fields: Any = {"name": {"S": name}, "period": {"S": f"older-{number}"}, "price": {"N": UNIQUE_PRICE}}
        table.put_older(f"PROD-{number:03}", **fields)
        ledger.found(f"PROD-{number:03}", f"older-{number}", version=0)
    staff = [Administrator(Witness(api, ledger), f"{SEED} {n}", OTHER_NAMES) for n in range(ADMINISTRATORS)]
    with ThreadPoolExecutor(ADMINISTRATORS) as pool:
        working = [pool.submit(_work, administrator) for administrator in staff]
        states = _backfill(table)
    for each in working:
        each.result()
    states += _backfill(table)
    proof = checker.prove(ledger)
    assert states.keys() <= {GuardState.BACKFILLED, GuardState.CHANGED}
    assert proof.guards == proof.products
    assert {api.create({**ENTRY, "name": item["name"]["S"]}).status for item in table.items() if "name" in item} == {
        409
    }
    figures(proof, ledger, **{state.name.lower(): count for state, count in states.items()})


def _work(administrator: Administrator) -> None:
    for _ in range(ACTIONS):
        administrator.act()


def _backfill(table: Table) -> Counter[GuardState]:
    backfill = Backfill(table.client, table.name)
    return Counter(backfill.write(finding.product).state for finding in unguarded_products(table.items()))
