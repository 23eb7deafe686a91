from __future__ import annotations

import pytest

from rehearsal.steps import StepFailed, Steps


def test_a_failed_check_does_not_keep_the_next_step_from_being_taken() -> None:
    said: list[str] = []
    steps = Steps(said.append)
    with steps.check("first"):
        raise StepFailed("two things\n  one\n  another")
    with steps.check("second") as step:
        step.figures["cases"] = 3
    assert [each.passed for each in steps.taken] == [False, True]
    assert not steps.passed
    assert "two things\n  one\n  another" in said
    assert "3 cases" in steps.report()
    assert "FAILED  two things" in steps.report()


def test_a_step_that_others_stand_on_ends_it_all() -> None:
    steps = Steps(lambda line: None)
    with pytest.raises(StepFailed), steps.step("first"):
        raise StepFailed("no")
    assert steps.facts()["passed"] is False


def test_an_error_that_nobody_expected_is_not_taken_for_a_failed_check() -> None:
    steps = Steps(lambda line: None)
    with pytest.raises(ValueError, match="bug"), steps.check("first"):
        raise ValueError("bug")


def test_every_step_is_said_before_it_is_taken() -> None:
    said: list[str] = []
    with Steps(said.append).step("first"):
        assert "first" in said[-1]
