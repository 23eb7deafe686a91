"""The composition root: what a function is made of, put together once, when Lambda imports its handler.

Nothing here draws a random number, reads a clock or opens a connection, so a snapshot of the process (SnapStart) is as
good as the process. Nothing here knows a resource of the contract, either: a handler brings its own service.
"""

from __future__ import annotations

import gc
import logging
import os
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from random import SystemRandom
from typing import TYPE_CHECKING, Any, TypeVar

from contract.lambda_handler import lambda_handler
from contract.operation import Operation
from products import access, dynamodb
from products.dynamodb import RetryBudget

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from contract.lambda_handler import Handler
    from contract.messages import Response

Service = TypeVar("Service")

_random = SystemRandom()  # Copies of one snapshot must not draw the same numbers.


class MissingSetting(Exception):
    """Exception for a function that cannot start. The message names the variable, never its value."""


class Settings:
    """The settings of a function, from its environment. Raises MissingSetting.

    `table`: name of the DynamoDB table, PRODUCTS_TABLE. `region`: where it is. `allowed_origins`: who may call from a
    browser, if anybody. `log_level`: None leaves it to Lambda's own setting. `cursor_signing_keys`: the keys, with
    commas between them. `cursor_signing_keys_parameter`: the name of the parameter of Parameter Store that has them,
    for a function that is not given the keys themselves. Either is None if it is not set. `ssm_endpoint`: the URL of
    Parameter Store.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.table = _required(environment, "PRODUCTS_TABLE")
        self.region = _required(environment, "AWS_REGION")
        origins = environment.get("ALLOWED_ORIGINS", "").split(",")
        self.allowed_origins = frozenset(origin.strip() for origin in origins if origin.strip())
        self.log_level = environment.get("LOG_LEVEL") or None
        self.cursor_signing_keys = environment.get("CURSOR_SIGNING_KEYS")
        self.cursor_signing_keys_parameter = environment.get("CURSOR_SIGNING_KEYS_PARAMETER")
        # As botocore has them; and https://docs.aws.amazon.com/general/latest/gr/ssm.html.
        endpoint = environment.get("AWS_ENDPOINT_URL_SSM") or environment.get("AWS_ENDPOINT_URL")
        self.ssm_endpoint = endpoint or f"https://ssm.{self.region}.amazonaws.com"


class Dependencies:
    """The parts that a service may be made of.

    `operation` is the one that the function answers. `now` is the time in UTC, `new_id` makes a UUID, `retry_budget`
    starts the time that one request may take.
    """

    def __init__(
        self,
        client: DynamoDBClient,
        settings: Settings,
        operation: Operation,
        retry_budget: Callable[[], RetryBudget],
    ) -> None:
        self.client = client
        self.settings = settings
        self.table = settings.table
        self.operation = operation
        self.retry_budget = retry_budget
        self.now: Callable[[], datetime] = utc_now
        self.new_id: Callable[[], str] = new_id


def handler(respond: Callable[[Any, Service], Response], service: Callable[[Dependencies], Service]) -> Handler:
    """The entry point of a Lambda function, as the environment wants it. Raises MissingSetting.

    `respond` answers the operation whose name its module has; `service` makes what it is called with.
    """
    settings = Settings(os.environ)
    logging.getLogger("botocore").setLevel(logging.WARNING)  # It has two lines to say at every start, none of use.
    if settings.log_level is not None:
        for name in ("contract", "products"):
            logging.getLogger(name).setLevel(settings.log_level)
    composed = compose(respond, service, settings, connection(settings.region), retry_budget)
    gc.freeze()  # What start-up made lives as long as the process.
    gc.enable()
    return composed


def compose(
    respond: Callable[[Any, Service], Response],
    service: Callable[[Dependencies], Service],
    settings: Settings,
    client: DynamoDBClient,
    budget: Callable[[], RetryBudget],
) -> Handler:
    """The same, of given parts."""
    name = respond.__module__.rpartition(".")[2]
    # Below the repository's root in a checkout, below the zip's in Lambda.
    tables = (folder / "generated" / "operations" for folder in Path(__file__).parents)
    operation = Operation.load(next(folder for folder in tables if folder.is_dir()) / f"{name}.json")
    made = service(Dependencies(client, settings, operation, budget))
    return lambda_handler(
        operation,
        lambda request: respond(request, made),
        authorise=access.authorise,
        allowed_origins=settings.allowed_origins,
    )


@cache
def connection(region: str) -> DynamoDBClient:
    return dynamodb.connect(region)


def retry_budget() -> RetryBudget:
    return RetryBudget(time.monotonic, time.sleep, _random.random)


def utc_now() -> datetime:
    return datetime.now(UTC)


def new_id() -> str:
    return str(uuid.uuid4())


def _required(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "").strip()
    if not value:
        raise MissingSetting(f"the environment variable {name} is not set")
    return value
