"""`Change`: one change of a contract, with its rule and its weight."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

from contract_compiler.traversal import Direction

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
    "response-status-removed", "response-status-added", "response-media-type-removed", "response-media-type-added",
    "response-body-removed", "response-body-added", "response-header-removed", "response-header-optional",
    "response-header-read-otherwise",
)  # fmt: skip
_ADDITIONS = (
    "path-added", "operation-added", "operation-id-changed", "path-parameter-renamed",
    "operation-deprecated", "parameter-deprecated", "server-added", "security-loosened",
    "parameter-added", "parameter-optional",
    "request-body-added", "request-body-optional", "request-media-type-added", "request-size-widened",
    "response-header-added", "response-header-required",
)  # fmt: skip

# What a change of a schema is about: its name when fewer values are allowed than before, and when more are.
_FACETS = {
    **{
        facet: (f"{facet}-narrowed", f"{facet}-widened")
        for facet in ("type", "enum", "range", "multiple", "length", "items", "properties")
    },
    "nullable": ("nullable-lost", "nullable-gained"),
    "required": ("property-required", "property-optional"),
    "property": ("property-removed", "property-added"),
    "undescribed-property": ("property-described", "property-undescribed"),
    "open-object": ("object-closed", "object-opened"),
    "alternative": ("alternative-removed", "alternative-added"),
    "exclusion": ("exclusion-added", "exclusion-removed"),
}
# One text for another is a break of its own name, whichever way it goes.
_TEXTS = ("pattern", "format")


def schema_rule(direction: Direction, facet: str, *, fewer: bool) -> str:
    """The rule on a schema of a request or a response that allows fewer values than before, or more."""
    if facet in _TEXTS:
        breaks = fewer is (direction == "request")
        return f"{direction}-{facet}-{'changed' if breaks else 'added' if fewer else 'removed'}"
    return f"{direction}-{_FACETS[facet][not fewer]}"


RULES: dict[str, Weight] = {
    **dict.fromkeys(_BREAKING, Weight.BREAKING),
    **dict.fromkeys(_ADDITIONS, Weight.ADDITION),
    **dict.fromkeys(("documentation-changed", "written-otherwise"), Weight.DOCUMENTATION),
}
"""Every rule by its stable id."""
# In a request fewer values are a break, in a response more are, but for properties new to a closed object:
# `additionalProperties: false` in a response says that nothing leaks, not that nothing will ever be added.
for _facet in (*_FACETS, *_TEXTS):
    _more = Weight.ADDITION if _facet in ("property", "open-object") else Weight.BREAKING
    RULES[schema_rule("request", _facet, fewer=True)] = Weight.BREAKING
    RULES[schema_rule("request", _facet, fewer=False)] = Weight.ADDITION
    RULES[schema_rule("response", _facet, fewer=True)] = Weight.ADDITION
    RULES[schema_rule("response", _facet, fewer=False)] = _more
RULES["response-property-removed"] = Weight.BREAKING


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
