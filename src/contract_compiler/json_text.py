"""Deterministic JSON text in which every decimal keeps all of its digits."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any


def json_text(value: Any, *, sort_keys: bool = True) -> str:
    """The value as JSON, one member a line, indented by one space, ending in a line break."""
    return _text(value, "\n", sort_keys) + "\n"


def _text(value: Any, line: str, sort_keys: bool) -> str:
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, dict):
        keys = sorted(value) if sort_keys else value
        return _block("{}", [f"{_scalar(key)}: {_text(value[key], line + ' ', sort_keys)}" for key in keys], line)
    if isinstance(value, list):
        return _block("[]", [_text(element, line + " ", sort_keys) for element in value], line)
    return _scalar(value)


def _block(brackets: str, rows: Iterable[str], line: str) -> str:
    inner = f",{line} ".join(rows)
    return f"{brackets[0]}{line} {inner}{line}{brackets[1]}" if inner else brackets


def _scalar(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _number(value: Decimal) -> str:
    # Decimal writes 1E+3, which JSON reads as well; it never writes a bare point.
    return str(value)
