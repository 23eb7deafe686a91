"""The Lambda proxy integration: what stands behind a gateway's routing and token check."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from cross_check.contract_document import Operation
from cross_check.exchange import Exchange
from local_aws.asgi import (
    BodyTooLarge,
    ClientGone,
    Receive,
    Scope,
    Send,
    http_request,
    read_body,
    request_id,
    send_response,
)
from local_aws.functions import FunctionFailed, Functions
from local_aws.limits import LARGEST_BODY, LONGEST_SECONDS
from local_aws.proxy_answer import HttpResponse, MalformedAnswer, http_response
from local_aws.proxy_event import HttpRequest, Match, proxy_event
from local_server.refusals import GatewayResponses

FindOperation = Callable[[Scope], "Operation | None"]
"""The operation that a request was routed to; None when no path matched."""

Observe = Callable[[Exchange], None]

logger = logging.getLogger(__name__)


class Integration:
    """An ASGI application. `observe` sees every exchange with an operation before the client has its answer."""

    def __init__(
        self,
        functions: Functions,
        responses: GatewayResponses,
        find_operation: FindOperation,
        observe: Observe,
        *,
        timeout: float = LONGEST_SECONDS,
    ) -> None:
        self._functions = functions
        self._responses = responses
        self._find_operation = find_operation
        self._observe = observe
        self._timeout = timeout

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with suppress(ClientGone):
            await send_response(await self._respond(scope, receive), send)

    async def observed(self, scope: Scope, response: HttpResponse, body: bytes = b"") -> HttpResponse:
        """The same response, after the observer has seen it."""
        operation = self._find_operation(scope)
        if operation is not None:
            request, parameters = http_request(scope, body), operation.path_parameters(scope["path"])
            exchange = Exchange(operation, request, parameters, response, request_id(scope))
            await asyncio.to_thread(self._observe, exchange)
        return response

    async def _respond(self, scope: Scope, receive: Receive) -> HttpResponse:
        operation = self._find_operation(scope)
        if operation is None:
            return self._responses.refusal(404, scope)
        try:
            body = await read_body(receive, LARGEST_BODY)
        except BodyTooLarge:
            return await self.observed(scope, self._responses.refusal(413, scope))
        return await self.observed(scope, await self._invoke(operation, http_request(scope, body), scope), body)

    async def _invoke(self, operation: Operation, request: HttpRequest, scope: Scope) -> HttpResponse:
        event = proxy_event(request, _match(operation, scope))
        invocation = self._functions.invoke(operation.operation_id, event, request_id(scope))
        try:
            return http_response(await asyncio.wait_for(invocation, self._timeout))
        except TimeoutError:
            return self._responses.refusal(504, scope)
        except (FunctionFailed, MalformedAnswer) as error:
            logger.error("no usable answer", extra={"requestId": request_id(scope), "cause": str(error)})
            return self._responses.refusal(502, scope)


def _match(operation: Operation, scope: Scope) -> Match:
    claims = scope.get("extensions", {}).get("connexion_context", {}).get("token_info")
    return Match(operation.path, operation.path_parameters(scope["path"]), request_id(scope), claims)
