"""The parameter styles of OpenAPI 3.0.3 (Parameter Object, Style Values): how one value is spelled in a request.

A style only takes a spelling apart, into literals; what the literals mean is for `literals` and the schema. Label and
matrix follow RFC 6570, as OpenAPI says (and 3.0.4 spells out: `.blue,black` when label does not explode).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias
from urllib.parse import unquote_to_bytes

from contract import literals, strict_json
from contract.media_types import is_json
from contract.messages import JSON
from contract.strict_json import Place, is_unicode

Literals: TypeAlias = "str | list[str] | dict[str, str | list[str]]"
Sent: TypeAlias = "Mapping[str, Sequence[str]]"
Decode: TypeAlias = "Callable[[str], str]"

_SPREADING = {("form", True), ("deepObject", True), ("deepObject", False)}
_SEPARATORS = {"simple": ",", "form": ",", "spaceDelimited": " ", "pipeDelimited": "|"}
_STRAY_PERCENT = r"%(?![0-9A-Fa-f]{2})"
_ANY: Mapping[str, Any] = {"type": "any"}
_TWICE = "is given more than once"


class Misspelt(ValueError):
    """A parameter that is not spelled as it must be. `flaws` says where (a place in its value) and what."""

    def __init__(self, *flaws: tuple[Place, str]) -> None:
        super().__init__("misspelt parameter")
        self.flaws = flaws


class Spelling:
    """How one parameter or header is spelled: by style, explode and the shape of its value, or as a JSON text."""

    def __init__(self, name: str, declared: Mapping[str, Any]) -> None:
        self.name = name
        self._style: str = declared["style"]
        self._explode: bool = declared["explode"]
        self._shape: Mapping[str, Any] = declared["shape"]
        self._is_json = is_json(declared.get("media", ""))
        self._kind: str = self._shape["type"]
        self._spreads = self._kind == "object" and (self._style, self._explode) in _SPREADING

    @property
    def takes_the_rest(self) -> bool:
        """Whether every name that no other parameter claims is one of this object's fields."""
        return self._spreads and self._style == "form" and self._shape.get("additional") is not None

    def names(self, sent: Iterable[str]) -> Iterable[str]:
        """The names among those sent that are this parameter's own."""
        if not self._spreads:
            return (self.name,)
        if self._style == "deepObject":
            return [name for name in sent if self._key_of(name)]
        return [name for name in sent if name in self._shape["properties"]]

    def literals(self, sent: Sent, rest: Iterable[str], decode: Decode) -> Literals | None:
        """The parameter's literals; None when it was not sent. `rest` are the names that nobody claims.

        Raises Misspelt.
        """
        if self._spreads:
            names = [*self.names(sent), *(rest if self.takes_the_rest else ())]
            return self._gathered(sent, names, decode) if names else None
        values = sent.get(self.name)
        if values is None:
            return None
        if self._kind == "array" and self._explode and self._style in ("form", "spaceDelimited", "pipeDelimited"):
            return [decode(value) for value in values]
        return self.taken_apart(once(values), decode)

    def taken_apart(self, text: str, decode: Decode) -> Literals:
        """The literals of the one text that holds the whole parameter. Raises Misspelt."""
        if self._style == "label":
            return self._split(_after(".", text, "label"), "." if self._explode else ",", decode)
        if self._style == "matrix":
            return self._matrix(text, decode)
        return self._split(text, _SEPARATORS[self._style], decode)

    def value(self, spelled: Literals) -> JSON:
        """The value that the literals spell. Raises Misspelt for a JSON text that is none."""
        if not self._is_json or not isinstance(spelled, str):
            return _value(spelled, self._shape)
        try:
            return strict_json.loads(spelled.encode())
        except strict_json.MalformedJson as malformed:
            raise Misspelt(*malformed.flaws) from None

    def _gathered(self, sent: Sent, names: Iterable[str], decode: Decode) -> dict[str, str | list[str]]:
        fields: dict[str, str | list[str]] = {}
        for name in names:
            key = decode(self._key_of(name) or name)
            if _member_shape(self._shape, key)["type"] == "array":
                fields[key] = [decode(value) for value in sent[name]]
            else:
                fields[key] = decode(once(sent[name], key))
        return fields

    def _key_of(self, name: str) -> str | None:
        """`R` of `color[R]`; None for a name that is no field of this deepObject."""
        key = name[len(self.name) + 1 : -1]
        return key if key and "[" not in key and name == f"{self.name}[{key}]" else None

    def _split(self, text: str, separator: str, decode: Decode) -> Literals:
        if self._kind == "array":
            return [decode(item) for item in text.split(separator)]
        if self._kind == "object":
            return self._object(text.split(separator), decode)
        return decode(text)

    def _matrix(self, text: str, decode: Decode) -> Literals:
        items = _after(";", text, "matrix").split(";")
        if self._kind == "object" and self._explode:
            return self._object(items, decode)
        values = [self._matrix_value(item) for item in items]
        if self._kind == "array" and self._explode:
            return [decode(value) for value in values]
        return self._split(once(values), ",", decode)

    def _matrix_value(self, item: str) -> str:
        name, _, value = item.partition("=")
        if name != self.name:
            raise Misspelt(((), "must be written in the matrix style, as ;name=value"))
        return value

    def _object(self, items: list[str], decode: Decode) -> dict[str, str | list[str]]:
        fields: dict[str, str | list[str]] = {}
        for name, value in self._pairs(items):
            key = decode(name)
            if key in fields:
                raise Misspelt(((key,), _TWICE))
            fields[key] = decode(value)
        return fields

    def _pairs(self, items: list[str]) -> Iterable[tuple[str, str]]:
        """From `R=100`, `G=200` when exploded, else from `R`, `100`, `G`, `200`."""
        if self._explode:
            if not all("=" in item for item in items):
                raise Misspelt(((), "must list its fields as name=value"))
            items = [part for item in items for part in item.split("=", 1)]
        if len(items) % 2:
            raise Misspelt(((), "must list its fields as name and value in turn"))
        return zip(items[::2], items[1::2], strict=True)


