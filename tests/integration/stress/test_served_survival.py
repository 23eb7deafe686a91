"""`scripts/serve --database dynamodb-local`: all of it is killed in the middle of writes, and starts again."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from select import select
from threading import Event, Semaphore

import boto3
import psutil

from local_aws.database import create_table
from local_aws.database.dynamodb_local import DynamoDBLocal
from local_server import project
from tests.integration.products.api import REGION, Table
from tests.integration.products.conftest import NODE_MODULES
from tests.integration.stress.administrators import Administrator
from tests.integration.stress.checker import Checker
from tests.integration.stress.conftest import Figures
from tests.integration.stress.far_away import FarAway
from tests.integration.stress.ledger import Ledger
from tests.integration.stress.witness import Witness
from tests.served import Served, served

SEED = "survival"
LIVES = 3
ADMINISTRATORS = 4
ACTIONS = range(50, 150)  # before the end comes


def test_nothing_acknowledged_is_lost_when_all_of_it_is_killed(
    endpoint: str, tmp_path: Path, ledger: Ledger, figures: Figures
) -> None:
    random = Random(SEED)
    _folder(tmp_path).mkdir()
    with _database(tmp_path) as checker:
        checker.prove(ledger)
    for life in range(LIVES):
        with served(tmp_path, "--database", "dynamodb-local", "--no-seed") as cloud:
            _work_until_killed(cloud, ledger, random, f"{SEED} {life}")
        with _database(tmp_path) as checker:
            proof = checker.prove(ledger)
    with served(tmp_path, "--database", "dynamodb-local", "--no-seed") as cloud:
        far_away = FarAway(cloud.url, cloud.token())
        shown = far_away.list(limit=100).body["count"]
        far_away.close()
    assert shown > 0
    figures(proof, ledger, lives=LIVES)


def _work_until_killed(cloud: Served, ledger: Ledger, random: Random, seed: str) -> None:
    over, actions = Event(), Semaphore(0)
    far_away = FarAway(cloud.url, cloud.token("platform-admin"))

    def work(number: int) -> None:
        administrator = Administrator(Witness(far_away, ledger), f"{seed} {number}")
        while not over.is_set():
            administrator.act()
            actions.release()

    with ThreadPoolExecutor(ADMINISTRATORS) as pool:
        working = [pool.submit(work, number) for number in range(ADMINISTRATORS)]
        for _ in range(random.choice(ACTIONS)):
            actions.acquire()
        _kill(cloud.pid)
        over.set()
    far_away.close()
    for each in working:
        each.result()


def _kill(pid: int) -> None:
    """Kills the process and all that it started, the engine first: nothing may tell the other to end well.

    Returns when the last of it has ended: till then the engine holds the lock of its folder.
    """
    with ExitStack() as stack:
        children = [each.pid for each in psutil.Process(pid).children()]
        ends = [os.pidfd_open(each) for each in [*children, pid]]
        for end in ends:
            stack.callback(os.close, end)
            signal.pidfd_send_signal(end, signal.SIGKILL)
        for end in ends:
            select([end], [], [])


def _folder(data: Path) -> Path:
    """Where scripts/serve keeps the tables."""
    return data / "dynamodb"


@contextmanager
def _database(data: Path) -> Iterator[Checker]:
    """The checker of the table kept in `data`, on an engine of its own."""
    with DynamoDBLocal(_folder(data), node_modules=NODE_MODULES) as database:
        client = boto3.client("dynamodb", region_name=REGION, endpoint_url=database.endpoint)
        create_table(client, project.TABLE)
        yield Checker(Table(client, project.TABLE))
        client.close()
