from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.toolchain import checks
from scripts.toolchain.checks import INCOMPLETE, Part

GOOD = ("sh", "-c", "echo fine")
BAD = ("sh", "-c", "echo broken; exit 3")


@pytest.fixture(autouse=True)
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the parts' output goes, on a laptop unless a test says otherwise."""
    monkeypatch.setattr(checks, "LOGS", tmp_path / "test")
    monkeypatch.delenv("CI", raising=False)
    return tmp_path / "test"


def run(*parts: Part) -> int:
    return checks.run_all(parts, jobs=2, coverage=False)


def test_every_parts_output_and_result_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(Part("a", "one that passes", (GOOD,)), Part("b", "one that fails", (BAD,))) == 1
    shown = capsys.readouterr().out
    assert "fine" in shown
    assert "broken" in shown
    assert "parts: 1 passed, 1 failed, 0 skipped" in shown


def test_a_part_stops_at_its_first_command_that_fails(logs: Path) -> None:
    assert run(Part("a", "", (GOOD, BAD, ("sh", "-c", "echo not reached")))) == 1
    assert (logs / "a.log").read_text() == "fine\nbroken\n"


@pytest.mark.parametrize(("ci", "status"), [("", INCOMPLETE), ("true", 1)])
def test_a_missing_tool_is_said_first_and_fails_in_ci(
    ci: str, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CI", ci)
    assert run(Part("a", "", (GOOD,), needs=("no-such-tool",))) == status
    assert "no-such-tool was not found: a" in capsys.readouterr().err


@pytest.mark.parametrize("argument", ["nonsense", "lint unit nonsense", "--jobs 0 lint"])
def test_what_there_is_not_is_refused(argument: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        checks.main(argument.split())
    assert ended.value.code == 2
    assert "scripts/test: error: " in capsys.readouterr().err


def test_by_default_the_long_parts_are_left_out_and_named_they_are_not() -> None:
    assert not any(part.long for part in checks.chosen(set()))
    assert [part.name for part in checks.chosen({"stress"})] == ["stress"]


def test_coverage_runs_what_it_measures() -> None:
    parts = checks.chosen({"coverage"})
    assert parts == [part for part in checks.PARTS if part.measured]


def test_a_path_is_handed_to_pytest(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text("def test_fails():\n    assert False\n\ndef test_passes():\n    pass\n")
    assert checks.main([f"{tmp_path}/test_it.py::test_passes", "-p", "no:cacheprovider", "--quiet"]) == 0
    assert checks.main([f"{tmp_path}/test_it.py", "-p", "no:cacheprovider", "--quiet"]) == 1


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A repository with a package, its tests and a branch; what it returns changes files there."""
    root = tmp_path / "project"
    monkeypatch.setattr(checks, "PROJECT", root)

    def change(*names: str) -> None:
        for name in names:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            with (root / name).open("a") as file:
                file.write("changed\n")

    change("src/products/service.py", "src/contract/events.py", "tests/unit/products/test_service.py", "README.md")
    for command in ("init -q -b main", "add .", "-c user.name=a -c user.email=a@b commit -q -m first"):
        subprocess.run(["git", "-C", root, *command.split()], check=True)
    return change


def touched() -> list[str]:
    return [part.commands[0][4:] for part in checks.quick() if part.name == "touched"]  # type: ignore[misc]


def test_quick_runs_the_tests_of_the_packages_that_have_changed(repository: Callable[..., None]) -> None:
    assert touched() == []
    repository("README.md", "src/contract/events.py")  # It has no tests here.
    assert touched() == []
    repository("src/products/service.py", "tests/integration/products/test_new.py")
    assert touched() == [("tests/integration/products/test_new.py", "tests/unit/products")]


def test_interrupted_it_ends_all_that_it_has_started(logs: Path) -> None:
    processes = checks.Processes()
    logs.mkdir()
    started = logs / "started"
    os.mkfifo(started)
    program = f"echo > {started}; exec sleep 600"
    statuses: list[int] = []
    thread = threading.Thread(
        target=lambda: statuses.append(processes.run(("sh", "-c", program), dict(os.environ), logs / "a.log"))
    )
    thread.start()
    started.read_text()
    processes.end()
    thread.join()
    assert statuses == [-signal.SIGINT]
    assert processes.run((sys.executable, "-c", ""), dict(os.environ), logs / "a.log") == -signal.SIGINT
