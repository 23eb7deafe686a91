"""Programs that are run to their end, and ended with all that they have started when we are interrupted meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_LAST_SECONDS = 5


@dataclass(frozen=True)
class Ended:
    """How a program ended, and all that it printed, errors included."""

    status: int
    output: str


def run_to_end(command: Sequence[str | Path], folder: Path, environment: Mapping[str, str]) -> Ended:
    """In a session of its own: a terminal's Ctrl-C is for us, who then end the program and its children."""
    process = subprocess.Popen(
        command, cwd=folder, env=dict(environment), text=True, errors="replace", start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        output, _ = process.communicate()
    except BaseException:
        _end(process)
        raise
    return Ended(process.returncode, output)


def _end(process: subprocess.Popen[str]) -> None:
    """First by asking: a program may have something to put right."""
    for number in (signal.SIGINT, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=_LAST_SECONDS)
            return
