"""A verdict for people, for programs and for the summary of a workflow."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from contract_diff.changes import Change, Weight
from contract_diff.sources import Source
from contract_diff.verdict import Verdict

_MOST_OPERATIONS = 3  # are named; of more only the number is shown.


def text(verdict: Verdict, old: Source, new: Source) -> str:
    """For a terminal."""
    return "\n".join(_lines(verdict, old, new)) + "\n"


def as_json(verdict: Verdict, old: Source, new: Source) -> str:
    """For a program."""
    content = {
        "format": 1,
        "old": {"source": old.name, "version": verdict.versions[0]},
        "new": {"source": new.name, "version": verdict.versions[1]},
        "compatible": verdict.weight is not Weight.BREAKING,
        "mergeable": not verdict.problems,
        "neededVersion": verdict.needed,
        "gravest": None if verdict.weight is None else verdict.weight.word,
        "problems": list(verdict.problems),
        "changes": [_entry(change) for change in verdict.changes],
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def markdown(verdict: Verdict, old: Source, new: Source) -> str:
    """For the summary of a job."""
    lines = [f"### Contract: {_outcome(verdict)}", "", f"`{old.name}` to `{new.name}`. {_versions(verdict, old)}", ""]
    lines += [f"- **{problem}**" for problem in verdict.problems]
    if verdict.changes:
        lines += ["", "| | rule | where | what | operations |", "|---|---|---|---|---|", *map(_row, verdict.changes)]
    return "\n".join(lines) + "\n"


def _lines(verdict: Verdict, old: Source, new: Source) -> Iterator[str]:
    yield f"{old.name} -> {new.name}" + (f" ({old.chosen})" if old.chosen else "")
    for change in verdict.changes:
        yield f"{change.weight.word:<13} {change.rule}"
        yield f"    {_place(change)}: {change.message}"
        if change.operations:
            yield f"    in {_operations(change)}"
    yield f"{_outcome(verdict)}. {_versions(verdict, old)}"
    yield from (f"FAILED: {problem}." for problem in verdict.problems)


def _outcome(verdict: Verdict) -> str:
    if verdict.weight is None:
        return "no change"
    counts = Counter(change.weight for change in verdict.changes)
    return ", ".join(f"{weight.word}: {counts[weight]}" for weight in sorted(counts, reverse=True))


def _versions(verdict: Verdict, old: Source) -> str:
    moved = f"Version {verdict.versions[0]} -> {verdict.versions[1]}"
    if verdict.weight is None:
        return f"{moved}."
    if verdict.needed == old.version:
        return f"{moved}: not released yet, so it may still grow."
    return f"{moved}: the {verdict.weight.part} part must move, to {verdict.needed} at least."


def _place(change: Change) -> str:
    return f"{'old ' if change.side == 'old' else ''}#{change.pointer}"


def _operations(change: Change) -> str:
    others = len(change.operations) - _MOST_OPERATIONS
    named = ", ".join(sorted(change.operations)[:_MOST_OPERATIONS])
    return f"{named} and {others} more" if others > 0 else named


def _row(change: Change) -> str:
    cells = (change.weight.word, f"`{change.rule}`", f"`{_place(change)}`", change.message, _operations(change))
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _entry(change: Change) -> dict[str, object]:
    return {
        "rule": change.rule,
        "weight": change.weight.word,
        "document": change.side,
        "pointer": change.pointer,
        "message": change.message,
        "operations": sorted(change.operations),
    }
