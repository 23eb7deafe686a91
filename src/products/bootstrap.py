"""The composition root: what a function is made of, put together once, when Lambda imports its handler.

Nothing here draws a random number, reads a clock or opens a connection, so a snapshot of the process (SnapStart) is as
good as the process.
"""

from __future__ import annotations

import gc
import logging
import os
import re
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from random import SystemRandom
from typing import TYPE_CHECKING, cast

from contract.lambda_handler import lambda_handler
from contract.messages import Response
from contract.operation import Operation
from contract.responses import InvalidResponse
from products import access, dynamodb
from products.cursors import Cursors
from products.repository import INDEX, Repository
from products.retries import Patience
from products.service import Catalogue
from products.settings import Settings, cursor_signing_keys

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from contract.lambda_handler import Handler
    from contract.messages import JSON, Request
    from generated.product_types import Product

    Respond = Callable[[Request, Catalogue], Response]

_random = SystemRandom()  # Copies of one snapshot must not draw the same numbers.


def handler(operation_id: str, respond: Respond) -> Handler:
    """The entry point of the Lambda function for this operation, as the environment wants it. Raises MissingSetting."""
    settings = Settings.read(os.environ)
    _set_up_logging(settings)
    composed = compose(operation_id, respond, settings, connection(settings.region), patience)
    gc.freeze()  # What start-up made lives as long as the process.
    gc.enable()
    return composed


def compose(
    operation_id: str,
    respond: Respond,
    settings: Settings,
    client: DynamoDBClient,
    patience: Callable[[], Patience],
) -> Handler:
    """The same, of given parts."""
    operation = Operation.load(_table(operation_id))
    catalogue = Catalogue(
        Repository(client, settings.table),
        now=utc_now,
        new_id=new_id,
        patience=patience,
        is_sound=partial(_keeps_contract, operation),
    )
    return lambda_handler(
        operation,
        lambda request: respond(request, catalogue),
        authorise=access.authorise,
        allowed_origins=settings.allowed_origins,
    )


def cursors() -> Cursors:
    """The tokens of the list of products. Raises MissingSetting."""
    table = Settings.read(os.environ).table
    return Cursors(cursor_signing_keys(os.environ), f"listProducts {table} {INDEX}", utc_now)


@cache
def connection(region: str) -> DynamoDBClient:
    return dynamodb.connect(region)


def patience() -> Patience:
    return Patience(time.monotonic, time.sleep, _random.random)


def utc_now() -> datetime:
    return datetime.now(UTC)


def new_id() -> str:
    return str(uuid.uuid4())


def _set_up_logging(settings: Settings) -> None:
    logging.getLogger("botocore").setLevel(logging.WARNING)  # It has two lines to say at every start, none of use.
    if settings.log_level is not None:
        for name in ("contract", "products"):
            logging.getLogger(name).setLevel(settings.log_level)


def _keeps_contract(operation: Operation, product: Product) -> bool:
    """Whether `operation` could answer with a page of this product alone."""
    page = Response(200, cast("JSON", {"products": [product], "count": 1}))
    try:
        operation.check_response(operation.completed(page, "unsent"))
    except InvalidResponse:
        return False
    return True


def _table(operation_id: str) -> Path:
    """The compiled operation: below the repository's root in a checkout, below the zip's in Lambda."""
    name = re.sub(r"(?=[A-Z])", "_", operation_id).lower() + ".json"
    tables = (folder / "generated" / "operations" for folder in Path(__file__).parents)
    return next(folder for folder in tables if folder.is_dir()) / name
