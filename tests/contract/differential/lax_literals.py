"""Spellings that Python reads as a number, a boolean or a media type, and a contract does not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import isinf
from urllib.parse import unquote

_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_WORDS = {"y", "yes", "t", "true", "on", "1", "n", "no", "f", "false", "off", "0"}  # As openapi-core's forcebool.
_DELIMITERS = re.compile("[,;=.|& ]|%20")
_WELL_FORMED = re.compile(r'[^;]*(;[ \t]*([\w-]+=([\w.+-]+|"[^"]*"))?[ \t]*)*')


def has_lax_boolean(text: str) -> bool:
    """Whether something in a parameter or header, as it was sent, is a boolean to openapi-core only."""
    return any(each.strip().lower() in _WORDS and each not in ("true", "false") for each in _literals(text))


def has_lax_number(text: str) -> bool:
    """Whether something in a parameter or header, as it was sent, is a number to Python only."""
    return any(map(_is_lax_number, _literals(text)))


def is_lax_content_type(text: str) -> bool:
    """Whether the parameters after the media type are malformed, or name another charset than UTF-8."""
    charsets = re.findall(r'charset="?([^";\s]*)', text, re.IGNORECASE)
    others = [charset for charset in charsets if charset.lower() != "utf-8"]
    return bool(others) or len(charsets) > 1 or not _WELL_FORMED.fullmatch(text)


def _literals(text: str) -> Iterator[str]:
    for pair in re.split("[&;,]", text):
        value = unquote(pair.rpartition("=")[2])
        yield value
        yield from _DELIMITERS.split(value)


def _is_lax_number(text: str) -> bool:
    try:
        value = float(text)
    except ValueError:
        return False
    # A zero may be one that is too small for a double.
    return isinf(value) or value == 0 or not _NUMBER.fullmatch(text)
