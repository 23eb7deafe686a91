"""Strings that match a regular expression, made from the expression as Python parses it."""

from __future__ import annotations

import re._constants as codes  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Callable, Iterable
from functools import lru_cache
from random import Random
from typing import Any, TypeAlias

ALPHABET = "aZ09 _-.,:;'\"&()+/%=[]{}|\\~!*#?@^`$<>éſ漢🎉\u00a0\u2028\n\r\t\x7f\x00"

Item: TypeAlias = "tuple[Any, Any]"

_CATEGORIES = {
    codes.CATEGORY_DIGIT: "0123456789",
    codes.CATEGORY_WORD: "azAZ09_",
    codes.CATEGORY_SPACE: " \t",
    codes.CATEGORY_NOT_DIGIT: "aZ -",
    codes.CATEGORY_NOT_WORD: " -.é",
    codes.CATEGORY_NOT_SPACE: "aZ0-",
}
_ANY = "".join(character for character in ALPHABET if character not in "\n\r\u2028")
_MOST = 120
_END = 50


def matching(pattern: str, rng: Random, longest: int = _MOST) -> str:
    """A string that the pattern matches from its first to its last character, look-around aside.

    Open repetitions are mostly short, and sometimes about `longest`.
    """
    return _all(_parsed(pattern), rng, longest)


@lru_cache
def _parsed(pattern: str) -> list[Item]:
    return list(parser.parse(pattern))


def _all(items: Iterable[Item], rng: Random, longest: int) -> str:
    return "".join(_MAKERS[code](argument, rng, longest) for code, argument in items if code in _MAKERS)


def _repeated(argument: Any, rng: Random, longest: int) -> str:
    least, most, items = argument
    wanted = rng.choice([0, 1, 2, 5, 12, longest - 1, longest, longest + 1])
    if len(items) == 1 and items[0][0] == codes.IN:
        return "".join(rng.choices(_characters(tuple(items[0][1])), k=min(max(least, wanted), most)))
    # A long repetition of something long would soon be endless.
    return "".join(_all(items, rng, longest) for _ in range(min(max(least, wanted % 3), most)))


@lru_cache
def _characters(members: tuple[Item, ...]) -> str:
    """Characters of a class: all of small ranges, both ends of large ones."""
    if members[0][0] == codes.NEGATE:
        named = _characters(members[1:])
        return "".join(character for character in ALPHABET if character not in named)
    return "".join(_members(code, value) for code, value in members)


def _members(code: Any, value: Any) -> str:
    if code == codes.CATEGORY:
        return _CATEGORIES[value]
    first, last = value if code == codes.RANGE else (value, value)
    codepoints = range(first, last + 1)
    return "".join(map(chr, (*codepoints[:_END], *codepoints[_END:][-_END:])))


_MAKERS: dict[Any, Callable[[Any, Random, int], str]] = {
    codes.LITERAL: lambda value, rng, longest: chr(value),
    codes.NOT_LITERAL: lambda value, rng, longest: rng.choice(ALPHABET.replace(chr(value), "")),
    codes.ANY: lambda value, rng, longest: rng.choice(_ANY),
    codes.IN: lambda value, rng, longest: rng.choice(_characters(tuple(value))),
    codes.MAX_REPEAT: _repeated,
    codes.MIN_REPEAT: _repeated,
    codes.SUBPATTERN: lambda value, rng, longest: _all(value[3], rng, longest),
    codes.BRANCH: lambda value, rng, longest: _all(rng.choice(value[1]), rng, longest),
}
