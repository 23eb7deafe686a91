"""A function's answer as the HTTP response that API Gateway's REST proxy integration makes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_KEYS = {"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"}

# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
_REMAPPED = frozenset(
    {
        "authorization",
        "connection",
        "content-length",
        "content-md5",
        "date",
        "max-forwards",
        "server",
        "user-agent",
        "www-authenticate",
    }
)
_DROPPED = frozenset({"expect", "host", "proxy-authenticate", "te", "trailer", "transfer-encoding", "upgrade", "via"})


class MalformedProxyResponse(Exception):
    """Exception for a function's answer that is not a proxy response. The message has none of its values."""


@dataclass(frozen=True)
class HttpResponse:
    """A response as it goes over the wire."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def http_response(answer: object) -> HttpResponse:
    """The response of a proxy answer. Raises MalformedProxyResponse, which API Gateway answers with a 502."""
    if not isinstance(answer, Mapping) or not answer.keys() <= _KEYS:
        raise MalformedProxyResponse("not an object with the keys of a proxy answer")
    headers = [_on_the_wire(name, value) for name, value in _headers(answer) if name.lower() not in _DROPPED]
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "application/json"))
    return HttpResponse(_status(answer), tuple(headers), _body(answer))


def _status(answer: Mapping[str, Any]) -> int:
    status = answer.get("statusCode", 200)
    if isinstance(status, str) and status.isascii() and status.isdigit():
        status = int(status)
    if not isinstance(status, int) or isinstance(status, bool) or not 200 <= status <= 599:
        raise MalformedProxyResponse("statusCode is not a status")
    return status


def _body(answer: Mapping[str, Any]) -> bytes:
    body = answer.get("body")
    if not isinstance(body, str | None):
        raise MalformedProxyResponse("body is not a string")
    try:
        return (body or "").encode()
    except UnicodeEncodeError:
        raise MalformedProxyResponse("body is not Unicode text") from None


def _headers(answer: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Both maps together: of a name in both, the values of `multiValueHeaders` and then the one of `headers`."""
    single, multiple = _map(answer.get("headers")), _map(answer.get("multiValueHeaders"))
    for name, values in multiple.items():
        if not isinstance(values, list):
            raise MalformedProxyResponse("multiValueHeaders is not a map of lists")
        yield from (_header(name, value) for value in values)
    yield from (_header(name, value) for name, value in single.items())


def _map(headers: object) -> Mapping[object, object]:
    if not isinstance(headers, Mapping | None):
        raise MalformedProxyResponse("headers is not a map")
    return headers or {}


def _header(name: object, value: object) -> tuple[str, str]:
    if isinstance(value, bool):
        value = str(value).lower()
    if not isinstance(name, str) or not isinstance(value, str):
        raise MalformedProxyResponse("a header is not a string")
    if any(ord(character) > 255 or character in "\r\n\0" for character in name + value):
        raise MalformedProxyResponse("a header cannot be sent")
    return name, value


def _on_the_wire(name: str, value: str) -> tuple[str, str]:
    return (f"x-amzn-Remapped-{name}" if name.lower() in _REMAPPED else name, value)
