"""A deployment that is not quite right: a server in front of a sound one, which spoils what passes through it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import httpx

_OF_THE_CONNECTION = {"connection", "transfer-encoding", "content-length", "content-encoding", "date", "host"}


@dataclass(frozen=True)
class Passing:
    """A request, as it is handed on. `query` is as it stands in the URL."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    def without(self, *names: str) -> Passing:
        return replace(self, headers={name: value for name, value in self.headers.items() if name not in names})


@dataclass(frozen=True)
class Reply:
    """An answer; the names of its headers are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    def without(self, *names: str) -> Reply:
        return replace(self, headers={name: value for name, value in self.headers.items() if name not in names})

    def with_headers(self, **headers: str) -> Reply:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={**self.headers, **named})

    def with_status(self, status: int) -> Reply:
        return replace(self, status=status)

    @property
    def content(self) -> Any:
        return json.loads(self.body) if self.body else None

    def with_content(self, content: Any) -> Reply:
        return replace(self, body=json.dumps(content).encode())


HandOn = Callable[[Passing], Reply]
Spoil = Callable[[Passing, HandOn], "Reply | None"]
"""From a request, and the way to have it answered, to the answer that goes out; None drops the connection."""


@dataclass
class Front:
    """`url` is where it is; `passed` is every request with the sound deployment's status, in order."""

    url: str = ""
    passed: list[tuple[Passing, int]] = field(default_factory=list)


@contextmanager
def front(url: str, spoil: Spoil) -> Iterator[Front]:
    """A server in front of the one at `url`, for as long as the `with` block runs."""
    this = Front()
    with httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(client, spoil, this))
        server.daemon_threads = True
        this.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield this
        finally:
            server.shutdown()
            thread.join()
            server.socket.close()


def _handler(client: httpx.Client, spoil: Spoil, this: Front) -> type[BaseHTTPRequestHandler]:
    def hand_on(request: Passing) -> Reply:
        url = request.path + (f"?{request.query}" if request.query else "")
        sent = [(name.encode(), value.encode("latin-1")) for name, value in request.headers.items()]
        answer = client.request(request.method, url, headers=sent, content=request.body)
        this.passed.append((request, answer.status_code))
        headers = {name: value for name, value in answer.headers.items() if name not in _OF_THE_CONNECTION}
        return Reply(answer.status_code, headers, answer.content)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def __getattr__(self, name: str) -> Any:
            if name.startswith("do_"):
                return self._serve
            raise AttributeError(name)

        def _serve(self) -> None:
            reply = spoil(self._request(), hand_on)
            if reply is None:
                self.close_connection = True
                return
            self.send_response_only(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.status not in (204, 304):
                self.send_header("content-length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body if reply.status not in (204, 304) else b"")

        def _request(self) -> Passing:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            names = [name.lower() for name in self.headers if name.lower() not in _OF_THE_CONNECTION]
            headers = {name: self.headers[name] for name in names}
            return Passing(self.command, parts.path, parts.query, headers, body)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    return Handler
