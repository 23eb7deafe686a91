"""HTTP requests and responses in one piece, and the ASGI messages that they come and go in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = tuple[tuple[str, str], ...]


class BodyTooLarge(Exception):
    """Exception for a request body that is longer than allowed."""


class ClientGone(Exception):
    """Exception for a client that closed the connection before its request was complete."""


@dataclass(frozen=True)
class HttpRequest:
    """A request as it came over the wire. `path` is still percent-encoded; names of `headers` are in lower case."""

    method: str
    path: str
    query: str
    headers: Headers
    body: bytes
    client: str


@dataclass(frozen=True)
class HttpResponse:
    """A response as it goes over the wire."""

    status: int
    headers: Headers
    body: bytes


def header(scope: Scope, name: str) -> str | None:
    """The first value of a request header; `name` in lower case."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name.encode()), None)


async def read_body(receive: Receive, limit: int) -> bytes:
    """The whole body. Raises BodyTooLarge as soon as there are more than `limit` bytes, and ClientGone."""
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > limit:
            raise BodyTooLarge
    return bytes(body)


async def send_response(response: HttpResponse, send: Send) -> None:
    """Sends a whole response. Those that HTTP gives no body (RFC 9110, 6.4.1) get none."""
    body = b"" if response.status in (204, 304) else response.body
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
    if response.status not in (204, 304):
        headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
