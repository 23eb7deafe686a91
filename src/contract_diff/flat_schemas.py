"""Schemas as they are enforced, flattened: references followed, allOf taken apart, a discriminator made a choice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil, floor
from typing import Any

from contract.schemas import Schema
from contract_compiler.document import Node
from contract_compiler.schemas import JsonSchema, Schemas
from contract_compiler.traversal import Direction

Place = tuple[str, ...]
"""The steps of a JSON Pointer into the document that a schema comes from."""

# `fraction` is a number that is not written as an integer (contract_compiler.schemas, x-integer-literal).
_TYPES = {
    "null": {"null"}, "boolean": {"boolean"}, "integer": {"integer"}, "number": {"integer", "fraction"},
    "string": {"string"}, "array": {"array"}, "object": {"object"},
}  # fmt: skip
ALL_TYPES = frozenset(name for names in _TYPES.values() for name in names)
NUMBERS = frozenset({"integer", "fraction"})


class DocumentSchemas(Schemas):
    """The schemas of one document with their places. It keeps what it hands out, so identity tells schemas apart."""

    def __init__(self) -> None:
        super().__init__()
        self._places: dict[int, tuple[JsonSchema, Place]] = {}
        self._without: dict[object, JsonSchema] = {}
        self._validators: dict[int, Schema] = {}

    def part(self, schema: Node | None, direction: Direction) -> Part:
        """The schema as it is enforced in that direction; without one, anything goes."""
        return Part(True, self, ()) if schema is None else self.placed(self.translate(schema, direction), schema.path)

    def placed(self, value: JsonSchema | bool, place: Place) -> Part:
        """A translated schema that stands at this place, unless it is known to stand elsewhere."""
        if isinstance(value, dict):
            place = self._places.setdefault(id(value), (value, place))[1]
        return Part(value, self, place)

    def without(self, value: JsonSchema, keyword: str) -> JsonSchema:
        """The schema without the keyword; the same object each time."""
        rest = {key: each for key, each in value.items() if key != keyword}
        return self._without.setdefault((id(value), keyword), rest)

    def is_valid(self, value: Any, schema: JsonSchema) -> bool:
        """Whether the value is valid against the schema, by the validator that decides at run time."""
        if id(schema) not in self._validators:
            self._validators[id(schema)] = Schema(schema, self.definitions)
        return self._validators[id(schema)].is_valid(value)

    def _body(self, schema: Node, direction: Direction | None, *, discriminates: bool) -> JsonSchema:
        result = super()._body(schema, direction, discriminates=discriminates)
        self._places[id(result)] = (result, schema.path)
        return result

    def _discriminator(self, schema: Node, direction: Direction | None) -> JsonSchema:
        """The same as a choice: `if the property is "cat", then a Cat` is one alternative, `"cat", and a Cat`."""
        enforced = super()._discriminator(schema, direction)
        rules = enforced.pop("allOf")
        [(name, choice)] = enforced["properties"].items()
        ruled = [value for rule in rules for value in rule["if"]["properties"][name]["enum"]]
        free = [value for value in choice["enum"] if value not in ruled]  # Those that choose the schema itself.
        alternatives: list[JsonSchema] = [{"allOf": [rule["if"], rule["then"]]} for rule in rules]
        alternatives += [{"properties": {name: {"enum": free}}}] if free else []
        for made in (*alternatives, *(rule["if"] for rule in rules)):
            self._places[id(made)] = (made, schema.path)
        return enforced | ({"anyOf": alternatives} if alternatives else {})


@dataclass(frozen=True, slots=True)
class Part:
    """A schema of JSON Schema 2020-12 with its document and its place there."""

    value: JsonSchema | bool
    home: DocumentSchemas
    place: Place

    @property
    def key(self) -> object:
        """The same for the same schema."""
        return (self.value, self.place) if isinstance(self.value, bool) else id(self.value)

    def read(self, keyword: str, default: Any = None) -> Any:
        """A keyword's value."""
        return default if isinstance(self.value, bool) else self.value.get(keyword, default)

    def __contains__(self, keyword: str) -> bool:
        return not isinstance(self.value, bool) and keyword in self.value

    def below(self, *steps: str | int) -> Part:
        """The schema at these steps into this one."""
        value: Any = self.value
        for step in steps:
            value = value[step]
        return self.home.placed(value, (*self.place, *map(str, steps)))

    def alternatives(self, keyword: str) -> list[Part]:
        """The schemas that `anyOf`, `oneOf` or `allOf` lists; none without it."""
        return [self.below(keyword, index) for index in range(len(self.read(keyword, ())))]

    def without(self, keyword: str) -> Part:
        """The schema without the keyword."""
        assert not isinstance(self.value, bool)
        return Part(self.home.without(self.value, keyword), self.home, self.place)

    def is_valid(self, value: Any) -> bool:
        """Whether the value is valid against the schema."""
        return self.value if isinstance(self.value, bool) else self.home.is_valid(value, self.value)

    def flat(self) -> Iterator[Part]:
        """The schemas without references and allOf that together demand what this one demands."""
        if self.value is True or self.value == {}:
            return
        if "$ref" in self:
            definition = self.home.definitions[self.read("$ref").removeprefix("#/$defs/")]
            yield from self.home.placed(definition, self.place).flat()
        elif "allOf" not in self:
            yield self
        else:
            for part in (self.without("allOf"), *self.alternatives("allOf")):
                yield from part.flat()

    @property
    def types(self) -> frozenset[str]:
        """The types that `type` allows."""
        names = self.read("type", list(_TYPES))
        return frozenset(atom for name in ([names] if isinstance(names, str) else names) for atom in _TYPES[name])

    @property
    def lower(self) -> tuple[Fraction, bool] | None:
        """The lower bound of numbers, and whether the bound itself is out: the greater pair is the tighter bound."""
        bounds = (("minimum", False), ("exclusiveMinimum", True))
        return max(((Fraction(self.read(word)), out) for word, out in bounds if word in self), default=None)

    @property
    def upper(self) -> tuple[Fraction, bool] | None:
        """The upper bound of numbers, and whether the bound itself is in: the lesser pair is the tighter bound."""
        bounds = (("maximum", True), ("exclusiveMaximum", False))
        return min(((Fraction(self.read(word)), within) for word, within in bounds if word in self), default=None)


