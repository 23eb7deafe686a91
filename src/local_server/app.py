"""`LocalApp`: one ASGI application that is a contract's gateway, user pool, documents and second validator.

The gateway is made of the body that Terraform deploys, filled in for this machine: see `local_aws.gateway`.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from starlette.datastructures import Headers
from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send

from contract.problems import Refusal, problem_body
from cross_check.contract_document import ContractDocument
from cross_check.disagreements import Disagreements
from cross_check.second_validator import Exchange, SecondValidator
from local_aws import ACCOUNT
from local_aws.asgi import HttpResponse, send_response
from local_aws.functions import Functions
from local_aws.gateway.call import Call
from local_aws.gateway.gateway import Gateway
from local_aws.gateway.stage import ApiIdentity, Stage
from local_aws.user_pool import UserPool
from local_server import project
from local_server.routes import contract_documents, local_endpoints, site_pages, swagger_ui, swagger_ui_files

# So many are answered before their clients give up; when the oldest of some is so old, there are too many already.
REQUESTS_AT_ONCE, SOME_REQUESTS, OLD_SECONDS = 64, 16, 5.0
_LOG_FORMAT = "$context.httpMethod $context.path $context.status $context.responseLatency ms $context.requestId"

Json = dict[str, Any]
RenderBody = Callable[[Sequence[str]], Json]
"""The body to import, for allowed origins; a gateway response, which can name one only, names the first of them."""


@dataclass
class LocalApp:
    """The API as `scripts/serve` has it, with all that stands beside it. `origins` may call from a browser.

    `app` is what a server serves at the user pool's `url`; `disagreements` counts where the two validators differ.
    """

    document: ContractDocument
    render_body: RenderBody
    functions: Functions
    user_pool: UserPool
    origins: Sequence[str]
    disagreements: Disagreements = field(init=False)
    app: ASGIApp = field(init=False)

    def __post_init__(self) -> None:
        """Raises NotEmulated: the gateway cannot be made of the body."""
        self.disagreements = Disagreements(SecondValidator(self.document.content), project.BEYOND_SCHEMA)
        self._operations = {(each.method, each.path): each for each in self.document.operations()}
        log = logging.getLogger(project.REQUEST_LOG).info
        stage = Stage(
            "local", access_log_format=_LOG_FORMAT, access_log=log, base_path="", observe=self._observe,
            api=ApiIdentity("local", ACCOUNT, self.user_pool.region),
        )  # fmt: skip

        @cache
        def gateway(origin: str) -> Gateway:
            others = (each for each in self.origins if each != origin)
            return Gateway(self.render_body([origin, *others]), stage, self.functions, self.user_pool)

        async def api(scope: Scope, receive: Receive, send: Send) -> None:
            # The gateway's own refusals name the origin that asks. On AWS they name the first that is allowed, for a
            # gateway response cannot choose. Here somebody works at each.
            origin = Headers(scope=scope).get("origin")
            await gateway(origin if origin in self.origins else self.origins[0])(scope, receive, send)

        gateway(self.origins[0])  # A body that is not emulated stops the start.
        content = {**self.document.content, "servers": [{"url": self.user_pool.url, "description": "This machine."}]}
        local = local_endpoints(self.user_pool, self.disagreements.report)
        routes = [*local, *contract_documents(content), swagger_ui_files(), *site_pages(project.SITE)]
        documented = swagger_ui(content, api)
        self.app = Router(routes, default=Shedding(documented, self.origins), redirect_slashes=False)

    async def _observe(self, call: Call, response: HttpResponse) -> None:
        """Hands each exchange with an operation of the contract to the second validator."""
        operation = self._operations.get((call.request.method, call.variables.get("context.resourcePath", "")))
        if operation is not None:
            exchange = Exchange(operation, call.request, call.path_parameters, response, call.request_id)
            await asyncio.to_thread(self.disagreements.observe, exchange)


class Shedding:
    """ASGI middleware: answers 503 at once where a request would wait for many others, until its client gives up."""

    def __init__(
        self,
        app: ASGIApp,
        origins: Collection[str],
        limit: int = REQUESTS_AT_ONCE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._origins = origins
        self._limit = limit
        self._clock = clock
        self._started: dict[object, float] = {}  # In the order in which they came.

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._overloaded():
            origin = Headers(scope=scope).get("origin")
            allowed = (("Access-Control-Allow-Origin", str(origin)),) if origin in self._origins else ()
            await send_response(refusal(503, ("Retry-After", "1"), ("Vary", "Origin"), *allowed), send)
            return
        request = object()
        self._started[request] = self._clock()
        try:
            await self._app(scope, receive, send)
        finally:
            del self._started[request]

    def _overloaded(self) -> bool:
        running = len(self._started)
        if running < min(SOME_REQUESTS, self._limit):
            return False
        return running >= self._limit or self._clock() - next(iter(self._started.values())) > OLD_SECONDS


def refusal(status: int, *headers: tuple[str, str]) -> HttpResponse:
    """The contract's answer with this status to a request that does not reach the gateway."""
    request_id = str(uuid.uuid4())
    usual = (
        ("Content-Type", "application/json"),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Request-Id", request_id),
    )
    return HttpResponse(status, (*usual, *headers), json.dumps(problem_body(Refusal(status), request_id)).encode())
