"""Lambda proxy integrations: a request becomes an event, and the function's answer to it the response.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from werkzeug.datastructures import MultiDict

from local_aws.asgi import Headers, HttpResponse
from local_aws.functions import Event, FunctionFailed, Functions, InvokeFailed, InvokeForbidden
from local_aws.gateway.call import Call, GatewayError
from local_aws.gateway.imported_body import Place
from local_aws.gateway.stage import LONGEST_SECONDS

_URI = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):apigateway:(?P<region>[a-z0-9-]+):lambda:path/2015-03-31/functions/"
    r"(?P<function>arn:(?P=partition):lambda:(?P=region):[0-9]{12}:function:[A-Za-z0-9_-]+(?::[A-Za-z0-9_$-]+)?)/invocations"
)
_MILLISECONDS = range(50, round(LONGEST_SECONDS * 1000) + 1)
_ANSWER_KEYS = {"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"}

# Headers of the request that the function does not get, those of the answer that the client gets by another name or not
# at all: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
_WITHHELD = frozenset(
    {
        "connection", "content-length", "content-md5", "expect", "max-forwards", "proxy-authenticate", "server", "te",
        "trailer", "transfer-encoding", "upgrade", "www-authenticate",
        # API Gateway's own.
        "x-amzn-trace-id", "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto",
    }
)  # fmt: skip
_REMAPPED = frozenset(
    {
        "authorization", "connection", "content-length", "content-md5", "date", "max-forwards", "server", "user-agent",
        "www-authenticate",
    }
)  # fmt: skip
_DROPPED = frozenset({"expect", "host", "proxy-authenticate", "te", "trailer", "transfer-encoding", "upgrade", "via"})

logger = logging.getLogger(__name__)


class MalformedProxyResponse(Exception):
    """Exception for a function's answer that is not a proxy response. The message has none of its values."""


class LambdaProxy:
    """One method's integration; `source_arn` is who calls the function, `resource` the method's path template."""

    def __init__(self, integration: Place, resource: str, source_arn: str, functions: Functions) -> None:
        integration.only(("type", "httpMethod", "uri", "passthroughBehavior", "timeoutInMillis"))
        integration["httpMethod"].one_of("POST")
        found = _URI.fullmatch(integration["uri"].text())
        if found is None:
            raise integration["uri"].not_emulated("it does not name a function")
        timeout = integration.get("timeoutInMillis", _MILLISECONDS[-1])
        if timeout.value not in _MILLISECONDS:
            raise timeout.not_emulated(f"a REST API waits for {_MILLISECONDS[0]} to {_MILLISECONDS[-1]} milliseconds")
        self._function_arn = found["function"]
        self._resource = resource
        self._source_arn = source_arn
        self._functions = functions
        self._seconds = timeout.value / 1000

    async def respond(self, call: Call) -> HttpResponse:
        """The function's answer. Raises GatewayError when there is none that can be sent."""
        trace = call.variables["context.xrayTraceId"]
        headers = (
            *((name, value) for name, value in call.request.headers if name not in _WITHHELD),
            ("x-amzn-trace-id", trace),
            ("x-forwarded-for", call.request.client),
            ("x-forwarded-port", "443"),  # REST APIs take TLS only, so that is what was forwarded.
            ("x-forwarded-proto", "https"),
        )
        event = proxy_event(call, self._resource, headers)
        invocation = self._functions.invoke(self._function_arn, event, call.request_id, self._source_arn)
        started = time.monotonic()
        try:
            answer = await asyncio.wait_for(invocation, min(call.stage.longest_seconds, self._seconds))
            # What Lambda said, whatever the function did: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
            call.note("integration", integrationStatus=200)
            response = http_response(answer)
        except (FunctionFailed, MalformedProxyResponse, InvokeForbidden, InvokeFailed, TimeoutError) as error:
            logger.error("no usable answer", extra={"requestId": call.request_id, "cause": type(error).__name__})
            call.note("integration", error=type(error).__name__)
            if isinstance(error, TimeoutError):
                raise GatewayError("INTEGRATION_TIMEOUT", "Endpoint request timed out") from error
            if isinstance(error, InvokeForbidden):
                raise GatewayError("API_CONFIGURATION_ERROR") from error
            if isinstance(error, InvokeFailed):
                raise GatewayError("INTEGRATION_FAILURE") from error
            # The documentation gives the status of a function's failure and no type for it, and none of the types has
            # that status: so it is the default one. https://repost.aws/knowledge-center/malformed-502-api-gateway
            raise GatewayError("DEFAULT_5XX", status=502) from error
        finally:
            call.note("integration", latency=round((time.monotonic() - started) * 1000))
        call.note("integration", status=response.status)
        return replace(response, headers=(*response.headers, ("X-Amzn-Trace-Id", trace)))


