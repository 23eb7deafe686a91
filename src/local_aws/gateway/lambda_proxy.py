"""Lambda proxy integrations: the function that a method's integration names answers.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from dataclasses import replace

from local_aws.functions import FunctionFailed, InvokeFailed, InvokeForbidden
from local_aws.gateway.call import Call, GatewayError
from local_aws.gateway.imported_body import Place
from local_aws.gateway.stage import LONGEST_SECONDS, InvokedFunctions
from local_aws.proxy_event import Match, proxy_event
from local_aws.proxy_response import HttpResponse, MalformedProxyResponse, http_response

_URI = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):apigateway:(?P<region>[a-z0-9-]+):lambda:path/2015-03-31/functions/"
    r"(?P<function>arn:(?P=partition):lambda:(?P=region):[0-9]{12}:function:[A-Za-z0-9_-]+(?::[A-Za-z0-9_$-]+)?)/invocations"
)
_LONGEST = round(LONGEST_SECONDS * 1000)
_MILLISECONDS = range(50, _LONGEST + 1)
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
_KEPT_BACK = frozenset(
    {
        "connection",
        "content-length",
        "content-md5",
        "expect",
        "max-forwards",
        "proxy-authenticate",
        "server",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "www-authenticate",
        # API Gateway's own.
        "x-amzn-trace-id",
        "x-forwarded-for",
        "x-forwarded-port",
        "x-forwarded-proto",
    }
)
_FAILED = "Internal server error"

logger = logging.getLogger(__name__)


class LambdaProxy:
    """One method's integration; `source_arn` is who calls the function, `resource` the method's path template."""

    def __init__(
        self, integration: Place, resource: str, source_arn: str, functions: InvokedFunctions, longest: float
    ) -> None:
        integration.only(("type", "httpMethod", "uri", "passthroughBehavior", "timeoutInMillis"))
        integration["httpMethod"].one_of("POST")
        found = _URI.fullmatch(integration["uri"].text())
        if found is None:
            raise integration["uri"].not_emulated("it does not name a function")
        self._function_arn = found["function"]
        self._resource = resource
        self._source_arn = source_arn
        self._functions = functions
        self._timeout = min(longest, _seconds(integration.get("timeoutInMillis", _LONGEST)))

    async def respond(self, call: Call) -> HttpResponse:
        """The function's answer. Raises GatewayError when there is none that can be sent."""
        started = time.monotonic()
        try:
            return self._response(call, await self._answer(call))
        except (FunctionFailed, MalformedProxyResponse, InvokeForbidden, InvokeFailed, TimeoutError) as error:
            logger.error("no usable answer", extra={"requestId": call.request_id, "cause": type(error).__name__})
            call.note("integration", error=type(error).__name__)
            raise _refused(error) from error
        finally:
            call.note("integration", latency=round((time.monotonic() - started) * 1000))

    async def _answer(self, call: Call) -> object:
        match = Match(self._resource, call.path_parameters, call.request_id, call.claims, call.path)
        event = proxy_event(replace(call.request, headers=_handed_on(call)), match, call.deployment)
        invocation = self._functions.invoke(self._function_arn, event, call.request_id, self._source_arn)
        return await asyncio.wait_for(invocation, self._timeout)

    def _response(self, call: Call, answer: object) -> HttpResponse:
        # What Lambda said, whatever the function did: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
        call.note("integration", integrationStatus=200)
        response = http_response(answer)
        call.note("integration", status=response.status)
        trace = ("X-Amzn-Trace-Id", call.variables["context.xrayTraceId"])
        return replace(response, headers=(*response.headers, trace))


def _handed_on(call: Call) -> tuple[tuple[str, str], ...]:
    """The request's headers as the function gets them. REST APIs take TLS only, so that is what was forwarded."""
    own = (
        ("x-amzn-trace-id", call.variables["context.xrayTraceId"]),
        ("x-forwarded-for", call.request.client),
        ("x-forwarded-port", "443"),
        ("x-forwarded-proto", "https"),
    )
    return (*((name, value) for name, value in call.request.headers if name not in _KEPT_BACK), *own)


def _seconds(place: Place) -> float:
    if place.value not in _MILLISECONDS:
        raise place.not_emulated(f"a REST API waits for {_MILLISECONDS[0]} to {_LONGEST} milliseconds")
    return float(place.value) / 1000


def _refused(error: Exception) -> GatewayError:
    """The gateway response for what went wrong.

    The documentation gives the status of a function's failure (502) and no type for it, and none of the types has that
    status: so it is the default one. https://repost.aws/knowledge-center/malformed-502-api-gateway
    """
    if isinstance(error, TimeoutError):
        return GatewayError("INTEGRATION_TIMEOUT", "Endpoint request timed out")
    if isinstance(error, InvokeForbidden):
        return GatewayError("API_CONFIGURATION_ERROR", _FAILED)
    if isinstance(error, InvokeFailed):
        return GatewayError("INTEGRATION_FAILURE", _FAILED)
    return GatewayError("DEFAULT_5XX", _FAILED, status=502)
