"""A rehearsal that is ended before its time leaves no process and no file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import psutil
import pytest

from local_server import project


@pytest.mark.failover
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.usefixtures("packages")
def test_an_interrupted_rehearsal_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    with _start(tmp_path) as process:
        assert process.stdout is not None
        said = _until("terraform init", process.stdout)
        started = psutil.Process(process.pid).children(recursive=True)
        assert started, said
        process.send_signal(number)
        process.communicate()
    assert process.returncode == 2
    assert [each for each in started if _is_running(each)] == []
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


def _is_running(process: psutil.Process) -> bool:
    """False for one that has ended and waits to be noticed."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
