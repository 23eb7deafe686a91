"""API Gateway's variables, and the two languages that only name them: mapping expressions, templates without VTL.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from local_aws.gateway.imported_body import Place

Variables = Mapping[str, str]
"""Values by whole name (`context.requestId`). What does not apply to a request is not in it."""

IN_MAPPINGS = frozenset(
    f"context.{name}"
    for name in (
        "accountId", "apiId", "domainName", "domainPrefix", "extendedRequestId", "httpMethod", "identity.sourceIp",
        "identity.userAgent", "path", "protocol", "requestId", "requestTime", "requestTimeEpoch",
        "resourceId", "resourcePath", "stage", "xrayTraceId",
    )
)  # fmt: skip
IN_GATEWAY_RESPONSES = IN_MAPPINGS | {
    f"context.error.{name}" for name in ("message", "messageString", "responseType", "validationErrorString")
}
IN_ACCESS_LOGS = IN_GATEWAY_RESPONSES | {
    f"context.{name}"
    for name in (
        "authorizer.error", "authorizer.latency", "authorizer.status", "integration.error",
        "integration.integrationStatus", "integration.latency", "integration.status", "responseLatency",
        "responseLength", "status",
    )
}  # fmt: skip

_OPEN_ENDED = ("context.authorizer.claims.", "stageVariables.")
_REFERENCE = re.compile(r"\$(?:\{(?P<braced>[^}]*)\}|(?P<plain>[A-Za-z][A-Za-z0-9_-]*(?:\.[A-Za-z][A-Za-z0-9_:-]*)*))?")


def known(name: str, place: Place, among: frozenset[str]) -> str:
    """The name, which is one of a variable that this gateway has values for. Raises NotEmulated."""
    if name not in among and not name.startswith(_OPEN_ENDED):
        raise place.not_emulated(f"the variable {name or '$'} is not known here")
    return name


@dataclass(frozen=True, slots=True)
class Template:
    """Text with `$context.…` in it, and no VTL."""

    text: str

    @classmethod
    def parse(cls, place: Place, among: frozenset[str]) -> Template:
        for found in _REFERENCE.finditer(place.text()):
            known(_name(found), place, among)
        return cls(place.text())

    def render(self, variables: Variables, missing: str = "") -> str:
        """The text with the variables' values; `missing` stands for what does not apply."""
        return _REFERENCE.sub(lambda found: variables.get(_name(found), missing), self.text)


def _name(found: re.Match[str]) -> str:
    return found["braced"] or found["plain"] or ""


@dataclass(frozen=True, slots=True)
class Expression:
    """A mapping expression: a text in single quotes, or a variable.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/request-response-data-mappings.html
    """

    source: str

    @classmethod
    def parse(cls, place: Place, among: frozenset[str]) -> Expression:
        if re.fullmatch("'[^']*'", place.text()) is None:
            known(place.text(), place, among)
        return cls(place.text())

    def value(self, variables: Variables) -> str | None:
        """None when the variable does not apply to this request."""
        return self.source[1:-1] if self.source.startswith("'") else variables.get(self.source)


def mapped_headers(
    media: str, expressions: Mapping[str, Expression], variables: Variables
) -> dict[str, tuple[str, str]]:
    """Name and value of each header that applies, by the name in lower case.

    The media type is that of the template, unless a header says otherwise.
    """
    values = {name: expression.value(variables) for name, expression in expressions.items()}
    sent = {name.lower(): (name, value) for name, value in values.items() if value is not None}
    return {"content-type": ("Content-Type", media)} | sent
