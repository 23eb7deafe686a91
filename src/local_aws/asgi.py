"""HTTP requests and responses in one piece, and the ASGI messages that they come and go in."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.types import Receive, Send

Headers = tuple[tuple[str, str], ...]


class BodyTooLarge(Exception):
    """Exception for a request body that is longer than allowed."""


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


async def read_body(receive: Receive, limit: int) -> bytes:
    """The whole body. Raises BodyTooLarge as soon as there are more than `limit` bytes, and ClientDisconnect."""
    body = bytearray()
    async for part in Request({"type": "http"}, receive).stream():
        body += part
        if len(body) > limit:
            raise BodyTooLarge
    return bytes(body)


async def send_response(response: HttpResponse, send: Send) -> None:
    """Sends a whole response. Those that HTTP gives no body (RFC 9110, 6.4.1) get none."""
    has_body = response.status not in (204, 304)
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
    if has_body:
        headers.append((b"content-length", str(len(response.body)).encode()))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body if has_body else b""})
