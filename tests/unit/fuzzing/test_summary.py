"""A person sees at the end what was tried, what failed, and where."""

from __future__ import annotations

from collections import Counter
from typing import Any

from fuzzing.status_coverage import summary

OUTCOME: dict[str, Any] = {
    "seed": 7,
    "phases": {"examples": {"status": "success"}, "coverage": {"status": "failure"}},
    "test_cases": {"generated": 890, "unique_failures": 1},
    "failures": [{"title": "Undocumented HTTP status code", "operations": ["GET /things", "PUT /things"]}],
    "errors": [],
    "warnings": {"missing_auth": ["POST /things"], "missing_test_data": []},
}


def test_figures_come_with_the_operations_that_they_are_about() -> None:
    lines = summary(OUTCOME, {"getThing": Counter({"200": 2})}).splitlines()
    assert lines[:6] == [
        "cases        890   examples success, coverage failure; seed 7",
        "failures       1",
        f"{'':<19}Undocumented HTTP status code: GET /things, PUT /things",
        "errors         0",
        "warnings       1",
        f"{'':<19}missing auth: POST /things",
    ]
    assert lines[6].split() == ["answers", "2"]
    assert lines[-1].split() == ["getThing", "2"]


def test_a_run_that_was_killed_has_no_figures_but_its_answers() -> None:
    assert summary({}, {}).startswith("schemathesis ended before it could report.\nanswers        0")
