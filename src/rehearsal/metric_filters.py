r"""CloudWatch's filter patterns for JSON lines, as far as the stack uses them: texts compared, && and ||.

`{ $.message = "a" }`, `{ ($.type = "a") && ($.record.status != "b") }`. Anything else is refused, for a pattern that is
misread here would be trusted there.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Matches = Callable[[Any], bool]
_COMPARISON = re.compile(r'\$((?:\.[A-Za-z_]\w*)+)\s*(=|!=)\s*"([^"\\*]*)"')
_JOINTS: dict[str, Callable[[list[bool]], bool]] = {"&&": all, "||": any}


class UnknownPattern(Exception):
    """The pattern uses what is not known here."""


@dataclass(frozen=True)
class MetricFilter:
    """A pattern, parsed."""

    pattern: str
    _matches: Matches

    @classmethod
    def parse(cls, pattern: str) -> MetricFilter:
        """Raises UnknownPattern."""
        inner = re.fullmatch(r"\{(.*)\}", pattern.strip(), re.DOTALL)
        if inner is None:
            raise UnknownPattern(pattern)
        return cls(pattern, _expression(inner[1].strip(), pattern))

    def matches(self, line: str) -> bool:
        """Whether a log line is counted; one that is no JSON never is."""
        try:
            return self._matches(json.loads(line))
        except ValueError:
            return False


def _expression(text: str, pattern: str) -> Matches:
    if comparison := _COMPARISON.fullmatch(text):
        return _comparison(comparison)
    parts = re.split(r"\s*(&&|\|\|)\s*", text)
    joints = set(parts[1::2])
    if len(joints) != 1 or not all(part.startswith("(") and part.endswith(")") for part in parts[::2]):
        raise UnknownPattern(pattern)
    terms = [_term(part[1:-1].strip(), pattern) for part in parts[::2]]
    join = _JOINTS[joints.pop()]
    return lambda line: join([term(line) for term in terms])


def _term(text: str, pattern: str) -> Matches:
    comparison = _COMPARISON.fullmatch(text)
    if comparison is None:
        raise UnknownPattern(pattern)
    return _comparison(comparison)


def _comparison(found: re.Match[str]) -> Matches:
    """A selector that leads nowhere compares to nothing, not even as unequal."""
    path, wanted, value = found[1].split(".")[1:], found[2] == "=", found[3]

    def matches(line: Any) -> bool:
        for name in path:
            if not isinstance(line, dict) or name not in line:
                return False
            line = line[name]
        return (line == value) is wanted

    return matches
