"""What schemathesis is told, and what is made of its end."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fuzzing.__main__ import FuzzOptions, Outcome

SUMMARY: dict[str, Any] = {
    "complete": True,
    "failures": [],
    "errors": [],
    "warnings": {"missing_test_data": ["GET /things/{id}"], "missing_auth": []},
}


def settings(*, read_only: bool) -> FuzzOptions:
    return FuzzOptions("https://api.example.com/dev", "", read_only, 7, Path("report.ndjson"))


def test_a_run_that_reads_excludes_every_method_that_changes_anything() -> None:
    arguments = settings(read_only=True).arguments()
    assert arguments[arguments.index("--exclude-method-regex") + 1] == "^(PUT|POST|DELETE|PATCH)$"
    assert "--exclude-method-regex" not in settings(read_only=False).arguments()


def test_a_run_can_be_repeated_by_its_seed() -> None:
    arguments = settings(read_only=False).arguments()
    assert arguments[arguments.index("--seed") + 1] == "7"


@pytest.mark.parametrize(
    ("change", "excused"),
    [
        ({}, True),
        ({"failures": [{"title": "wrong"}]}, False),
        ({"errors": [{}]}, False),
        ({"complete": False}, False),
        ({"warnings": {"missing_test_data": ["one"], "missing_auth": ["one"]}}, False),
        ({"warnings": {"missing_test_data": []}}, False),
    ],
)
def test_only_one_warning_and_nothing_else_is_told_apart(change: dict[str, Any], excused: bool) -> None:
    assert Outcome(1, {**SUMMARY, **change}).only_warns_of("missing_test_data") is excused


def test_a_run_without_a_report_only_warns_of_nothing() -> None:
    assert not Outcome(1, {}).only_warns_of("missing_test_data")


def test_what_is_left_out_is_excluded_by_its_name() -> None:
    arguments = replace(settings(read_only=False), left_out=["createMark"]).arguments()
    assert arguments[arguments.index("--exclude-operation-id") + 1] == "createMark"
