"""An HTTP request as the event that API Gateway's REST proxy integration hands to a Lambda function.

Payload format 1.0: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

Event = dict[str, Any]
STAGE = "local"
ACCOUNT = "000000000000"
# Of a caller who does not sign as AWS does.
_UNKNOWN_IDENTITY = (
    "accessKey",
    "accountId",
    "caller",
    "cognitoAuthenticationProvider",
    "cognitoAuthenticationType",
    "cognitoIdentityId",
    "cognitoIdentityPoolId",
    "principalOrgId",
    "user",
    "userArn",
)


@dataclass(frozen=True)
class HttpRequest:
    """A request as it came over the wire. `path` is still percent-encoded; names of `headers` are in lower case."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    client: str


@dataclass(frozen=True)
class Match:
    """What the gateway made of a request: the route, its parameters as they were sent, and who is calling.

    `context_path` is the whole path as it was sent, base path and all, where that is not the event's path alone.
    """

    resource: str
    path_parameters: Mapping[str, str]
    request_id: str
    claims: Mapping[str, str] | None
    context_path: str | None = None


@dataclass(frozen=True)
class Deployment:
    """Where the request came in. Its paths begin with `base_path`, which the host has and the API does not know."""

    account: str
    api_id: str
    stage: str
    base_path: str
    variables: Mapping[str, str] = field(default_factory=dict)
    deployment_id: str = "local"


LOCAL = Deployment(ACCOUNT, api_id="local", stage=STAGE, base_path="")


def proxy_event(request: HttpRequest, match: Match, deployment: Deployment = LOCAL) -> Event:
    """The event: query decoded, path not; maps without entries are null; a body is text, whatever its bytes."""
    headers = _multi_map(request.headers)
    query = _multi_map(parse_qsl(request.query, keep_blank_values=True, errors="replace"))
    return {
        "resource": match.resource,
        "path": request.path,
        "httpMethod": request.method,
        "headers": _last_values(headers),
        "multiValueHeaders": headers,
        "queryStringParameters": _last_values(query),
        "multiValueQueryStringParameters": query,
        "pathParameters": dict(match.path_parameters) or None,
        "stageVariables": dict(deployment.variables) or None,
        "requestContext": _request_context(request, match, deployment),
        # An API without binaryMediaTypes takes every body for UTF-8 text.
        "body": request.body.decode("utf-8", errors="replace") or None,
        "isBase64Encoded": False,
    }


def _request_context(request: HttpRequest, match: Match, deployment: Deployment) -> dict[str, Any]:
    now = datetime.now(UTC)
    headers = dict(request.headers)
    context: dict[str, Any] = {
        "accountId": deployment.account,
        "apiId": deployment.api_id,
        "deploymentId": deployment.deployment_id,
        "domainName": headers.get("host"),
        "domainPrefix": headers.get("host", "").partition(".")[0],
        "extendedRequestId": match.request_id,
        "httpMethod": request.method,
        "identity": {
            **dict.fromkeys(_UNKNOWN_IDENTITY),
            "sourceIp": request.client,
            "userAgent": headers.get("user-agent"),
        },
        "path": match.context_path or deployment.base_path + request.path,
        "protocol": "HTTP/1.1",
        "requestId": match.request_id,
        "requestTime": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "requestTimeEpoch": int(now.timestamp() * 1000),
        "resourceId": match.resource,
        "resourcePath": match.resource,
        "stage": deployment.stage,
    }
    if match.claims is not None:
        context["authorizer"] = {"claims": dict(match.claims)}
    return context


def _multi_map(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]] | None:
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values or None


def _last_values(multi_map: Mapping[str, list[str]] | None) -> dict[str, str] | None:
    return {name: values[-1] for name, values in multi_map.items()} if multi_map else None
