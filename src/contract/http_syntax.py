"""HTTP syntax (RFC 9110): methods, tokens, field values, media types."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache

# The operations of a Path Item Object (OpenAPI 3.0.3), in the order of its fixed fields.
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

# RFC 9110, sections 5.6.2 and 5.6.4.
TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
QUOTED_STRING = r'"(?:[\t !#-\[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*"'

_PARAMETER = rf"[ \t]*;[ \t]*(?:({TOKEN})=({TOKEN}|{QUOTED_STRING}))?"
_ESSENCE = rf"[ \t]*({TOKEN}/{TOKEN})"
_JSON = "application/json"
# JSON has no other encoding, and a charset no meaning for it (RFC 8259, sections 8.1 and 11). `utf8` is one more label
# for it: https://encoding.spec.whatwg.org/#names-and-labels.
_UTF_8 = (None, "utf-8", "utf8")


@lru_cache(maxsize=64)  # Clients send the same few, over and over.
def parse_media_type(text: str) -> tuple[str, str | None] | None:
    """Returns type/subtype and charset of a Content-Type field (RFC 9110, section 8.3.1), both in lower case.

    The charset is None when it is not given; all of it when the field is malformed.
    """
    if text == _JSON:
        return text, None  # Spares most cold starts the compilation of the grammar.
    essence = re.match(_ESSENCE, text)
    if essence is None:
        return None
    charset, position = None, essence.end()
    grammar = re.compile(_PARAMETER)
    while parameter := grammar.match(text, position):
        position = parameter.end()
        if (parameter[1] or "").lower() == "charset":
            if charset is not None:
                return None
            value = parameter[2]
            if value.startswith('"'):
                value = re.sub(r"\\(.)", r"\1", value[1:-1])
            charset = value.lower()
    return None if text[position:].strip(" \t") else (essence[1].lower(), charset)


def is_json(essence: str) -> bool:
    """Returns whether a type is JSON: by either of its names, or by the suffix `+json` (RFC 6839).

    https://mimesniff.spec.whatwg.org/#json-mime-type
    """
    return essence in (_JSON, "text/json") or essence.endswith("+json")


def is_validated(essence: str, charset: str | None) -> bool:
    """Returns whether a schema can validate a body of this type: it is JSON or plain text, in UTF-8."""
    return (is_json(essence) or essence.startswith("text/")) and charset in _UTF_8


def matching_media_type(declared: Collection[str], essence: str) -> str | None:
    """Returns the declared type or range that a type falls under: itself, else the narrowest range that holds it."""
    if essence in declared:
        return essence
    ranges = (essence.partition("/")[0] + "/*", "*/*")
    return next((key for key in ranges if key in declared), None)


def preferred_media_type(content: Iterable[str]) -> str:
    """Returns the type to answer in when the handler names none: the first JSON, else the first concrete one."""
    concrete = [key for key in content if "*" not in key]
    return next(filter(is_json, concrete), concrete[0] if concrete else _JSON)


def is_field_value(text: str) -> bool:
    """Returns whether a header can carry the text.

    RFC 9110, section 5.5, less what not every intermediary passes on: nothing but ASCII, no tabs, no line ends.
    """
    return text.isascii() and text.isprintable() and text == text.strip()
