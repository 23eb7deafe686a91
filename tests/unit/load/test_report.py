from __future__ import annotations

import json
from pathlib import Path

import pytest

from load.report import Report, percentile, report
from load.traffic import Mix, Sample

MIX = Mix.read()
TARGET = MIX.operations["getProduct"].target / 1000


def of(samples: list[Sample], rate: float = 10) -> Report:
    return report("http://127.0.0.1/", rate, MIX, samples)


def held(count: int = 100) -> list[Sample]:
    return [Sample("getProduct", number / 10, TARGET / 2, 200, False) for number in range(count)]


def test_a_percentile_is_the_smallest_that_so_many_do_not_exceed() -> None:
    times = [float(number) for number in range(1, 101)]
    assert [percentile(times, share) for share in (0.5, 0.95, 0.99)] == [50, 95, 99]
    assert percentile([7.0], 0.95) == 7


def test_a_run_within_its_targets_has_no_failures() -> None:
    assert of(held()).failures() == []


def test_a_missed_p95_is_named_with_its_target() -> None:
    slow = [each._replace(seconds=TARGET * 2) if number < 6 else each for number, each in enumerate(held())]
    [failure] = of(slow).failures()
    assert failure.startswith("getProduct: p95 is ")
    assert (
        of([each._replace(seconds=TARGET * 2) if number < 5 else each for number, each in enumerate(held())]).failures()
        == []
    )


def test_too_many_errors_are_a_failure() -> None:
    bad = [each._replace(status=500, failed=True) if number < 2 else each for number, each in enumerate(held(1500))]
    assert of(bad).failures() == ["2 of 1500 requests failed, more than 0.1%"]
    one = [each._replace(failed=True) if number < 1 else each for number, each in enumerate(held(1500))]
    assert of(one).failures() == []


def test_a_rate_that_was_not_held_is_a_failure() -> None:
    answered = [each for number, each in enumerate(held()) if number % 10]
    assert of(answered).failures() == ["9 requests a second were answered, not the 10 asked for"]


def test_the_report_is_written_as_json_and_as_a_page_that_escapes_what_it_shows(tmp_path: Path) -> None:
    made = report("http://h/?<script>", 10, MIX, held())
    text, page = made.write(tmp_path / "new")
    assert json.loads(text.read_text())["rows"][0]["operation_id"] == "getProduct"
    shown = page.read_text()
    assert "<script>" not in shown
    assert "<polyline" in shown
    assert "getProduct" in shown


@pytest.mark.parametrize("operation_id", ["listProducts", "deleteProduct"])
def test_an_operation_that_was_not_called_has_no_row(operation_id: str) -> None:
    assert operation_id not in {row.operation_id for row in of(held()).rows}
