from __future__ import annotations

import pytest

from tests.performance.benchmark.bars import Bar


@pytest.mark.parametrize(("value", "at_least", "passed"), [(2, False, True), (2.1, False, False), (1.9, True, False)])
def test_a_bar_is_a_ceiling_or_a_floor(value: float, at_least: bool, passed: bool) -> None:
    assert Bar("ratio", value, 2, at_least).passed is passed


def test_a_bar_that_is_missed_stands_out() -> None:
    assert str(Bar("ratio", 3, 2)) == "FAIL  ratio: 3.00 (at most 2)"
