"""API Gateway on a laptop, made from the contract: connexion routes, checks tokens and serves Swagger UI.

It does no validating: connexion's validators stay out of its stack, for the functions are the judges.
"""

from __future__ import annotations

import copy
import logging
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

with warnings.catch_warnings():
    # connexion imports Starlette's test client, which warns about the HTTP client that it would use.
    warnings.simplefilter("ignore")
    from connexion import ConnexionMiddleware
    from connexion.exceptions import ProblemException
    from connexion.lifecycle import ConnexionRequest, ConnexionResponse
    from connexion.middleware.abstract import ROUTING_CONTEXT
    from connexion.middleware.exceptions import ExceptionMiddleware
    from connexion.middleware.security import SecurityMiddleware
    from connexion.middleware.swagger_ui import SwaggerUIMiddleware
    from connexion.options import SwaggerUIOptions
    from connexion.security import BearerSecurityHandler

from cross_check.contract_document import ContractDocument, Operation
from local_aws.asgi import App, Receive, Scope, Send, send_response
from local_aws.functions import Functions
from local_aws.proxy_answer import HttpResponse
from local_server.cors import Cors
from local_server.integration import Integration, Observe
from local_server.refusals import GatewayResponses
from local_server.routing import GatewayRouting

Verify = Callable[[str], "dict[str, str] | None"]
"""From a bearer token to its claims, or None when it is not good."""

logger = logging.getLogger(__name__)


class Gateway:
    """An ASGI application that calls `functions` for the operations of `document`, and refuses everything else."""

    def __init__(
        self, document: ContractDocument, functions: Functions, verify: Verify, cors: Cors, observe: Observe
    ) -> None:
        self._document = document
        self._operations = {operation.operation_id: operation for operation in document.operations()}
        self._responses = GatewayResponses(cors)
        self._integration = Integration(functions, self._responses, self._find_operation, observe)
        self._connexion = self._stack(verify)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._connexion(scope, receive, send)

    def _stack(self, verify: Verify) -> ConnexionMiddleware:
        stack = ConnexionMiddleware(
            self._integration,
            middlewares=[
                ExceptionMiddleware,
                SwaggerUIMiddleware,
                partial(GatewayRouting, other_methods=self._other_methods),
                SecurityMiddleware,
            ],
            resolver=lambda operation_id: self._integration,
            security_map={"bearer": partial(_TokenCheck, verify)},
            swagger_ui_options=SwaggerUIOptions(swagger_ui_config={"persistAuthorization": True}),
        )
        stack.add_api(copy.deepcopy(self._document.content))
        stack.add_error_handler(ProblemException, self._unauthorised)
        stack.add_error_handler(Exception, self._failed)
        return stack

    def _find_operation(self, scope: Scope) -> Operation | None:
        routing = scope.get("extensions", {}).get(ROUTING_CONTEXT, {})
        return self._operations.get(routing.get("operation_id"))

    def _other_methods(self, path: str) -> App:
        """Answers the methods that `path` does not declare: a preflight, or a 405."""
        methods = self._document.methods(path)
        operations = (each for each in self._operations.values() if each.path == path)
        headers = sorted(set().union(*(each.request_headers() for each in operations)))

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["method"] == "OPTIONS":
                response = self._responses.preflight(scope, methods, headers)
            else:
                response = self._responses.refusal(405, scope, ("Allow", ", ".join(methods)), *self._document.version())
            await send_response(response, send)

        return answer

    async def _unauthorised(self, request: ConnexionRequest, error: Exception) -> ConnexionResponse:
        response = self._responses.refusal(401, request.scope, ("WWW-Authenticate", "Bearer"))
        return _for_connexion(await self._integration.observed(request.scope, response))

    async def _failed(self, request: ConnexionRequest, error: Exception) -> ConnexionResponse:
        logger.error("the gateway failed", exc_info=error)
        return _for_connexion(self._responses.refusal(500, request.scope))


class _TokenCheck(BearerSecurityHandler):
    """connexion looks a checking function up by name; here it is given."""

    def __init__(self, verify: Verify) -> None:
        self._verify = verify

    def _resolve_func(self, security_scheme: dict[str, Any]) -> Verify:
        return self._verify


def _for_connexion(response: HttpResponse) -> ConnexionResponse:
    return ConnexionResponse(response.status, headers=dict(response.headers), body=response.body)
