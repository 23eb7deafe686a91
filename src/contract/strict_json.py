"""JSON as RFC 8259 defines it, and no more: parses bodies, and writes them. And JSON Pointers (RFC 6901).

Integers become int, every other number Decimal. Refused, each with its place: invalid UTF-8, a byte order mark,
NaN and Infinity, numbers beyond a double's range, a field given twice, lone surrogates, and nesting that is too deep.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from json import JSONDecodeError, JSONDecoder, JSONEncoder
from math import isinf
from typing import TypeAlias

from contract.messages import JSON

MAX_DEPTH = 64

Place: TypeAlias = "tuple[str | int, ...]"


class MalformedText(ValueError):
    """Exception for a text that is not strict JSON, or not a parameter in its serialization.

    `flaws` are pairs of a place (the steps into the value, () for all of it) and what is wrong there.
    """

    def __init__(self, *flaws: tuple[Place, str]) -> None:
        super().__init__("malformed text")
        self.flaws = flaws


class _Flaw(Exception):
    """Exception for one value that is not JSON; on the second reading it stands in the value's place."""


class OutOfRange(_Flaw):
    """Exception for a number outside the range of a double, on which JSON's users can rely (RFC 8259, section 6)."""


_TWICE = "is given more than once"
_OUT_OF_RANGE = "is outside the range of a double-precision number"
_SURROGATE = "is not valid Unicode text: it has half of a surrogate pair"
_TOO_DEEP = f"is nested more than {MAX_DEPTH} levels deep"


def integer(text: str) -> int:
    """Returns the value of an integer literal, exactly. Raises OutOfRange."""
    if isinf(float(text)):
        raise OutOfRange(_OUT_OF_RANGE)
    return int(text)


def number(text: str) -> Decimal:
    """Returns the value of a number literal, exactly: every digit is kept. Raises OutOfRange."""
    approximation = float(text)
    if isinf(approximation):
        raise OutOfRange(_OUT_OF_RANGE)
    if approximation:
        return Decimal(text)
    # A zero, whose exponent may be one that not even Decimal can hold; or a number too small for a double.
    significand = Decimal(text.lower().partition("e")[0])
    if significand:
        raise OutOfRange(_OUT_OF_RANGE)
    return significand


def _constant(_text: str) -> JSON:
    raise _Flaw("is not a JSON number")


def _object(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise _Flaw(_TWICE)
    return fields


def _object_or_flaws(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields: dict[str, object] = {}
    for name, value in pairs:
        fields[name] = _Flaw(_TWICE) if name in fields else value
    return fields


def _or_flaw(read: Callable[[str], object]) -> Callable[[str], object]:
    def value(text: str) -> object:
        try:
            return read(text)
        except _Flaw as flaw:
            return flaw

    return value


_DECODER = JSONDecoder(object_pairs_hook=_object, parse_int=integer, parse_float=number, parse_constant=_constant)
# Reads what the decoder above refuses, with the flaws in their places.
_DIAGNOSIS = JSONDecoder(
    object_pairs_hook=_object_or_flaws,
    parse_int=_or_flaw(integer),
    parse_float=_or_flaw(number),
    parse_constant=_or_flaw(_constant),
)


def loads(data: bytes) -> JSON:
    """Returns the value of a JSON text in UTF-8. An array or object is one level deeper than what holds it.

    Raises MalformedText with every flaw that can be placed, in the order of the document.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise MalformedText(((), "is not valid UTF-8")) from None
    if text.startswith("\ufeff"):
        raise MalformedText(((), "begins with a byte order mark"))
    try:
        value = _decode(_DECODER, text)
    except _Flaw:
        value = _decode(_DIAGNOSIS, text)
    else:
        # Cheap to ask, and hardly ever so.
        may_be_flawed = text.count("[") + text.count("{") > MAX_DEPTH or "\\ud" in text or "\\uD" in text
        if not may_be_flawed:
            return value
    try:
        flaws = list(_flaws(value, ()))
    except _Flaw as flaw:
        flaws = [((), str(flaw))]
    if flaws:
        raise MalformedText(*flaws)
    return value


def _decode(decoder: JSONDecoder, text: str) -> JSON:
    try:
        value: JSON = decoder.decode(text)
    except JSONDecodeError as error:
        raise MalformedText(((), f"is not JSON (line {error.lineno}, column {error.colno})")) from None
    except RecursionError:
        raise MalformedText(((), _TOO_DEEP)) from None
    return value


def _flaws(value: object, path: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(value, _Flaw):
        yield path, str(value)
    elif isinstance(value, str):
        if not is_unicode(value):
            yield path, _SURROGATE
    elif isinstance(value, dict | list):
        if len(path) == MAX_DEPTH:
            raise _Flaw(_TOO_DEEP)
        for step, member in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(step, str) and not is_unicode(step):
                yield path, "has a field whose name is not valid Unicode text"
            else:
                yield from _flaws(member, (*path, step))


def pointer(path: Iterable[str | int]) -> str:
    """Returns the JSON Pointer of a path; "" for the whole document."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def unescaped(step: str) -> str:
    """Returns the step that stands in a pointer, where it has `~0` for a tilde and `~1` for a slash."""
    return step.replace("~1", "/").replace("~0", "~")


def is_unicode(text: str) -> bool:
    """Returns whether a text can be written in UTF-8: one with a lone surrogate cannot."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class _ManyDigits(Exception):
    """Exception for a decimal that a float would not print exactly."""


def _plain_number(value: object) -> int | float:
    """Returns a decimal of at most fifteen digits as a number that the C encoder prints with these very digits."""
    if not isinstance(value, Decimal):
        raise TypeError(f"a {type(value).__name__} is not JSON")
    text = str(value)
    if len(text) > 16 or "E" in text:
        raise _ManyDigits
    return float(text) if "." in text else int(text)  # Which refuse NaN and Infinity, by whatever name.


# A circle is found by where it ends, at the limit of recursion: to look out for one costs every array and object.
_ENCODER = JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, separators=(",", ":"), default=_plain_number
)


def dumps(value: JSON) -> str:
    """Returns the JSON text of a value, numbers exact: a Decimal keeps its value, whatever its precision.

    Raises ValueError or TypeError for what JSON cannot say: NaN, a lone surrogate, a circle, an object of another type.
    """
    try:
        try:
            text = _ENCODER.encode(value)
        except _ManyDigits:
            text = _exact(value)
    except RecursionError:
        raise ValueError("a value that holds itself is not JSON") from None
    if not is_unicode(text):
        raise ValueError("text with a lone surrogate is not JSON")
    return text


def _exact(value: JSON) -> str:
    """Returns what the encoder writes, but slower, and decimals with all their digits."""
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError("JSON has no such number")
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{_ENCODER.encode(str(name))}:{_exact(member)}" for name, member in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_exact, value)) + "]"
    return _ENCODER.encode(value)
