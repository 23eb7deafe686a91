"""Stands between packaged functions and their database, to tell what goes over the wire."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit


class Relay:
    """Passes every request on to `endpoint`; `targets` are the DynamoDB operations that went by."""

    def __init__(self, endpoint: str) -> None:
        self.database = urlsplit(endpoint).netloc
        self.targets: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Passage)
        self._server.relay = self  # type: ignore[attr-defined]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @contextmanager
    def running(self) -> Iterator[Relay]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield self
        self._server.shutdown()
        self._server.server_close()


class _Passage(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_POST(self) -> None:
        relay: Relay = self.server.relay  # type: ignore[attr-defined]
        relay.targets.append(self.headers["X-Amz-Target"].rpartition(".")[2])
        body = self.rfile.read(int(self.headers["Content-Length"]))
        database = HTTPConnection(relay.database)
        database.request("POST", self.path, body, dict(self.headers))
        answer = database.getresponse()
        content = answer.read()
        database.close()
        self.send_response_only(answer.status)
        kept = {
            name: value for name, value in answer.getheaders() if name.lower().startswith(("x-amz", "content-type"))
        }
        for name, value in {**kept, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Says nothing."""
