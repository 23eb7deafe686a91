from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_server import project
from rehearsal import __main__ as command_line
from rehearsal.__main__ import main
from rehearsal.moto_server import NotMocked
from rehearsal.steps import Steps


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """As they were: the command takes them over."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def test_without_terraform_one_line_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main([]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "Terraform 1.10 or newer is needed" in line


def test_help_needs_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    assert "exit status" in capsys.readouterr().out


def test_an_environment_that_is_not_there_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--environment", "test"])
    assert ended.value.code == 2
    assert "'dev', 'sit', 'prod'" in capsys.readouterr().err


def test_without_java_one_line_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "terraform").symlink_to(shutil.which("true") or "/bin/true")
    ended = _run({"PATH": str(tmp_path), "DYNAMODB_LOCAL_HOME": str(_jar(tmp_path))})
    assert ended.returncode == 2
    assert "needs Java 17" in ended.stderr.splitlines()[-1]


def test_what_is_not_mocked_fails_its_step_and_the_table_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def not_mocked(options: argparse.Namespace, steps: Steps) -> None:
        with steps.check("first"):
            raise NotMocked("Linear10Percent")
        with steps.step("second"):
            raise NotMocked("Condition")

    monkeypatch.setattr(command_line, "_rehearse", not_mocked)
    assert main([]) == 1
    output, errors = capsys.readouterr()
    table = output[output.index("CPU") :]
    assert [name in table for name in ("first", "FAILED  not mocked: Linear10Percent", "second")] == [True] * 3
    assert errors == "not mocked: Condition\n"


def _jar(folder: Path) -> Path:
    (folder / "DynamoDBLocal.jar").touch()
    return folder


def _run(variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": f"{project.ROOT}/src:{project.ROOT}", **variables}
    command = [sys.executable, "-m", "rehearsal"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
