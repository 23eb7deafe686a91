"""Strings by a schema's pattern, format and lengths, and strings that just miss them."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from tests.contract.differential.matching import ALPHABET, matching
from tests.contract.differential.schemas import Schema

_FORMATS: Mapping[str, tuple[str, ...]] = {
    "date": ("2025-01-31", "2024-02-29", "0001-01-01", "9999-12-31"),
    "date-time": (
        "2025-01-31T08:30:00Z", "2025-01-31T08:30:00.123456+02:00", "2025-01-31T08:30:00.5-00:00",
        "2024-02-29T23:59:59+23:59", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z", "2016-12-31T23:59:60Z",
        "2025-01-31t08:30:00z",
    ),
    "time": ("08:30:00Z", "23:59:59.5-01:00"),
    "email": ("someone@example.com", "first.last+tag@sub.example.org"),
    "ipv4": ("127.0.0.1", "255.255.255.255"),
    "ipv6": ("::1", "2001:db8::ff00:42:8329"),
    "uuid": ("0b6f7a52-8a7e-4d0e-9d3a-3f5c2b1a0e9d", "0B6F7A52-8A7E-4D0E-9D3A-3F5C2B1A0E9D"),
    "byte": ("", "YQ==", "YWI=", "YWJj"),
    "hostname": ("example.com", "a"),
    "uri": ("https://example.com/a?b#c", "urn:isbn:0451450523"),
}  # fmt: skip
_NEAR_MISSES: Mapping[str, tuple[str, ...]] = {
    "date": ("2025-02-29", "2025-1-31", "2025-01-31T00:00:00Z", "20250131", "٢٠٢٥-01-31", "2025-13-01", "2025-0*-31"),
    "date-time": ("2025-01-31", "2025-01-31 08:30:00Z", "2025-01-31T08:30:00", "2025-01-31T25:00:00Z", "1738312200",
        "20*5-01-31T08:30:00Z",
    ),
    "time": ("08:30", "25:00:00Z", "08:30:00", "08:3*:00Z"),
    "email": ("someone", "@example.com", "someone@", "a b@example.com", "Someone <someone@example.com>"),
    "ipv4": ("256.0.0.1", "127.0.0", "127.0.0.01", "::1"),
    "ipv6": (":::1", "127.0.0.1", "12345::", "g::1"),
    "uuid": ("0b6f7a528a7e4d0e9d3a3f5c2b1a0e9d", "urn:uuid:0b6f7a52-8a7e-4d0e-9d3a-3f5c2b1a0e9d", "0b6f7a52"),
    "byte": ("Y", "YQ=", "YQ", "Y Q=", "YQ==\n", "-_=="),
    "hostname": ("-a.example", "a..b", "a b"),
    "uri": ("nope", "/a/b", "http://a b", "//example.com"),
}  # fmt: skip
_LONG = 40
_ATTEMPTS = 30


def kept(schema: Schema, rng: Random) -> str:
    """A string for the schema."""
    least, most = _lengths(schema)
    if "pattern" in schema:
        return _of_pattern(schema["pattern"], least, most, rng)
    if schema.get("format") in _FORMATS:
        return rng.choice(_FORMATS[schema["format"]])
    length = rng.choice([least, most, rng.randint(least, most)])
    return "".join(rng.choice(ALPHABET) for _ in range(length))


def spoilt(text: str, schema: Schema, rng: Random) -> str:
    """A string that is one change away from one for the schema, and mostly none."""
    least, most = _lengths(schema)
    at = rng.randint(0, len(text))
    strange = rng.choice(ALPHABET)
    return rng.choice(
        [
            *_NEAR_MISSES.get(schema.get("format", ""), ()),
            text[: least - 1] if least else "",
            text + (text[-1:] or "a") * (most + 1 - len(text)),
            text[:at] + strange + text[at:],
            text[:at] + strange + text[at + 1 :],
            text[:at] + text[at + 1 :],
            text + "\n",
            text.swapcase(),
        ]
    )


def _lengths(schema: Schema) -> tuple[int, int]:
    least = schema.get("minLength", 0)
    return least, max(least, schema.get("maxLength", least + _LONG))


def _of_pattern(pattern: str, least: int, most: int, rng: Random) -> str:
    text = ""
    for _ in range(_ATTEMPTS):
        text = matching(pattern, rng, rng.choice([least, most]))
        if least <= len(text) <= most:
            break
    return text
