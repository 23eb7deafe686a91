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
from functools import cache, partial
from pathlib import Path
from random import SystemRandom
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from contract.lambda_handler import lambda_handler
from contract.operation import Operation
from products import access, dynamodb
from products.cursors import Cursors
from products.dynamodb import RetryBudget
from products.signing_keys import StoredKeys, UnusableKeys, parse, read_parameter, ssm_endpoint

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from contract.lambda_handler import Handler
    from contract.messages import Response

Service = TypeVar("Service")

_random = SystemRandom()  # Copies of one snapshot must not draw the same numbers.


class MissingSetting(Exception):
    """Exception for a function that cannot start. The message names the variable, never its value."""


class Settings(NamedTuple):
    """What the environment decides. `table`: name of the DynamoDB table. `region`: where it is.

    `allowed_origins`: who may call from a browser. `log_level`: None leaves it to Lambda's own setting.
    `cursor_signing_keys`: none for a function that was not given any; `cursor_signing_keys_parameter`: where they are,
    by the parameter's name and the endpoint of Parameter Store.
    """

    table: str
    region: str
    allowed_origins: frozenset[str] = frozenset()
    log_level: str | None = None
    cursor_signing_keys: tuple[bytes, ...] = ()
    cursor_signing_keys_parameter: tuple[str, str] | None = None

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Settings:
        """PRODUCTS_TABLE, AWS_REGION; optional: ALLOWED_ORIGINS, LOG_LEVEL, CURSOR_SIGNING_KEYS(_PARAMETER).

        AWS_ENDPOINT_URL(_SSM) are as botocore has them. Raises MissingSetting.
        """
        keys, parameter = environment.get("CURSOR_SIGNING_KEYS"), environment.get("CURSOR_SIGNING_KEYS_PARAMETER")
        endpoint = environment.get("AWS_ENDPOINT_URL_SSM") or environment.get("AWS_ENDPOINT_URL")
        try:
            signing_keys = parse(keys) if keys else ()
        except UnusableKeys as error:
            raise MissingSetting(f"CURSOR_SIGNING_KEYS: {error}") from None
        region = _required(environment, "AWS_REGION")
        return cls(
            table=_required(environment, "PRODUCTS_TABLE"),
            region=region,
            allowed_origins=frozenset(_listed(environment.get("ALLOWED_ORIGINS", ""))),
            log_level=environment.get("LOG_LEVEL") or None,
            cursor_signing_keys=signing_keys,
            cursor_signing_keys_parameter=(parameter, endpoint or ssm_endpoint(region)) if parameter else None,
        )


class Dependencies(NamedTuple):
    """What a service may be made of.

    `operation` is the one that the function answers. `now` is the time in UTC, `new_id` makes a UUID, `retry_budget`
    starts the time that one request may take.
    """

    client: DynamoDBClient
    settings: Settings
    operation: Operation
    retry_budget: Callable[[], RetryBudget]
    now: Callable[[], datetime]
    new_id: Callable[[], str]

    @property
    def table(self) -> str:
        return self.settings.table

    def cursors(self) -> Cursors:
        """The tokens of the operation's pages. Raises MissingSetting."""
        scope, keys = f"{self.operation.operation_id} {self.table}", self.settings.cursor_signing_keys
        if keys:
            return Cursors(lambda: keys, scope, self.now)
        if self.settings.cursor_signing_keys_parameter is None:
            raise MissingSetting("neither CURSOR_SIGNING_KEYS nor CURSOR_SIGNING_KEYS_PARAMETER is set")
        name, endpoint = self.settings.cursor_signing_keys_parameter
        stored = StoredKeys(partial(read_parameter, name, self.settings.region, endpoint), time.monotonic)
        return Cursors(stored, scope, self.now)


def handler(respond: Callable[[Any, Service], Response], service: Callable[[Dependencies], Service]) -> Handler:
    """The entry point of a Lambda function, as the environment wants it. Raises MissingSetting.

    `respond` answers the operation whose name its module has; `service` makes what it is called with.
    """
    settings = Settings.read(os.environ)
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
    operation = Operation.load(_table(respond.__module__.rpartition(".")[2]))
    made = service(Dependencies(client, settings, operation, budget, utc_now, new_id))
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


def _table(module: str) -> Path:
    """The compiled operation: below the repository's root in a checkout, below the zip's in Lambda."""
    tables = (folder / "generated" / "operations" for folder in Path(__file__).parents)
    return next(folder for folder in tables if folder.is_dir()) / f"{module}.json"


def _required(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "").strip()
    if not value:
        raise MissingSetting(f"the environment variable {name} is not set")
    return value


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
