from __future__ import annotations

import json
from pathlib import Path

from tests.performance.benchmark import report
from tests.performance.benchmark.bars import Bar


def test_columns_are_as_wide_as_they_need() -> None:
    assert report.table(["name", "ms"], [["a long name", "1"], ["b", "1000"]]).splitlines() == [
        "name           ms",
        "a long name     1",
        "b            1000",
    ]


def test_the_json_tells_machine_figures_and_bars(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "cold.json"
    report.write_json(path, {"bare": {"median": 1}}, [Bar("ratio", 3, 2)])
    output = json.loads(path.read_text())
    assert output["figures"] == {"bare": {"median": 1}}
    assert output["bars"] == [{"what": "ratio", "value": 3, "limit": 2, "passed": False}]
    assert output["machine"]["cpus"]
