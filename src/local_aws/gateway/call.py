"""`Call`: one request on its way through the gateway, with its `$context` variables."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from local_aws.asgi import HttpRequest
from local_aws.gateway.stage import Stage

_JSON = "application/json"
# Of a caller who does not sign as AWS does.
_UNKNOWN_IDENTITY = (
    "accessKey", "accountId", "caller", "cognitoAuthenticationProvider", "cognitoAuthenticationType",
    "cognitoIdentityId", "cognitoIdentityPoolId", "principalOrgId", "user", "userArn",
)  # fmt: skip


class GatewayError(Exception):
    """Exception for a request that the gateway answers itself, by the gateway response of a type."""

    def __init__(self, response_type: str, message: str = "Internal server error", status: int | None = None) -> None:
        super().__init__(response_type)
        self.response_type = response_type
        self.message = message
        self.status = status


@dataclass(slots=True)
class Call:
    """One request. `request.path` has no base path in it; `path` has.

    `context` is the `requestContext` of an event, but for what the method adds; `variables` are API Gateway's, by whole
    name, `context.requestId`.
    """

    request: HttpRequest
    stage: Stage
    path: str
    path_parameters: Mapping[str, str] = field(default_factory=dict)
    claims: Mapping[str, str] | None = None
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    started: float = field(default_factory=time.monotonic)
    context: dict[str, Any] = field(init=False)
    variables: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        now, host, caller = datetime.now(UTC), self.header("host"), dict.fromkeys(_UNKNOWN_IDENTITY)
        self.context = {
            "accountId": self.stage.api.account,
            "apiId": self.stage.api.api_id,
            "deploymentId": "local",
            "domainName": host,
            "domainPrefix": (host or "").partition(".")[0],
            "extendedRequestId": self.request_id,
            "httpMethod": self.request.method,
            "identity": {**caller, "sourceIp": self.request.client, "userAgent": self.header("user-agent")},
            "path": self.path,
            "protocol": "HTTP/1.1",
            "requestId": self.request_id,
            "requestTime": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "requestTimeEpoch": int(now.timestamp() * 1000),
            "stage": self.stage.name,
        }
        self.variables = {f"stageVariables.{key}": value for key, value in self.stage.variables.items()}
        self.note(**{name: value for name, value in self.context.items() if name != "identity"})
        self.note("identity", **self.context["identity"])
        self.note(xrayTraceId=f"Root=1-{int(now.timestamp()):08x}-{uuid.uuid4().hex[:24]}")

    def note(self, group: str = "", /, **values: object) -> None:
        """Sets `$context` variables, all of one group if they are in one. None is no value."""
        prefix = f"context.{group}." if group else "context."
        self.variables |= {prefix + name: str(value) for name, value in values.items() if value is not None}

    def note_refusal(self, refused: GatewayError) -> None:
        """Sets the variables by which templates and logs name a refusal."""
        self.note(
            "error",
            message=refused.message,
            messageString=json.dumps(refused.message),
            responseType=refused.response_type,
        )

    def header(self, name: str) -> str | None:
        """A header's values as one list (RFC 9110, 5.3); `name` in lower case."""
        values = [value for key, value in self.request.headers if key.lower() == name]
        return ", ".join(values) if values else None

    def query(self) -> dict[str, str]:
        """The last value of every query parameter, decoded."""
        return dict(parse_qsl(self.request.query, keep_blank_values=True, errors="replace"))

    def media_type(self) -> str:
        """Of the body. Without a word on it API Gateway takes it for JSON.

        https://docs.aws.amazon.com/apigateway/latest/developerguide/integration-passthrough-behaviors.html
        """
        return (self.header("content-type") or _JSON).partition(";")[0].strip().lower()

    def milliseconds(self) -> int:
        """Since the request came in."""
        return round((time.monotonic() - self.started) * 1000)
