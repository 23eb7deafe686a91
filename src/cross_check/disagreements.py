"""`Disagreements`: where openapi-core and the function differ about an exchange, counted."""

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
_NOT_VALIDATED = frozenset({401, 403})

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Disagreement:
    """`judged` is `request` or `response`; `faults` is what openapi-core finds: nothing, when it alone takes it."""

    judged: str
    operation_id: str
    status: int
    request_id: str
    faults: tuple[Fault, ...]


class Opinion(Protocol):
    """The second validator."""

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
            for disagreement in self._found(exchange):
                self._count += 1
                if len(self._kept) < KEPT:
                    self._kept.append(disagreement)
                logger.error("openapi-core disagrees with the function", extra=asdict(disagreement))

    def report(self) -> dict[str, Any]:
        """How many exchanges were validated, how many disagreements there were, and the first of them."""
        with self._lock:
            kept = [asdict(each) for each in self._kept]
            return {"judged": self._judged, "count": self._count, "disagreements": kept}

    def _found(self, exchange: Exchange) -> Iterator[Disagreement]:
        status = exchange.response.status
        about = (exchange.operation.operation_id, status, exchange.request_id)
        # The function comes to validating a request with a right to ask, and as long as it does not fail.
        if status not in _NOT_VALIDATED and status < 500:
            faults, refused = self._opinion.of_request(exchange), status in _REFUSED
            surprise = refused != bool(faults) and not (refused and self._known(exchange))
            if surprise or any(fault.error == CRASH for fault in faults):
                yield Disagreement("request", *about, tuple(faults))
        if faults := self._opinion.of_response(exchange):
            yield Disagreement("response", *about, tuple(faults))
