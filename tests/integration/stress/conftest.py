"""The stress tests run on DynamoDB's own engine only: moto has no conflicts, no races, no tokens of transactions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import boto3
import pytest

from local_aws.database import create_table
from tests.integration.products.api import REGION, Api, Table
from tests.integration.products.conftest import environment, running
from tests.integration.stress.checker import Checker, Proof
from tests.integration.stress.ledger import Ledger
from tests.integration.stress.pace import api_at

__all__ = ["environment"]

Figures = Callable[..., None]

_FIGURES = pytest.StashKey[list[str]]()
_numbers = count()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    lines = config.stash.get(_FIGURES, [])
    if lines:
        terminalreporter.section("stress tests of the data layer")
    for line in lines:
        terminalreporter.line(line)


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Figures:
    """Notes figures of a trial, for the end of pytest's output."""
    lines = request.config.stash.setdefault(_FIGURES, [])
    title = request.node.originalname.removeprefix("test_").replace("_", " ")

    def note(proof: Proof | None = None, ledger: Ledger | None = None, **figures: object) -> None:
        answers = dict(sorted(ledger.answers.items())) if ledger else {}
        numbers = {**figures, **answers, **(proof._asdict() if proof else {})}
        lines.append(f"{title}: " + ", ".join(f"{name.replace('_', ' ')} {number}" for name, number in numbers.items()))

    return note


@pytest.fixture(scope="module")
def endpoint(environment: pytest.MonkeyPatch) -> Iterator[str]:
    """Where the engine listens. It slows down with all that was ever written to it, so no trial follows many others."""
    with running("dynamodb-local", environment) as endpoint:
        yield endpoint


@pytest.fixture
def table(endpoint: str) -> Iterator[Table]:
    """An empty table. Its client is the trial's own and patient: the engine's first answers take seconds."""
    client = boto3.client("dynamodb", region_name=REGION)
    name = f"trial-{next(_numbers)}"
    create_table(client, name)
    yield Table(client, name)
    client.delete_table(TableName=name)
    client.close()


@pytest.fixture
def api(table: Table, endpoint: str) -> Iterator[Api]:
    """The functions, in no hurry: a trial that is not about timeouts should not meet any."""
    with api_at(table, endpoint, seconds=10) as api:
        yield api


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def checker(table: Table) -> Checker:
    return Checker(table)
