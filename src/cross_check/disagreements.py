"""`Disagreements`: where openapi-core and the function differ about an exchange, counted."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from threading import Lock
from typing import Any, Protocol

from cross_check.exchange import Exchange
from cross_check.second_validator import CRASH, OpenapiCoreError

SHOWN = 1000
_REFUSED = frozenset({400, 413, 415})
_NOT_VALIDATED = frozenset({401, 403})

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Disagreement:
    """A disagreement about a message. `direction`: request or response. `errors`: openapi-core's, if any."""

    direction: str
    operation_id: str
    status: int
    request_id: str
    errors: tuple[OpenapiCoreError, ...]


class Validator(Protocol):
    """The second validator."""

    def of_request(self, exchange: Exchange) -> list[OpenapiCoreError]: ...

    def of_response(self, exchange: Exchange) -> list[OpenapiCoreError]: ...


class Disagreements:
    """An observer for the gateway. `known` explains refusals that openapi-core would not make."""

    def __init__(self, validator: Validator, known: Callable[[Exchange], bool]) -> None:
        self._second_validator = validator
        self._known = known
        self._lock = Lock()
        self._exchanges = 0
        self._count = 0
        self._shown: list[Disagreement] = []

    def observe(self, exchange: Exchange) -> None:
        with self._lock:
            self._exchanges += 1
            for disagreement in self._found(exchange):
                self._count += 1
                if len(self._shown) < SHOWN:
                    self._shown.append(disagreement)
                logger.error("openapi-core disagrees with the function", extra=asdict(disagreement))

    def report(self) -> dict[str, Any]:
        """How many exchanges were validated, how many disagreements there were, and the first of them."""
        with self._lock:
            shown = [asdict(each) for each in self._shown]
            return {"exchanges": self._exchanges, "count": self._count, "disagreements": shown}

    def _found(self, exchange: Exchange) -> Iterator[Disagreement]:
        status = exchange.response.status
        about = (exchange.operation.operation_id, status, exchange.request_id)
        # The function comes to validating a request with a right to ask, and as long as it does not fail.
        if status not in _NOT_VALIDATED and status < 500:
            errors, refused = self._second_validator.of_request(exchange), status in _REFUSED
            surprise = refused != bool(errors) and not (refused and self._known(exchange))
            if surprise or any(error.error == CRASH for error in errors):
                yield Disagreement("request", *about, tuple(errors))
        if errors := self._second_validator.of_response(exchange):
            yield Disagreement("response", *about, tuple(errors))
