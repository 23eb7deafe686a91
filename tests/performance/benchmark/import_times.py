"""Where a cold start's imports spend their time: -X importtime, summed by top-level package."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from tests.performance.benchmark import report

_LINE = re.compile(r"^import time: +(\d+) \| +\d+ \| +(\w+)", re.MULTILINE)
_SHOWN = 15


def by_package(text: str) -> Counter[str]:
    """Milliseconds that each package's modules took themselves, without what they import."""
    times: Counter[str] = Counter()
    for microseconds, package in _LINE.findall(text):
        times[package] += int(microseconds)
    return Counter({package: round(each / 1000) for package, each in times.items()})


def table(subjects: Mapping[str, Counter[str]]) -> str:
    """The packages that take longest in any subject."""
    longest: Counter[str] = Counter()
    for times in subjects.values():
        longest |= times
    rows = [
        [package, *(str(times[package]) for times in subjects.values())] for package, _ in longest.most_common(_SHOWN)
    ]
    total = ["all", *(str(sum(times.values())) for times in subjects.values())]
    return report.table(["imports, ms", *subjects], [*rows, total])
