"""Statuses that a run of schemathesis has seen of each operation, and how it ended, in a few lines for a person."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from contract.http_syntax import METHODS

StatusCoverage = Mapping[str, Counter[str]]
"""From an operationId to how many answers had each status."""


def status_coverage(report: Path, document: Mapping[str, Any], base_path: str = "") -> StatusCoverage:
    """A 405 counts for every operation of its path. `base_path`, such as `/dev`, precedes the contract's paths.

    Of several paths that match, the concrete one counts: https://spec.openapis.org/oas/v3.0.3#path-templating-matching
    """
    paths = sorted(document["paths"], key=lambda path: ["{" in segment for segment in path.split("/")])
    patterns = {path: re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(path)) for path in paths}
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for method, sent, status in _answers(report):
        matched = (path for path in paths if re.fullmatch(patterns[path], sent.removeprefix(base_path)))
        item = document["paths"].get(next(matched, None), {})
        for declared in METHODS if status == "405" else (method.lower(),):
            if declared in item:
                counts[item[declared]["operationId"]][status] += 1
    return dict(counts)


def total(counts: StatusCoverage) -> int:
    return sum(each.total() for each in counts.values())


def table(counts: StatusCoverage) -> str:
    """One line for each operation, one column for each status."""
    statuses = sorted({status for each in counts.values() for status in each})
    lines = [" " * 16 + "".join(f"{status:>6}" for status in statuses)]
    for operation_id, each in sorted(counts.items()):
        lines.append(f"{operation_id:<16}" + "".join(f"{each[status] or '-':>6}" for status in statuses))
    return "\n".join(lines)


def summary(outcome: Mapping[str, Any], answers: StatusCoverage) -> str:
    """Figures of schemathesis' JSON report `outcome`, which is empty when there is none, and the answers' statuses."""
    lines = list(_figures(outcome)) if outcome else ["schemathesis ended before it could report."]
    return "\n".join([*lines, f"{'answers':<10}{total(answers):>6}", "", table(answers)])


def _figures(outcome: Mapping[str, Any]) -> Iterator[str]:
    phases = ", ".join(f"{name} {phase['status']}" for name, phase in outcome["phases"].items())
    warnings = {kind: labels for kind, labels in outcome["warnings"].items() if labels}
    yield f"{'cases':<10}{outcome['test_cases']['generated']:>6}   {phases}; seed {outcome['seed']}"
    yield f"{'failures':<10}{outcome['test_cases']['unique_failures']:>6}"
    yield from (f"{'':<16}   {each['title']}: {', '.join(each['operations'])}" for each in outcome["failures"])
    yield f"{'errors':<10}{len(outcome['errors']):>6}"
    yield f"{'warnings':<10}{len(warnings):>6}"
    yield from (f"{'':<16}   {kind.replace('_', ' ')}: {', '.join(labels)}" for kind, labels in warnings.items())


def _answers(report: Path) -> Iterator[tuple[str, str, str]]:
    """The method, the path as it was sent and the status of every answered request."""
    for line in report.read_text(encoding="utf-8").splitlines():
        scenario = json.loads(line).get("ScenarioFinished", {"recorder": {}})
        for interaction in scenario["recorder"].get("interactions", {}).values():
            request, response = interaction["request"], interaction.get("response")
            if response is not None:
                yield request["method"].upper(), urlsplit(request["uri"]).path, str(response["status_code"])
