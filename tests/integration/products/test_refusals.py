"""Whatever DynamoDB answers, the client gets a problem that says no more than it must, in time.

No call reaches an engine, so these run without one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest

from products.dynamodb import BUDGET_SECONDS
from tests.integration.products.api import Answer, Api, Table
from tests.integration.products.faults import (
    FakeTime,
    Fault,
    FaultyClient,
    cancelled,
    refused,
    request_lost,
    unreachable,
)

NO_TABLE = Table(cast("Any", None), "products")
PASSING = {
    "throttled": refused("ThrottlingException"),
    "provisioned": refused("ProvisionedThroughputExceededException"),
    "limit": refused("RequestLimitExceeded"),
    "conflict": refused("TransactionConflictException"),
    "internal": refused("InternalServerError", 500),
    "down": refused("ServiceUnavailable", 503),
    "unreachable": unreachable,
    "lost": request_lost,
}
FINAL = {
    "validation": refused("ValidationException"),
    "denied": refused("AccessDeniedException"),
    "no table": refused("ResourceNotFoundException"),
    "too large": refused("ItemCollectionSizeLimitExceededException"),
    "another token": refused("IdempotentParameterMismatchException"),
    "expired": refused("ExpiredTokenException"),
}
OPERATIONS: dict[str, Callable[[Api], Answer]] = {
    "list": lambda api: api.list(),
    "get": lambda api: api.get("PROD-001"),
    "create": lambda api: api.create(),
    "update": lambda api: api.update("PROD-001", {"price": 1}),
    "conditional update": lambda api: api.update("PROD-001", {"price": 1}, If_Match='"1"'),
    "delete": lambda api: api.delete("PROD-001"),
}


def failing(fault: Fault) -> tuple[Api, FaultyClient, FakeTime]:
    client, time = FaultyClient(None, forever=fault), FakeTime()
    return Api(NO_TABLE, client, time.budget), client, time


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_what_passes_is_waited_for_and_then_a_503(
    operation: Callable[[Api], Answer], fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    api, client, time = failing(fault)
    answer = operation(api)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    assert answer.headers["Cache-Control"] == "no-store"
    assert 2 <= len(client.sent) <= 12
    assert BUDGET_SECONDS / 2 < sum(time.slept) <= BUDGET_SECONDS
    reports = [record for record in caplog.records if record.name == "products.dynamodb"]
    assert {record.levelname for record in reports} == {"WARNING"}
    assert len(reports) == len(client.sent)


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
@pytest.mark.parametrize("fault", FINAL.values(), ids=FINAL)
def test_what_does_not_pass_is_a_500_at_once(
    operation: Callable[[Api], Answer], fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    api, client, time = failing(fault)
    answer = operation(api)
    assert (answer.status, answer.body["error"]) == (500, "Internal Server Error")
    assert "Retry-After" not in answer.headers
    assert len(client.sent) == 1
    assert time.slept == []
    (report,) = [record for record in caplog.records if record.name == "products.dynamodb"]
    assert report.levelname == "ERROR"


@pytest.mark.parametrize("reason", ["ThrottlingError", "ProvisionedThroughputExceeded"])
def test_a_throttled_transaction_is_a_503(reason: str) -> None:
    api, *_ = failing(cancelled(reason, "None"))
    assert api.create(Idempotency_Key="1").status == 503


def test_a_conflict_with_the_first_request_of_a_key_is_a_409() -> None:
    api, client, _ = failing(cancelled("None", "TransactionConflict"))
    running = api.create(Idempotency_Key="1")
    assert (running.status, running.headers["Retry-After"]) == (409, "1")
    assert len(client.sent) > 1


def test_a_conflict_without_a_key_is_a_503() -> None:
    api, *_ = failing(cancelled("TransactionConflict", "None"))
    assert api.create().status == 503


def test_a_transaction_that_was_malformed_is_a_500() -> None:
    api, client, _ = failing(cancelled("ValidationError", "None"))
    assert api.create().status == 500
    assert len(client.sent) == 1
