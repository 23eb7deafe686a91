"""The process of the functions is killed at random moments: before, while and after it talks to the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random
from threading import Lock

from tests.integration.products.api import Table
from tests.integration.stress.administrators import Administrator
from tests.integration.stress.checker import Checker
from tests.integration.stress.conftest import Figures
from tests.integration.stress.ledger import Ledger
from tests.integration.stress.mishaps import nothing
from tests.integration.stress.proxy import Cut, Exchange, proxy
from tests.integration.stress.witness import Witness
from tests.integration.stress.worker import Worker

SEED = "kills"
KILLS = 500
MOST_CALLS = 3  # that an operation makes as a rule

Kill = Callable[[], None]


def before_the_call_arrives(exchange: Exchange, kill: Kill) -> None:
    kill()
    raise Cut


def while_it_is_carried_out(exchange: Exchange, kill: Kill) -> None:
    kill()
    exchange.forward()
    raise Cut


def before_the_answer_arrives(exchange: Exchange, kill: Kill) -> None:
    exchange.forward()
    kill()
    raise Cut


def after_the_answer(exchange: Exchange, kill: Kill) -> None:
    exchange.reply(exchange.forward())
    kill()


MOMENTS = [before_the_call_arrives, while_it_is_carried_out, before_the_answer_arrives, after_the_answer]


class Executioner:
    """Kills a process at one moment of one of its next calls. `killed` counts the kills by moment."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._calls = Lock()
        self._kill: Kill | None = None
        self._calls_left = 0
        self.killed: Counter[str] = Counter()

    def take_aim(self, kill: Kill) -> None:
        with self._calls:
            self._kill = kill
            self._calls_left = self._random.randrange(MOST_CALLS)

    @property
    def is_done(self) -> bool:
        """Told when no call is on its way."""
        with self._calls:
            return self._kill is None

    def __call__(self, exchange: Exchange) -> None:
        with self._calls:
            if self._kill is None or self._calls_left:
                self._calls_left -= 1
                nothing(exchange)
                return
            moment = self._random.choice(MOMENTS)
            self.killed[moment.__name__] += 1
            kill, self._kill = self._kill, None
            moment(exchange, kill)


def test_the_process_is_killed_in_the_middle_of_500_operations(
    endpoint: str, table: Table, ledger: Ledger, checker: Checker, figures: Figures
) -> None:
    executioner = Executioner(Random(SEED))
    with proxy(endpoint, executioner) as url, Worker(table.name, url) as worker:
        administrator = Administrator(Witness(worker, ledger), SEED)
        for _ in range(KILLS):
            executioner.take_aim(worker.kill)
            while not executioner.is_done:
                administrator.act()
            proof = checker.prove(ledger)
    assert executioner.killed.total() == KILLS
    deaths = sum(count for answer, count in ledger.answers.items() if answer.endswith(" 0"))
    assert deaths <= KILLS  # No process died by itself.
    figures(proof, ledger, killed=KILLS, **executioner.killed)
