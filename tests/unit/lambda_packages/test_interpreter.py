from __future__ import annotations

import sys
from pathlib import Path

import pytest

from lambda_packages import target
from lambda_packages.target import BuildError, choose_interpreter, find_interpreter, this_python


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))


def put(path: Path, version: str, status: int = 0) -> Path:
    path.parent.mkdir(parents=True)
    path.write_text(f"#!/bin/sh\necho {version}\nexit {status}\n")
    path.chmod(0o755)
    return path


def test_the_interpreter_at_hand_comes_first() -> None:
    assert find_interpreter(this_python()) == Path(sys.executable)


def test_an_interpreter_is_found_on_the_path(tmp_path: Path) -> None:
    path = put(tmp_path / "bin" / "python3.99", "3.99")
    assert find_interpreter("3.99") == path


def test_a_shim_that_stands_for_nothing_is_passed_over_for_pyenvs(tmp_path: Path) -> None:
    put(tmp_path / "bin" / "python3.99", "not installed", status=127)
    path = put(tmp_path / "pyenv" / "versions" / "3.99.1" / "bin" / "python3.99", "3.99")
    assert find_interpreter("3.99") == path


def test_a_version_that_was_asked_for_and_is_missing_is_an_error() -> None:
    with pytest.raises(BuildError, match=r"python3\.99"):
        choose_interpreter("3.99", pytest.fail)


def test_without_lambdas_version_the_one_at_hand_does_and_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(target, "LAMBDA_PYTHON", "3.99")
    said: list[str] = []
    assert choose_interpreter(None, said.append) == (this_python(), Path(sys.executable))
    assert said == [f"python3.99 was not found: these packages are for {this_python()}, and run on no other version"]
