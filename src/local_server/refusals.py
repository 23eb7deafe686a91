"""The gateway's own answers, in the contract's error shape: what API Gateway calls gateway responses."""

from __future__ import annotations

import json
from collections.abc import Iterable

from contract.problems import Refusal, problem_body
from local_aws.asgi import Scope, header, request_id
from local_aws.proxy_answer import HttpResponse
from local_server.cors import Cors


class GatewayResponses:
    """Answers to requests that reach no function, each with the CORS headers that its sender may have."""

    def __init__(self, cors: Cors) -> None:
        self._cors = cors

    def refusal(self, status: int, scope: Scope, *headers: tuple[str, str]) -> HttpResponse:
        """The refusal with this status, and with `headers` on top of the usual ones."""
        own = (("Content-Type", "application/json"), *_usual(scope), *headers)
        cors = self._cors.headers(header(scope, "origin"), own)
        return HttpResponse(status, (*own, *cors), problem(status, request_id(scope)))

    def preflight(self, scope: Scope, methods: Iterable[str], headers: Iterable[str]) -> HttpResponse:
        """What a browser hears that asks for these methods and headers of a path."""
        return HttpResponse(
            204, (*_usual(scope), *self._cors.preflight(header(scope, "origin"), methods, headers)), b""
        )


def problem(status: int, request: str) -> bytes:
    """The body of a refusal, with the usual words for its status; `request` is the request's id."""
    return json.dumps(problem_body(Refusal(status), request)).encode()


def _usual(scope: Scope) -> tuple[tuple[str, str], ...]:
    return (
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Request-Id", request_id(scope)),
    )
