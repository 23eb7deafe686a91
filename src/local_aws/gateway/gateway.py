"""`Gateway`: a REST API deployed, as an ASGI application made of the body that was imported, and of nothing else.

A request goes through the steps of a REST API: method, authorizer, throttling, validator, integration.
https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-develop.html
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from local_aws.asgi import BodyTooLarge, HttpRequest, HttpResponse, read_body, send_response
from local_aws.functions import Functions
from local_aws.gateway.call import Call, GatewayError
from local_aws.gateway.gateway_responses import GatewayResponses
from local_aws.gateway.imported_body import Place, resolved
from local_aws.gateway.request_validator import VALIDATOR, VALIDATORS
from local_aws.gateway.resources import ANY, METHODS, Method, read_resources
from local_aws.gateway.stage import LARGEST_BODY, Authorizers, Stage
from local_aws.gateway.templates import IN_ACCESS_LOGS, Template

_RESPONSES = "x-amazon-apigateway-gateway-responses"
_OVERRIDE = "x-http-method-override"
_ABOUT = ("openapi", "info", "tags", "externalDocs")
_FORBIDDEN = HttpResponse(403, (("Content-Type", "application/json"),), b'{"message":"Forbidden"}')

logger = logging.getLogger(__name__)


class Gateway:
    """Serves `body` at the stage's base path."""

    def __init__(self, body: Mapping[str, Any], stage: Stage, functions: Functions, authorizers: Authorizers) -> None:
        """Raises NotEmulated: the body has something that is not known here, or what API Gateway would not import."""
        imported = Place(resolved(body, stage.api))
        imported.only((*_ABOUT, "paths", "components", _RESPONSES, VALIDATOR, VALIDATORS))
        self._resources = read_resources(imported, stage, functions, authorizers)
        self._responses = GatewayResponses(imported.get(_RESPONSES, {}))
        self._stage = stage
        log_format = stage.access_log_format
        self._log = None if log_format is None else Template(Place(log_format, "access log format"), IN_ACCESS_LOGS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, root = _one_slash(scope["raw_path"].decode("ascii")), self._stage.root
        if not f"{path}/".startswith(f"{root}/"):
            await send_response(_FORBIDDEN, send)
            return
        below = path.removeprefix(root) or "/"
        call = Call(_request(scope, _one_slash(below)), self._stage, root + below)
        try:
            response = await self._respond(call, receive)
        except ClientDisconnect:
            return
        if self._stage.observe is not None:
            await self._stage.observe(call, response)
        ids = (("x-amzn-RequestId", call.request_id), ("x-amz-apigw-id", call.request_id))
        try:
            await send_response(replace(response, headers=(*response.headers, *ids)), send)
        finally:
            latency = call.milliseconds()
            call.note(status=response.status, responseLength=len(response.body), responseLatency=latency)
            if self._log is not None:
                self._stage.access_log(self._log.render(call.variables, missing="-"))

    async def _respond(self, call: Call, receive: Receive) -> HttpResponse:
        try:
            call.request = replace(call.request, body=await read_body(receive, LARGEST_BODY))
            return await self._method(call).respond(call)
        except BodyTooLarge:
            # The one refusal that is not the API's to word:
            # https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
            message = f"HTTP content length exceeded {LARGEST_BODY} bytes."
            call.note_refusal(GatewayError("REQUEST_TOO_LARGE", message))
            return HttpResponse(413, (("Content-Type", "text/plain"),), message.encode())
        except GatewayError as refused:
            return self._responses.to(call, refused)
        except ClientDisconnect:
            raise
        except Exception:
            logger.exception("the gateway failed", extra={"requestId": call.request_id})
            return self._responses.to(call, GatewayError("DEFAULT_5XX"))

    def _method(self, call: Call) -> Method:
        """The method of the most literal path that has it: another path may have it where that one has not."""
        for resource in self._resources:
            parameters = resource.match(call.request.path)
            method = resource.methods.get(call.request.method, resource.methods.get(ANY))
            if parameters is not None and method is not None:
                call.path_parameters = parameters
                call.note(resourcePath=resource.path, resourceId=resource.path)
                return method
        # Where no authorizer reads Authorization, API Gateway looks for an AWS signature in it.
        if call.header("authorization"):
            message = "Invalid key=value pair (missing equal-sign) in Authorization header"
            raise GatewayError("INVALID_SIGNATURE", message)
        raise GatewayError("MISSING_AUTHENTICATION_TOKEN", "Missing Authentication Token")


def _one_slash(path: str) -> str:
    """Slashes before the first segment count as one."""
    return "/" + path.lstrip("/")


def _request(scope: Scope, path: str) -> HttpRequest:
    """The request, by another method if X-HTTP-Method-Override names one: API Gateway obeys it and hides it.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
    """
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
    override = dict(headers).get(_OVERRIDE, "")
    return HttpRequest(
        method=override if override in METHODS.values() and override != ANY else scope["method"],
        path=path,
        query=scope["query_string"].decode("latin-1"),
        headers=tuple(each for each in headers if each[0] != _OVERRIDE),
        body=b"",
        client=(scope.get("client") or ("127.0.0.1", 0))[0],
    )
