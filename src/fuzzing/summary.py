"""How a run ended, in a few lines for a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fuzzing.reached import Reached, table, total


def summary(outcome: Mapping[str, Any], answers: Reached) -> str:
    """Figures of schemathesis' JSON report `outcome`, which is empty when there is none, and the answers' statuses."""
    lines = list(_figures(outcome)) if outcome else ["schemathesis ended before it could report."]
    return "\n".join([*lines, f"{'answers':<10}{total(answers):>6}", "", table(answers)])


def _figures(outcome: Mapping[str, Any]) -> Iterator[str]:
    warnings = {kind: labels for kind, labels in outcome["warnings"].items() if labels}
    yield f"{'cases':<10}{outcome['test_cases']['generated']:>6}   {_phases(outcome)}; seed {outcome['seed']}"
    yield f"{'failures':<10}{outcome['test_cases']['unique_failures']:>6}"
    yield from _indented((each["title"], each["operations"]) for each in outcome["failures"])
    yield f"{'errors':<10}{len(outcome['errors']):>6}"
    yield f"{'warnings':<10}{len(warnings):>6}"
    yield from _indented((kind.replace("_", " "), labels) for kind, labels in warnings.items())


def _phases(outcome: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {phase['status']}" for name, phase in outcome["phases"].items())


def _indented(entries: Any) -> Iterator[str]:
    for title, operations in entries:
        yield f"{'':<16}   {title}: {', '.join(operations)}"
