"""Stands between packaged functions and their database, to tell what goes over the wire, and to spoil it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from tests.integration.products.faults import Fault, passed

CONTENT_TYPE = "application/x-amz-json-1.0"


class Sent(NamedTuple):
    """One answer of the database's."""

    status: int
    headers: dict[str, str]
    content: bytes


class Relay:
    """Passes every request on to `endpoint`. The next requests meet `faults`, one each."""

    def __init__(self, endpoint: str) -> None:
        self.database = urlsplit(endpoint).netloc
        self.faults: list[Fault] = []
        self.sent: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Passage)
        self._server.relay = self  # type: ignore[attr-defined]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def watch(self) -> list[str]:
        """The names of the DynamoDB operations that go by from now on, until the next call."""
        self.sent = []
        return self.sent

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
        relay.sent.append(self.headers["X-Amz-Target"].rpartition(".")[2])
        body = self.rfile.read(int(self.headers["Content-Length"]))
        fault = relay.faults.pop(0) if relay.faults else passed
        try:
            self._answer(fault(lambda: self._ask(relay.database, body)))
        except ClientError as error:
            self._answer(_in_dynamodb_s_words(error))
        except (ConnectionClosedError, ReadTimeoutError):
            self.close_connection = True  # The client gets nothing.

    def _ask(self, database: str, body: bytes) -> Sent:
        connection = HTTPConnection(database)
        connection.request("POST", self.path, body, dict(self.headers))
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        kept = (each for each in answer.getheaders() if each[0].lower().startswith(("x-amz", "content-type")))
        return Sent(answer.status, dict(kept), content)

    def _answer(self, sent: Sent) -> None:
        self.send_response_only(sent.status)
        for name, value in {**sent.headers, "Content-Length": str(len(sent.content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(sent.content)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Says nothing."""


def _in_dynamodb_s_words(error: ClientError) -> Sent:
    response: Any = error.response
    body = {"__type": f"com.amazonaws.dynamodb.v20120810#{response['Error']['Code']}"}
    reasons = {"CancellationReasons": response["CancellationReasons"]} if "CancellationReasons" in response else {}
    content = json.dumps({**body, **reasons}).encode()
    return Sent(response["ResponseMetadata"]["HTTPStatusCode"], {"Content-Type": CONTENT_TYPE}, content)
