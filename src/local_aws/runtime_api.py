"""Lambda's Runtime API for one function process: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html.

The process asks for the next invocation and posts what came of it. Here its requests become a queue of outcomes.
"""

from __future__ import annotations

import json
import queue
import re
import sys
import threading
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_PREFIX = "/2018-06-01/runtime"
_RESULT = re.compile(rf"{_PREFIX}/invocation/([^/]+)/(response|error)")
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: a synchronous answer.
LARGEST_ANSWER = 6 * 1024 * 1024


@dataclass(frozen=True)
class Invocation:
    """One invocation of a function. `deadline` in milliseconds since 1970."""

    request_id: str
    event: bytes
    deadline: int
    function_arn: str
    trace_id: str


@dataclass(frozen=True)
class Ready:
    """Event: the process has started, or is done with its last invocation, and asks for the next."""


@dataclass(frozen=True)
class Answered:
    """Event: the handler returned."""

    request_id: str
    body: bytes


@dataclass(frozen=True)
class Failed:
    """Event: the handler raised; without `request_id`, it could not be loaded. `error_type` is the exception's."""

    request_id: str | None
    error_type: str


Outcome = Ready | Answered | Failed


class RuntimeApi:
    """Serves one process on a free port of 127.0.0.1 until closed."""

    def __init__(self) -> None:
        self.invocations: queue.SimpleQueue[Invocation | None] = queue.SimpleQueue()
        self.outcomes: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        self.current: str | None = None
        self._server = _Server(("127.0.0.1", 0), partial(_Endpoint, self))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """As AWS_LAMBDA_RUNTIME_API holds it: host:port."""
        return f"127.0.0.1:{self._server.server_port}"

    def next(self) -> Invocation | None:
        """Waits for an invocation; None when there will be no more."""
        self.outcomes.put(Ready())
        invocation = self.invocations.get()
        self.current = None if invocation is None else invocation.request_id
        return invocation

    def close(self) -> None:
        self.invocations.put(None)
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A process that was stopped leaves its connection half-way: who stopped it knows. The rest is a fault."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Endpoint(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def __init__(self, api: RuntimeApi, *arguments: Any) -> None:
        self._api = api
        super().__init__(*arguments)

    def do_GET(self) -> None:
        if self.path != f"{_PREFIX}/invocation/next":
            return self._refuse(HTTPStatus.NOT_FOUND, "InvalidPath")
        invocation = self._api.next()
        if invocation is None:
            self.close_connection = True
            return None
        return self._send(HTTPStatus.OK, invocation.event, _headers(invocation))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        result = _RESULT.fullmatch(self.path)
        if self.path == f"{_PREFIX}/init/error":
            return self._accept(Failed(None, _error_type(body)))
        if not result or result[1] != self._api.current:
            return self._refuse(HTTPStatus.BAD_REQUEST, "InvalidRequestID")
        if len(body) > LARGEST_ANSWER:
            self._api.outcomes.put(Failed(result[1], "Function.ResponseSizeTooLarge"))
            return self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "RequestEntityTooLarge")
        answered = result[2] == "response"
        return self._accept(Answered(result[1], body) if answered else Failed(result[1], _error_type(body)))

    def _accept(self, outcome: Outcome) -> None:
        # Told before it is acknowledged: the process may end as soon as it is.
        self._api.outcomes.put(outcome)
        self._send(HTTPStatus.ACCEPTED, b'{"status":"OK"}')

    def _refuse(self, status: HTTPStatus, error_type: str) -> None:
        self._send(status, json.dumps({"errorMessage": status.phrase, "errorType": error_type}).encode())

    def _send(self, status: HTTPStatus, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Says nothing: what a function does is in its own log."""


def _error_type(body: bytes) -> str:
    """The exception's class, without its words."""
    try:
        return str(json.loads(body)["errorType"])
    except (ValueError, LookupError, TypeError):
        return "Unhandled"


def _headers(invocation: Invocation) -> dict[str, str]:
    return {
        "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
        "Lambda-Runtime-Deadline-Ms": str(invocation.deadline),
        "Lambda-Runtime-Invoked-Function-Arn": invocation.function_arn,
        "Lambda-Runtime-Trace-Id": invocation.trace_id,
    }