def once(values: Sequence[str], *path: str) -> str:
    """The only value. Raises Misspelt when there are several."""
    if len(values) != 1:
        raise Misspelt((path, _TWICE))
    return values[0]


def percent_decoded(text: str) -> str:
    """The text that a URI spells, decoded exactly once (`+` is a plus sign here). Raises Misspelt."""
    if "%" not in text:
        return unicode_text(text)
    if re.search(_STRAY_PERCENT, text):
        raise Misspelt(((), "is not percent-encoded properly"))
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        raise Misspelt(((), "is not percent-encoded UTF-8")) from None


def trimmed(text: str) -> str:
    """A header's value, or a member of its list, without the white space around it (RFC 9110, section 5.6.1).

    Raises Misspelt.
    """
    return unicode_text(text).strip(" \t")


def unicode_text(text: str) -> str:
    """The text itself: the gateway has decoded the query already. Raises Misspelt for one that no UTF-8 can spell."""
    if not is_unicode(text):
        raise Misspelt(((), "is not valid Unicode text"))
    return text


def _value(spelled: Literals, shape: Mapping[str, Any]) -> JSON:
    """A literal that does not fit its type's grammar stays text, which the schema then refuses."""
    if isinstance(spelled, str):
        return literals.read(spelled, shape["type"])
    if isinstance(spelled, list):
        item = shape.get("items") or _ANY
        return [_value(literal, item) for literal in spelled]
    return {key: _value(literal, _member_shape(shape, key)) for key, literal in spelled.items()}


def _member_shape(shape: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    properties: Mapping[str, Mapping[str, Any]] = shape.get("properties") or {}
    return properties.get(key) or shape.get("additional") or _ANY


def _after(prefix: str, text: str, style: str) -> str:
    if not text.startswith(prefix):
        raise Misspelt(((), f"must be written in the {style} style, starting with {prefix!r}"))
    return text[1:]
