"""A TCP proxy in front of DynamoDB that has every request and every answer in its hands.

What goes through it is HTTP/1.1 with Content-Length, as botocore and DynamoDB Local speak it.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import BufferedIOBase
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Condition, Thread
from typing import BinaryIO
from urllib.parse import urlsplit

_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *([0-9]+)\r\n")


class Cut(Exception):
    """The connection to the client breaks here."""


class Exchange:
    """One request: `forward` it to the database, `reply` to the client. Or do not."""

    def __init__(self, request: bytes, client: socket.socket, database: socket.socket, traffic: Traffic) -> None:
        self._request = request
        self._client = client
        self._database = database
        self._traffic = traffic
        self._number = traffic.another()

    def forward(self) -> bytes:
        """Has the database carry out the request. Returns its answer."""
        self._database.sendall(self._request)
        with self._database.makefile("rb") as stream:
            return _message(stream)

    def reply(self, answer: bytes) -> None:
        self._client.sendall(answer)

    def wait_until_abandoned(self) -> None:
        """Returns when the client has given up the connection."""
        self._client.recv(1)

    def wait_for_others(self, count: int) -> None:
        """Returns when so many requests have come after this one, or none will come any more."""
        self._traffic.wait(self._number + count)


Mishap = Callable[[Exchange], None]


class Traffic:
    """Counts the requests."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._count = 0
        self._over = False

    def another(self) -> int:
        with self._changed:
            self._count += 1
            self._changed.notify_all()
            return self._count

    def end(self) -> None:
        with self._changed:
            self._over = True
            self._changed.notify_all()

    def wait(self, count: int) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._over or self._count >= count)


class _Server(ThreadingTCPServer):
    request_queue_size = 128

    def __init__(self, database: tuple[str, int], mishap: Mishap) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.database = database
        self.mishap = mishap
        self.traffic = Traffic()
        self.clients: list[socket.socket] = []

    def end(self) -> None:
        """Nobody is listened to any more. Leaving the `with` block of the server waits for those that are served."""
        self.shutdown()
        self.traffic.end()
        for client in self.clients:
            with suppress(OSError):
                client.shutdown(socket.SHUT_RD)


class _Connection(StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        self.server.clients.append(self.connection)
        # An OSError is the client's: it hung up in the middle.
        with suppress(Cut, OSError), socket.create_connection(self.server.database) as database:
            while request := _message(self.rfile):
                self.server.mishap(Exchange(request, self.connection, database, self.server.traffic))


@contextmanager
def proxy(endpoint: str, mishap: Mishap) -> Iterator[str]:
    """Where the proxy in front of `endpoint` listens. `mishap` decides what becomes of each request.

    The `with` block ends when the database has answered all that was sent to it.
    """
    address = urlsplit(endpoint)
    with _Server((str(address.hostname), int(address.port or 0)), mishap) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.end()
            thread.join()


def _message(stream: BufferedIOBase | BinaryIO) -> bytes:
    """The next message; nothing when the other side has hung up."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        line = stream.readline()
        if not line:
            return b""
        head += line
    length = _LENGTH.search(head)
    return head + stream.read(int(length[1]) if length else 0)
