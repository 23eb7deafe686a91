"""CloudWatch Logs: lines by log group, and the metrics that the deployed filters make of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from threading import Lock
from typing import Any

from rehearsal.metric_filters import MetricFilter
from rehearsal.moto_server import MockedAws


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

    def metrics(self, group: str, start: int = 0) -> Counter[str]:
        """How often each metric was counted in the lines from `start` on. Raises UnknownPattern."""
        found: Iterable[dict[str, Any]] = self._client.describe_metric_filters(logGroupName=group)["metricFilters"]
        filters = {each["filterName"]: MetricFilter.parse(each["filterPattern"]) for each in found}
        return Counter(
            name for line in self.lines(group, start) for name, filter_ in filters.items() if filter_.matches(line)
        )
