"""The ASCII spellings of scalars: in JSON (RFC 8259) and in parameters, which share its grammar.

Python's own int() and float() take `+7`, `1_0`, ` 7 ` and the digits of every script; a contract does not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from math import isinf

from contract.messages import JSON

# [0-9] and not \d, which in Python means the digits of every script. Compiled by `re` at first use: not every operation
# has such parameters.
_INTEGER = r"-?(?:0|[1-9][0-9]*)"
_NUMBER = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
_BOOLEANS = {"true": True, "false": False}


class OutOfRange(ValueError):
    """A number outside the range of an IEEE 754 double, on which JSON's users can rely (RFC 8259, section 6)."""


def integer(text: str) -> int:
    """The value of an integer literal, exactly. Raises OutOfRange."""
    if isinf(float(text)):
        raise OutOfRange
    return int(text)


def number(text: str) -> Decimal:
    """The value of a number literal, exactly: every digit is kept. Raises OutOfRange."""
    approximation = float(text)
    if isinf(approximation):
        raise OutOfRange
    return Decimal(text) if approximation else _zero(text)


def _zero(text: str) -> Decimal:
    """A zero, whose exponent may be one that not even Decimal can hold; or a number too small for a double."""
    significand = Decimal(text.lower().partition("e")[0])
    if significand:
        raise OutOfRange
    return significand


def _integer_literal(text: str) -> JSON:
    return integer(text) if re.fullmatch(_INTEGER, text) else text


def _number_literal(text: str) -> JSON:
    return number(text) if re.fullmatch(_NUMBER, text) else text


def _boolean_literal(text: str) -> JSON:
    return _BOOLEANS.get(text, text)


_READERS: Mapping[str, Callable[[str], JSON]] = {
    "integer": _integer_literal,
    "number": _number_literal,
    "boolean": _boolean_literal,
}


def read(text: str, type_name: str) -> JSON:
    """The value of a parameter's literal, read as the type says.

    A text that is no literal of the type comes back as it is: the schema, which asks for the type, refuses it in its
    own words, together with whatever else it has to say.
    """
    reader = _READERS.get(type_name)
    if reader is None:
        return text
    try:
        return reader(text)
    except OutOfRange:
        return text
