"""Warm requests: the same ones to a handler that checks nothing, to ours, and to ours with openapi-core in the engine's
place. Each in a process of its own, from what ships, side by side, against a database that answers at once.

What is compared is CPU time. Nothing waits here, so it is the time by the clock, less what a busy machine adds to that.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from local_aws.functions import Event
from tests.performance.benchmark import events, report
from tests.performance.benchmark.bars import Bar
from tests.performance.benchmark.rounds import Figures, Sample, Say, interleaved, ratio
from tests.performance.benchmark.subjects import ISOLATED, PROGRAMS, PROJECT, Subject

_SUBJECTS = ("bare", "ours", "openapi-core")
# What is asked of which operation.
_SCENARIOS: Mapping[str, tuple[str, Event]] = {
    "create": ("create_product", events.create()),
    "get": ("get_product", events.get()),
    "list of 20": ("list_products", events.list_of(20)),
    "list of 100": ("list_products", events.list_of(100)),
    "refused create": ("create_product", events.refused_create()),
}
OPERATIONS = tuple(dict.fromkeys(operation for operation, _ in _SCENARIOS.values()))
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


def measure(subjects: Mapping[str, Mapping[str, Subject]], interpreter: Path, rounds: int, say: Say) -> Results:
    """`subjects` by name and operation."""
    with ExitStack() as stack:
        asked = Path(stack.enter_context(TemporaryDirectory())) / "events.json"
        asked.write_text(json.dumps({name: event for name, (_, event) in _SCENARIOS.items()}))
        workers = {
            (name, operation): stack.enter_context(_worker(name, operation, subject, interpreter, asked))
            for name, its in subjects.items()
            for operation, subject in its.items()
        }
        runs = {
            (scenario, name): partial(workers[name, operation].run, scenario)
            for scenario, (operation, _) in _SCENARIOS.items()
            for name in _SUBJECTS
        }
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
        bare, ours, interpreted = (results[scenario, name] for name in _SUBJECTS)
        ratios = [f"{ratio(ours, bare):.2f}", f"{ratio(interpreted, ours):.1f}"]
        yield [scenario, *(f"{each.cpu:.3f}" for each in (bare, ours, interpreted)), *ratios]


def _bars(results: Results) -> list[Bar]:
    def its(scenario: str, one: str, other: str) -> float:
        return ratio(results[scenario, one], results[scenario, other])

    return [
        Bar("create, warm, times the bare handler", its("create", "ours", "bare"), 6),
        Bar("create, warm, openapi-core's time in ours", its("create", "openapi-core", "ours"), 50, at_least=True),
        Bar("list of 100, warm, times the bare handler", its("list of 100", "ours", "bare"), 4),
    ]


@contextmanager
def _worker(name: str, operation: str, subject: Subject, interpreter: Path, asked: Path) -> Iterator[Worker]:
    pipe = subprocess.PIPE
    program: list[str | Path] = [PROGRAMS / "warm_run.py", name, operation, asked]
    command = [interpreter, *ISOLATED, *program]
    variables = subject.variables(PROGRAMS, PROJECT)
    with subprocess.Popen(command, env=variables, stdin=pipe, stdout=pipe, text=True) as process:
        yield Worker(process)
        assert process.stdin is not None
        process.stdin.close()
