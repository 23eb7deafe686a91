"""An API Gateway REST (v1) proxy event, read as it really arrives.

Every map may be null, the header names keep the client's case, the body may be base64, and the gateway adds keys as it
pleases. https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any, NamedTuple

_UNKNOWN_REQUEST = "unknown"


class MalformedBody(ValueError):
    """A body that is flagged as base64 and is not, or that is not Unicode text."""


class RawRequest(NamedTuple):
    """A request as it was sent, with nothing believed of it yet.

    `path` is what the client sent (stage or base path included). `path_parameters` are still percent-encoded, as the
    gateway passes them on; `query` names and values are decoded, as the gateway does. `headers` are keyed in lower
    case. Values given several times keep their order. `claims` are the authorizer's, None without one.
    """

    method: str
    path: str
    path_parameters: Mapping[str, str]
    query: Mapping[str, list[str]]
    headers: Mapping[str, list[str]]
    body: str | None
    is_base64: bool
    claims: Mapping[str, object] | None
    request_id: str

    def header(self, name: str) -> str | None:
        """A header's value, its lines joined as RFC 9110, section 5.3 allows; None when it was not sent."""
        lines = self.headers.get(name.lower())
        return None if lines is None else ", ".join(lines)

    def body_bytes(self) -> bytes | None:
        """The body as it was sent; None when there is none, which an empty one counts as. Raises MalformedBody."""
        if not self.body:
            return None
        try:
            return base64.b64decode(self.body, validate=True) if self.is_base64 else self.body.encode()
        except (binascii.Error, ValueError):
            raise MalformedBody from None


def read_event(event: Mapping[str, Any], context: object = None) -> RawRequest:
    """The request in a REST proxy event; `context` is Lambda's, for the request id of an event without one.

    Raises KeyError or TypeError for an event that no REST API sends.
    """
    request_context = event.get("requestContext") or {}
    # By place, which each request pays less for than for names.
    return RawRequest(
        event["httpMethod"],
        request_context.get("path") or event.get("path") or "/",
        event.get("pathParameters") or {},
        _multi(event, "multiValueQueryStringParameters", "queryStringParameters"),
        _in_lower_case(_multi(event, "multiValueHeaders", "headers")),
        event.get("body"),
        bool(event.get("isBase64Encoded")),
        (request_context.get("authorizer") or {}).get("claims"),
        request_id_of(event, context),
    )


def request_id_of(event: object, context: object = None) -> str:
    """The id under which the gateway, or else Lambda, knows the request. Takes any event, however odd."""
    given = _map(_map(event).get("requestContext")).get("requestId")
    request_id = str(given or getattr(context, "aws_request_id", None) or _UNKNOWN_REQUEST)
    return request_id if request_id.isascii() and request_id.isprintable() else _UNKNOWN_REQUEST


def origin_of(event: object) -> str | None:
    """The Origin header, None without one. Takes any event, however odd."""
    for name, value in _map(_map(event).get("headers")).items():
        if name.lower() == "origin":
            return str(value)
    return None


def _map(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _multi(event: Mapping[str, Any], multi: str, single: str) -> dict[str, list[str]]:
    """The map that keeps every value; the one that keeps the last, when an event has only that."""
    values = event.get(multi)
    if values:
        return {name: given for name, given in values.items() if given}
    return {name: [value] for name, value in (event.get(single) or {}).items() if value is not None}


def _in_lower_case(headers: Mapping[str, list[str]]) -> dict[str, list[str]]:
    lines: dict[str, list[str]] = {}
    for name, values in headers.items():
        lower = name.lower()
        lines[lower] = [*lines[lower], *values] if lower in lines else values
    return lines
