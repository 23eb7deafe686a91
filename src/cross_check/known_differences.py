"""Where openapi-core is known to accept what a function rightly refuses, and why. Another entry needs a good reason."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from urllib.parse import parse_qsl

from cross_check.exchange import Exchange

Place = tuple[str, str]
"""A part of a request and a name in it: what a refusal's `details` call `in` and the first step of `field`."""


@dataclass(frozen=True)
class KnownDifference:
    """`covers` says whether an objection to one place of a request is one that openapi-core cannot make."""

    reason: str
    covers: Callable[[Exchange, Place], bool]


BY_PLACE = (
    KnownDifference(
        "openapi-core ignores query parameters that the document does not declare",
        lambda exchange, place: place[0] == "query" and exchange.operation.parameter(*place) is None,
    ),
    KnownDifference(
        "openapi-core takes one of several values of a query parameter",
        lambda exchange, place: place[0] == "query" and _times(exchange, place[1]) > 1,
    ),
    KnownDifference(
        "openapi-core reads literals as Python does: `+7`, ` 7 `, `1_0`, digits of every script, `yes` for true",
        lambda exchange, place: _type(exchange, place) in ("integer", "number", "boolean"),
    ),
)
BY_STATUS = (
    KnownDifference(
        "openapi-core does not know the extension x-max-bytes",
        lambda exchange, _: exchange.response.status == 413,
    ),
    KnownDifference(
        "openapi-core is given the media type without its parameters, for a malformed one makes it crash",
        lambda exchange, _: exchange.response.status == 415 and ";" in _content_type(exchange),
    ),
)


class KnownDifferences:
    """Both lists, and `beyond_schema`: the parameters that no schema can tell good from bad, such as a signed token."""

    def __init__(self, beyond_schema: Collection[Place] = ()) -> None:
        signed = KnownDifference("a schema cannot check a signature", lambda _, place: place in beyond_schema)
        self._by_place = (*BY_PLACE, signed)

    def explain(self, exchange: Exchange) -> bool:
        """Whether the function's refusal of a request that openapi-core accepts is known differences and no more."""
        if any(each.covers(exchange, ("", "")) for each in BY_STATUS):
            return True
        places = refused_places(exchange)
        return bool(places) and all(any(each.covers(exchange, place) for each in self._by_place) for place in places)


def refused_places(exchange: Exchange) -> list[Place]:
    """The places that the response's `details` object to; none when it is no problem of the contract's shape."""
    try:
        details = json.loads(exchange.response.body)["details"]
        return [(each["in"], _first_step(each["field"])) for each in details]
    except (ValueError, LookupError, TypeError, AttributeError):
        return []


def _first_step(pointer: str) -> str:
    return pointer[1:].split("/", 1)[0].replace("~1", "/").replace("~0", "~")


def _times(exchange: Exchange, name: str) -> int:
    pairs = parse_qsl(exchange.request.query, keep_blank_values=True, errors="replace")
    return sum(1 for each, _ in pairs if each == name)


def _type(exchange: Exchange, place: Place) -> str:
    parameter = exchange.operation.parameter(*place)
    return parameter.type if parameter else ""


def _content_type(exchange: Exchange) -> str:
    return dict(exchange.request.headers).get("content-type", "")