class FlatSchema:
    """All that is known of a value at `place`: it is valid against each of `parts`, flat ones, taken as one schema.

    `open_home`: the document whose closed objects count as open, None where both count as they are written.
    """

    def __init__(self, parts: Iterable[Part], place: Place, open_home: DocumentSchemas | None) -> None:
        self.parts = tuple({flat.key: flat for part in parts for flat in part.flat()}.values())
        self.place = self.parts[0].place if self.parts else place
        self.key = frozenset(part.key for part in self.parts)
        self._open_home = open_home

    def and_also(self, *parts: Part, instead_of: Part | None = None) -> FlatSchema:
        """More is known; one part may be replaced."""
        kept = [part for part in self.parts if instead_of is None or part.key != instead_of.key]
        return FlatSchema([*kept, *parts], self.place, self._open_home)

    def choices(self) -> Iterator[list[FlatSchema]]:
        """The alternatives of each anyOf and oneOf, each together with all else that is known.

        Every value is in one of them. That a oneOf admits one alternative only is left out: it is known, but not used.
        """
        for part in self.parts:
            for keyword in ("anyOf", "oneOf"):
                if keyword in part:
                    rest = part.without(keyword)
                    yield [self.and_also(rest, each, instead_of=part) for each in part.alternatives(keyword)]

    def all_of(self, keyword: str) -> list[Any]:
        """The keyword's value wherever it stands."""
        return [part.read(keyword) for part in self.parts if keyword in part]

    def said(self, keyword: str) -> Any:
        """What a keyword comes to, for a person; None where it stands nowhere."""
        found = self.all_of(keyword)
        if keyword.startswith("min"):
            return max(found, default=None)
        return min(found, default=None) if keyword.startswith("max") else next(iter(found), None)

    def place_of(self, keyword: str) -> Place:
        """Where the keyword stands; without it, where the schema does."""
        return next(((*part.place, keyword) for part in self.parts if keyword in part), self.place)

    @cached_property
    def types(self) -> frozenset[str]:
        """The types that values can have."""
        return ALL_TYPES.intersection(*(part.types for part in self.parts))

    @cached_property
    def values(self) -> list[Any] | None:
        """All values, where they can be counted."""
        enums = self.all_of("enum")
        if not enums and not self.types <= {"null", "boolean"}:
            return None
        candidates = min(enums, key=len) if enums else [None, True, False]
        return [value for value in candidates if all(part.is_valid(value) for part in self.parts)]

    @property
    def only_integers(self) -> bool:
        """Whether every number is an integer."""
        return "fraction" not in self.types

    @cached_property
    def lower(self) -> tuple[Fraction, bool] | None:
        """The tightest lower bound, as `Part.lower`."""
        found = max((part.lower for part in self.parts if part.lower is not None), default=None)
        if found is None or not self.only_integers:
            return found
        return (Fraction(floor(found[0]) + 1 if found[1] else ceil(found[0])), False)

    @cached_property
    def upper(self) -> tuple[Fraction, bool] | None:
        """The tightest upper bound, as `Part.upper`."""
        found = min((part.upper for part in self.parts if part.upper is not None), default=None)
        if found is None or not self.only_integers:
            return found
        return (Fraction(floor(found[0]) if found[1] else ceil(found[0]) - 1), True)

    def most(self, keyword: str) -> int | None:
        """The tightest upper limit on a count; None: any number."""
        limits = self.all_of(keyword)
        if keyword == "maxProperties" and self.is_closed:
            limits.append(len(self.listed))
        return min(limits, default=None)

    def least(self, keyword: str) -> int:
        """The tightest lower limit on a count."""
        limits: list[int] = self.all_of(keyword)
        return max([*limits, len(self.required) if keyword == "minProperties" else 0])

    @cached_property
    def required(self) -> frozenset[str]:
        """The properties that every object has."""
        return frozenset(name for names in self.all_of("required") for name in names)

    @cached_property
    def listed(self) -> frozenset[str]:
        """The properties that a schema names and allows."""
        named = (pair for properties in self.all_of("properties") for pair in properties.items())
        return frozenset(name for name, schema in named if schema is not False)

    @property
    def is_closed(self) -> bool:
        """Whether objects have named properties only."""
        return any(part.value is False for part in self.others().parts)

    def member(self, name: str) -> FlatSchema:
        """What is known of that property, where an object has it."""
        named = (("properties", name) if name in part.read("properties", {}) else ("additionalProperties",)
                 for part in self.parts)  # fmt: skip
        return self._inside(zip(self.parts, named, strict=True), (*self.place, "properties", name))

    def others(self) -> FlatSchema:
        """What is known of a property that no schema names."""
        place = (*self.place, "additionalProperties")
        return self._inside(((part, ("additionalProperties",)) for part in self.parts), place)

    def items(self) -> FlatSchema:
        """What is known of the items, where an array has any."""
        return self._inside(((part, ("items",)) for part in self.parts), (*self.place, "items"))

    def _inside(self, ways: Iterable[tuple[Part, tuple[str, ...]]], place: Place) -> FlatSchema:
        found = (part.below(*steps) for part, steps in ways if steps[0] in part)
        opened = [each for each in found if each.value is not False or each.home is not self._open_home]
        return FlatSchema(opened, place, self._open_home)
