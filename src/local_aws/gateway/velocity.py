"""The part of Velocity that mock integrations here are written in, as a tree that can be run.

https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings.html
https://velocity.apache.org/engine/1.7/vtl-reference.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from local_aws.gateway.variables import Variables


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
