"""Verdict on a change of the contract: whether it may be merged, which version it needs, and its report in three forms.

Breaks are deliberate and in the changelog, and `info.version` has moved.

A path version that clients use never breaks: what would break it goes under a new one beside it (`/v2.0/...`), which is
an addition. Only one break is ever deliberate: an operation is taken away after its successor was made, the same method
on the same path below a higher path version. The changelog must name it, method and path.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from contract_compiler.document import Node
from contract_compiler.traversal import operations, without_names
from contract_diff.changes import Change, Weight
from contract_diff.sources import Changelog, Source, Version

_PATH_VERSION = re.compile(r"(.*)/v([0-9]+)(?:\.([0-9]+))?(/.*|$)")
_MOST_OPERATIONS = 3  # are named; of more only the number is shown.


@dataclass(frozen=True, slots=True)
class Verdict:
    """`weight`: of the gravest change. `needed`: the least version that covers it.

    `problems`: why the change may not be merged; none if it may.
    """

    old: Source
    new: Source
    changes: Sequence[Change]
    weight: Weight | None
    needed: str
    problems: Sequence[str]


def verdict_on(old: Source, new: Source, changes: Sequence[Change], changelog: Changelog) -> Verdict:
    """Raises NoVersion when `info.version` is not a semantic version."""
    before, after = Version.read(old.version), Version.read(new.version)
    weight = max((change.weight for change in changes), default=None)
    grows = weight is not Weight.BREAKING and not old.is_released and before == after
    needed = before if weight is None or grows else before.next(weight)
    problems = [*_breaks(new, changes, changelog)] if before.major else []
    if weight is None and after < before:
        problems.append(f"info.version went back from {old.version} to {new.version}")
    elif weight is not None and not grows and not after.covers(before, weight):
        problems.append(
            f"info.version was {old.version} and is {new.version}: "
            f"the {weight.part} part must move, to {needed} at least, for the gravest change is {weight.word}"
        )
    return Verdict(old, new, changes, weight, str(needed), problems)


def _breaks(new: Source, changes: Sequence[Change], changelog: Changelog) -> Iterator[str]:
    for change in changes:
        if change.weight is Weight.BREAKING and change.rule not in ("path-removed", "operation-removed"):
            yield f"{change.rule} at #{change.pointer} breaks clients: put it under a new path version instead"
        elif change.weight is Weight.BREAKING:
            for name in change.operations:
                if not _has_successor(new.document, name):
                    yield f"{name} is gone, and there is no operation like it under a higher path version"
                elif not changelog.covers(new.version, name):
                    where = f"name it under [{new.version}] or [Unreleased]"
                    yield f"{name} is gone, and the changelog does not say so: {where}"


def _has_successor(new: Node, name: str) -> bool:
    method, path = name.split(" ", 1)
    old, others = _versioned(path), [_versioned(each.path) for each in operations(new) if each.method == method]
    return old is not None and any(each is not None and each[0] == old[0] and each[1] > old[1] for each in others)


def _versioned(path: str) -> tuple[tuple[str, str], tuple[int, int]] | None:
    """What is around the version in a path, and the version."""
    found = _PATH_VERSION.fullmatch(path)
    return found and ((found[1], without_names(found[4])), (int(found[2]), int(found[3] or 0)))


def text(verdict: Verdict) -> str:
    """The report for a terminal."""
    old = verdict.old
    lines = [f"{old.name} -> {verdict.new.name}" + (f" ({old.chosen})" if old.chosen else "")]
    for change in verdict.changes:
        lines += [f"{change.weight.word:<13} {change.rule}", f"    {_place(change)}: {change.message}"]
        lines += [f"    in {_operations(change)}"] if change.operations else []
    lines += [f"{_outcome(verdict)}. {_versions(verdict)}", *(f"FAILED: {problem}." for problem in verdict.problems)]
    return "\n".join(lines) + "\n"


def as_json(verdict: Verdict) -> str:
    """The report for a program."""
    content = {
        "format": 1,
        "old": {"source": verdict.old.name, "version": verdict.old.version},
        "new": {"source": verdict.new.name, "version": verdict.new.version},
        "compatible": verdict.weight is not Weight.BREAKING,
        "mergeable": not verdict.problems,
        "neededVersion": verdict.needed,
        "gravest": None if verdict.weight is None else verdict.weight.word,
        "problems": list(verdict.problems),
        "changes": [
            {
                "rule": change.rule,
                "weight": change.weight.word,
                "document": change.side,
                "pointer": change.pointer,
                "message": change.message,
                "operations": sorted(change.operations),
            }
            for change in verdict.changes
        ],
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def markdown(verdict: Verdict) -> str:
    """The report for the summary of a job."""
    between = f"`{verdict.old.name}` to `{verdict.new.name}`. {_versions(verdict)}"
    lines = [f"### Contract: {_outcome(verdict)}", "", between, ""]
    lines += [f"- **{problem}**" for problem in verdict.problems]
    if verdict.changes:
        lines += ["", "| | rule | where | what | operations |", "|---|---|---|---|---|"]
    for change in verdict.changes:
        cells = change.weight.word, f"`{change.rule}`", f"`{_place(change)}`", change.message, _operations(change)
        lines.append("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _outcome(verdict: Verdict) -> str:
    counts = Counter(change.weight for change in verdict.changes)
    return ", ".join(f"{weight.word}: {counts[weight]}" for weight in sorted(counts, reverse=True)) or "no change"


def _versions(verdict: Verdict) -> str:
    moved = f"Version {verdict.old.version} -> {verdict.new.version}"
    if verdict.weight is None:
        return f"{moved}."
    if verdict.needed == verdict.old.version:
        return f"{moved}: not released yet, so it may still grow."
    return f"{moved}: the {verdict.weight.part} part must move, to {verdict.needed} at least."


def _place(change: Change) -> str:
    return f"{'old ' if change.side == 'old' else ''}#{change.pointer}"


def _operations(change: Change) -> str:
    others = len(change.operations) - _MOST_OPERATIONS
    named = ", ".join(sorted(change.operations)[:_MOST_OPERATIONS])
    return f"{named} and {others} more" if others > 0 else named
