"""Schemas as they are enforced, flattened: references followed, allOf taken apart, a discriminator made a choice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import ceil, floor
from typing import Any, Literal

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
NOTHING: JsonSchema = {"not": {}}
"""The schema `false` as an object, known by its identity."""


def type_set(names: str | list[str]) -> frozenset[str]:
    """The types, of `ALL_TYPES`, that the keyword `type` allows with this value."""
    return frozenset().union(*(_TYPES[name] for name in ([names] if isinstance(names, str) else names)))


class DocumentSchemas(Schemas):
    """The schemas of one document with their places. It keeps what it hands out, so identity tells schemas apart."""

    def __init__(self, root: Node) -> None:
        super().__init__()
        self.root = root
        self._placed: dict[object, PlacedSchema] = {}

    def enforced(self, node: Node | None, direction: Direction) -> PlacedSchema:
        """The schema as it is enforced in that direction; without one, anything goes."""
        return self.placed(True, ()) if node is None else self.placed(self.translate(node, direction), node.path)

    def placed(self, value: JsonSchema | bool, place: Place) -> PlacedSchema:
        """A translated schema that stands at this place, unless it is known to stand elsewhere."""
        if isinstance(value, dict):
            return self._placed.setdefault(id(value), PlacedSchema(value, self, place))
        return self._placed.setdefault((value, place), PlacedSchema({} if value else NOTHING, self, place))

    def _body(self, schema: Node, direction: Direction | None, *, discriminates: bool) -> JsonSchema:
        result = super()._body(schema, direction, discriminates=discriminates)
        self.placed(result, schema.path)
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
            self.placed(made, schema.path)
        return enforced | ({"anyOf": alternatives} if alternatives else {})


@dataclass(frozen=True, eq=False)
class PlacedSchema:
    """A schema of JSON Schema 2020-12 with its document and its place there."""

    value: JsonSchema
    document: DocumentSchemas
    place: Place
    _without: dict[str, PlacedSchema] = field(default_factory=dict)

    def below(self, *steps: str | int) -> PlacedSchema:
        """The schema at these steps into this one."""
        value: Any = self.value
        for step in steps:
            value = value[step]
        return self.document.placed(value, (*self.place, *map(str, steps)))

    def alternatives(self, keyword: str) -> list[PlacedSchema]:
        """The schemas that `anyOf`, `oneOf` or `allOf` lists; none without it."""
        return [self.below(keyword, index) for index in range(len(self.value.get(keyword, ())))]

    def without(self, keyword: str) -> PlacedSchema:
        """The schema without the keyword; the same object each time."""
        rest = {key: each for key, each in self.value.items() if key != keyword}
        return self._without.setdefault(keyword, PlacedSchema(rest, self.document, self.place))

    @cached_property
    def schema(self) -> Schema:
        """The schema for the validator that decides at run time."""
        return Schema(self.value, self.document.definitions)

    @cached_property
    def flat(self) -> list[PlacedSchema]:
        """The schemas without references and allOf that together demand what this one demands."""
        # A walk, for chains of references are longer than Python's calls may be deep.
        found: dict[PlacedSchema, None] = {}
        waiting, seen = [self], {self}
        while waiting:
            part = waiting.pop()
            below: list[PlacedSchema] = []
            if "$ref" in part.value:
                definition = self.document.definitions[definition_name(part.value["$ref"])]
                below = [self.document.placed(definition, part.place)]
            elif "allOf" in part.value:
                below = [part.without("allOf"), *part.alternatives("allOf")]
            elif part.value:
                found[part] = None
            waiting += [each for each in reversed(below) if each not in seen]
            seen.update(below)
        return [*found]


def definition_name(reference: str) -> str:
    """The key in `DocumentSchemas.definitions` that a translated reference stands for."""
    return reference.removeprefix("#/$defs/")


def same_schema(one: PlacedSchema, other: PlacedSchema) -> bool:
    """Whether they are word for word the same, references followed; where they refer to themselves, in the same way."""
    return same_value(one.value, other.value, (one.document, other.document))


def same_value(one: Any, other: Any, documents: tuple[DocumentSchemas, DocumentSchemas] | None = None) -> bool:
    """Whether both are the same in JSON, where true is not 1, as it is in Python.

    With `documents`, references are followed into the definitions of these two.
    """
    met: set[tuple[str, str]] = set()
    waiting = [(one, other)]
    while waiting:
        mine, its = waiting.pop()
        if type(mine) is not type(its):
            return False
        if isinstance(mine, dict):
            if mine.keys() != its.keys():
                return False
            if documents and isinstance(mine.get("$ref"), str) and isinstance(its.get("$ref"), str):
                names = definition_name(mine["$ref"]), definition_name(its["$ref"])
                if names not in met:
                    met.add(names)
                    waiting.append((documents[0].definitions[names[0]], documents[1].definitions[names[1]]))
            else:
                waiting += [(mine[key], its[key]) for key in mine]
        elif isinstance(mine, list):
            if len(mine) != len(its):
                return False
            waiting += zip(mine, its, strict=True)
        elif mine != its:
            return False
    return True


class FlatSchema:
    """All that is known of a value: it is valid against each of `parts`, flat schemas, taken as one schema.

    `place` is where that stands, `depth`, in how many properties and items of the value that is asked about it is.
    `open_document` is the one whose closed objects count as open, None where both count as they are written.
    """

    def __init__(
        self, parts: Iterable[PlacedSchema], place: Place, open_document: DocumentSchemas | None, depth: int = 0
    ) -> None:
        self.parts = tuple(dict.fromkeys(flat for part in parts for flat in part.flat))
        self.place = self.parts[0].place if self.parts else place
        self.depth = depth
        self.key = frozenset(self.parts)
        self._open_document = open_document

    def and_also(self, *parts: PlacedSchema, instead_of: PlacedSchema | None = None) -> FlatSchema:
        """More is known; one part may be replaced."""
        kept = (part for part in self.parts if part is not instead_of)
        return FlatSchema([*kept, *parts], self.place, self._open_document, self.depth)

    def choices(self) -> Iterator[list[FlatSchema]]:
        """The alternatives of each anyOf and oneOf, each together with all else that is known.

        Every value is in one of them. That a oneOf admits one alternative only is left out: it is known, but not used.
        """
        for part in self.parts:
            for keyword in ("anyOf", "oneOf"):
                if keyword in part.value:
                    rest = part.without(keyword)
                    yield [self.and_also(rest, each, instead_of=part) for each in part.alternatives(keyword)]

    def all_of(self, keyword: str) -> list[Any]:
        """The keyword's value wherever it stands."""
        return [part.value.get(keyword) for part in self.parts if keyword in part.value]

    def shown(self, keyword: str) -> Any:
        """The keyword's value for a person; None where it stands nowhere."""
        found = self.all_of(keyword)
        if keyword.startswith("min"):
            return max(found, default=None)
        return min(found, default=None) if keyword.startswith("max") else next(iter(found), None)

    def place_of(self, keyword: str) -> Place:
        """Where the keyword stands; without it, where the schema does."""
        return next(((*part.place, keyword) for part in self.parts if keyword in part.value), self.place)

    @cached_property
    def types(self) -> frozenset[str]:
        """The types that values can have."""
        return ALL_TYPES.intersection(*map(type_set, self.all_of("type")))

    @cached_property
    def values(self) -> list[Any] | None:
        """All values, where they can be counted."""
        enums = self.all_of("enum")
        if not enums and not self.types <= {"null", "boolean"}:
            return None
        candidates = min(enums, key=len) if enums else [None, True, False]
        return [value for value in candidates if all(part.schema.is_valid(value) for part in self.parts)]

    @cached_property
    def lower(self) -> tuple[Fraction, bool] | None:
        """The tightest lower bound of numbers, and whether the bound itself is out: the greater pair is the tighter."""
        bounds = [(Fraction(each), False) for each in self.all_of("minimum")]
        bounds += [(Fraction(each), True) for each in self.all_of("exclusiveMinimum")]
        if not bounds or "fraction" in self.types:
            return max(bounds, default=None)
        bound, is_out = max(bounds)
        return Fraction(floor(bound) + 1 if is_out else ceil(bound)), False

    @cached_property
    def upper(self) -> tuple[Fraction, bool] | None:
        """The tightest upper bound of numbers, and whether the bound itself is in: the lesser pair is the tighter."""
        bounds = [(Fraction(each), True) for each in self.all_of("maximum")]
        bounds += [(Fraction(each), False) for each in self.all_of("exclusiveMaximum")]
        if not bounds or "fraction" in self.types:
            return min(bounds, default=None)
        bound, is_in = min(bounds)
        return Fraction(floor(bound) if is_in else ceil(bound) - 1), True

    def most(self, keyword: str) -> int | None:
        """The tightest upper limit on a count; None: any number."""
        limits = self.all_of(keyword)
        if keyword == "maxProperties" and any(
            part.value is NOTHING for part in self.inside("additionalProperties").parts
        ):
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

    def member(self, name: str) -> FlatSchema:
        """What is known of that property, where an object has it."""
        found = []
        for part in self.parts:
            if name in part.value.get("properties", {}):
                found.append(part.below("properties", name))
            elif "additionalProperties" in part.value:
                found.append(part.below("additionalProperties"))
        return self._below(found, "properties", name)

    def inside(self, keyword: Literal["items", "additionalProperties"]) -> FlatSchema:
        """What is known of the items, where an array has any, or of a property that no schema names."""
        return self._below((part.below(keyword) for part in self.parts if keyword in part.value), keyword)

    def _below(self, parts: Iterable[PlacedSchema], *steps: str) -> FlatSchema:
        opened = (each for each in parts if each.value is not NOTHING or each.document is not self._open_document)
        return FlatSchema(opened, (*self.place, *steps), self._open_document, self.depth + 1)
