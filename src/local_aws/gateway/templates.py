"""Mapping templates and expressions: API Gateway's variables, and the part of Velocity that is known here.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
https://velocity.apache.org/engine/1.7/vtl-reference.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local_aws.asgi import HttpResponse
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

_JSON = "application/json"


def _known(name: str, place: Place, among: frozenset[str]) -> str:
    if name not in among and not name.startswith(_OPEN_ENDED):
        raise place.not_emulated(f"the variable {name or '$'} is not known here")
    return name


class Template:
    """Text with `$context.…` in it, and no VTL."""

    def __init__(self, place: Place, among: frozenset[str]) -> None:
        """Raises NotEmulated: a variable is not `among` those that the gateway has values for."""
        self._text = place.text()
        for found in _REFERENCE.finditer(self._text):
            _known(found["braced"] or found["plain"] or "", place, among)

    def render(self, variables: Variables, missing: str = "") -> str:
        """The text with the variables' values; `missing` stands for what does not apply."""
        return _REFERENCE.sub(lambda found: variables.get(found["braced"] or found["plain"], missing), self._text)


class Expression:
    """A mapping expression: a text in single quotes, or a variable.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/request-response-data-mappings.html
    """

    def __init__(self, place: Place, among: frozenset[str]) -> None:
        """Raises NotEmulated: a variable is not `among` those that the gateway has values for."""
        self._source = place.text()
        if re.fullmatch("'[^']*'", self._source) is None:
            _known(self._source, place, among)

    def value(self, variables: Variables) -> str | None:
        """None when the variable does not apply to this request."""
        return self._source[1:-1] if self._source.startswith("'") else variables.get(self._source)


@dataclass(slots=True)
class Scope:
    """One run of a Velocity template: `variables` are API Gateway's, `parameters` what `$input.params()` gives.

    `values` are set by the template; `headers` and `status` are those of the response that it overrides:
    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-override-request-response-parameters.html
    """

    variables: Variables
    parameters: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    status: int | None = None


VelocityTemplate = Callable[[Scope], str]
"""Writes the template's text in a scope, and changes the scope."""
_Value = Callable[[Scope], Any]  # None is Velocity's null.


class MappedResponse:
    """A response as the body describes it: `status`, `headers` by mapping expressions, a template by media type."""

    def __init__(
        self, place: Place, header_prefix: str, among: frozenset[str], compiled: Callable[[Place], VelocityTemplate]
    ) -> None:
        """Raises NotEmulated."""
        place.only(("statusCode", "responseParameters", "responseTemplates"))
        self.status = int(place["statusCode"].text()) if "statusCode" in place else None
        self.headers: dict[str, Expression] = {}
        for name, each in place.get("responseParameters", {}).members():
            if not name.startswith(header_prefix):
                raise each.not_emulated("only headers are emulated")
            self.headers[name.removeprefix(header_prefix)] = Expression(each, among)
        self.templates = {media: compiled(each) for media, each in place.get("responseTemplates", {}).members()}

    def render(self, accept: str | None, scope: Scope, status: int) -> HttpResponse:
        """The response, by the template for what the client accepts, or for JSON, or else the first that there is.

        The media type is that of the template, unless a header says otherwise. `status` is for want of another.
        """
        media = next((each for each in (accept, _JSON, *self.templates) if each in self.templates), None)
        text = "" if media is None else self.templates[media](scope)
        values = {name: expression.value(scope.variables) for name, expression in self.headers.items()} | scope.headers
        sent = {name.lower(): (name, value) for name, value in values.items() if value is not None}
        headers = {"content-type": ("Content-Type", media or _JSON)} | sent
        return HttpResponse(scope.status or self.status or status, tuple(headers.values()), text.encode())


_METHODS: dict[str, Callable[[Any, Any], Any]] = {
    "get": lambda receiver, key: receiver.get(key),
    "contains": lambda receiver, value: value in receiver,
}
_TEXT = re.compile(r"[^$#]+")
_CONTEXT = re.compile(r"\$((?:context|stageVariables)(?:\.[A-Za-z][A-Za-z0-9_-]*)+)")
_VARIABLE = re.compile(r"\$([A-Za-z][A-Za-z0-9_-]*)")
_OVERRIDE = re.compile(r"\$context\.responseOverride\.(?:(status)|header\.([A-Za-z][A-Za-z0-9_-]*))")
_STATUS = re.compile(r"\s*([1-5][0-9][0-9])")
_STRING = re.compile(r"'([^']*)'|\"([^\"$#\\]*)\"")
_METHOD = re.compile(r"\.([A-Za-z]+)\(")
_SPACE = re.compile(r"\s*")


def velocity(place: Place) -> VelocityTemplate:
    """The template at a place, compiled. Raises NotEmulated: it has what is not known here."""
    parser = _VelocityParser(place)
    template = parser.block()
    if not parser.at_end():
        raise parser.not_emulated()
    return template


