"""Whatever a function is invoked with, it answers, and its answer is valid against the contract."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.products.hostile_events import OPERATIONS, Functions, answered, compiled, true_event


@pytest.mark.parametrize(
    ("operation", "status"),
    [(each, min(map(int, compiled(each)["responses"]))) for each in OPERATIONS],
    ids=lambda each: each["operationId"] if isinstance(each, dict) else str(each),
)
def test_the_events_that_are_spoilt_are_good_ones(operation: Any, status: int) -> None:
    assert Functions().answer(operation["operationId"], true_event(operation)) == status


def test_hostile_events_are_answered_by_the_contract_and_are_no_failures() -> None:
    statuses, lines = answered(2_000, seed=1)
    assert {200, 201, 204, 400, 401, 403, 404, 405, 415, 500} <= statuses.keys()
    assert lines.keys() == {"request refused", "not a REST proxy event"}
    assert lines["not a REST proxy event"] == statuses[500]
