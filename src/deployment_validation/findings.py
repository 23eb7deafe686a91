"""What a validation finds out: checks, and what is wrong with the answers that failed them. Never a value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Place = Literal["body", "header", "status", "connection", "latency"]
Outcome = Literal["passed", "failed", "skipped"]

GATEWAY = "gateway"
"""Stands where an operationId stands, for what the gateway answers itself."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with an answer.

    `pointer` is a JSON Pointer into the `place`, as in the contract's own violations: `/products/0/price` of the body,
    `/ETag` of the header. `keyword` is the contract's keyword that is broken, or this package's name for the rule.
    """

    place: Place
    pointer: str
    keyword: str
    message: str

    def __str__(self) -> str:
        return f"{' '.join(filter(None, (self.place, self.pointer)))}: {self.keyword}: {self.message}"


@dataclass(frozen=True)
class Check:
    """One thing that was tried. `operation` is an operationId or `gateway`; `reason` says why it was skipped.

    `request_id` names the last request in the service's logs, empty when there was no answer.
    """

    operation: str
    name: str
    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    milliseconds: float = 0
    request_id: str = ""
    reason: str = ""


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
class Findings:
    """All of one validation. `distance` is the way there and back, in milliseconds; `notes` are lines for a person."""

    url: str
    title: str
    version: str
    writes: bool
    distance: float
    checks: tuple[Check, ...]
    latencies: tuple[Latency, ...]
    notes: tuple[str, ...]

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
