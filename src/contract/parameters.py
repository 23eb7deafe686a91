"""An operation's parameters: from the raw request to typed values, with every violation on the way."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from contract import styles
from contract.defaults import fresh
from contract.gateway_event import RawRequest
from contract.messages import JSON
from contract.problems import Violation, pointer
from contract.schemas import Definitions

# What was sent, the names that nobody claims, and how to decode.
_Source: TypeAlias = "tuple[styles.Sent, Sequence[str], styles.Decode]"


class Parameter:
    """One declared parameter: how it is spelled, what it may be, and what it is when it is absent."""

    def __init__(self, declared: Mapping[str, Any], definitions: Definitions) -> None:
        self.name: str = declared["name"]
        self.spelling = styles.Spelling(self.name, declared)
        self._where: str = declared["in"]
        self._required: bool = declared["required"]
        self._may_be_empty: bool = declared["allowEmptyValue"]
        self._defaults = {self.name: declared["default"]} if "default" in declared else {}
        self._schema = definitions.schema(declared["schema"])

    def read(self, source: _Source, values: dict[str, JSON]) -> Iterable[Violation]:
        """Puts the parameter's value among the values, and gives its violations."""
        try:
            spelled = self.spelling.literals(*source)
            if spelled is None:
                return self._absent(values)
            value = self.spelling.value(spelled)
        except styles.Misspelt as misspelt:
            return [self._violation(path, message) for path, message in misspelt.flaws]
        values[self.name] = value
        return [self._violation(path, message) for path, message in self._complaints(spelled, value)]

    def _absent(self, values: dict[str, JSON]) -> Iterable[Violation]:
        if self._required:
            return [self._violation((), "is required")]
        values.update((name, fresh(default)) for name, default in self._defaults.items())
        return ()

    def _complaints(self, spelled: styles.Literals, value: JSON) -> Iterable[tuple[Sequence[str | int], str]]:
        # OpenAPI 3.0.3, Parameter Object: an empty value is for allowEmptyValue to judge, in a query alone.
        if spelled == "" and self._where == "query":
            return () if self._may_be_empty else [((), "must not be empty")]
        return [(breach.path, breach.message) for breach in self._schema.breaches(value)]

    def _violation(self, path: Iterable[str | int], message: str) -> Violation:
        return Violation(self._where, pointer((self.name, *path)), message)


class Location:
    """All parameters of one location (path, query, header or cookie).

    `known` are names that may be sent although no parameter has them: an API key's, for one.
    """

    def __init__(self, where: str, parameters: Sequence[Parameter], known: Collection[str] = ()) -> None:
        self._where = where
        self._parameters = parameters
        self._names = [parameter.name for parameter in parameters]
        self._known = frozenset(known)
        self._takes_the_rest = any(parameter.spelling.takes_the_rest for parameter in parameters)
        self._minds_the_rest = self._takes_the_rest or where == "query"

    def read(self, raw: RawRequest, values: dict[str, JSON]) -> list[Violation]:
        """Puts the values, with defaults, under their names, and gives every violation.

        They come in the order of the contract, unknown names last.
        """
        gather, decode = _SOURCES[self._where]
        sent = gather(raw, self._names)
        rest = self._unclaimed(sent) if sent and self._minds_the_rest else ()
        source = (sent, rest, decode)
        violations = [violation for parameter in self._parameters for violation in parameter.read(source, values)]
        if rest and not self._takes_the_rest:
            violations += map(_unknown, rest)
        return violations

    def _unclaimed(self, sent: styles.Sent) -> Sequence[str]:
        claimed = self._known.union(*(parameter.spelling.names(sent) for parameter in self._parameters))
        return sorted(sent.keys() - claimed)


def _unknown(name: str) -> Violation:
    # A name from an event made by hand may hold half a surrogate pair, which no answer can.
    return Violation("query", pointer((name.encode(errors="replace").decode(),)), "is not a known parameter")


def _path(raw: RawRequest, names: Iterable[str]) -> styles.Sent:
    return {name: [raw.path_parameters[name]] for name in names if name in raw.path_parameters}


def _query(raw: RawRequest, names: Iterable[str]) -> styles.Sent:
    return raw.query


def _header(raw: RawRequest, names: Iterable[str]) -> styles.Sent:
    """Headers under the contract's spelling. Several lines are one list: RFC 9110, section 5.3."""
    values = {name: raw.header(name) for name in names}
    return {name: [value] for name, value in values.items() if value is not None}


def _cookie(raw: RawRequest, names: Iterable[str]) -> styles.Sent:
    """Cookies by name (RFC 6265, section 4.2.1). HTTP/2 may split the header into several lines."""
    cookies: dict[str, list[str]] = {}
    for pair in ";".join(raw.headers.get("cookie", ())).split(";"):
        name, equals, value = pair.strip(" \t").partition("=")
        if equals:
            cookies.setdefault(name, []).append(value)
    return cookies


_SOURCES: Mapping[str, tuple[Callable[[RawRequest, Iterable[str]], styles.Sent], styles.Decode]] = {
    "path": (_path, styles.percent_decoded),
    "query": (_query, styles.unicode_text),
    "header": (_header, styles.trimmed),
    "cookie": (_cookie, styles.percent_decoded),
}
LOCATIONS = tuple(_SOURCES)
