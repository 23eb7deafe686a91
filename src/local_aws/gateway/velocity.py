"""Velocity, the part of it that mock integrations here are written in: `parse` makes a tree that can be run.

What there is no class for is refused, with the text at which it begins.

https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings.html
https://velocity.apache.org/engine/1.7/vtl-reference.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from local_aws.gateway.imported_body import Place
from local_aws.gateway.variables import IN_MAPPINGS, Variables, known


@dataclass(slots=True)
class Scope:
    """One run of a template: `variables` are API Gateway's, `parameters` what `$input.params()` gives.

    `headers` and `status` are those that the template overrides.
    """

    variables: Variables
    parameters: Mapping[str, Mapping[str, str]]
    values: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    status: int | None = None


class Value(Protocol):
    """A part of a template that stands for a value; None is Velocity's null."""

    def of(self, scope: Scope) -> Any: ...


class Statement(Protocol):
    """A part of a template that writes text, or changes the scope."""

    def run(self, scope: Scope) -> str: ...


@dataclass(frozen=True, slots=True)
class Text:
    """Text in the template, or a string in quotes."""

    text: str

    def of(self, scope: Scope) -> str:
        return self.text

    def run(self, scope: Scope) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class ListOf:
    """`['a', 'b']`"""

    items: tuple[Value, ...]

    def of(self, scope: Scope) -> list[Any]:
        return [item.of(scope) for item in self.items]


@dataclass(frozen=True, slots=True)
class Variable:
    """`$name`, set by the template."""

    name: str

    def of(self, scope: Scope) -> Any:
        return scope.values.get(self.name)


@dataclass(frozen=True, slots=True)
class Parameters:
    """`$input.params()`: maps of the path's parameters, the query's and the headers."""

    def of(self, scope: Scope) -> Mapping[str, Mapping[str, str]]:
        return scope.parameters


@dataclass(frozen=True, slots=True)
class Named:
    """`$context.requestId` and its like."""

    name: str

    def of(self, scope: Scope) -> str | None:
        return scope.variables.get(self.name)

    def run(self, scope: Scope) -> str:
        """A reference without a value is written as it stands."""
        value = self.of(scope)
        return f"${self.name}" if value is None else value


METHODS: dict[str, Callable[[Any, Any], Any]] = {
    "get": lambda receiver, key: receiver.get(key),
    "contains": lambda receiver, value: value in receiver,
}


@dataclass(frozen=True, slots=True)
class MethodCall:
    """`$receiver.method(argument)`: null when the receiver is."""

    receiver: Value
    method: str
    argument: Value

    def of(self, scope: Scope) -> Any:
        receiver = self.receiver.of(scope)
        return None if receiver is None else METHODS[self.method](receiver, self.argument.of(scope))


@dataclass(frozen=True, slots=True)
class Not:
    """`!value`"""

    value: Value

    def of(self, scope: Scope) -> bool:
        return not _true(self.value.of(scope))


@dataclass(frozen=True, slots=True)
class And:
    """`left && right`"""

    left: Value
    right: Value

    def of(self, scope: Scope) -> bool:
        return _true(self.left.of(scope)) and _true(self.right.of(scope))


@dataclass(frozen=True, slots=True)
class Set:
    """`#set($name = value)`. Null changes nothing: directive.set.null.allowed is off unless it is asked for."""

    name: str
    value: Value

    def run(self, scope: Scope) -> str:
        value = self.value.of(scope)
        if value is not None:
            scope.values[self.name] = value
        return ""


@dataclass(frozen=True, slots=True)
class OverrideHeader:
    """`#set($context.responseOverride.header.Name = value)`.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-override-request-response-parameters.html
    """

    header: str
    value: Value

    def run(self, scope: Scope) -> str:
        value = self.value.of(scope)
        if value is not None:
            scope.headers[self.header] = str(value)
        return ""


@dataclass(frozen=True, slots=True)
class OverrideStatus:
    """`#set($context.responseOverride.status = 444)`."""

    status: int

    def run(self, scope: Scope) -> str:
        scope.status = self.status
        return ""


@dataclass(frozen=True, slots=True)
class If:
    """`#if(condition) … #end`"""

    condition: Value
    body: Block

    def run(self, scope: Scope) -> str:
        return self.body.run(scope) if _true(self.condition.of(scope)) else ""


