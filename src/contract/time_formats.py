"""The formats of dates and times (RFC 3339, section 5.6), held to ASCII digits.

jsonschema-rs 0.60.3 takes the characters from `*` to `/` for digits in them: `2025-0*-31` is a date to it. So what it
judges must have the right characters first.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, partial

from jsonschema_rs import Draft202012Validator

_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
_GRAMMARS = {"date": _DATE, "time": _TIME, "date-time": f"{_DATE}[Tt]{_TIME}"}


def _is(name: str, text: str) -> bool:
    has_form, is_real = _judges(name)
    return has_form(text) is not None and is_real(text)


@cache
def _judges(name: str) -> tuple[Callable[[str], object], Callable[[str], bool]]:
    """Made at first use, as all that a cold start may not need."""
    validator = Draft202012Validator({"format": name}, validate_formats=True)
    return re.compile(_GRAMMARS[name]).fullmatch, validator.is_valid


TIME_FORMATS: dict[str, Callable[[str], bool]] = {name: partial(_is, name) for name in _GRAMMARS}
