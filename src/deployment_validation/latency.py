"""Response times against the contract's targets, the way there and back left out."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from deployment_validation.api import Session
from deployment_validation.check_log import Latency, OpenCheck
from deployment_validation.connection import Answer

Ask = Callable[[OpenCheck], Answer]


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least so many percent of the values do not exceed (nearest rank)."""
    return sorted(values)[max(1, math.ceil(len(values) * percent / 100)) - 1]


class Stopwatch:
    """Times operations one request after another.

    `distance` is the way there and back, in seconds; each target is multiplied by `slack`, and none is set without it.
    """

    def __init__(self, session: Session, distance: float, slack: float | None) -> None:
        self.latencies: list[Latency] = []
        self._session = session
        self._distance = distance
        self._slack = slack

    def time(self, operation_id: str, requests: int, ask: Ask) -> None:
        """Checks the p95 of so many requests. One that misses its target is measured once more before it counts."""
        target = self._session.api.contract.latency_target(operation_id)
        target = None if target is None or self._slack is None else target * self._slack
        name = f"the p95 is within {target:g} ms" if target else "the latency is measured"
        with self._session.log.check(operation_id, name) as check:
            latency = self._round(operation_id, requests, ask, check, target)
            if _missed(latency):
                latency = self._round(operation_id, requests, ask, check, target)
            self.latencies.append(latency)
            if _missed(latency):
                check.answered(None)
                check.found("latency", "", "p95", f"is {latency.p95:.0f} ms")

    def _round(self, operation_id: str, requests: int, ask: Ask, check: OpenCheck, target: float | None) -> Latency:
        times = [self._milliseconds(ask(check).seconds) for _ in range(requests)]
        first = self._milliseconds(self._session.api.first_seconds[operation_id])
        return Latency(operation_id, requests, percentile(times, 50), percentile(times, 95), first, target)

    def _milliseconds(self, seconds: float) -> float:
        return max(0.0, seconds - self._distance) * 1000


def _missed(latency: Latency) -> bool:
    return latency.target is not None and latency.p95 > latency.target
