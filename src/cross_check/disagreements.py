"""Compares the two judges of every exchange, and keeps count of their disagreements."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from threading import Lock
from typing import Any, Protocol

from cross_check.exchange import Exchange
from cross_check.second_opinion import CRASH, Fault

KEPT = 1000
_REFUSED = frozenset({400, 413, 415})
_NOT_JUDGED = frozenset({401, 403})

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Disagreement:
    """`judged` is `request` or `response`; `faults` is what openapi-core finds: none when it is the milder judge."""

    judged: str
    operation_id: str
    status: int
    request_id: str
    faults: tuple[Fault, ...]


class Opinion(Protocol):
    """The second judge."""

    def of_request(self, exchange: Exchange) -> list[Fault]: ...

    def of_response(self, exchange: Exchange) -> list[Fault]: ...


class Disagreements:
    """An observer for the gateway. `known` says whether a refusal that openapi-core would not make is no surprise."""

    def __init__(self, opinion: Opinion, known: Callable[[Exchange], bool]) -> None:
        self._opinion = opinion
        self._known = known
        self._lock = Lock()
        self._judged = 0
        self._count = 0
        self._kept: list[Disagreement] = []

    def observe(self, exchange: Exchange) -> None:
        with self._lock:
            self._judged += 1
            for disagreement in self._disagreements(exchange):
                self._record(disagreement)

    def report(self) -> dict[str, Any]:
        """How many exchanges were judged, how many disagreements there were, and the first of them."""
        with self._lock:
            kept = [asdict(each) for each in self._kept]
            return {"judged": self._judged, "count": self._count, "disagreements": kept}

    def _disagreements(self, exchange: Exchange) -> Iterator[Disagreement]:
        if self._request_disputed(exchange, faults := self._request_faults(exchange)):
            yield _disagreement("request", exchange, faults)
        if faults := self._opinion.of_response(exchange):
            yield _disagreement("response", exchange, faults)

    def _request_faults(self, exchange: Exchange) -> list[Fault]:
        return self._opinion.of_request(exchange) if _was_judged(exchange) else []

    def _request_disputed(self, exchange: Exchange, faults: list[Fault]) -> bool:
        if not _was_judged(exchange):
            return False
        if any(fault.error == CRASH for fault in faults):
            return True
        refused = exchange.response.status in _REFUSED
        return refused != bool(faults) and not (refused and self._known(exchange))

    def _record(self, disagreement: Disagreement) -> None:
        self._count += 1
        if len(self._kept) < KEPT:
            self._kept.append(disagreement)
        logger.error("openapi-core disagrees with the function", extra=asdict(disagreement))


def _was_judged(exchange: Exchange) -> bool:
    """Whether the function came to judging the request: not without a right to ask, and not when it failed."""
    return exchange.response.status not in _NOT_JUDGED and exchange.response.status < 500


def _disagreement(judged: str, exchange: Exchange, faults: list[Fault]) -> Disagreement:
    return Disagreement(
        judged, exchange.operation.operation_id, exchange.response.status, exchange.request_id, tuple(faults)
    )