@dataclass(frozen=True, slots=True)
class Block:
    """One after the other."""

    statements: tuple[Statement, ...]

    def run(self, scope: Scope) -> str:
        return "".join(statement.run(scope) for statement in self.statements)


def _true(value: Any) -> bool:
    """In Velocity 1 whatever is not null and not false is true, an empty text too."""
    return value is not None and value is not False


_TEXT = re.compile(r"[^$#]+")
_CONTEXT = re.compile(r"\$((?:context|stageVariables)(?:\.[A-Za-z][A-Za-z0-9_-]*)+)")
_VARIABLE = re.compile(r"\$([A-Za-z][A-Za-z0-9_-]*)")
_OVERRIDE = re.compile(r"\$context\.responseOverride\.header\.([A-Za-z][A-Za-z0-9_-]*)")
_STATUS = re.compile(r"[1-5][0-9][0-9]")
_STRING = re.compile(r"'([^']*)'|\"([^\"$#\\]*)\"")
_METHOD = re.compile(r"\.([A-Za-z]+)\(")
_SPACE = re.compile(r"\s*")


def parse(place: Place) -> Block:
    """The template as a tree. Raises NotEmulated."""
    parser = _Parser(place)
    block = parser.block()
    if not parser.at_end():
        raise parser.not_emulated()
    return block


class _Parser:
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

    def block(self) -> Block:
        statements: list[Statement] = []
        while not self.at_end() and not self._text.startswith("#end", self._at):
            statements.append(self._statement())
        return Block(tuple(statements))

    def _statement(self) -> Statement:
        if text := self._match(_TEXT):
            return Text(text[0])
        if self._take("#set("):
            return self._set()
        if self._take("#if("):
            return self._if()
        return self._named()

    def _set(self) -> Statement:
        self._match(_SPACE)
        if override := self._match(_OVERRIDE):
            return OverrideHeader(override[1], self._assigned())
        if self._take("$context.responseOverride.status"):
            self._require("=")
            self._match(_SPACE)
            status = int(self._expected(_STATUS)[0])
            self._require(")")
            return OverrideStatus(status)
        name = self._expected(_VARIABLE)[1]
        if name in ("context", "input", "util", "stageVariables"):
            raise self.not_emulated()
        return Set(name, self._assigned())

    def _assigned(self) -> Value:
        self._require("=")
        value = self._value()
        self._require(")")
        return value

    def _if(self) -> If:
        condition = self._condition()
        self._require(")")
        body = self.block()
        self._require("#end")
        return If(condition, body)

    def _condition(self) -> Value:
        condition = self._negation()
        while self._take("&&"):
            condition = And(condition, self._negation())
        return condition

    def _negation(self) -> Value:
        return Not(self._negation()) if self._take("!") else self._value()

    def _value(self) -> Value:
        self._match(_SPACE)
        if string := self._match(_STRING):
            return Text(string[1] if string[1] is not None else string[2])
        if self._take("["):
            return self._list()
        return self._calls(self._receiver())

    def _list(self) -> ListOf:
        items: list[Value] = []
        while not self._take("]"):
            items.append(self._value())
            if not self._take(",") and not self._text.startswith("]", self._at):
                raise self.not_emulated()
        return ListOf(tuple(items))

    def _receiver(self) -> Value:
        if self._take("$input.params()"):
            return Parameters()
        if self._text.startswith(("$context.", "$stageVariables."), self._at):
            return self._named()
        return Variable(self._expected(_VARIABLE)[1])

    def _calls(self, value: Value) -> Value:
        while method := self._match(_METHOD):
            if method[1] not in METHODS:
                raise self._place.not_emulated(f"the method {method[1]} is not known here")
            value = MethodCall(value, method[1], self._value())
            self._require(")")
        return value

    def _named(self) -> Named:
        return Named(known(self._expected(_CONTEXT)[1], self._place, IN_MAPPINGS))

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
        at = self._at if token.startswith("#") else _after_space(self._text, self._at)
        taken = self._text.startswith(token, at)
        self._at = at + len(token) if taken else self._at
        return taken

    def _require(self, token: str) -> None:
        if not self._take(token):
            raise self.not_emulated()


def _after_space(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at
