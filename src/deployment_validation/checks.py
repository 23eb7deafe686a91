"""Keeps what was tried and how it went."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

from deployment_validation.findings import Check, Finding, Outcome, Place

_SHOWN_REQUEST_ID = re.compile(r"[0-9A-Fa-f-]{8,64}")


class Stop(Exception):
    """The check is over: what it found leaves nothing more to look at."""


class Trial:
    """A check that is under way."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.request_id = ""

    def found(self, place: Place, pointer: str, keyword: str, message: str) -> None:
        self.add([Finding(place, pointer, keyword, message)])

    def add(self, findings: Iterable[Finding]) -> None:
        """Keeps each of them once."""
        self.findings.extend(each for each in dict.fromkeys(findings) if each not in self.findings)

    def expect(self, condition: bool, place: Place, pointer: str, keyword: str, message: str) -> None:
        """Something is wrong unless the condition holds."""
        if not condition:
            self.found(place, pointer, keyword, message)

    def answered(self, request_id: str | None) -> None:
        """Keeps the id that the answer names its request by, if it looks like one: it is the deployment's own word."""
        self.request_id = request_id if request_id and _SHOWN_REQUEST_ID.fullmatch(request_id) else ""


class Checks:
    """The checks of a validation, in the order in which they were made. `clock` is in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.made: list[Check] = []
        self._clock = clock

    @contextmanager
    def check(self, operation: str, name: str) -> Iterator[Trial]:
        """The body of the `with` block is the check; it fails with what is found there."""
        trial, started = Trial(), self._clock()
        with suppress(Stop):
            yield trial
        milliseconds = (self._clock() - started) * 1000
        outcome: Outcome = "failed" if trial.findings else "passed"
        self.made.append(Check(operation, name, outcome, tuple(trial.findings), milliseconds, trial.request_id))

    def skip(self, operation: str, name: str, reason: str) -> None:
        self.made.append(Check(operation, name, "skipped", reason=reason))
