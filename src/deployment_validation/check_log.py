"""The checks of a validation, and what each of them found wrong. Never a value of an answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

Place = Literal["body", "header", "status", "connection", "latency"]
Outcome = Literal["passed", "failed", "skipped"]

GATEWAY = "gateway"
"""Stands where an operationId stands, for what the gateway answers itself."""

_SHOWN_REQUEST_ID = re.compile(r"[0-9A-Fa-f-]{8,64}")


class Stop(Exception):
    """Exception that ends a check: what it found leaves nothing more to look at."""


@dataclass(frozen=True)
class Finding:
    """An error in an answer.

    `pointer` is a JSON Pointer into the `place`, as in the contract's own violations: `/products/0/price` of the body,
    `/ETag` of the header. `keyword` is the contract's keyword that is broken, or this package's name for the rule.
    """

    place: Place
    pointer: str
    keyword: str
    message: str

    def __str__(self) -> str:
        return f"{' '.join(filter(None, (self.place, self.pointer)))}: {self.keyword}: {self.message}"


@dataclass
class Check:
    """A check that is under way, was made, or was skipped for a `reason`.

    `operation` is an operationId or `gateway`. `request_id` names the last request in the service's logs, empty when
    there was no answer.
    """

    operation: str
    name: str
    findings: list[Finding] = field(default_factory=list)
    milliseconds: float = 0
    request_id: str = ""
    reason: str = ""

    @property
    def outcome(self) -> Outcome:
        return "skipped" if self.reason else "failed" if self.findings else "passed"

    def found(self, place: Place, pointer: str, keyword: str, message: str) -> None:
        self.add([Finding(place, pointer, keyword, message)])

    def add(self, findings: Iterable[Finding]) -> None:
        """Adds those that are not there yet."""
        self.findings.extend(each for each in dict.fromkeys(findings) if each not in self.findings)

    def expect(self, condition: bool, place: Place, pointer: str, keyword: str, message: str) -> None:
        """Adds a finding unless the condition holds."""
        if not condition:
            self.found(place, pointer, keyword, message)

    def answered(self, request_id: str | None) -> None:
        """Keeps the id that the answer names its request by, if it looks like one: it is the deployment's own word."""
        self.request_id = request_id if request_id and _SHOWN_REQUEST_ID.fullmatch(request_id) else ""


class CheckLog:
    """The checks of a validation, in the order in which they were made. `clock` is in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.made: list[Check] = []
        self.not_called: dict[str, str] = {}  # The reason by operationId.
        self._clock = clock

    @contextmanager
    def check(self, operation: str, name: str) -> Iterator[Check]:
        """The body of the `with` block is the check; it fails with what is found there."""
        check, started = Check(operation, name), self._clock()
        with suppress(Stop):
            yield check
        check.milliseconds = (self._clock() - started) * 1000
        self.made.append(check)

    def skip(self, operation: str, name: str, reason: str) -> None:
        self.made.append(Check(operation, name, reason=reason))


@dataclass(frozen=True)
class Latency:
    """Times of one operation, in milliseconds, without the way there and back.

    `first` is its first answer of the whole run, which counts for nothing else; `target` is None without one.
    """

    operation: str
    requests: int
    p50: float
    p95: float
    first: float
    target: float | None


@dataclass(frozen=True)
class ValidationResult:
    """All of one validation. `distance` is the way there and back, in milliseconds; `notes` are lines for a person.

    `not_called` has the reason for each operation that no function was called for, of all `operations`.
    """

    url: str
    title: str
    version: str
    writes: bool
    distance: float
    checks: tuple[Check, ...]
    latencies: tuple[Latency, ...]
    notes: tuple[str, ...]
    not_called: Mapping[str, str]
    operations: int

    @property
    def passed(self) -> bool:
        return self.count("failed") == 0

    def count(self, outcome: Outcome) -> int:
        return sum(1 for check in self.checks if check.outcome == outcome)

    def by_operation(self) -> Iterable[tuple[str, list[Check]]]:
        """The checks of each operation, in the order of each operation's first one."""
        operations: dict[str, list[Check]] = {}
        for check in self.checks:
            operations.setdefault(check.operation, []).append(check)
        return operations.items()
