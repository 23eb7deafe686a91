"""The catalogue's own integration tests, all that go through its handlers, once more through the packaged functions.

Left out are those that look into the handlers' own process: its log, its clock, its client.
"""

from __future__ import annotations

import asyncio
import inspect
import os
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from local_cloud.database import create_table
from local_cloud.packaged_functions import PackagedFunctions
from local_cloud.packages import Packages
from tests.integration.lambda_packages.conftest import OPERATIONS, VARIABLES
from tests.integration.lambda_packages.relay import Relay
from tests.integration.products import (
    test_broken_items,
    test_creating,
    test_deleting,
    test_older_items,
    test_races,
    test_reading,
    test_updating,
)
from tests.integration.products.api import Api, Table
from tests.integration.products.conftest import client, engine, environment
from tests.integration.products.test_reading import names, product_id

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

__all__ = ["client", "engine", "environment", "names", "product_id"]  # Their fixtures.
_OF_THEIR_PROCESS = {"caplog", "monkeypatch"}


class Observed(Table):
    """The table, whose calls are seen on the wire."""

    relay: Relay

    @contextmanager
    def calls(self) -> Iterator[list[str]]:
        names: list[str] = []
        before = len(self.relay.targets)
        yield names
        names += self.relay.targets[before:]


class PackagedApi(Api):
    """The five functions, each in a process of its own."""

    def __init__(self, functions: PackagedFunctions) -> None:
        self._functions = {name: _invoker(functions, operation_id) for name, operation_id in _names()}


def _names() -> Iterator[tuple[str, str]]:
    return ((operation_id.replace("Product", "_product"), operation_id) for operation_id in OPERATIONS)


def _invoker(functions: PackagedFunctions, operation_id: str) -> Any:
    return lambda event, context: asyncio.run(functions.invoke(operation_id, event, "request-1"))


@pytest.fixture(scope="session")
def relay(engine: str) -> Iterator[Relay]:
    with Relay(os.environ["AWS_ENDPOINT_URL_DYNAMODB"]).running() as relay:
        yield relay


@pytest.fixture(scope="session")
def functions(packages: Packages, relay: Relay) -> Iterator[PackagedFunctions]:
    variables = {**VARIABLES, "AWS_ENDPOINT_URL_DYNAMODB": relay.url}
    functions = PackagedFunctions(packages.folder, OPERATIONS, packages.runtime, variables, lambda name, line: None)
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


def _borrowed(module: ModuleType) -> Iterator[tuple[str, Any]]:
    for name, test in vars(module).items():
        if name.startswith("test_"):
            wanted = inspect.signature(test).parameters.keys()
            if "api" in wanted and not _OF_THEIR_PROCESS & wanted:
                yield f"{name}_when_packaged", test


for _module in (
    test_creating,
    test_reading,
    test_updating,
    test_deleting,
    test_older_items,
    test_races,
    test_broken_items,
):
    globals().update(_borrowed(_module))
