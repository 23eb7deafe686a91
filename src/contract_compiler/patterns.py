r"""Regular expressions: from ECMA-262, which OpenAPI means, to the dialect of the validator.

The validator (jsonschema-rs) reads `\d`, `\w`, `\s` and classes as ECMA-262 does. What it reads otherwise (`.`, `\b`,
`\0`, escaped punctuation) is rewritten. What readers of a contract elsewhere take otherwise (inline flags, named
groups, `\p`, `\Z`, possessive quantifiers) is refused, for a contract must mean one thing to all of them.
ECMA-262, Patterns: https://262.ecma-international.org/11.0/#sec-patterns
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_TOKEN = re.compile(
    r"""
      (?P<escape>\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|c[A-Za-z]|[1-9][0-9]*|.))
    | (?P<group>\((?:\?(?:[:=!]|<[=!]))?)
    | (?P<quantifier>(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})\??)
    | (?P<open>\[\^?)
    | (?P<plain>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_WORD = "0-9A-Z_a-z"
_BOUNDARY = f"(?:(?<=[{_WORD}])(?![{_WORD}])|(?<![{_WORD}])(?=[{_WORD}]))"
_NO_BOUNDARY = f"(?:(?<=[{_WORD}])(?=[{_WORD}])|(?<![{_WORD}])(?![{_WORD}]))"
_REWRITTEN = {".": r"[^\n\r\u2028\u2029]", r"\b": _BOUNDARY, r"\B": _NO_BOUNDARY, r"\0": r"\x00"}
_REWRITTEN_IN_CLASS = {r"\b": r"\x08", r"\0": r"\x00"}
_SYNTAX = r"^$\.*+?()[]{}|/"
_MAX_REPEAT = 1000
_LETTERS = "dDwWsSfnrtv"
_PUNCTUATION = r"^$\.*+?()[]{}|/-"


class PatternError(ValueError):
    """The expression does not mean the same to every engine; the text says what of it."""


def translate(pattern: str) -> str:
    """The same expression for the validator.

    Raises:
        PatternError: a part of it means different things to different engines, or nothing at all.
    """
    return "".join(_translated(pattern))


def portability_faults(pattern: str) -> Iterator[str]:
    """What some engines that clients use do not take, of an expression that `translate` does.

    The engines: ECMAScript with the flag `u` (https://262.ecma-international.org/11.0/#sec-patterns), Python's `re`,
    Rust's `regex`, and RE2, Go's among others (https://github.com/google/re2/wiki/Syntax).
    """
    repeats, last, in_class = [1], 1, False  # The largest repetition so far in each open group; and of what came last.
    for token in _TOKEN.finditer(pattern):
        kind, text = str(token.lastgroup), token.group()
        if in_class:
            in_class = text != "]"
        elif kind == "open":
            in_class, last = True, 1
        elif kind == "group":
            repeats.append(1)
        elif text == ")" and len(repeats) > 1:
            last = repeats.pop()
        elif kind != "quantifier":
            last = 1
        elif text[0] == "{":
            last *= max(int(number) for number in re.findall("[0-9]+", text)) or 1
        repeats[-1] = max(repeats[-1], last)
        if kind == "group" and text not in ("(", "(?:") and not in_class:
            yield f"{text} is unknown to RE2 and to Rust"
        elif kind == "escape" and text[1] in "uc":
            yield f"{text} is unknown to RE2: write the character itself, or \\x and two digits"
        elif kind == "escape" and text[1] in "123456789":
            yield f"{text} is unknown to RE2 and to Rust"
        elif kind == "escape" and not text[1].isalnum() and text[1] not in _SYNTAX and not (in_class and text == "\\-"):
            yield f"{text} is unknown to ECMAScript with the flag u: write {text[1]}"
        if last > _MAX_REPEAT and kind == "quantifier":
            yield f"{text} repeats more than {_MAX_REPEAT} times, which RE2 does not"


def _translated(pattern: str) -> Iterator[str]:
    position, repeatable = 0, False
    while position < len(pattern):
        token = _token(pattern, position)
        kind, text = str(token.lastgroup), token.group()
        if kind == "quantifier" and not repeatable:
            raise PatternError(f"{text} follows nothing that it could repeat")
        repeatable, position = kind not in ("quantifier", "group"), token.end()
        if kind == "open":
            end = _class_end(pattern, position)
            yield text + _class(pattern[position:end]) + "]"
            position = end + 1
        else:
            yield _outside(kind, text)


def _token(pattern: str, position: int) -> re.Match[str]:
    token = _TOKEN.match(pattern, position)
    if token is None or token.group() == "\\":
        raise PatternError("it ends in a backslash")
    return token


def _outside(kind: str, text: str) -> str:
    if text in ("{", "}"):
        raise PatternError(f"{text} must be written \\{text}")
    if text in _REWRITTEN:
        return _REWRITTEN[text]
    return _escape(text) if kind == "escape" else text


def _escape(text: str) -> str:
    letter = text[1]
    if letter == "u" and len(text) == 6 and 0xD800 <= int(text[2:], 16) <= 0xDFFF:
        raise PatternError(f"{text} is half a character")
    if len(text) == 2 and letter.isalpha() and letter not in _LETTERS:
        raise PatternError(f"{text} is not an escape of ECMA-262")
    return text if len(text) > 2 or letter.isalnum() or letter in _PUNCTUATION else letter


def _class_end(pattern: str, position: int) -> int:
    start = position
    while position < len(pattern):
        if pattern[position] == "]":
            if position == start:
                raise PatternError("an empty class must be written otherwise")
            return position
        position += 2 if pattern[position] == "\\" else 1
    raise PatternError("a class is not closed")


def _class(inner: str) -> str:
    if "--" in inner:
        raise PatternError(r"-- in a class must be written \-\- or moved apart")
    return "".join(_member(token) for token in _TOKEN.finditer(inner))


def _member(token: re.Match[str]) -> str:
    text = token.group()
    if token.lastgroup != "escape":
        return text
    if text in _REWRITTEN_IN_CLASS:
        return _REWRITTEN_IN_CLASS[text]
    if text[1] == "B" or text[1].isdecimal():
        raise PatternError(f"{text} has no meaning in a class")
    return _escape(text)
