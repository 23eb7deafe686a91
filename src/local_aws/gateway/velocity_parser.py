"""Reads a mapping template. What `velocity` has no class for is refused, with the text at which it begins."""

from __future__ import annotations

import re

from local_aws.gateway import velocity
from local_aws.gateway.place import Place
from local_aws.gateway.variables import IN_MAPPINGS, known

_TEXT = re.compile(r"[^$#]+")
_CONTEXT = re.compile(r"\$((?:context|stageVariables)(?:\.[A-Za-z][A-Za-z0-9_-]*)+)")
_VARIABLE = re.compile(r"\$([A-Za-z][A-Za-z0-9_-]*)")
_OVERRIDE = re.compile(r"\$context\.responseOverride\.header\.([A-Za-z][A-Za-z0-9_-]*)")
_STATUS = re.compile(r"[1-5][0-9][0-9]")
_STRING = re.compile(r"'([^']*)'|\"([^\"$#\\]*)\"")
_METHOD = re.compile(r"\.([A-Za-z]+)\(")
_SPACE = re.compile(r"\s*")


def parse(place: Place) -> velocity.Block:
    """The template as a tree. Raises NotPlayable."""
    parser = _Parser(place)
    block = parser.block()
    if not parser.at_end():
        raise parser.refused()
    return block


class _Parser:
    """A recursive descent: each method reads what it is named for, from where the one before it stopped."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._text = place.text()
        self._at = 0
        if "#" in self._text and "\n" in self._text:
            raise place.refused("a template with directives has to be one line: Velocity takes line breaks after them")

    def at_end(self) -> bool:
        return self._at == len(self._text)

    def refused(self) -> Exception:
        return self._place.refused(f"this is no VTL that is known here: {self._text[self._at :][:40]}")

    def block(self) -> velocity.Block:
        statements: list[velocity.Statement] = []
        while not self.at_end() and not self._text.startswith("#end", self._at):
            statements.append(self._statement())
        return velocity.Block(tuple(statements))

    def _statement(self) -> velocity.Statement:
        if text := self._match(_TEXT):
            return velocity.Text(text[0])
        if self._take("#set("):
            return self._set()
        if self._take("#if("):
            return self._if()
        return self._named()

    def _set(self) -> velocity.Statement:
        self._match(_SPACE)
        if override := self._match(_OVERRIDE):
            return velocity.OverrideHeader(override[1], self._assigned())
        if self._take("$context.responseOverride.status"):
            self._require("=")
            self._match(_SPACE)
            status = int(self._expected(_STATUS)[0])
            self._require(")")
            return velocity.OverrideStatus(status)
        name = self._expected(_VARIABLE)[1]
        if name in ("context", "input", "util", "stageVariables"):
            raise self.refused()
        return velocity.Set(name, self._assigned())

    def _assigned(self) -> velocity.Value:
        self._require("=")
        value = self._value()
        self._require(")")
        return value

    def _if(self) -> velocity.If:
        condition = self._condition()
        self._require(")")
        body = self.block()
        self._require("#end")
        return velocity.If(condition, body)

    def _condition(self) -> velocity.Value:
        condition = self._negation()
        while self._take("&&"):
            condition = velocity.And(condition, self._negation())
        return condition

    def _negation(self) -> velocity.Value:
        return velocity.Not(self._negation()) if self._take("!") else self._value()

    def _value(self) -> velocity.Value:
        self._match(_SPACE)
        if string := self._match(_STRING):
            return velocity.Text(string[1] if string[1] is not None else string[2])
        if self._take("["):
            return self._list()
        return self._calls(self._receiver())

    def _list(self) -> velocity.ListOf:
        items: list[velocity.Value] = []
        while not self._take("]"):
            items.append(self._value())
            if not self._take(",") and not self._text.startswith("]", self._at):
                raise self.refused()
        return velocity.ListOf(tuple(items))

    def _receiver(self) -> velocity.Value:
        if self._take("$input.params()"):
            return velocity.Parameters()
        if self._text.startswith(("$context.", "$stageVariables."), self._at):
            return self._named()
        return velocity.Variable(self._expected(_VARIABLE)[1])

    def _calls(self, value: velocity.Value) -> velocity.Value:
        while method := self._match(_METHOD):
            if method[1] not in velocity.METHODS:
                raise self._place.refused(f"the method {method[1]} is not known here")
            value = velocity.MethodCall(value, method[1], self._value())
            self._require(")")
        return value

    def _named(self) -> velocity.Named:
        return velocity.Named(known(self._expected(_CONTEXT)[1], self._place, IN_MAPPINGS))

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return found

    def _expected(self, pattern: re.Pattern[str]) -> re.Match[str]:
        found = self._match(pattern)
        if found is None:
            raise self.refused()
        return found

    def _take(self, token: str) -> bool:
        at = self._at if token.startswith("#") else _after_space(self._text, self._at)
        taken = self._text.startswith(token, at)
        self._at = at + len(token) if taken else self._at
        return taken

    def _require(self, token: str) -> None:
        if not self._take(token):
            raise self.refused()


def _after_space(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at
