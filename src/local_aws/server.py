"""HTTP servers on loopback and their log: `AsgiServer` (uvicorn) for gateways, `WsgiServer` (werkzeug) for mocks."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING, Any

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol
from werkzeug.serving import WSGIRequestHandler, make_server

from local_aws import CannotStart
from local_aws.asgi import HttpResponse

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

LOOPBACK = "127.0.0.1"
_BAD_REQUEST = HttpResponse(400, (("Content-Type", "text/plain"),), b"Bad Request")
_STANDARD_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_QUIET = ("asyncio", "botocore", "connexion", "httpx", "urllib3", "uvicorn", "werkzeug")


def listen(port: int) -> socket.socket:
    """A socket on loopback; port 0 takes a free one. Raises CannotStart."""
    try:
        return socket.create_server((LOOPBACK, port), backlog=128)
    except OSError as error:
        reason = f"Port {port} cannot be used ({os.strerror(error.errno or 0)})"
        raise CannotStart(f"{reason}. Choose another one with --port.") from None


class AsgiServer(AbstractContextManager["AsgiServer"]):
    """An application at `url`: until `serve` is interrupted, or in a thread while the `with` block runs.

    `bad_request` makes the answer to what is no HTTP.
    """

    def __init__(
        self, app: ASGIApp, listener: socket.socket, bad_request: Callable[[], HttpResponse] = lambda: _BAD_REQUEST
    ) -> None:
        self.url = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
        self._listener = listener
        protocol: Any = partial(_Protocol, bad_request)
        config = uvicorn.Config(
            app, http=protocol, ws="none", lifespan="off", log_config=None, access_log=False, server_header=False,
            timeout_graceful_shutdown=2,
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._thread = Thread(target=self._server.run, args=([listener],), name="gateway", daemon=True)

    async def serve(self) -> None:
        await self._server.serve(sockets=[self._listener])

    def __enter__(self) -> AsgiServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._listener.close()


class _Protocol(H11Protocol):
    def __init__(self, bad_request: Callable[[], HttpResponse], **options: Any) -> None:
        super().__init__(**options)
        self._bad_request = bad_request

    def send_400_response(self, msg: str) -> None:
        response = self._bad_request()
        headers = [*response.headers, ("Content-Length", str(len(response.body))), ("Connection", "close")]
        start = h11.Response(status_code=response.status, headers=headers)
        for event in (start, h11.Data(data=response.body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


class WsgiServer(AbstractContextManager["WsgiServer"]):
    """An application on a free port at `url`, from its making on; it answers while the `with` block runs."""

    def __init__(self, application: WSGIApplication, name: str) -> None:
        self._server = make_server(LOOPBACK, 0, application, threaded=True, request_handler=_QuietHandler)
        self.url = f"http://{LOOPBACK}:{self._server.server_port}"
        self._thread = Thread(target=self._server.serve_forever, name=name, daemon=True)

    def __enter__(self) -> WsgiServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _QuietHandler(WSGIRequestHandler):
    # Headers and body are two writes: with Nagle's algorithm the second would wait for the client's delayed ACK.
    disable_nagle_algorithm = True

    def log(self, *_: Any) -> None:
        pass


class LineFormatter(logging.Formatter):
    """Formatter of log records as lines for a person: the keys of Lambda's JSON format stand behind the message.

    `14:03:07 ERROR contract: response breaks the contract  places=['body /price type']`.
    """

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:
        extra = [f"{key}={value}" for key, value in vars(record).items() if key not in _STANDARD_FIELDS]
        return "  ".join((super().formatMessage(record), " ".join(extra))).rstrip()


def log_to_standard_error(*quiet: str) -> None:
    """From here on, one line for each record; of the loggers `quiet`, and of libraries, warnings only."""
    handler = logging.StreamHandler()
    handler.setFormatter(LineFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in (*_QUIET, *quiet):
        logging.getLogger(name).setLevel(logging.WARNING)
