"""An answer of the deployment, as the checks look at it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class Answer:
    """`seconds` is from the request's first byte to the answer's last, the way there and back included."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    seconds: float

    def header(self, name: str) -> str | None:
        """All values of a header, joined as RFC 9110 (5.3) has it; None when it is absent."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return ", ".join(values) if values else None

    def listed(self, name: str) -> set[str]:
        """The elements of a header that is a list, in lower case."""
        return {each.strip().lower() for each in (self.header(name) or "").split(",")} - {""}

    @cached_property
    def content(self) -> Any:
        """The body's JSON, with exact numbers; None when it is none."""
        try:
            return json.loads(self.body, parse_float=Decimal)
        except (ValueError, RecursionError):
            return None

    def at(self, *steps: str | int) -> Any:
        """What stands at a place of the body; None when there is nothing."""
        value = self.content
        for step in steps:
            try:
                value = value[step]
            except (LookupError, TypeError):
                return None
        return value

    def members(self, *steps: str | int) -> list[Any]:
        """The elements of the list at a place of the body; none when there is no list."""
        value = self.at(*steps)
        return value if isinstance(value, list) else []

    def text(self, *steps: str | int) -> str | None:
        """The text at a place of the body; None when there is none."""
        value = self.at(*steps)
        return value if isinstance(value, str) else None
