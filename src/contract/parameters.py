"""Parameters of a request: parsed by style, typed and validated, with every violation.

A parameter's serialization (style, explode, the shape of its value, or a media type) takes what was sent apart into
literals; the literals are read as the types of the shape; the schema validates the value. What a literal cannot be read
as stays text, which the schema then refuses in its own words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any, TypeAlias
from urllib.parse import unquote_to_bytes

from contract import strict_json
from contract.gateway_event import RawRequest
from contract.http_syntax import is_json
from contract.messages import JSON
from contract.problems import Violation
from contract.schemas import Definitions
from contract.strict_json import MalformedText, is_unicode, pointer

Literals: TypeAlias = "str | list[str] | dict[str, str | list[str]]"
Sent: TypeAlias = "Mapping[str, Sequence[str]]"
Decode: TypeAlias = "Callable[[str], str]"

_SPREADING = {("form", True), ("deepObject", True), ("deepObject", False)}
_SEPARATORS = {"simple": ",", "form": ",", "spaceDelimited": " ", "pipeDelimited": "|"}
_ANY: Mapping[str, Any] = {"type": "any"}
_TWICE = "is given more than once"

# [0-9] and not \d, which in Python means the digits of every script; and Python's own int() and float() take `+7` and
# `1_0`, too. Compiled by `re` at first use: not every operation has such parameters.
_STRAY_PERCENT = r"%(?![0-9A-Fa-f]{2})"
_INTEGER = r"-?(?:0|[1-9][0-9]*)"
_NUMBER = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
_BOOLEANS = {"true": True, "false": False}


class Location:
    """All parameters of one location: path, query, header or cookie.

    `known` are names that may be sent although no parameter has them: an API key's, for one.
    """

    def __init__(self, where: str, parameters: Sequence[Parameter], known: Collection[str] = ()) -> None:
        self._where = where
        self._parameters = parameters
        self._names = [parameter.name for parameter in parameters]
        self._known = frozenset(known)
        self._takes_the_rest = any(parameter.serialization.takes_the_rest for parameter in parameters)
        self._has_required_or_default = any(parameter.required or parameter.default for parameter in parameters)

    def read(self, raw: RawRequest, values: dict[str, JSON]) -> list[Violation]:
        """Puts the values, with defaults, under their names, and returns every violation.

        They come in the order of the contract, unknown names last.
        """
        sent = _sent(raw, self._where, self._names)
        if not sent and not self._has_required_or_default:
            return []
        rest: Sequence[str] = ()
        if sent and (self._takes_the_rest or self._where == "query"):
            own = (parameter.serialization.names(sent) for parameter in self._parameters)
            rest = sorted(sent.keys() - self._known.union(*own))
        violations: list[Violation] = []
        for parameter in self._parameters:
            violations += parameter.read(sent, rest, values)
        if not self._takes_the_rest:
            # A name from an event made by hand may hold half a surrogate pair, which no answer can.
            names = (name.encode(errors="replace").decode() for name in rest)
            violations += [
                Violation(self._where, pointer((name,)), "is not a known parameter", "unknown") for name in names
            ]
        return violations


class Parameter:
    """One declared parameter: how it is serialized, what it may be, and what it is when it is absent."""

    def __init__(self, declared: Mapping[str, Any], definitions: Definitions) -> None:
        self.name: str = declared["name"]
        self.serialization = Serialization(self.name, declared)
        self._where: str = declared["in"]
        self.required: bool = declared["required"]
        self.default = {self.name: declared["default"]} if "default" in declared else {}
        self._may_be_empty: bool = declared["allowEmptyValue"]
        self._schema = definitions.schema(declared["schema"])

    def read(self, sent: Sent, rest: Sequence[str], values: dict[str, JSON]) -> Iterable[Violation]:
        """Puts the parameter's value among the values, and returns its violations.

        `rest` are the names that no parameter has.
        """
        try:
            literals = self.serialization.literals(sent, rest, _DECODERS[self._where])
            if literals is None:
                if self.required:
                    return [self._violation((), "required", "is required")]
                if self.default:
                    values.update(deepcopy(self.default))  # A handler may change its own.
                return ()
            # OpenAPI 3.0.3, Parameter Object: whether it may be empty is for allowEmptyValue to say, in a query alone.
            if literals == "" and self._where == "query":
                values[self.name] = ""
                return () if self._may_be_empty else [self._violation((), "allowEmptyValue", "must not be empty")]
            if self._where == "header" and isinstance(literals, list):
                literals = [literal for literal in literals if literal]  # RFC 9110, section 5.6.1.2.
            value = self.serialization.value(literals)
        except MalformedText as malformed:
            return [self._violation(path, "style", message) for path, message in malformed.flaws]
        values[self.name] = value
        return [self._violation(*error) for error in self._schema.errors(value)]

    def _violation(self, path: Iterable[str | int], rule: str, message: str) -> Violation:
        return Violation(self._where, pointer((self.name, *path)), message, rule)


class Serialization:
    """The serialization of one parameter or header: by style, explode and the shape of its value, or as a JSON text.

    OpenAPI 3.0.3, Parameter Object, Style Values. Label and matrix follow RFC 6570, as OpenAPI says (and 3.0.4 spells
    out: `.blue,black` when label does not explode).
    """

    def __init__(self, name: str, declared: Mapping[str, Any]) -> None:
        self.name = name
        self._style: str = declared["style"]
        self._explode: bool = declared["explode"]
        self._shape: Mapping[str, Any] = declared["shape"]
        self._is_json = is_json(declared.get("media", ""))
        self._type: str = self._shape["type"]
        self._in_query = declared.get("in") == "query"
        self._spreads = self._type == "object" and (self._style, self._explode) in _SPREADING

    @property
    def takes_the_rest(self) -> bool:
        """Whether every name that no other parameter has is one of this object's fields."""
        return self._spreads and self._style == "form" and self._shape.get("additional") is not None

    def names(self, sent: Iterable[str]) -> Iterable[str]:
        """Returns the names among those sent that are this parameter's own."""
        if not self._spreads:
            return (self.name,)
        if self._style == "deepObject":
            return [name for name in sent if self._field_of(name)]
        return [name for name in sent if name in self._shape["properties"]]

    def literals(self, sent: Sent, rest: Iterable[str], decode: Decode) -> Literals | None:
        """Returns the parameter's literals; None when it was not sent, "" for an empty value in a query (`name=`).

        `rest` are the names that no parameter has. Raises MalformedText.
        """
        if self._spreads:
            names = [*self.names(sent), *(rest if self.takes_the_rest else ())]
            fields: dict[str, str | list[str]] = {}
            for name in names:
                field = decode(self._field_of(name) or name)
                if _member_shape(self._shape, field)["type"] == "array":
                    fields[field] = [decode(value) for value in sent[name]]
                else:
                    fields[field] = decode(_only(sent[name], field))
            return fields if names else None
        values = sent.get(self.name)
        if values is None:
            return None
        if self._in_query and [*values] == [""]:
            return ""
        if self._type == "array" and self._explode and self._style in ("form", "spaceDelimited", "pipeDelimited"):
            return [decode(value) for value in values]
        return self.taken_apart(_only(values), decode)

    def taken_apart(self, text: str, decode: Decode) -> Literals:
        """Returns the literals of the one text that holds the whole parameter. Raises MalformedText."""
        if self._style == "matrix":
            items = _after(";", text, "matrix").split(";")
            if self._type == "object" and self._explode:
                return self._fields(items, decode)
            pairs = [item.partition("=") for item in items]
            if any(name != self.name for name, _, _ in pairs):
                raise MalformedText(((), "must be written in the matrix style, as ;name=value"))
            values = [value for _, _, value in pairs]
            if self._type == "array" and self._explode:
                return [decode(value) for value in values]
            text, separator = _only(values), ","
        elif self._style == "label":
            text, separator = _after(".", text, "label"), "." if self._explode else ","
        else:
            separator = _SEPARATORS[self._style]
        if self._type == "array":
            return [decode(item) for item in text.split(separator)]
        if self._type == "object":
            return self._fields(text.split(separator), decode)
        return decode(text)

    def value(self, literals: Literals) -> JSON:
        """Returns the value that the literals stand for. Raises MalformedText for a JSON text that is none."""
        if not self._is_json or not isinstance(literals, str):
            return _value(literals, self._shape)
        return strict_json.loads(literals.encode())

    def _field_of(self, name: str) -> str | None:
        """Returns `R` of `color[R]`; None for a name that is no field of this deepObject."""
        field = name[len(self.name) + 1 : -1]
        return field if field and "[" not in field and name == f"{self.name}[{field}]" else None

    def _fields(self, items: list[str], decode: Decode) -> dict[str, str | list[str]]:
        """Returns the fields in `R=100`, `G=200` when exploded, else in `R`, `100`, `G`, `200`."""
        if self._explode:
            if not all("=" in item for item in items):
                raise MalformedText(((), "must list its fields as name=value"))
            items = [part for item in items for part in item.split("=", 1)]
        if len(items) % 2:
            raise MalformedText(((), "must list its fields as name and value in turn"))
        fields: dict[str, str | list[str]] = {}
        for name, value in zip(items[::2], items[1::2], strict=True):
            field = decode(name)
            if field in fields:
                raise MalformedText(((field,), _TWICE))
            fields[field] = decode(value)
        return fields


