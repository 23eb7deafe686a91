"""Report of a run: a row for each operation, as text, as JSON, and as a page with a picture."""

from __future__ import annotations

import html
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from load.traffic import Mix, Sample

LARGEST_ERROR_SHARE = 0.001  # of the requests
LEAST_RATE_SHARE = 0.99  # of the rate that was asked for
_COLOURS = ("#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#17becf", "#8c564b", "#e377c2")
_WIDTH, _HEIGHT = 900, 320


@dataclass(frozen=True)
class Row:
    """One operation's figures, in milliseconds. `target` is the largest p95 that the contract promises."""

    operation_id: str
    requests: int
    errors: int
    p50: float
    p95: float
    p99: float
    target: int


@dataclass(frozen=True)
class Report:
    """A run: its rows, the rates asked for and sent, and each second's p95 by operation."""

    url: str
    rate: float
    sent_rate: float
    rows: tuple[Row, ...]
    seconds: Mapping[str, Mapping[int, float]]

    def failures(self) -> list[str]:
        """Which targets were missed, a sentence each."""
        found = [
            f"{row.operation_id}: p95 is {row.p95:.0f} ms, the target {row.target} ms"
            for row in self.rows
            if row.p95 > row.target
        ]
        requests, errors = sum(row.requests for row in self.rows), sum(row.errors for row in self.rows)
        if errors > requests * LARGEST_ERROR_SHARE:
            found.append(f"{errors} of {requests} requests failed, more than {LARGEST_ERROR_SHARE:.1%}")
        if self.sent_rate < self.rate * LEAST_RATE_SHARE:
            found.append(f"{self.sent_rate:.0f} requests a second were answered, not the {self.rate:.0f} asked for")
        return found

    def table(self) -> str:
        lines = [f"{'operation':<16}{'requests':>9}{'errors':>8}{'p50':>8}{'p95':>8}{'p99':>8}{'target':>8}  ms"]
        lines += [
            f"{row.operation_id:<16}{row.requests:>9}{row.errors:>8}{row.p50:>8.0f}{row.p95:>8.0f}{row.p99:>8.0f}"
            f"{row.target:>8}  {'held' if row.p95 <= row.target else 'MISSED'}"
            for row in self.rows
        ]
        return "\n".join([*lines, f"{self.sent_rate:.1f} requests a second of {self.rate:.1f} asked for"])

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Writes load.json and load.html in the folder, and returns their paths."""
        folder.mkdir(parents=True, exist_ok=True)
        text, page = folder / "load.json", folder / "load.html"
        text.write_text(json.dumps({**asdict(self), "failures": self.failures()}, indent=1) + "\n", encoding="utf-8")
        page.write_text(self._page(), encoding="utf-8")
        return text, page

    def _page(self) -> str:
        """A self-contained page: the latency of each second by operation, and the table."""
        missed = "".join(f"<li>{html.escape(each)}</li>" for each in self.failures())
        verdict = f"<p>Missed:</p><ul>{missed}</ul>" if missed else "<p>Every target was held.</p>"
        return (
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Load</title><meta name="viewport" '
            'content="width=device-width"><style>body{font:16px system-ui;margin:2em;max-width:60em}'
            "svg{width:100%;height:auto;border:1px solid #ccc}</style></head><body>"
            f"<h1>{self.rate:.0f} requests a second</h1><p>{html.escape(self.url)}</p>{self._picture()}{verdict}"
            f"<pre>{html.escape(self.table())}</pre></body></html>\n"
        )

    def _picture(self) -> str:
        """p95 over time as SVG: a line for each operation, its target dashed in the same colour."""
        last = max((max(each) for each in self.seconds.values() if each), default=1) or 1
        highest = max(*(value for each in self.seconds.values() for value in each.values()),
                      *(row.target for row in self.rows), 1.0)  # fmt: skip

        def height(value: float) -> float:
            return _HEIGHT - 10 - value / highest * (_HEIGHT - 30)

        parts = [
            f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT + 24}" role="img" aria-label="p95 of each second, by operation">'
        ]
        for number, row in enumerate(self.rows):
            colour = _COLOURS[number % len(_COLOURS)]
            points = " ".join(
                f"{50 + second / last * (_WIDTH - 60):.1f},{height(value):.1f}"
                for second, value in sorted(self.seconds.get(row.operation_id, {}).items())
            )
            target = height(row.target)
            parts.append(
                f'<polyline fill="none" stroke="{colour}" stroke-width="1.5" points="{points}"/>'
                f'<line x1="50" x2="{_WIDTH - 10}" y1="{target:.1f}" y2="{target:.1f}" stroke="{colour}"'
                f' stroke-dasharray="4 4" opacity=".5"/>'
                f'<text x="{50 + number * 165}" y="{_HEIGHT + 16}" fill="{colour}" font-size="14">'
                f"{html.escape(row.operation_id)}</text>"
            )
        for share in (0.25, 0.5, 0.75, 1.0):
            parts.append(
                f'<text x="4" y="{height(highest * share) + 4:.1f}" font-size="12" fill="#666">'
                f"{highest * share:.0f} ms</text>"
            )
        return "".join([*parts, "</svg>"])


def report(url: str, rate: float, mix: Mix, samples: Sequence[Sample]) -> Report:
    """The figures of all samples, which must be some."""
    by_operation: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        by_operation[sample.operation_id].append(sample)
    asked_for = max(sample.due for sample in samples) + 1 / rate
    rows = []
    seconds: dict[str, dict[int, float]] = {}
    for name in mix.shares:
        if found := by_operation.get(name):
            times = sorted(sample.seconds * 1000 for sample in found)
            errors = sum(sample.failed for sample in found)
            p50, p95, p99 = (percentile(times, share) for share in (0.5, 0.95, 0.99))
            rows.append(Row(name, len(found), errors, p50, p95, p99, mix.operations[name].target))
            by_second: dict[int, list[float]] = defaultdict(list)
            for sample in found:
                by_second[int(sample.due)].append(sample.seconds * 1000)
            seconds[name] = {second: percentile(sorted(each), 0.95) for second, each in by_second.items()}
    return Report(url, rate, len(samples) / asked_for, tuple(rows), seconds)


def percentile(times: Sequence[float], share: float) -> float:
    """The smallest of the sorted times that so large a share does not exceed (nearest rank)."""
    return times[max(0, -(-len(times) * round(share * 1000) // 1000) - 1)]
