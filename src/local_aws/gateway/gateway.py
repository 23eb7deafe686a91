"""API Gateway with one REST API deployed: an ASGI application made of the body that was imported, and of nothing else.

A request goes through the steps of a REST API: method, authorizer, throttling, validator, integration.
https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-develop.html
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from local_aws.asgi import BodyTooLarge, ClientGone, Receive, Scope, Send, http_request, read_body, send_response
from local_aws.gateway.authorization import CognitoAuthorizer
from local_aws.gateway.call import Call, GatewayError
from local_aws.gateway.gateway_responses import GatewayResponses
from local_aws.gateway.imported_body import Place, resolved
from local_aws.gateway.methods import ANY, METHODS, Method, Parts
from local_aws.gateway.request_validator import VALIDATOR, VALIDATORS, Models
from local_aws.gateway.resources import Resource, find
from local_aws.gateway.stage import LARGEST_BODY, ApiIdentity, Authorizers, InvokedFunctions, Stage
from local_aws.gateway.variables import IN_ACCESS_LOGS, Template
from local_aws.proxy_event import HttpRequest
from local_aws.proxy_response import HttpResponse

_RESPONSES = "x-amazon-apigateway-gateway-responses"
_OVERRIDE = "x-http-method-override"
_ABOUT = ("openapi", "info", "tags", "externalDocs")
_FORBIDDEN = HttpResponse(403, (("Content-Type", "application/json"),), b'{"message":"Forbidden"}')

logger = logging.getLogger(__name__)


class Gateway:
    """Serves `body` at the stage's base path."""

    def __init__(
        self,
        body: Mapping[str, Any],
        stage: Stage,
        functions: InvokedFunctions,
        authorizers: Authorizers,
        api: ApiIdentity,
    ) -> None:
        """Raises NotEmulated: the body has something that is not known here, or what API Gateway would not import."""
        imported = Place(resolved(body, api)).only((*_ABOUT, "paths", "components", _RESPONSES, VALIDATOR, VALIDATORS))
        components = imported.get("components", {}).only(("schemas", "securitySchemes"))
        schemes = {
            name: CognitoAuthorizer(each, authorizers) for name, each in components.get("securitySchemes", {}).members()
        }
        parts = Parts(imported, Models(components.get("schemas", {})), schemes, stage, functions, api)
        self._methods = dict(sorted(_resources(parts), key=lambda each: each[0].rank))
        self._responses = GatewayResponses(imported.get(_RESPONSES, {}))
        self._stage = stage
        self._deployment = api.deployment(stage)
        self._log = _log_format(stage)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = _one_slash(scope["raw_path"].decode("ascii"))
        with suppress(ClientGone):
            if not f"{path}/".startswith(f"{self._stage.root}/"):
                await send_response(_FORBIDDEN, send)
                return
            below = path.removeprefix(self._stage.root) or "/"
            await self._serve({**scope, "path": _one_slash(below)}, self._stage.root + below, receive, send)

    async def _serve(self, scope: Scope, path: str, receive: Receive, send: Send) -> None:
        call = Call(_request(scope), self._deployment, path)
        response = await self._respond(call, scope, receive)
        await self._stage.observe(call, response)
        ids = (("x-amzn-RequestId", call.request_id), ("x-amz-apigw-id", call.request_id))
        named = HttpResponse(response.status, (*response.headers, *ids), response.body)
        try:
            await send_response(named, send)
        finally:
            self._write_log(call, response)

    async def _respond(self, call: Call, scope: Scope, receive: Receive) -> HttpResponse:
        try:
            call.request = _request(scope, await read_body(receive, LARGEST_BODY))
            return await self._method(call).respond(call)
        except BodyTooLarge:
            return _too_large(call)
        except GatewayError as refused:
            return self._responses.to(call, refused)
        except ClientGone:
            raise
        except Exception:
            logger.exception("the gateway failed", extra={"requestId": call.request_id})
            return self._responses.to(call, GatewayError("DEFAULT_5XX", "Internal server error", status=500))

    def _method(self, call: Call) -> Method:
        """The method of the most literal path that has it: another path may have it where that one has not."""
        for resource, parameters in find(self._methods, call.request.path):
            methods = self._methods[resource]
            if method := methods.get(call.request.method, methods.get(ANY)):
                call.path_parameters = parameters
                call.note(resourcePath=resource.path, resourceId=resource.path)
                return method
        raise _unknown(call)

    def _write_log(self, call: Call, response: HttpResponse) -> None:
        latency = call.milliseconds()
        call.note(status=response.status, responseLength=len(response.body), responseLatency=latency)
        if self._log is not None:
            self._stage.access_log(self._log.render(call.variables, missing="-"))


def _resources(parts: Parts) -> Iterator[tuple[Resource, dict[str, Method]]]:
    for path, item in parts.body["paths"].members():
        item.only((*METHODS, "parameters"))
        resource = Resource.parse(path, item)
        yield resource, {METHODS[key]: Method.parse(parts, resource, key) for key in METHODS if key in item}


def _one_slash(path: str) -> str:
    """Slashes before the first segment count as one."""
    return "/" + path.lstrip("/")


def _request(scope: Scope, body: bytes = b"") -> HttpRequest:
    """The request, by another method if X-HTTP-Method-Override names one: API Gateway obeys it, and keeps it to itself.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
    """
    request = http_request(scope, body)
    headers = tuple((name, value) for name, value in request.headers if name != _OVERRIDE)
    method = dict(request.headers).get(_OVERRIDE, "")
    known = method in METHODS.values() and method != ANY
    return replace(request, method=method if known else request.method, headers=headers)


def _log_format(stage: Stage) -> Template | None:
    place = Place(stage.access_log_format, "access log format")
    return None if place.value is None else Template.parse(place, IN_ACCESS_LOGS)


def _too_large(call: Call) -> HttpResponse:
    """The one refusal that is not the API's to word.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
    """
    message = f"HTTP content length exceeded {LARGEST_BODY} bytes."
    call.note_refusal(GatewayError("REQUEST_TOO_LARGE", message))
    return HttpResponse(413, (("Content-Type", "text/plain"),), message.encode())


def _unknown(call: Call) -> GatewayError:
    """Where no authorizer reads Authorization, API Gateway looks for an AWS signature in it."""
    if call.header("authorization"):
        return GatewayError("INVALID_SIGNATURE", "Invalid key=value pair (missing equal-sign) in Authorization header")
    return GatewayError("MISSING_AUTHENTICATION_TOKEN", "Missing Authentication Token")
