"""A network between the functions and DynamoDB that loses, delays, truncates, garbles and doubles what it carries."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.integration.products.api import Table
from tests.integration.stress import mishaps
from tests.integration.stress.administrators import Administrator
from tests.integration.stress.checker import Checker
from tests.integration.stress.conftest import Figures
from tests.integration.stress.ledger import Ledger
from tests.integration.stress.mishaps import Misfortune, name
from tests.integration.stress.pace import api_at
from tests.integration.stress.proxy import Mishap, proxy
from tests.integration.stress.witness import Witness

SEED = "lossy network"
ADMINISTRATORS, ACTIONS = 8, 625
WEIGHTS: dict[Mishap, int] = {
    mishaps.nothing: 80,
    mishaps.request_lost: 2,
    mishaps.request_late: 2,
    mishaps.answer_lost: 4,
    mishaps.answer_late: 2,
    mishaps.answer_never: 2,
    mishaps.answer_truncated: 3,
    mishaps.answer_garbled: 2,
    mishaps.answer_doubled: 3,
}


def test_5000_operations_on_a_lossy_network(
    endpoint: str, table: Table, ledger: Ledger, checker: Checker, figures: Figures
) -> None:
    misfortune = Misfortune(SEED, WEIGHTS)
    # A tenth of the usual time, so that waiting in vain is cheap.
    with proxy(endpoint, misfortune) as url, api_at(table, url, seconds=0.1) as api:
        staff = [Administrator(Witness(api, ledger), f"{SEED} {number}") for number in range(ADMINISTRATORS)]
        with ThreadPoolExecutor(ADMINISTRATORS) as pool:
            list(pool.map(_work, staff))
    proof = checker.prove(ledger)
    assert not [answer for answer in ledger.answers if answer.endswith(" 500")]
    assert misfortune.met.keys() == {name(mishap) for mishap in WEIGHTS}
    figures(proof, ledger, **misfortune.met)


def _work(administrator: Administrator) -> None:
    for _ in range(ACTIONS):
        administrator.act()
