"""Mapping expressions: how API Gateway makes a header of a response that it sends itself.

An expression is a text in single quotes, with no way to write a quote inside it, or the name of a variable.
https://docs.aws.amazon.com/apigateway/latest/developerguide/request-response-data-mappings.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
"""

from __future__ import annotations

import re

# The variables that hold for every response. Others are for gateway responses only (`context.error`) or for access logs
# only (`context.status`, `context.responseLatency`, `context.integration`, `context.xrayTraceId`).
_VARIABLES = (
    "accountId", "apiId", "authorizer.principalId", "awsEndpointRequestId", "deploymentId", "domainName",
    "domainPrefix", "extendedRequestId", "httpMethod", "identity.accountId", "identity.apiKey", "identity.apiKeyId",
    "identity.caller", "identity.sourceIp", "identity.user", "identity.userAgent", "identity.userArn",
    "identity.vpcId", "identity.vpceId", "isCanaryRequest", "path", "protocol", "requestId", "requestTime",
    "requestTimeEpoch", "resourceId", "resourcePath", "stage", "wafResponseCode", "webaclArn",
)  # fmt: skip
_VARIABLE = re.compile(rf"context\.(?:{'|'.join(map(re.escape, _VARIABLES))}|authorizer\.claims\.[A-Za-z0-9_:-]+)")
_ERROR = re.compile(r"context\.error\.(?:message|messageString|responseType|validationErrorString)")
_TEXT = re.compile(r"'[ -&(-~]*'")  # Visible ASCII, as in a header, and no quote.
_HEADER_NAME = re.compile(r"[A-Za-z0-9._$-]+")


def quoted(text: str) -> str | None:
    """The expression for a constant text; None when there is none, for it has a quote or is no header's value."""
    expression = f"'{text}'"
    return expression if _TEXT.fullmatch(expression) else None


def is_expression(text: str, *, in_gateway_response: bool = False) -> bool:
    """Whether the text is an expression for a mock integration's response, or for a gateway response."""
    variables = (_VARIABLE, _ERROR) if in_gateway_response else (_VARIABLE,)
    return any(pattern.fullmatch(text) for pattern in (_TEXT, *variables))


def is_header_name(name: str) -> bool:
    """Whether a header of this name can be mapped."""
    return _HEADER_NAME.fullmatch(name) is not None
