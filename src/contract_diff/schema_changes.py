"""Changes of one schema: the gaps between old and new, both ways, by rule and in words."""

from __future__ import annotations

from typing import Any, NamedTuple

from contract_compiler.document import Node
from contract_compiler.output import json_text
from contract_compiler.traversal import Direction
from contract_diff.changes import Change, Side, schema_rule
from contract_diff.flat_schemas import Part, Place
from contract_diff.subset import Gap, Subset

_UNSHOWN = "; this cannot be shown to be compatible"


def schema_changes(old: Part, new: Part, direction: Direction, roots: tuple[Node, Node]) -> list[Change]:
    """The changes from the old schema to the new one; `roots` are the two documents.

    In a request fewer values are a break, in a response more are, but for properties that are new to a closed object:
    `additionalProperties: false` in a response says that nothing leaks, not that nothing will ever be added.
    """
    is_request = direction == "request"
    fewer = Subset().gaps(old, new)
    more = Subset(None if is_request else old.home).gaps(new, old)
    found = [_Found(gap, True, direction) for gap in fewer] + [_Found(gap, False, direction) for gap in more]
    breaks = {each.key for each in found if each.fewer is is_request}
    kept = [each for each in found if each.fewer is is_request or each.key not in breaks]
    return [each.change(roots) for each in kept]


class _Found(NamedTuple):
    """A gap; `fewer`: something the old schema allows is not allowed by the new one."""

    gap: Gap
    fewer: bool
    direction: Direction

    @property
    def new_place(self) -> Place:
        return self.gap.demanded_at if self.fewer else self.gap.known_at

    @property
    def old_place(self) -> Place:
        return self.gap.known_at if self.fewer else self.gap.demanded_at

    @property
    def key(self) -> object:
        """The same for a change that goes both ways, such as one pattern for another."""
        detail = self.fewer if self.gap.facet in ("enum", "alternative") else None
        return self.gap.facet, self.new_place, self.gap.name, detail

    def change(self, roots: tuple[Node, Node]) -> Change:
        side, pointer = self._pointer(roots)
        rule = schema_rule(self.direction, self.gap.facet, fewer=self.fewer)
        return Change(rule, pointer, self._message(), side)

    def _pointer(self, roots: tuple[Node, Node]) -> tuple[Side, str]:
        old, new = roots
        if self.gap.facet == "property" and self.fewer:
            return "old", _existing(old, self.old_place)
        if self.gap.facet == "undescribed-property" and not self.fewer:
            return "old", _existing(old, self.old_place)
        return "new", _existing(new, self.new_place)

    def _message(self) -> str:
        gap = self.gap
        if gap.facet in _SENTENCES:
            return _SENTENCES[gap.facet][not self.fewer].format(name=gap.name)
        if gap.facet != "enum":
            old, new = (gap.known, gap.demanded) if self.fewer else (gap.demanded, gap.known)
            unshown = _UNSHOWN if gap.facet in ("pattern", "format") and None not in (old, new) else ""
            return f"{gap.demanded_at[-1]} {_became(old, new)}{unshown}"
        values = ", ".join(map(_text, gap.known if gap.demanded is None else gap.demanded))
        if gap.demanded is None:
            return f"{values} is {'no longer allowed' if self.fewer else 'allowed now'}"
        return f"{'only' if self.fewer else 'more than'} {values} is allowed now"


# What is said when fewer values are allowed than before, and when more are.
_SENTENCES = {
    "nullable": ("null is no longer allowed", "null is allowed now"),
    "required": ("{name} must be there now", "{name} may be left out now"),
    "property": ("there is no {name} any more", "{name} is new"),
    "undescribed-property": (
        "{name} is described now, where anything was allowed before",
        "{name} is no longer described: anything is allowed there now",
    ),
    "open-object": ("unknown properties are no longer allowed", "unknown properties are allowed now"),
    "alternative": (
        "something that was allowed before matches none of the alternatives, or several" + _UNSHOWN,
        "something matches now that matched none of the alternatives before, or several" + _UNSHOWN,
    ),
    "exclusion": ("more is excluded" + _UNSHOWN, "less is excluded" + _UNSHOWN),
}


def _existing(root: Node, place: Place) -> str:
    """The pointer to the place, or to what is nearest above it: some demands have no keyword of their own."""
    node = root
    for step in place:
        if isinstance(node.value, list):
            node = node[int(step)]
        elif step in node:
            node = node[step]
        else:
            break
    return node.pointer


def _became(old: Any, new: Any) -> str:
    if old is None:
        return f"is {_text(new)}, and there was none before"
    return f"was {_text(old)}, and there is none now" if new is None else f"was {_text(old)}, is {_text(new)}"


def _text(value: Any) -> str:
    return value if isinstance(value, str) and value else " ".join(json_text(value).split())
