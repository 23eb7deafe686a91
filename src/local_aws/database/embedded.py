"""moto's DynamoDB behind an HTTP endpoint of this process. Data lives in memory."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from threading import Lock
from typing import TYPE_CHECKING

from moto.core.request import Request
from moto.dynamodb.responses import DynamoHandler
from werkzeug.wrappers import Response

from local_aws.database.moto_patches import patched
from local_aws.server import WsgiServer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class EmbeddedDynamoDB:
    """A DynamoDB endpoint on loopback, on a free port. A context manager: it runs inside the `with` block.

    moto keeps its tables per process, so two of these in one process share them.
    """

    def __init__(self) -> None:
        self._server: WsgiServer | None = None
        self._patches = ExitStack()

    @property
    def endpoint(self) -> str:
        if self._server is None:
            raise RuntimeError("the embedded database is not running")
        return self._server.url

    def launch(self) -> None:
        self._patches.enter_context(patched())
        self._server = WsgiServer(_application, "embedded-dynamodb")
        self._server.start()

    def wait(self) -> None:
        """Nothing to wait for: the socket listens from the launch on."""

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop()
            self._server = None
            self._patches.close()

    def __enter__(self) -> EmbeddedDynamoDB:
        self.launch()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class _WireRequest(Request):
    from_wsgi_server = True


_one_at_a_time = Lock()  # moto reads and writes its tables without locks of its own.


def _application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    request = _WireRequest(environ)
    request.get_data()
    with _one_at_a_time:
        status, headers, body = DynamoHandler.dispatch(request, request.url, request.headers)
    return Response(body, status, headers)(environ, start_response)
