"""Time for the functions that passes slower or faster than the trial's."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from random import random

import pytest

from products import dynamodb
from products.dynamodb import RetryBudget
from tests.integration.products.api import REGION, Api, Table


@contextmanager
def api_at(table: Table, endpoint: str, seconds: float = 1.0) -> Iterator[Api]:
    """The functions, for which a second is so many seconds: in waiting for answers, and in the budget for retries.

    Many seconds for a trial in which nothing should time out on the slowest machine, few for one in which much does.
    """

    def budget() -> RetryBudget:
        return RetryBudget(
            lambda: time.monotonic() / seconds, lambda pause: time.sleep(min(pause, pause * seconds)), random
        )

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL_DYNAMODB", endpoint)
        client = dynamodb.connect(REGION, read_seconds=dynamodb.READ_SECONDS * seconds)
    try:
        yield Api(table, client, budget)
    finally:
        client.close()
