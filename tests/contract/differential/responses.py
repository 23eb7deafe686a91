"""Responses of the operations of a document: valid, spoilt in one place, or as no handler should give them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from random import Random
from typing import Any

from contract.messages import JSON, Response
from tests.contract.differential import spelling
from tests.contract.differential.requests import Kind, concrete
from tests.contract.differential.schemas import Document
from tests.contract.differential.values import Values, with_one_spoilt

_STATUSES = {"default": 418, "1XX": 103, "2XX": 206, "3XX": 307, "4XX": 451, "5XX": 507}


class Responses:
    """Makes responses for one operation."""

    def __init__(self, document: Document, path: str, method: str, rng: Random) -> None:
        self._document = document
        self._rng = rng
        self._declared: Mapping[str, Any] = document["paths"][path][method.lower()]["responses"]

    def of(self, kind: Kind) -> Response:
        """A response. Its body is None where the status has none."""
        make = partial(self._made, self._rng.choice(sorted(self._declared)))
        if kind == "nearly valid":
            return with_one_spoilt(self._values, make, self._rng)
        response = make(self._values())
        return self._rng.choice(_LIES)(response, self._rng) if kind == "hostile" else response

    def _values(self, spoil: int = 0) -> Values:
        return Values(self._document, self._rng, "response", spoil)

    def _made(self, status: str, values: Values) -> Response:
        declared = values.resolved(self._declared[status])
        headers = {
            name: spelling.text(header, values.of(spelling.spellable(header)), spelling.answerable)
            for name, node in declared.get("headers", {}).items()
            if self._is_sent(header := values.resolved(node), values)
        }
        code = _STATUSES.get(status) or int(status)
        content = declared.get("content", {})
        if not content:
            return Response(code, None, headers)
        media_type = self._rng.choice(sorted(content))
        body = values.of(content[media_type].get("schema", {}))
        return Response(code, body, {**headers, "Content-Type": concrete(media_type)})

    def _is_sent(self, header: Mapping[str, Any], values: Values) -> bool:
        if not header.get("required"):
            return self._rng.choice([True, False])
        return not values.takes_place()


def _undeclared_status(response: Response, rng: Random) -> Response:
    return response._replace(status=rng.choice([100, 202, 299, 302, 402, 418, 599]))


def _no_body(response: Response, _rng: Random) -> Response:
    return response._replace(body=None)


def _another_body(response: Response, rng: Random) -> Response:
    others: list[JSON] = [[], {}, "text", 1, True, {"error": "no"}, [response.body]]
    return response._replace(body=rng.choice(others))


def _another_type(response: Response, rng: Random) -> Response:
    types = ["text/html", "application/problem+json", "application/json; charset=utf-8", "APPLICATION/JSON", "json"]
    return response._replace(headers={**response.headers, "Content-Type": rng.choice(types)})


def _without_header(response: Response, rng: Random) -> Response:
    gone = rng.choice(sorted(response.headers) or [""])
    return response._replace(headers={name: value for name, value in response.headers.items() if name != gone})


def _another_header(response: Response, rng: Random) -> Response:
    changed = rng.choice(sorted(response.headers) or ["X-Other"])
    value = response.headers.get(changed, "")
    worse = rng.choice(["", "x", value + "x", value.upper(), "0", "+1", "1.0", "é", value + "\r\nX-Injected: 1"])
    return response._replace(headers={**response.headers, changed: worse})


def _other_case(response: Response, _rng: Random) -> Response:
    return response._replace(headers={name.lower(): value for name, value in response.headers.items()})


_LIES: Sequence[Callable[[Response, Random], Response]] = (
    _undeclared_status, _no_body, _another_body, _another_type, _without_header, _another_header, _other_case,
)  # fmt: skip
