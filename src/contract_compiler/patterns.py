r"""Regular expressions: from ECMA-262, which OpenAPI means, to the dialect of the validator.

The validator (jsonschema-rs) reads `\d`, `\w`, `\s` and classes as ECMA-262 does. What it reads otherwise (`.`, `\b`,
`\0`, escaped punctuation) is rewritten. What readers of a contract elsewhere take otherwise (inline flags, named
groups, `\p`, `\Z`, possessive quantifiers) is refused, for a contract must mean one thing to all of them.
ECMA-262, Patterns: https://262.ecma-international.org/11.0/#sec-patterns
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_ESCAPE = re.compile(r"\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|c[A-Za-z]|[1-9][0-9]*|.)", re.DOTALL)
_TOKEN = re.compile(
    rf"(?P<escape>{_ESCAPE.pattern})"
    r"""
    | (?P<class>\[\^?(?:\\.|[^\]\\])*\])
    | (?P<group>\((?:\?(?:[:=!]|<[=!]))?)
    | (?P<quantifier>(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})\??)
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


class PatternError(ValueError):
    """Exception for an expression that does not mean the same to every engine; the text says what of it."""


def translate(pattern: str) -> str:
    """The same expression for the validator.

    Raises:
        PatternError: a part of it means different things to different engines, or nothing at all.
    """
    translated, repeatable = "", False
    for token in _TOKEN.finditer(pattern):
        kind, text = str(token.lastgroup), token.group()
        if text == "\\":
            raise PatternError("it ends in a backslash")
        if text == "[":
            raise PatternError("a class is not closed")
        if text in ("{", "}"):
            raise PatternError(f"{text} must be written \\{text}")
        if kind == "quantifier" and not repeatable:
            raise PatternError(f"{text} follows nothing that it could repeat")
        repeatable = kind not in ("quantifier", "group")
        if kind == "class":
            text = _class(text)
        elif text in _REWRITTEN:
            text = _REWRITTEN[text]
        elif kind == "escape":
            text = _escape(text)
        translated += text
    return translated


def _class(text: str) -> str:
    opening = "[^" if text.startswith("[^") else "["
    inner = text[len(opening) : -1]
    if not inner:
        raise PatternError("an empty class must be written otherwise")
    if "--" in inner:
        raise PatternError(r"-- in a class must be written \-\- or moved apart")
    # Only escapes are looked for: a bracket is no beginning of a class here, and a search for its end would be long.
    return f"{opening}{_ESCAPE.sub(lambda escape: _escape_in_class(escape.group()), inner)}]"


def _escape_in_class(text: str) -> str:
    if text in _REWRITTEN_IN_CLASS:
        return _REWRITTEN_IN_CLASS[text]
    if text[1] == "B" or text[1].isdecimal():
        raise PatternError(f"{text} has no meaning in a class")
    return _escape(text)


def _escape(text: str) -> str:
    letter = text[1]
    if letter == "u" and len(text) == 6 and 0xD800 <= int(text[2:], 16) <= 0xDFFF:
        raise PatternError(f"{text} is half a character")
    if len(text) == 2 and letter.isalpha() and letter not in "dDwWsSfnrtv":
        raise PatternError(f"{text} is not an escape of ECMA-262")
    return text if len(text) > 2 or letter.isalnum() or letter in f"{_SYNTAX}-" else letter


def portability_faults(pattern: str) -> Iterator[str]:
    """What some engines that clients use do not take, of an expression that `translate` does.

    The engines: ECMAScript with the flag `u` (https://262.ecma-international.org/11.0/#sec-patterns), Python's `re`,
    Rust's `regex`, and RE2, Go's among others (https://github.com/google/re2/wiki/Syntax).
    """
    repeats, last = [1], 1  # The largest repetition so far in each open group; and of what came last.
    for token in _TOKEN.finditer(pattern):
        kind, text = str(token.lastgroup), token.group()
        if kind == "group":
            last = 1
            repeats.append(1)
        elif text == ")" and len(repeats) > 1:
            last = repeats.pop()
        elif kind != "quantifier":
            last = 1
        elif text[0] == "{":
            last *= max(int(number) for number in re.findall("[0-9]+", text)) or 1
        repeats[-1] = max(repeats[-1], last)
        if kind == "group" and text not in ("(", "(?:"):
            yield f"{text} is unknown to RE2 and to Rust"
        for escape in _ESCAPE.findall(text):
            yield from _escape_faults(escape, in_class=kind == "class")
        if last > _MAX_REPEAT and kind == "quantifier":
            yield f"{text} repeats more than {_MAX_REPEAT} times, which RE2 does not"


def _escape_faults(text: str, *, in_class: bool) -> Iterator[str]:
    if text[1] in "uc":
        yield f"{text} is unknown to RE2: write the character itself, or \\x and two digits"
    elif text[1] in "123456789":
        yield f"{text} is unknown to RE2 and to Rust"
    elif not text[1].isalnum() and text[1] not in _SYNTAX and not (in_class and text == "\\-"):
        yield f"{text} is unknown to ECMAScript with the flag u: write {text[1]}"
