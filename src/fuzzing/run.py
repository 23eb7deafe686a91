"""One run of schemathesis, in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contract.http_syntax import METHODS
from fuzzing.clean_up import Notes

PROJECT = Path(__file__).resolve().parents[2]
CONTRACT = PROJECT / "openapi" / "products.yaml"
CONFIG = Path(__file__).with_name("schemathesis.toml")
READING = {"get", "head", "options", "trace"}
"""RFC 9110, 9.2.1: whoever sends one of these asks for no change."""
_PATIENCE = 2.0


@dataclass(frozen=True)
class FuzzOptions:
    """`url` precedes the contract's paths. With `read_only` no request has a method that could change anything.

    `report` is schemathesis' NDJSON report, `outcome` its JSON one; `junit` is left out when None. `max_examples` is
    schemathesis.toml's when None. `left_out` are the operationIds of what is not tried.
    """

    url: str
    token: str
    read_only: bool
    seed: int
    report: Path
    outcome: Path
    junit: Path | None = None
    max_examples: int | None = None
    left_out: Sequence[str] = ()

    def arguments(self) -> list[str]:
        """Those of `st`."""
        words = ["--config-file", CONFIG, "run", CONTRACT, "--url", self.url, "--seed", self.seed]
        words += ["--report-ndjson-path", self.report, "--report-json-path", self.outcome]
        if self.junit is not None:
            words += ["--report-junit-path", self.junit]
        if self.max_examples is not None:
            words += ["--max-examples", self.max_examples]
        for operation_id in self.left_out:
            words += ["--exclude-operation-id", operation_id]
        if self.read_only:
            # Excluded, and not just left out: those would still be tried on the paths that do not declare them.
            changing = [method.upper() for method in METHODS if method not in READING]
            words += ["--exclude-method-regex", f"^({'|'.join(changing)})$"]
        return [str(word) for word in words]


@dataclass(frozen=True)
class Outcome:
    """`exit_status` is schemathesis' own; `summary` is its JSON report, empty when it could not write one."""

    exit_status: int
    summary: Mapping[str, Any]

    def only_warns_of(self, kind: str) -> bool:
        """Whether the run came to its end with no failure, no error and no other warning."""
        if not self.summary or self.summary["failures"] or self.summary["errors"]:
            return False
        warnings = {name for name, labels in self.summary["warnings"].items() if labels}
        return self.exit_status == 1 and bool(self.summary["complete"]) and warnings == {kind}


def run(settings: FuzzOptions, notes: Notes) -> Outcome:
    """Runs it to its end; what it says goes to standard output. An interruption, too, waits for it to end."""
    command = [str(Path(sys.executable).with_name("st")), *settings.arguments()]
    path = os.pathsep.join((str(PROJECT / "src"), str(PROJECT)))
    # Unbuffered: in a pipe, too, its progress is seen while it runs.
    given = {"FUZZ_TOKEN": settings.token or "none", "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"}
    environment = {**os.environ, **notes.environment(), **given}
    with _ended(subprocess.Popen(command, cwd=PROJECT, env=environment)) as process:
        exit_status = process.wait()
    summary = json.loads(settings.outcome.read_text(encoding="utf-8")) if settings.outcome.exists() else {}
    return Outcome(exit_status, summary)


@contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """No process outlives the block: what it would still create could not be cleaned up."""
    try:
        yield process
    finally:
        for number in (signal.SIGINT, signal.SIGKILL):
            if process.poll() is None:
                process.send_signal(number)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(_PATIENCE)
