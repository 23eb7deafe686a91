from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.requests import ClientDisconnect

from local_aws.asgi import BodyTooLarge, HttpResponse, read_body, send_response


def read(*messages: dict[str, Any], limit: int = 10) -> bytes:
    left = list(messages)

    async def receive() -> dict[str, Any]:
        return left.pop(0)

    return asyncio.run(read_body(receive, limit))


def part(body: bytes, more: bool = False) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


def test_a_body_is_put_together() -> None:
    assert read(part(b"ab", more=True), part(b"", more=True), part(b"c")) == b"abc"


def test_a_body_is_not_read_beyond_its_limit() -> None:
    assert read(part(b"0123456789")) == b"0123456789"
    with pytest.raises(BodyTooLarge):
        read(part(b"0123456789", more=True), part(b"x", more=True))


def test_a_client_that_goes_away_is_noticed() -> None:
    with pytest.raises(ClientDisconnect):
        read(part(b"a", more=True), {"type": "http.disconnect"})


@pytest.mark.parametrize(("status", "length"), [(200, b"2"), (204, None), (304, None)])
def test_only_a_status_with_a_body_has_a_length(status: int, length: bytes | None) -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(send_response(HttpResponse(status, (("X-A", "1"),), b"{}"), send))
    assert dict(sent[0]["headers"]).get(b"content-length") == length
    assert sent[1]["body"] == (b"{}" if length else b"")