def proxy_event(call: Call, resource: str, headers: Headers) -> Event:
    """The event (payload format 1.0) of a call that matched `resource`, with these headers for those of the request.

    The query is decoded, the path is not; maps without entries are null.
    """
    request = call.request
    header_values = MultiDict(headers).to_dict(flat=False) or None
    query = MultiDict(parse_qsl(request.query, keep_blank_values=True, errors="replace")).to_dict(flat=False) or None
    authorizer = {} if call.claims is None else {"authorizer": {"claims": dict(call.claims)}}
    return {
        "resource": resource,
        "path": request.path,
        "httpMethod": request.method,
        "headers": _last_values(header_values),
        "multiValueHeaders": header_values,
        "queryStringParameters": _last_values(query),
        "multiValueQueryStringParameters": query,
        "pathParameters": dict(call.path_parameters) or None,
        "stageVariables": dict(call.stage.variables) or None,
        "requestContext": {**call.context, "resourceId": resource, "resourcePath": resource, **authorizer},
        # An API without binaryMediaTypes takes every body for UTF-8 text, whatever its bytes.
        "body": request.body.decode("utf-8", errors="replace") or None,
        "isBase64Encoded": False,
    }


def _last_values(multi_map: Mapping[str, list[str]] | None) -> dict[str, str] | None:
    return {name: values[-1] for name, values in multi_map.items()} if multi_map else None


def http_response(answer: object) -> HttpResponse:
    """The response of a proxy answer. Raises MalformedProxyResponse, which API Gateway answers with a 502."""
    if not isinstance(answer, Mapping) or not answer.keys() <= _ANSWER_KEYS:
        raise MalformedProxyResponse("not an object with the keys of a proxy answer")
    headers = [
        (f"x-amzn-Remapped-{name}" if name.lower() in _REMAPPED else name, value)
        for name, value in _answered_headers(answer)
        if name.lower() not in _DROPPED
    ]
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "application/json"))
    status = answer.get("statusCode", 200)
    if isinstance(status, str) and status.isascii() and status.isdigit():
        status = int(status)
    if not isinstance(status, int) or isinstance(status, bool) or not 200 <= status <= 599:
        raise MalformedProxyResponse("statusCode is not a status")
    body = answer.get("body")
    if not isinstance(body, str | None):
        raise MalformedProxyResponse("body is not a string")
    try:
        return HttpResponse(status, tuple(headers), (body or "").encode())
    except UnicodeEncodeError:
        raise MalformedProxyResponse("body is not Unicode text") from None


def _answered_headers(answer: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Both maps together: of a name in both, the values of `multiValueHeaders` and then the one of `headers`."""
    single, multiple = answer.get("headers"), answer.get("multiValueHeaders")
    if not isinstance(single, Mapping | None) or not isinstance(multiple, Mapping | None):
        raise MalformedProxyResponse("headers is not a map")
    pairs: list[tuple[Any, Any]] = []
    for name, values in (multiple or {}).items():
        if not isinstance(values, list):
            raise MalformedProxyResponse("multiValueHeaders is not a map of lists")
        pairs += [(name, value) for value in values]
    for name, value in (*pairs, *(single or {}).items()):
        text = str(value).lower() if isinstance(value, bool) else value
        if not isinstance(name, str) or not isinstance(text, str):
            raise MalformedProxyResponse("a header is not a string")
        if any(ord(character) > 255 or character in "\r\n\0" for character in name + text):
            raise MalformedProxyResponse("a header cannot be sent")
        yield name, text
