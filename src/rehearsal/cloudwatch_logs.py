r"""CloudWatch Logs: lines by log group, in memory, and the metrics that the deployed filters make of them.

Filter patterns for JSON lines that the stack uses are known: texts and numbers compared, && and ||,
parentheses around each part. Anything else is refused, for a pattern that is misread here would be trusted there.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

from __future__ import annotations

import json
import operator
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from rehearsal.moto_server import MockedAws

Matches = Callable[[Any], bool]
_SELECTOR = r"\$((?:\.[A-Za-z_]\w*)+)"
_TEXTS = re.compile(rf'{_SELECTOR}\s*(=|!=)\s*"([^"\\*]*)"')
_NUMBERS = re.compile(rf"{_SELECTOR}\s*(=|>=|>)\s*(\d+)")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {"=": operator.eq, ">=": operator.ge, ">": operator.gt}
_JOINTS: dict[str, Callable[[list[bool]], bool]] = {"&&": all, "||": any}


class UnknownPattern(Exception):
    """Exception for a filter pattern that uses what is not known here."""


@dataclass(frozen=True)
class Measured:
    """A value of a metric, as a log line has it. `dimensions` by name."""

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    value: float


@dataclass(frozen=True)
class MetricFilter:
    """A metric filter: a parsed pattern, and what it counts."""

    name: str
    namespace: str
    value: str
    dimensions: Mapping[str, str]
    _matches: Matches

    @classmethod
    def read(cls, described: Mapping[str, Any]) -> MetricFilter:
        """One of DescribeMetricFilters. Raises UnknownPattern."""
        [to] = described["metricTransformations"]
        matches = parse_pattern(described["filterPattern"])
        return cls(to["metricName"], to["metricNamespace"], to["metricValue"], to.get("dimensions") or {}, matches)

    def measured(self, line: str) -> Measured | None:
        """What the filter makes of a log line: None when the line does not match, or is no JSON."""
        try:
            content = json.loads(line)
        except ValueError:
            return None
        if not self._matches(content):
            return None
        value = _selected(content, self.value) if self.value.startswith("$") else self.value
        dimensions = {name: str(_selected(content, selector)) for name, selector in self.dimensions.items()}
        return Measured(self.namespace, self.name, dimensions, float(value))


class LogGroups:
    """What was written, by log group, in memory. Filters are those of the mocked account."""

    def __init__(self, aws: MockedAws) -> None:
        self._client = aws.client("logs")
        self._lines: defaultdict[str, list[str]] = defaultdict(list)
        self._lock = Lock()

    def write(self, group: str, line: str) -> None:
        with self._lock:
            self._lines[group].append(line)

    def lines(self, group: str, start: int = 0) -> list[str]:
        with self._lock:
            return self._lines[group][start:]

    def length(self, group: str) -> int:
        """A place to count from."""
        with self._lock:
            return len(self._lines[group])

    def measured(self, group: str, start: int, end: int | None = None) -> Iterator[Measured]:
        """What the group's filters make of its lines from `start` to `end`. Raises UnknownPattern."""
        found = self._client.describe_metric_filters(logGroupName=group)["metricFilters"]
        filters = [MetricFilter.read(each) for each in found]
        for line in self.lines(group)[start:end]:
            yield from (value for each in filters if (value := each.measured(line)))

    def metrics(self, group: str, start: int = 0) -> Counter[str]:
        """How often each metric was counted in the lines from `start` on. Raises UnknownPattern."""
        return Counter(each.name for each in self.measured(group, start))


def parse_pattern(pattern: str) -> Matches:
    """Whether a JSON value matches. Raises UnknownPattern."""
    inner = re.fullmatch(r"\{(.*)\}", pattern.strip(), re.DOTALL)
    if inner is None:
        raise UnknownPattern(pattern)
    return _expression(inner[1].strip(), pattern)


def _expression(text: str, pattern: str) -> Matches:
    """A comparison, or parts in parentheses with one kind of joint between them."""
    if found := _TEXTS.fullmatch(text):
        selector, wanted, text_value = f"${found[1]}", found[2] == "=", found[3]
        return lambda line: (value := _selected(line, selector)) is not None and (value == text_value) is wanted
    if found := _NUMBERS.fullmatch(text):
        selector, compare, number = f"${found[1]}", _COMPARE[found[2]], float(found[3])
        return lambda line: isinstance(value := _selected(line, selector), int | float) and compare(value, number)
    parts, joints = _parts(text, pattern)
    if len(set(joints)) != 1:
        raise UnknownPattern(pattern)
    terms, join = [_expression(part, pattern) for part in parts], _JOINTS[joints[0]]
    return lambda line: join([term(line) for term in terms])


def _parts(text: str, pattern: str) -> tuple[list[str], list[str]]:
    """The parts between outermost parentheses, and what stands between them. Quotes hold no parentheses of ours."""
    parts, joints, depth, start = [], [], 0, 0
    for position, character in enumerate(text):
        if character == "(":
            if depth == 0:
                joints.append(text[start:position].strip())
                start = position + 1
            depth += 1
        elif character == ")":
            depth -= 1
            if depth == 0:
                parts.append(text[start:position].strip())
                start = position + 1
    if depth != 0 or not parts or joints.pop(0) or text[start:].strip() or not set(joints) <= set(_JOINTS):
        raise UnknownPattern(pattern)
    return parts, joints


def _selected(line: Any, selector: str) -> Any:
    """The value at `$.a.b`; None when the selector leads nowhere, which compares to nothing, not even as unequal."""
    for name in selector.split(".")[1:]:
        if not isinstance(line, dict) or name not in line:
            return None
        line = line[name]
    return line
