"""The same as the unit tests' hostile events, but so many that what happens once in ten thousand happens."""

from __future__ import annotations

from tests.unit.products.hostile_events import answered

EVENTS = 100_000


def test_no_hostile_event_is_a_failure_or_gets_an_undeclared_answer() -> None:
    statuses, lines = answered(EVENTS, seed=2)
    assert statuses.total() == EVENTS
    assert lines.keys() == {"request refused", "not a REST proxy event"}
    assert lines["not a REST proxy event"] == statuses[500]
