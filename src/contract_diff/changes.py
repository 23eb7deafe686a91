"""Changes of a contract, and the rules that tell them apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

Side = Literal["old", "new"]


class Weight(IntEnum):
    """What a change means to the clients of the old contract, and so which part of `info.version` must move."""

    DOCUMENTATION = 0
    ADDITION = 1
    BREAKING = 2

    @property
    def part(self) -> str:
        """The part of a semantic version (https://semver.org, 6 to 8)."""
        return ("patch", "minor", "major")[self]

    @property
    def word(self) -> str:
        """What it is called wherever it is shown."""
        return self.name.lower()


_BREAKING = (
    "path-removed", "path-shadowed", "operation-removed", "callbacks-changed",
    "server-removed", "security-tightened", "security-scheme-changed",
    "parameter-removed", "parameter-required", "parameter-read-otherwise",
    "request-body-removed", "request-body-required", "request-media-type-removed", "request-size-narrowed",
    "request-default-changed",
    "request-type-narrowed", "request-nullable-lost", "request-enum-narrowed", "request-range-narrowed",
    "request-multiple-narrowed", "request-length-narrowed", "request-pattern-changed", "request-format-changed",
    "request-items-narrowed", "request-properties-narrowed", "request-property-required", "request-property-removed",
    "request-property-described", "request-object-closed", "request-alternative-removed", "request-exclusion-added",
    "response-status-removed", "response-status-added", "response-media-type-removed", "response-media-type-added",
    "response-body-removed", "response-body-added", "response-header-removed", "response-header-optional",
    "response-header-read-otherwise",
    "response-type-widened", "response-nullable-gained", "response-enum-widened", "response-range-widened",
    "response-multiple-widened", "response-length-widened", "response-pattern-changed", "response-format-changed",
    "response-items-widened", "response-properties-widened", "response-property-optional",
    "response-property-removed", "response-property-undescribed", "response-alternative-added",
    "response-exclusion-removed",
)  # fmt: skip
_ADDITIONS = (
    "path-added", "operation-added", "operation-id-changed", "path-parameter-renamed",
    "operation-deprecated", "parameter-deprecated", "server-added", "security-loosened",
    "parameter-added", "parameter-optional",
    "request-body-added", "request-body-optional", "request-media-type-added", "request-size-widened",
    "request-type-widened", "request-nullable-gained", "request-enum-widened", "request-range-widened",
    "request-multiple-widened", "request-length-widened", "request-pattern-removed", "request-format-removed",
    "request-items-widened", "request-properties-widened", "request-property-optional", "request-property-added",
    "request-property-undescribed", "request-object-opened", "request-alternative-added", "request-exclusion-removed",
    "response-header-added", "response-header-required",
    "response-type-narrowed", "response-nullable-lost", "response-enum-narrowed", "response-range-narrowed",
    "response-multiple-narrowed", "response-length-narrowed", "response-pattern-added", "response-format-added",
    "response-items-narrowed", "response-properties-narrowed", "response-property-required",
    "response-property-added", "response-property-described", "response-object-closed", "response-object-opened",
    "response-alternative-removed", "response-exclusion-added",
)  # fmt: skip
_DOCUMENTATION = ("documentation-changed", "written-otherwise")

RULES: dict[str, Weight] = {
    **dict.fromkeys(_BREAKING, Weight.BREAKING),
    **dict.fromkeys(_ADDITIONS, Weight.ADDITION),
    **dict.fromkeys(_DOCUMENTATION, Weight.DOCUMENTATION),
}
"""Every rule by its stable id."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change: by which rule, and where.

    `pointer` is a JSON Pointer (RFC 6901) into the old or the new document, as `side` says; `operations` are those that
    it reaches, such as `GET /things`.
    """

    rule: str
    pointer: str
    message: str
    side: Side = "new"
    operations: tuple[str, ...] = ()

    @property
    def weight(self) -> Weight:
        """What it means to a client."""
        return RULES[self.rule]


def merged(changes: Iterable[Change]) -> list[Change]:
    """Each change once, with all the operations that it reaches; the gravest first, then by place."""
    reached: dict[Change, dict[str, None]] = {}
    for change in changes:
        alone = Change(change.rule, change.pointer, change.message, change.side)
        reached.setdefault(alone, {}).update(dict.fromkeys(change.operations))
    found = [Change(each.rule, each.pointer, each.message, each.side, tuple(names)) for each, names in reached.items()]
    return sorted(found, key=lambda each: (-each.weight, each.pointer, each.rule, each.message))
