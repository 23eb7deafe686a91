"""The bars that the figures are held to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Bar:
    """`value` must be at most `limit`, or at least that much."""

    what: str
    value: float
    limit: float
    at_least: bool = False

    @property
    def passed(self) -> bool:
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def __str__(self) -> str:
        direction = "at least" if self.at_least else "at most"
        verdict = "pass" if self.passed else "FAIL"
        return f"{verdict}  {self.what}: {self.value:.2f} ({direction} {self.limit:g})"
