"""API Gateway REST (v1) proxy events, read as API Gateway really sends them.

Every map may be null, the header names keep the client's case, the body may be base64, and the gateway adds keys as it
pleases. https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from contract.http_syntax import is_field_value
from contract.strict_json import is_unicode

_UNKNOWN_REQUEST = "unknown"
_MAX_REQUEST_ID_CHARACTERS = 128

_JSON_TYPES = {dict: "an object", list: "a list", str: "a text", bool: "a boolean", type(None): "null"}


class NotRestEvent(ValueError):
    """Exception for an event that no REST API sends. Its text says what the event looks like, and no value of it."""


class MalformedBody(ValueError):
    """Exception for a body that is flagged as base64 and is not, or that is not Unicode text."""


class RawRequest:
    """A request as it was sent, not validated yet: what a REST proxy event says of it.

    `path` is what the client sent (stage or base path included). `path_parameters` are still percent-encoded, as the
    gateway passes them on; `query` names and values are decoded, as the gateway does. `headers` are keyed in lower
    case. Values given several times keep their order. `claims` are the authorizer's, None without one.
    """

    def __init__(self, event: object, request_id: str | None = None) -> None:
        """Reads the event. `request_id` is that of the event, unless it is given. Raises NotRestEvent."""
        if not isinstance(event, dict) or not isinstance(event.get("httpMethod"), str):
            raise NotRestEvent(_likeness(event))
        context = _part(event, "requestContext", dict) or {}
        if "elb" in context:
            raise NotRestEvent("an event of a load balancer")
        self.method: str = event["httpMethod"]
        self.path: str = _part(context, "path", str) or _part(event, "path", str) or "/"
        if not is_unicode(self.path):
            raise NotRestEvent("a REST proxy event whose path is no Unicode text")
        self.path_parameters = _texts(event, "pathParameters")
        self.query = _listed(event, "multiValueQueryStringParameters", "queryStringParameters")
        self.headers: dict[str, list[str]] = {}
        for name, values in _listed(event, "multiValueHeaders", "headers").items():
            key = name.lower()
            self.headers[key] = [*self.headers[key], *values] if key in self.headers else values
        self.body: str | None = _part(event, "body", str)
        self.is_base64 = bool(_part(event, "isBase64Encoded", bool))
        authorizer = _part(context, "authorizer", dict) or {}
        self.claims: Mapping[str, object] | None = _part(authorizer, "claims", dict)
        self.request_id = request_id or request_id_of(event)

    def header(self, name: str) -> str | None:
        """Returns a header's value, its lines joined as RFC 9110, section 5.3 allows; None when it was not sent."""
        lines = self.headers.get(name.lower())
        return None if lines is None else ", ".join(lines)

    def body_bytes(self) -> bytes | None:
        """Returns the body as it was sent; None when there is none, which an empty one counts as.

        Raises MalformedBody.
        """
        if not self.body:
            return None
        try:
            return base64.b64decode(self.body, validate=True) if self.is_base64 else self.body.encode()
        except (binascii.Error, ValueError):
            raise MalformedBody from None


def request_id_of(event: object, context: object = None) -> str:
    """Returns the id under which the gateway, or else Lambda, knows the request. Takes any event.

    A client may choose the gateway's, by the header x-amzn-RequestId; one that no header could carry is not taken.
    """
    request_context = event.get("requestContext") if isinstance(event, dict) else None
    given = request_context.get("requestId") if isinstance(request_context, dict) else None
    for request_id in (given, getattr(context, "aws_request_id", None)):
        if not isinstance(request_id, str) or not is_field_value(request_id):
            continue
        if 0 < len(request_id) <= _MAX_REQUEST_ID_CHARACTERS:
            return request_id
    return _UNKNOWN_REQUEST


def origin_of(event: object) -> str | None:
    """Returns the Origin header, None without one. Takes any event."""
    headers = event.get("headers") if isinstance(event, dict) else None
    if isinstance(headers, dict):
        for name, value in headers.items():
            if name.lower() == "origin":
                return str(value)
    return None


def _part(holder: Mapping[str, Any], key: str, wanted: type) -> Any:
    """Returns what stands under the key, None for nothing. Raises NotRestEvent for a value of another type."""
    value = holder.get(key)
    if value is not None and not isinstance(value, wanted):
        raise NotRestEvent(f"a REST proxy event whose {key} is {_json_type(value)}")
    return value


def _texts(event: Mapping[str, Any], key: str) -> dict[str, str]:
    values: dict[str, str | None] = _part(event, key, dict) or {}
    texts: dict[str, str] = {}
    for name, value in values.items():
        if isinstance(value, str):
            texts[name] = value
        elif value is not None:
            raise NotRestEvent(f"a REST proxy event whose {key} are not texts")
    return texts


def _listed(event: Mapping[str, Any], multi: str, single: str) -> dict[str, list[str]]:
    """Returns the map that keeps every value; the one that keeps the last, when an event has only that."""
    lists: dict[str, list[str] | None] = _part(event, multi, dict) or {}
    if not lists:
        return {name: [value] for name, value in _texts(event, single).items()}
    given: dict[str, list[str]] = {}
    for name, values in lists.items():
        if values is None or values == []:
            continue
        if not isinstance(values, list):
            raise NotRestEvent(f"a REST proxy event whose {multi} are not lists of texts")
        for value in values:
            if not isinstance(value, str):
                raise NotRestEvent(f"a REST proxy event whose {multi} are not lists of texts")
        given[name] = values
    return given


def _json_type(value: object) -> str:
    return _JSON_TYPES.get(type(value), "a number")


def _likeness(event: object) -> str:
    """Returns what an event without an HTTP method looks like, by the marks that AWS's documentation gives."""
    if not isinstance(event, dict):
        return _json_type(event)
    if "httpMethod" in event:
        return f"a REST proxy event whose httpMethod is {_json_type(event['httpMethod'])}"
    request_context = event.get("requestContext")
    context_keys = request_context if isinstance(request_context, dict) else {}
    likenesses = {
        "an HTTP API's or function URL's event, of payload format 2.0": "http" in context_keys,
        "an event of a WebSocket API": "connectionId" in context_keys,
        "a request to a Lambda authorizer": "methodArn" in event or "routeArn" in event,
        "an EventBridge event": "detail-type" in event,
        "records of a queue, a topic, a stream or a bucket": "Records" in event,
        "a warm-up ping": "warm" in f"{event.get('source')} {' '.join(map(str, event))}".lower(),
        "the console's sample event": "key1" in event,
        "an empty object": not event,
    }
    return next((likeness for likeness, holds in likenesses.items() if holds), "an object without httpMethod")
