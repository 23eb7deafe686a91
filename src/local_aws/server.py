"""The HTTP server under the gateway: uvicorn, with the gateway's answer to what is no HTTP."""

from __future__ import annotations

import socket
import uuid

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from local_aws.asgi import App
from local_aws.errors import CannotStart
from local_server.cors import Cors
from local_server.refusals import GatewayResponses

_responses = GatewayResponses(Cors(()))


def listen(port: int) -> socket.socket:
    """A socket on loopback; port 0 takes a free one. Raises CannotStart."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise CannotStart(f"Port {port} cannot be used ({error.strerror}). Choose another one with --port.") from None
    return listener


def server(app: App) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(
            app,
            http=_Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=2,
        )
    )


class _Protocol(H11Protocol):
    def send_400_response(self, msg: str) -> None:
        scope = {"headers": [], "state": {"request_id": str(uuid.uuid4())}}
        response = _responses.refusal(400, scope)
        headers = [*response.headers, ("Content-Length", str(len(response.body))), ("Connection", "close")]
        start = h11.Response(status_code=response.status, headers=headers)
        for event in (start, h11.Data(data=response.body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()
