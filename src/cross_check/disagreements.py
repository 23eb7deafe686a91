"""Disagreements of openapi-core and the function about exchanges, counted; `is_known` excepts known differences."""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl

from cross_check.second_validator import CRASH, Exchange, OpenapiCoreError, SecondValidator

SHOWN = 1000
_REFUSED = frozenset({400, 413, 415})
_NOT_VALIDATED = frozenset({401, 403})

logger = logging.getLogger(__name__)

Place = tuple[str, str]
"""A part of a request and a name in it: what a refusal's `details` call `in` and the first step of `field`."""


@dataclass(frozen=True)
class Disagreement:
    """A disagreement about a message. `direction`: request or response. `errors`: openapi-core's, if any."""

    direction: str
    operation_id: str
    status: int
    request_id: str
    errors: tuple[OpenapiCoreError, ...]


class Disagreements:
    """An observer for the gateway.

    `beyond_schema` are the parameters that no schema can tell good from bad, such as a signed token.
    """

    def __init__(self, validator: SecondValidator, beyond_schema: Collection[Place] = ()) -> None:
        self._second_validator = validator
        self._beyond_schema = beyond_schema
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
            surprise = refused != bool(errors) and not (refused and is_known(exchange, self._beyond_schema))
            if surprise or any(error.error == CRASH for error in errors):
                yield Disagreement("request", *about, tuple(errors))
        if errors := self._second_validator.of_response(exchange):
            yield Disagreement("response", *about, tuple(errors))


def is_known(exchange: Exchange, beyond_schema: Collection[Place] = ()) -> bool:
    """Whether the function's refusal of a request that openapi-core accepts is known differences and no more.

    Another one needs a good reason.
    """
    status = exchange.response.status
    # openapi-core does not know the extension x-max-bytes.
    if status == 413:
        return True
    # openapi-core is given the media type without its parameters, for a malformed one makes it crash.
    if status == 415 and ";" in dict(exchange.request.headers).get("content-type", ""):
        return True
    places = _refused_places(exchange)
    return bool(places) and all(place in beyond_schema or _is_accepted(exchange, *place) for place in places)


def _is_accepted(exchange: Exchange, place: str, name: str) -> bool:
    """Whether an objection to one place of the request is one that openapi-core cannot make."""
    parameter = exchange.operation.parameter(place, name)
    if place == "query":
        # openapi-core ignores query parameters that the document does not declare.
        if parameter is None:
            return True
        # openapi-core takes one of several values of a query parameter.
        sent = parse_qsl(exchange.request.query, keep_blank_values=True, errors="replace")
        if [each for each, _ in sent].count(name) > 1:
            return True
    # openapi-core reads literals as Python does: `+7`, ` 7 `, `1_0`, digits of every script, `yes` for true.
    return parameter is not None and parameter.type in ("integer", "number", "boolean")


def _refused_places(exchange: Exchange) -> list[Place]:
    """The places that the response's `details` object to; none when it is no problem of the contract's shape."""
    try:
        details = json.loads(exchange.response.body)["details"]
        steps = [(each["in"], each["field"][1:].split("/", 1)[0]) for each in details]
        return [(place, step.replace("~1", "/").replace("~0", "~")) for place, step in steps]
    except (ValueError, LookupError, TypeError, AttributeError):
        return []
