"""The catalogue's own integration tests, all that go through its handlers, once more through the packaged functions.

Left out are those that look into the handlers' own process, its log and its clock, and the one fault that a wire cannot
play: a client that knows it has not connected.
"""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from local_aws.database import create_table
from local_aws.packaged_functions import PackagedFunction, PackagedFunctions, Packages
from tests.integration.lambda_packages.conftest import FUNCTIONS, VARIABLES
from tests.integration.lambda_packages.relay import Relay
from tests.integration.products import (
    test_broken_items,
    test_creating,
    test_deleting,
    test_lost_answers,
    test_older_items,
    test_races,
    test_reading,
    test_updating,
)
from tests.integration.products.api import Api, Table
from tests.integration.products.conftest import client, environment, product_id, running
from tests.integration.products.faults import Fault, Faulty, unreachable
from tests.integration.products.test_reading import names

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

__all__ = ["client", "environment", "names", "product_id"]  # Their fixtures.
_OF_THEIR_PROCESS = {"caplog", "monkeypatch", "reports"}


class Observed(Table):
    """The table, whose calls are seen on the wire."""

    relay: Relay

    @contextmanager
    def calls(self) -> Iterator[list[str]]:
        yield self.relay.watch()


class PackagedApi(Api):
    """The five functions, each in a process of its own."""

    def __init__(self, functions: PackagedFunctions) -> None:
        self.functions = {name: _invoker(function) for name, function in functions.by_name.items()}


def _invoker(function: PackagedFunction) -> Any:
    return lambda event, context: json.loads(function.invoke(json.dumps(event).encode(), "request-1"))


@pytest.fixture(scope="session")
def engine(environment: pytest.MonkeyPatch) -> Iterator[str]:
    """AWS's own alone: what moto says of the same handlers is said in process."""
    with running("dynamodb-local", environment):
        yield "dynamodb-local"


@pytest.fixture(scope="session")
def relay(engine: str) -> Iterator[Relay]:
    with Relay(os.environ["AWS_ENDPOINT_URL_DYNAMODB"]).running() as relay:
        yield relay


@pytest.fixture(scope="session")
def functions(packages: Packages, relay: Relay) -> Iterator[PackagedFunctions]:
    variables = {**VARIABLES, "AWS_ENDPOINT_URL_DYNAMODB": relay.url}
    functions = PackagedFunctions(packages, FUNCTIONS, variables, lambda name, line: None)
    yield functions
    functions.stop()


@pytest.fixture
def table(client: DynamoDBClient, relay: Relay) -> Iterator[Table]:
    """The table that the functions were told of, empty."""
    name = VARIABLES["PRODUCTS_TABLE"]
    create_table(client, name)
    table = Observed(client, name)
    table.relay = relay
    yield table
    client.delete_table(TableName=name)


@pytest.fixture
def api(table: Table, functions: PackagedFunctions) -> Api:
    return PackagedApi(functions)


@pytest.fixture
def faulty(relay: Relay, api: Api) -> Iterator[Faulty]:
    """The same functions, on a wire that spoils their next calls."""

    def spoil(*faults: Fault) -> tuple[Api, list[str]]:
        relay.faults[:] = faults
        return api, relay.watch()

    yield spoil
    relay.faults.clear()


def _borrowed(module: ModuleType) -> Iterator[tuple[str, Any]]:
    for name, test in vars(module).items():
        if name.startswith("test_"):
            wanted = inspect.signature(test).parameters.keys()
            if {"api", "faulty"} & wanted and not _OF_THEIR_PROCESS & wanted:
                yield f"{name}_when_packaged", _on_a_wire(test)


def _on_a_wire(test: Any) -> Any:
    """The same test, but for its cases of `unreachable`."""
    copy: Any = FunctionType(test.__code__, test.__globals__, test.__name__, test.__defaults__)
    copy.__annotations__ = test.__annotations__
    copy.pytestmark = [_without_unreachable(mark) for mark in getattr(test, "pytestmark", [])]
    return copy


def _without_unreachable(mark: pytest.Mark) -> pytest.Mark:
    names, values = mark.args
    return getattr(pytest.mark, mark.name)(
        names, [each for each in values if each is not unreachable], **mark.kwargs
    ).mark


for _module in (
    test_creating,
    test_reading,
    test_updating,
    test_deleting,
    test_lost_answers,
    test_older_items,
    test_races,
    test_broken_items,
):
    globals().update(_borrowed(_module))