def _only(values: Sequence[str], *path: str) -> str:
    if len(values) != 1:
        raise MalformedText((path, _TWICE))
    return values[0]


def _after(prefix: str, text: str, style: str) -> str:
    if not text.startswith(prefix):
        raise MalformedText(((), f"must be written in the {style} style, starting with {prefix!r}"))
    return text[1:]


def _member_shape(shape: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    properties: Mapping[str, Mapping[str, Any]] = shape.get("properties") or {}
    return properties.get(field) or shape.get("additional") or _ANY


def _value(literals: Literals, shape: Mapping[str, Any]) -> JSON:
    if isinstance(literals, list):
        item = shape.get("items") or _ANY
        return [_value(literal, item) for literal in literals]
    if isinstance(literals, dict):
        return {field: _value(literal, _member_shape(shape, field)) for field, literal in literals.items()}
    return literal_value(literals, shape["type"])


def literal_value(text: str, type_name: str) -> JSON:
    """Returns the value of a literal, read as the type says; the text itself when it is no literal of the type."""
    try:
        if type_name == "integer" and re.fullmatch(_INTEGER, text):
            return strict_json.integer(text)
        if type_name == "number" and re.fullmatch(_NUMBER, text):
            return strict_json.number(text)
    except strict_json.OutOfRange:
        return text
    return _BOOLEANS.get(text, text) if type_name == "boolean" else text


def percent_decoded(text: str) -> str:
    """Returns the text that a URI spells, decoded exactly once (`+` is a plus sign here). Raises MalformedText."""
    if "%" not in text:
        return unicode_text(text)
    if re.search(_STRAY_PERCENT, text):
        raise MalformedText(((), "is not percent-encoded properly"))
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        raise MalformedText(((), "is not percent-encoded UTF-8")) from None


def trimmed(text: str) -> str:
    """Returns a header's value, or a member of its list, without the white space around it (RFC 9110, section 5.6.1).

    Raises MalformedText.
    """
    return unicode_text(text).strip(" \t")


def unicode_text(text: str) -> str:
    """Returns the text itself: the gateway has decoded the query already.

    Raises MalformedText for one that no UTF-8 can spell.
    """
    if not is_unicode(text):
        raise MalformedText(((), "is not valid Unicode text"))
    return text


def _sent(raw: RawRequest, where: str, names: Iterable[str]) -> Sent:
    """Returns what was sent in a location, by name: all of it for a query or cookies, else what has these names."""
    match where:
        case "path":
            return {name: [raw.path_parameters[name]] for name in names if name in raw.path_parameters}
        case "query":
            return raw.query
        case "header":  # Several lines are one list: RFC 9110, section 5.3.
            return {name: [value] for name in names if (value := raw.header(name)) is not None}
    # RFC 6265, section 4.2.1. HTTP/2 may split the header into several lines.
    cookies: dict[str, list[str]] = {}
    for pair in ";".join(raw.headers.get("cookie", ())).split(";"):
        name, equals, value = pair.strip(" \t").partition("=")
        if equals:
            cookies.setdefault(name, []).append(value)
    return cookies


_DECODERS: Mapping[str, Decode] = {
    "path": percent_decoded,
    "query": unicode_text,
    "header": trimmed,
    "cookie": percent_decoded,
}
LOCATIONS = tuple(_DECODERS)
