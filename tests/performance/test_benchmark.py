"""The benchmark runs, from end to end. What it measures is for people to read: nothing here depends on time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.performance.benchmark.__main__ import main

pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")


@pytest.mark.parametrize(("what", "bars"), [("warm", 3), ("cold", 4)])
def test_a_round_is_measured_and_held_to_its_bars(
    what: str, bars: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main([what, "--rounds", "1", "--json", str(tmp_path / "told.json")])
    told = json.loads((tmp_path / "told.json").read_text())
    assert len(told["bars"]) == bars
    assert status == (0 if all(bar["passed"] for bar in told["bars"]) else 1)
    assert capsys.readouterr().out.startswith(what)