class _VelocityParser:
    """A recursive descent: each method reads what it is named for, from where the one before it stopped."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._text = place.text()
        self._at = 0
        if "#" in self._text and "\n" in self._text:
            raise place.not_emulated(
                "a template with directives has to be one line: Velocity drops line breaks after them"
            )

    def at_end(self) -> bool:
        return self._at == len(self._text)

    def not_emulated(self) -> Exception:
        return self._place.not_emulated(f"this is no VTL that is known here: {self._text[self._at :][:40]}")

    def block(self) -> VelocityTemplate:
        statements: list[VelocityTemplate] = []
        while not self.at_end() and not self._text.startswith("#end", self._at):
            statements.append(self._statement())
        return lambda scope: "".join([statement(scope) for statement in statements])

    def _statement(self) -> VelocityTemplate:
        if found := self._match(_TEXT):
            text = found[0]
            return lambda scope: text
        if self._take("#set("):
            return self._set()
        if self._take("#if("):
            condition = self._condition()
            self._require(")")
            body = self.block()
            self._require("#end")
            return lambda scope: body(scope) if _is_true(condition(scope)) else ""
        name = self._variable()
        # A reference without a value is written as it stands.
        return lambda scope: scope.variables.get(name, f"${name}")

    def _set(self) -> VelocityTemplate:
        """`#set($name = value)`. Null changes nothing: directive.set.null.allowed is off unless it is asked for."""
        self._match(_SPACE)
        override = self._match(_OVERRIDE)
        name = "" if override else self._expected(_VARIABLE)[1]
        if name in ("context", "input", "util", "stageVariables"):
            raise self.not_emulated()
        self._require("=")
        if override and override[1]:
            status = int(self._expected(_STATUS)[1])
            self._require(")")

            def set_status(scope: Scope) -> str:
                scope.status = status
                return ""

            return set_status
        value = self._value()
        self._require(")")

        def set_value(scope: Scope) -> str:
            if (assigned := value(scope)) is None:
                return ""
            if override:
                scope.headers[override[2]] = str(assigned)
            else:
                scope.values[name] = assigned
            return ""

        return set_value

    def _condition(self) -> _Value:
        condition = self._negation()
        while self._take("&&"):
            condition = _both(condition, self._negation())
        return condition

    def _negation(self) -> _Value:
        if not self._take("!"):
            return self._value()
        value = self._negation()
        return lambda scope: not _is_true(value(scope))

    def _value(self) -> _Value:
        self._match(_SPACE)
        if found := self._match(_STRING):
            text = found[1] if found[1] is not None else found[2]
            return lambda scope: text
        if self._take("["):
            return self._list()
        value = self._reference()
        while method := self._match(_METHOD):
            if method[1] not in _METHODS:
                raise self._place.not_emulated(f"the method {method[1]} is not known here")
            value = _called(value, _METHODS[method[1]], self._value())
            self._require(")")
        return value

    def _reference(self) -> _Value:
        if self._take("$input.params()"):
            return lambda scope: scope.parameters
        if self._text.startswith(("$context.", "$stageVariables."), self._at):
            variable = self._variable()
            return lambda scope: scope.variables.get(variable)
        name = self._expected(_VARIABLE)[1]
        return lambda scope: scope.values.get(name)

    def _list(self) -> _Value:
        items: list[_Value] = []
        while not self._take("]"):
            items.append(self._value())
            if not self._take(",") and not self._text.startswith("]", self._at):
                raise self.not_emulated()
        return lambda scope: [item(scope) for item in items]

    def _variable(self) -> str:
        return _known(self._expected(_CONTEXT)[1], self._place, IN_MAPPINGS)

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return found

    def _expected(self, pattern: re.Pattern[str]) -> re.Match[str]:
        found = self._match(pattern)
        if found is None:
            raise self.not_emulated()
        return found

    def _take(self, token: str) -> bool:
        """Reads the token if it comes next, after space unless it is a directive. False when it does not."""
        found = re.compile(("" if token.startswith("#") else r"\s*") + re.escape(token)).match(self._text, self._at)
        self._at = found.end() if found else self._at
        return found is not None

    def _require(self, token: str) -> None:
        if not self._take(token):
            raise self.not_emulated()


def _is_true(value: Any) -> bool:
    """In Velocity 1 whatever is not null and not false is true, an empty text too."""
    return value is not None and value is not False


def _both(left: _Value, right: _Value) -> _Value:
    return lambda scope: _is_true(left(scope)) and _is_true(right(scope))


def _called(value: _Value, method: Callable[[Any, Any], Any], argument: _Value) -> _Value:
    """A method of a value: null when the value is."""
    return lambda scope: None if (receiver := value(scope)) is None else method(receiver, argument(scope))
