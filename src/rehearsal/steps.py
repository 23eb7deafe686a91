"""The steps of a rehearsal: printed as they are taken, timed, and summarised at the end."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any


class StepFailed(Exception):
    """Exception for a step that failed. The message says what is wrong."""


@dataclass
class Step:
    """One step. `cpu` counts this process and those that ended within the step.

    `figures` are facts to report on its line, `details` a line each below it.
    """

    name: str
    seconds: float = 0
    cpu: float = 0
    passed: bool = False
    figures: dict[str, Any] = field(default_factory=dict)
    details: list[str] = field(default_factory=list)
    problem: str = ""

    def line(self) -> str:
        figures = ", ".join(f"{value} {name}" for name, value in self.figures.items())
        outcome = figures if self.passed else f"FAILED  {self.problem.splitlines()[0] if self.problem else ''}"
        return f"{self.seconds:6.1f} s  {self.cpu:6.1f} s  {self.name:<28}  {outcome}".rstrip()


class Steps:
    """The steps of one rehearsal, in order. `say` takes a line at a time."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.taken: list[Step] = []
        self._say = say
        self._started = time.monotonic()

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Runs the block as a step; what it raises goes on."""
        step = Step(name)
        self.taken.append(step)
        self._say(f"{'':8}  {'':8}  {name} …")
        started, cpu = time.monotonic(), _cpu_seconds()
        try:
            yield step
            step.passed = True
        except BaseException as error:
            step.problem = str(error) or type(error).__name__
            raise
        finally:
            step.seconds, step.cpu = time.monotonic() - started, _cpu_seconds() - cpu
            self._say(step.line())

    @contextmanager
    def check(self, name: str) -> Iterator[Step]:
        """A step that others do not depend on: when it fails, they are taken all the same."""
        try:
            with self.step(name) as step:
                yield step
        except StepFailed as failed:
            self._say(str(failed))

    @property
    def passed(self) -> bool:
        return all(step.passed for step in self.taken)

    def report(self) -> str:
        """A table for a person."""
        head = f"{'wall':>8}  {'CPU':>8}  step"
        total = Step("all", time.monotonic() - self._started, sum(step.cpu for step in self.taken), self.passed)
        verdict = "The rehearsal passed." if self.passed else "The rehearsal FAILED."
        rows = [row for step in self.taken for row in (step.line(), *(f"{'':22}{each}" for each in step.details))]
        return "\n".join(["", head, *rows, total.line(), "", verdict])

    def facts(self) -> dict[str, Any]:
        """The same, for a program."""
        return {
            "passed": self.passed,
            "seconds": round(time.monotonic() - self._started, 1),
            "steps": [asdict(step) for step in self.taken],
        }


def fail_if(problems: list[str], what: str) -> None:
    """Raises StepFailed when there are any."""
    if problems:
        raise StepFailed("\n  ".join([f"{what}: {len(problems)}", *problems]))


def _cpu_seconds() -> float:
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)
