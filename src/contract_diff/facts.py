"""What can be read off schemas that a value keeps all at once."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property
from math import ceil, floor
from typing import Any, NamedTuple

from contract_diff.sourced import Known, Part, SourcedSchemas

# `fraction` is a number that is not written as an integer (contract_compiler.schemas, x-integer-literal).
_TYPES = {
    "null": {"null"}, "boolean": {"boolean"}, "integer": {"integer"}, "number": {"integer", "fraction"},
    "string": {"string"}, "array": {"array"}, "object": {"object"},
}  # fmt: skip
ALL = frozenset(name for names in _TYPES.values() for name in names)
NUMBERS = frozenset({"integer", "fraction"})


class Bound(NamedTuple):
    """A limit of a number; `exclusive`: the limit itself is out."""

    value: Fraction
    exclusive: bool


class Facts:
    """Facts about the values that keep all the parts of `known`.

    `open_home`: the document whose closed objects count as open, None if those of both count as they are written.
    """

    def __init__(self, known: Known, open_home: SourcedSchemas | None = None) -> None:
        self.known = known
        self._open_home = open_home

    @cached_property
    def types(self) -> frozenset[str]:
        """The types that values can have."""
        found = ALL
        for part in self.known.parts:
            found &= types(part)
        return found

    @cached_property
    def values(self) -> list[Any] | None:
        """All values, if they can be counted."""
        enums = [part.read("enum") for part in self.known.parts if "enum" in part]
        if not enums and not self.types <= {"null", "boolean"}:
            return None
        candidates = min(enums, key=len) if enums else [None, True, False]
        return [value for value in candidates if all(part.accepts(value) for part in self.known.parts)]

    @property
    def contradict(self) -> bool:
        """Whether one of the schemas admits nothing."""
        return any(part.value is False for part in self.known.parts)

    def all_of(self, keyword: str) -> list[Any]:
        """The keyword's value wherever it stands."""
        return [part.read(keyword) for part in self.known.parts if keyword in part]

    def most(self, keyword: str) -> int | None:
        """The tightest upper limit on a count."""
        return min(self.all_of(keyword), default=None)

    def least(self, keyword: str) -> int:
        """The tightest lower limit on a count."""
        return max(self.all_of(keyword), default=0)

    @cached_property
    def lower(self) -> Bound | None:
        """The tightest lower bound of numbers."""
        bounds = [bound for part in self.known.parts if (bound := lower(part)) is not None]
        tightest = max(bounds, default=None)
        if tightest is None or not self.only_integers:
            return tightest
        whole = floor(tightest.value) + 1 if tightest.exclusive else ceil(tightest.value)
        return Bound(Fraction(whole), False)

    @cached_property
    def upper(self) -> Bound | None:
        """The tightest upper bound of numbers."""
        bounds = [bound for part in self.known.parts if (bound := upper(part)) is not None]
        tightest = min(bounds, key=lambda bound: (bound.value, not bound.exclusive), default=None)
        if tightest is None or not self.only_integers:
            return tightest
        whole = ceil(tightest.value) - 1 if tightest.exclusive else floor(tightest.value)
        return Bound(Fraction(whole), False)

    @property
    def only_integers(self) -> bool:
        """Whether every number is an integer."""
        return "fraction" not in self.types

    @cached_property
    def required(self) -> frozenset[str]:
        """The properties that every object has."""
        return frozenset(name for names in self.all_of("required") for name in names)

    @cached_property
    def listed(self) -> frozenset[str]:
        """The properties that a schema names and allows."""
        return frozenset(
            name
            for part in self.known.parts
            for name, schema in part.read("properties", {}).items()
            if schema is not False
        )

    def member(self, name: str) -> Known:
        """What is known of that property, where an object has it."""
        parts = [found for part in self.known.parts if (found := self._member(part, name)) is not None]
        return Known.of(parts, (*self.known.place, "properties", name))

    def others(self) -> Known:
        """What is known of a property that no schema names."""
        parts = [
            part.below("additionalProperties")
            for part in self.known.parts
            if "additionalProperties" in part and not self._opens(part, part.read("additionalProperties"))
        ]
        return Known.of(parts, (*self.known.place, "additionalProperties"))

    def items(self) -> Known:
        """What is known of the items, where an array has any."""
        parts = [part.below("items") for part in self.known.parts if "items" in part]
        return Known.of(parts, (*self.known.place, "items"))

    @property
    def is_closed(self) -> bool:
        """Whether objects have named properties only."""
        return any(part.value is False for part in self.others().parts)

    @property
    def fewest_properties(self) -> int:
        """How many properties every object has at least."""
        return max(self.least("minProperties"), len(self.required))

    @property
    def most_properties(self) -> int | None:
        """How many properties an object has at most; None: any number."""
        limits = [*self.all_of("maxProperties"), *([len(self.listed)] if self.is_closed else [])]
        return min(limits, default=None)

    def _member(self, part: Part, name: str) -> Part | None:
        if name in part.read("properties", {}):
            return None if self._opens(part, part.read("properties")[name]) else part.below("properties", name)
        if "additionalProperties" in part and not self._opens(part, part.read("additionalProperties")):
            return part.below("additionalProperties")
        return None

    def _opens(self, part: Part, schema: Any) -> bool:
        return schema is False and part.home is self._open_home


def types(part: Part) -> frozenset[str]:
    """The types that a schema allows."""
    if "type" not in part:
        return ALL
    names = part.read("type")
    return frozenset(atom for name in ([names] if isinstance(names, str) else names) for atom in _TYPES[name])


def lower(part: Part) -> Bound | None:
    """A schema's lower bound."""
    return max(_bounds(part, "minimum", "exclusiveMinimum"), default=None)


def upper(part: Part) -> Bound | None:
    """A schema's upper bound."""
    return min(
        _bounds(part, "maximum", "exclusiveMaximum"), key=lambda bound: (bound.value, not bound.exclusive), default=None
    )


def _bounds(part: Part, inclusive: str, exclusive: str) -> Iterator[Bound]:
    if inclusive in part:
        yield Bound(Fraction(part.read(inclusive)), False)
    if exclusive in part:
        yield Bound(Fraction(part.read(exclusive)), True)
