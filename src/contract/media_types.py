"""Media types and ranges (RFC 9110, section 8.3.1)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import NamedTuple

_JSON = "application/json"
_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_PARAMETER = rf"[ \t]*;[ \t]*(?:({_TOKEN})=({_TOKEN}|{_QUOTED}))?"
_ESSENCE = rf"[ \t]*({_TOKEN}/{_TOKEN})"


class MediaType(NamedTuple):
    """`essence` is type/subtype in lower case; `charset` in lower case, None when it is not given."""

    essence: str
    charset: str | None = None


@lru_cache(maxsize=64)  # Clients send the same few, over and over.
def parse(text: str) -> MediaType | None:
    """The media type of a Content-Type field; None when the field is malformed."""
    if text == _JSON:
        return MediaType(text)  # Spares most cold starts the compilation of the grammar.
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
            charset = parameter[2].strip('"').lower()
    return None if text[position:].strip(" \t") else MediaType(essence[1].lower(), charset)


def is_json(essence: str) -> bool:
    """Whether a type is JSON: by either of its names, or by the suffix `+json` (RFC 6839).

    https://mimesniff.spec.whatwg.org/#json-mime-type
    """
    return essence in (_JSON, "text/json") or essence.endswith("+json")


def is_readable(media_type: MediaType) -> bool:
    """Whether a schema can judge a body of this type: it is JSON or plain text, in UTF-8."""
    is_known = is_json(media_type.essence) or media_type.essence.startswith("text/")
    return is_known and media_type.charset in (None, "utf-8")


def match(declared: Collection[str], essence: str) -> str | None:
    """Which declared type or range a type falls under: itself, else the narrowest range that holds it."""
    if essence in declared:
        return essence
    ranges = (essence.partition("/")[0] + "/*", "*/*")
    return next((key for key in ranges if key in declared), None)


def preferred(content: Iterable[str]) -> str:
    """The type to answer in when the handler names none: the first that is JSON, else the first that is no range."""
    concrete = [key for key in content if "*" not in key]
    return next(filter(is_json, concrete), concrete[0] if concrete else _JSON)
