"""Verdict on a change of the contract: whether it may be merged, and which version it needs.

Breaks are deliberate and in the changelog, and `info.version` has moved.

A path version that clients use never breaks: what would break it goes under a new one beside it (`/v2.0/...`), which is
an addition. Only one break is ever deliberate: an operation is taken away after its successor was made, the same method
on the same path below a higher path version. The changelog must name it, method and path.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from contract_compiler.document import Node
from contract_compiler.traversal import operations, without_names
from contract_diff.changes import Change, Weight
from contract_diff.sources import Source
from contract_diff.versions import Changelog, Version

_PATH_VERSION = re.compile(r"(.*)/v([0-9]+)(?:\.([0-9]+))?(/.*|$)")
_REMOVALS = frozenset({"path-removed", "operation-removed"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """`problems`: why the change may not be merged; none if it may. `needed`: the least version that covers it."""

    changes: Sequence[Change]
    versions: tuple[str, str]
    needed: str
    problems: Sequence[str]

    @property
    def weight(self) -> Weight | None:
        """Of the gravest change."""
        return max((change.weight for change in self.changes), default=None)


def verdict_on(old: Source, new: Source, changes: Sequence[Change], changelog: Changelog) -> Verdict:
    """Raises NoVersion when `info.version` is not a semantic version."""
    before, after = Version.read(old.version), Version.read(new.version)
    weight = max((change.weight for change in changes), default=None)
    grows = weight is not Weight.BREAKING and not old.is_released and before == after
    needed = before if weight is None or grows else before.next(weight)
    problems = [*_breaks(new.document, changes, changelog, new.version)] if before.major else []
    if weight is None and after < before:
        problems.append(f"info.version went back from {old.version} to {new.version}")
    elif weight is not None and not grows and not after.covers(before, weight):
        problems.append(
            f"info.version was {old.version} and is {new.version}: "
            f"the {weight.part} part must move, to {needed} at least, for the gravest change is {weight.word}"
        )
    return Verdict(changes, (old.version, new.version), str(needed), problems)


def _breaks(new: Node, changes: Sequence[Change], changelog: Changelog, version: str) -> Iterator[str]:
    for change in changes:
        if change.weight is Weight.BREAKING:
            if change.rule not in _REMOVALS:
                yield f"{change.rule} at #{change.pointer} breaks clients: put it under a new path version instead"
            else:
                yield from _removal(new, change, changelog, version)


def _removal(new: Node, change: Change, changelog: Changelog, version: str) -> Iterator[str]:
    for name in change.operations:
        if not _has_successor(new, name):
            yield f"{name} is gone, and there is no operation like it under a higher path version"
        elif not changelog.covers(version, name):
            yield f"{name} is gone, and the changelog does not say so: name it under [{version}] or [Unreleased]"


def _has_successor(new: Node, name: str) -> bool:
    method, path = name.split(" ", 1)
    found = _PATH_VERSION.fullmatch(path)
    return found is not None and any(
        each.method == method and _follows(found, _PATH_VERSION.fullmatch(each.path)) for each in operations(new)
    )


def _follows(old: re.Match[str], new: re.Match[str] | None) -> bool:
    if new is None or (old[1], without_names(old[4])) != (new[1], without_names(new[4])):
        return False
    return _number(new) > _number(old)


def _number(found: re.Match[str]) -> tuple[int, int]:
    return int(found[2]), int(found[3] or 0)
