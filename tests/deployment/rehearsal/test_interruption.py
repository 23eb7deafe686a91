"""A rehearsal that is ended before its time leaves no process and no file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from local_server import project


@pytest.mark.failover
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.usefixtures("packages")
def test_an_interrupted_rehearsal_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    with _start(tmp_path) as process:
        assert process.stdout is not None
        said = _until("terraform init", process.stdout)
        started = _below(process.pid)
        assert started, said
        process.send_signal(number)
        process.communicate()
    assert process.returncode == 2
    assert not started & _running()
    assert list(tmp_path.iterdir()) == []


def _start(scratch: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, "TMPDIR": str(scratch), "PYTHONPATH": f"{project.ROOT}/src:{project.ROOT}"}
    command = [sys.executable, "-m", "rehearsal", "--skip-fuzz", "--skip-validation"]
    return subprocess.Popen(
        command, env=environment, cwd=project.ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def _until(words: str, lines: Iterable[str]) -> list[str]:
    said = []
    for line in lines:
        said.append(line)
        if words in line:
            break
    return said


def _below(pid: int) -> set[int]:
    """The processes that this one has started, and theirs."""
    parents = _parents()
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


def _running() -> set[int]:
    return set(_parents())


def _parents() -> dict[int, int]:
    """By process, without those that have ended and wait to be noticed."""
    shown = subprocess.run(["ps", "-eo", "pid=,ppid=,stat="], capture_output=True, text=True, check=True).stdout
    rows = (line.split() for line in shown.splitlines())
    return {int(pid): int(parent) for pid, parent, state in rows if not state.startswith("Z")}
