"""The outermost layer: names each request, keeps its path as it was sent, and writes the request log."""

from __future__ import annotations

import logging
import time
import uuid

from local_aws.asgi import App, Message, Receive, Scope, Send, request_id

logger = logging.getLogger(__name__)


class Edge:
    """An ASGI application around two others: `local`, for paths below /_local/, and `gateway`, for all else."""

    def __init__(self, gateway: App, local: App) -> None:
        self._gateway = gateway
        self._local = local

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # An id may hold an encoded slash: decoded before routing, it would make another path.
        scope["path"] = scope["raw_path"].decode("ascii")
        scope["state"] = {"request_id": str(uuid.uuid4())}
        # connexion routes on copies of the scope: what it finds out reaches its error handlers in here.
        scope["extensions"] = dict(scope.get("extensions") or {})
        app = self._local if scope["path"].startswith("/_local/") else self._gateway
        line = _LogLine(scope, send)
        try:
            await app(scope, receive, line.send)
        finally:
            line.write()


class _LogLine:
    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope = scope
        self._send = send
        self._status = 0
        self._started = time.monotonic()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
        await self._send(message)

    def write(self) -> None:
        milliseconds = (time.monotonic() - self._started) * 1000
        method, path = self._scope["method"], self._scope["path"]
        logger.info("%s %s %d %.0f ms %s", method, path, self._status, milliseconds, request_id(self._scope))
