"""Schemas as they are enforced, each with its place in the document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from contract.schemas import Schema
from contract_compiler.document import Node
from contract_compiler.schemas import JsonSchema, Schemas
from contract_compiler.traversal import Direction

Place = tuple[str, ...]


class SourcedSchemas(Schemas):
    """The schemas of one document. What it hands out lives as long as it does: identity can tell schemas apart."""

    def __init__(self) -> None:
        super().__init__()
        self._places: dict[int, tuple[JsonSchema, Place]] = {}
        self._made: dict[object, JsonSchema] = {}
        self._judges: dict[int, Schema] = {}

    def part(self, schema: Node | None, direction: Direction) -> Part:
        """The schema as it is enforced in that direction; without one, anything goes."""
        if schema is None:
            return Part(True, self, ())
        return self.retained(self.translate(schema, direction), schema.path)

    def retained(self, value: JsonSchema | bool, place: Place) -> Part:
        """A schema that these translated, as it stands at a place."""
        if isinstance(value, dict):
            self._places.setdefault(id(value), (value, place))
        return Part(value, self, place)

    def place(self, value: object, otherwise: Place) -> Place:
        """Where the schema stands that this one was made of."""
        return self._places[id(value)][1] if id(value) in self._places else otherwise

    def once(self, key: object, value: JsonSchema) -> JsonSchema:
        """A schema of our own making: the first that was given for the key."""
        return self._made.setdefault(key, value)

    def accepts(self, schema: JsonSchema, value: Any) -> bool:
        """Whether the value keeps the schema, by the judge that decides at run time."""
        if id(schema) not in self._judges:
            self._judges[id(schema)] = Schema(schema, self.definitions)
        return self._judges[id(schema)].is_valid(value)

    def _body(self, schema: Node, direction: Direction | None, *, discriminates: bool) -> JsonSchema:
        result = super()._body(schema, direction, discriminates=discriminates)
        self._places[id(result)] = (result, schema.path)
        return result


@dataclass(frozen=True, slots=True)
class Part:
    """A schema of JSON Schema 2020-12 with its document and its place there."""

    value: JsonSchema | bool
    home: SourcedSchemas
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
        return Part(value, self.home, self.home.place(value, (*self.place, *map(str, steps))))

    def without(self, *keywords: str) -> Part:
        """The schema without these keywords; the same one for the same ones."""
        assert not isinstance(self.value, bool)
        rest = {key: value for key, value in self.value.items() if key not in keywords}
        return Part(self.home.once((id(self.value), keywords), rest), self.home, self.place)

    def accepts(self, value: Any) -> bool:
        """Whether the value keeps the schema."""
        return self.value if isinstance(self.value, bool) else self.home.accepts(self.value, value)

    def flat(self) -> Iterator[Part]:
        """The schemas without references and allOf that together demand what this one demands."""
        if self.value is True or self.value == {}:
            return
        if "$ref" in self:
            definition = self.home.definitions[self.read("$ref").removeprefix("#/$defs/")]
            yield from Part(definition, self.home, self.home.place(definition, self.place)).flat()
            return
        own = self.without("allOf") if "allOf" in self else self
        if own.value != {}:
            yield own
        for branch in self.read("allOf", []):
            yield from Part(branch, self.home, self.home.place(branch, self.place)).flat()


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a value at `place`: it keeps all these parts, none of which has a reference or allOf."""

    parts: tuple[Part, ...]
    place: Place

    @classmethod
    def of(cls, parts: Iterable[Part], place: Place) -> Known:
        """Each part once."""
        unique = {each.key: each for part in parts for each in part.flat()}
        flat = tuple(unique.values())
        return cls(flat, flat[0].place if flat else place)

    @property
    def key(self) -> frozenset[object]:
        """The same for the same parts."""
        return frozenset(part.key for part in self.parts)

    def and_also(self, *parts: Part, instead_of: Part | None = None) -> Known:
        """More is known; one part may be replaced."""
        kept = [part for part in self.parts if instead_of is None or part.key != instead_of.key]
        return Known.of([*kept, *parts], self.place)

    def place_of(self, keyword: str) -> Place:
        """Where the keyword stands; without it, where the schema does."""
        return next(((*part.place, keyword) for part in self.parts if keyword in part), self.place)
