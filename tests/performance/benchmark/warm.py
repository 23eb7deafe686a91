"""Warm requests: the same ones to a handler that checks nothing, to ours, and to ours with openapi-core in the engine's
place. Each in a process of its own, side by side, against a database that answers at once.

What is compared is CPU time. Nothing waits here, so it is the time by the clock, less what a busy machine adds to that.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path

from tests.performance.benchmark import report
from tests.performance.benchmark.bars import Bar
from tests.performance.benchmark.rounds import Figures, Sample, Say, interleaved
from tests.performance.benchmark.subjects import DOCUMENT, PROGRAMS, PROJECT

_SUBJECTS = ("bare", "ours", "openapi-core")
_SCENARIOS = ("create", "get", "list of 20", "list of 100", "refused create")
# A sample is the mean of so many requests: a twentieth of a second's worth.
_SAMPLE_MICROSECONDS = 50_000
Results = Mapping[tuple[str, str], Figures]


class Worker:
    """One subject's process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._times: dict[str, int] = {}

    def run(self, scenario: str) -> Sample:
        """The mean milliseconds of one request."""
        if scenario not in self._times:
            self._ask(scenario, 1)  # Builds what is built on first use.
            self._times[scenario] = max(1, int(_SAMPLE_MICROSECONDS / self._ask(scenario, 5)[1]))
        wall, cpu = self._ask(scenario, self._times[scenario])
        return Sample(wall / 1000, cpu / 1000)

    def _ask(self, scenario: str, times: int) -> tuple[float, float]:
        """Microseconds by the clock and of CPU time."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{scenario} {times}\n")
        self._process.stdin.flush()
        wall, cpu = map(float, self._process.stdout.readline().split())
        return wall, cpu


def measure(rounds: int, say: Say) -> Results:
    with ExitStack() as stack:
        workers = {name: stack.enter_context(_worker(name)) for name in _SUBJECTS}
        runs = {(each, name): partial(workers[name].run, each) for each in _SCENARIOS for name in _SUBJECTS}
        return interleaved(runs, rounds, say)


def show(results: Results, out: Path) -> bool:
    """Prints everything, writes the JSON, and says whether every bar is met."""
    heading = ["warm, median CPU ms", *_SUBJECTS, "ours / bare", "openapi-core / ours"]
    print(report.table(heading, list(_rows(results))), end="\n\n")
    bars = _bars(results)
    print(*bars, sep="\n")
    report.write_json(out, {f"{scenario}, {name}": asdict(each) for (scenario, name), each in results.items()}, bars)
    return all(bar.passed for bar in bars)


def _rows(results: Results) -> Iterator[Sequence[str]]:
    for scenario in _SCENARIOS:
        bare, ours, interpreted = (results[scenario, name].cpu for name in _SUBJECTS)
        ratios = [f"{ours / bare:.2f}", f"{interpreted / ours:.1f}"]
        yield [scenario, *(f"{each:.3f}" for each in (bare, ours, interpreted)), *ratios]


def _bars(results: Results) -> list[Bar]:
    def ratio(scenario: str, one: str, other: str) -> float:
        return results[scenario, one].cpu / results[scenario, other].cpu

    return [
        Bar("create, warm, times the bare handler", ratio("create", "ours", "bare"), 6),
        Bar("create, warm, openapi-core's time in ours", ratio("create", "openapi-core", "ours"), 50, at_least=True),
        Bar("list of 100, warm, times the bare handler", ratio("list of 100", "ours", "bare"), 4),
    ]


@contextmanager
def _worker(subject: str) -> Iterator[Worker]:
    variables = {
        "ALLOWED_ORIGINS": "https://portal.example.com",
        "AWS_REGION": "eu-west-1",
        "CONTRACT_DOCUMENT": str(DOCUMENT),
        "CURSOR_SIGNING_KEYS": "a-key-that-signs-nothing-of-worth",
        "PRODUCTS_TABLE": "products-benchmark",
        "PYTHONPATH": os.pathsep.join(map(str, (PROGRAMS, PROJECT / "src", PROJECT))),
    }
    pipe = subprocess.PIPE
    command: list[str | Path] = [sys.executable, PROGRAMS / "warm_run.py", subject]
    with subprocess.Popen(command, env=variables, stdin=pipe, stdout=pipe, text=True) as process:
        yield Worker(process)
        assert process.stdin is not None
        process.stdin.close()
