"""Schema Objects of OpenAPI 3.0 as JSON Schema 2020-12.

The two differ in more than spelling: `nullable`, boolean `exclusiveMinimum`, `readOnly`, `writeOnly`, `discriminator`
and the formats of numbers are translated, references are gathered under `$defs`. Nothing is checked here:
`contract_compiler.rules` has refused before what cannot be translated.
`readOnly` properties belong to responses, `writeOnly` ones to requests.
OpenAPI 3.0.3, Schema Object: https://spec.openapis.org/oas/v3.0.3#schema-object
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

from contract_compiler import discriminators, formats, patterns
from contract_compiler.document import Node, Whole, all_of_parts, follow, target
from contract_compiler.traversal import Direction, Part, children, closure, written_out

JsonSchema = dict[str, Any]

_HIDING: dict[Direction, str] = {"request": "readOnly", "response": "writeOnly"}
# What is neither copied nor translated describes and restricts nothing: title, description, example, externalDocs,
# deprecated, and xml, for a body in XML is refused. contract_compiler.defaults reads `default`.
_COPIED = (
    "multipleOf", "maxLength", "minLength", "maxItems", "minItems", "uniqueItems", "maxProperties", "minProperties",
    "enum",
)  # fmt: skip
_REFERENCE = "#/$defs/"
_NAME_CHARACTER = re.compile(r"[^A-Za-z0-9._-]")
_Place = tuple[str, ...]


def differs_by_direction(schema: Node) -> bool:
    """Whether the schema, or one that it leads to, is not the same for requests and for responses."""
    return follow(schema).path in _differing(Whole(schema.root))


def holds_default(schema: Node) -> bool:
    """Whether a default stands at the schema or below it, where it could be filled in."""
    return follow(schema).path in _filled(Whole(schema.root))


@lru_cache(maxsize=8)
def _differing(document: Whole) -> set[_Place]:
    def below(schema: Node) -> Iterator[Node]:
        yield from (part.node for part in children(Part("schema", schema)))
        if "discriminator" in schema:
            yield from discriminators.choices(schema).values()

    return _leading_to(document, below, lambda schema: any(schema.read(key) is True for key in _HIDING.values()))


@lru_cache(maxsize=8)
def _filled(document: Whole) -> set[_Place]:
    def below(schema: Node) -> Iterator[Node]:
        for part in children(Part("schema", schema)):
            if part.node.path[len(schema.path)] not in ("not", "oneOf", "anyOf"):
                yield part.node

    return _leading_to(document, below, lambda schema: "default" in schema)


def _leading_to(
    document: Whole, below: Callable[[Node], Iterator[Node]], is_goal: Callable[[Node], bool]
) -> set[_Place]:
    """The places of the schemas that are a goal or have one somewhere below them."""
    schemas = list(written_out(Node(document.value, (), document.value), "schema"))
    above: dict[_Place, set[_Place]] = {}
    for schema in schemas:
        for child in below(schema):
            above.setdefault(follow(child).path, set()).add(schema.path)
    goals = [schema.path for schema in schemas if is_goal(schema)]
    return set(closure(goals, lambda place: above.get(place, ())))


def is_hidden(schema: Node, direction: Direction | None) -> bool:
    """Whether a property of this schema, seen through references and allOf, has no place in such a message."""
    if direction is None:
        return False
    keyword = _HIDING[direction]
    return any(part.read(keyword) is True for part in all_of_parts(schema))


def hidden_names(schema: Node, direction: Direction | None) -> set[str]:
    """The schema's own properties that have no place in a message of that direction."""
    return {name for name, child in schema.entries("properties") if is_hidden(child, direction)}


def required(schema: Node, direction: Direction | None) -> list[str]:
    """The properties that a message of that direction must have."""
    hidden = hidden_names(schema, direction)
    return [name for name in schema.read("required", []) if name not in hidden]


class Schemas:
    """Translates the schemas of one document, each definition once, however many operations refer to it."""

    def __init__(self) -> None:
        self.definitions: dict[str, JsonSchema] = {}
        self._names: dict[tuple[tuple[str, ...], tuple[str, ...]], str] = {}
        self._taken: set[str] = set()
        self._waiting: list[tuple[str, Node, Direction | None, bool]] = []
        self._referred: dict[str, list[str]] = {}

    def translate(self, schema: Node, direction: Direction | None) -> JsonSchema:
        """The JSON Schema for `schema`; references in it are `#/$defs/NAME`, NAME a key of `definitions`.

        In a request `readOnly` properties are neither allowed nor required, in a response `writeOnly` ones are not
        (OpenAPI 3.0.3, 4.7.24.2). With no direction both are properties like any other.
        """
        translated = self._translated(schema, direction)
        # One after the other and not within each other: definitions refer to each other in chains of any length.
        while self._waiting:
            name, definition, its_direction, as_parent = self._waiting.pop()
            self.definitions[name] = self._translated(definition, its_direction, as_parent=as_parent)
        return translated

    def reachable(self, part: Any) -> dict[str, JsonSchema]:
        """The definitions that a part of a table refers to, directly or through others, by name."""
        return {name: self.definitions[name] for name in closure(_references_in(part), self._references)}

    def _references(self, name: str) -> list[str]:
        if name not in self._referred:
            self._referred[name] = _references_in(self.definitions[name])
        return self._referred[name]

    def _translated(self, schema: Node, direction: Direction | None, *, as_parent: bool = False) -> JsonSchema:
        if "$ref" in schema:
            return self._reference(target(schema), direction, as_parent=as_parent)
        return self._body(schema, direction, discriminates=not as_parent)

    def _reference(self, schema: Node, direction: Direction | None, *, as_parent: bool = False) -> JsonSchema:
        differs = differs_by_direction(schema)
        variant = ((direction,) if differs and direction else ()) + (("parent",) if as_parent else ())
        key = (schema.path, variant)
        if key not in self._names:
            name = self._names[key] = self._new_name(schema, variant)
            self._waiting.append((name, schema, direction, as_parent))
        return {"$ref": f"{_REFERENCE}{self._names[key]}"}

    def _new_name(self, schema: Node, variant: tuple[str, ...]) -> str:
        component = schema.path[:2] == ("components", "schemas") and len(schema.path) == 3
        words = schema.path[2:] if component else schema.path
        base = name = _NAME_CHARACTER.sub("_", ".".join(words + variant))
        number = 1
        while name in self._taken:
            number += 1
            name = f"{base}_{number}"
        self._taken.add(name)
        return name

    def _body(self, schema: Node, direction: Direction | None, *, discriminates: bool) -> JsonSchema:
        parts: list[JsonSchema] = [
            _limits(schema),
            formats.keywords(schema.read("type"), schema.read("format", "")) or {},
            self._object(schema, direction),
            self._compositions(schema, direction),
        ]
        if "discriminator" in schema and discriminates:
            parts.append(self._discriminator(schema, direction))
        return _conjunction(parts)

    def _discriminator(self, schema: Node, direction: Direction | None) -> JsonSchema:
        return discriminators.keywords(schema, lambda chosen: self._reference(chosen, direction))

    def _object(self, schema: Node, direction: Direction | None) -> JsonSchema:
        result: JsonSchema = {}
        if "properties" in schema:
            result["properties"] = {
                name: False if is_hidden(child, direction) else self._translated(child, direction)
                for name, child in schema.entries("properties")
            }
        for keyword in ("additionalProperties", "items"):
            if keyword in schema:
                rule = schema[keyword]
                result[keyword] = rule.value if isinstance(rule.value, bool) else self._translated(rule, direction)
        names = required(schema, direction)
        return result | ({"required": names} if names else {})

    def _compositions(self, schema: Node, direction: Direction | None) -> JsonSchema:
        result: JsonSchema = {}
        for branch in schema.elements("allOf"):
            # A child that takes its parent in by allOf means the parent's own fields: the parent's choice among its
            # children would lead straight back to the child.
            as_parent = "$ref" in branch and discriminators.is_child(schema, follow(branch))
            result.setdefault("allOf", []).append(self._translated(branch, direction, as_parent=as_parent))
        if "not" in schema:
            result["not"] = self._translated(schema["not"], direction)
        # With a discriminator the value of its property chooses the alternative, and only that one is tried.
        for keyword in () if "discriminator" in schema else ("oneOf", "anyOf"):
            if keyword in schema:
                result[keyword] = [self._translated(branch, direction) for branch in schema.elements(keyword)]
        return result


def _limits(schema: Node) -> JsonSchema:
    result: JsonSchema = {key: schema.read(key) for key in _COPIED if key in schema}
    if "type" in schema:
        name = schema.read("type")
        result["type"] = [name, "null"] if schema.read("nullable") is True else name
        if name == "integer":
            # 1.0 is no integer to OpenAPI 3.0 ("without a fraction or exponent part"), but is one to 2020-12.
            result["x-integer-literal"] = True
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if bound in schema:
            result[exclusive if schema.read(exclusive) is True else bound] = schema.read(bound)
    if "pattern" in schema:
        result["pattern"] = patterns.translate(schema.read("pattern"))
        if "x-pattern-description" in schema:
            result["x-pattern-description"] = schema.read("x-pattern-description")
    return result


def _conjunction(parts: Iterable[JsonSchema]) -> JsonSchema:
    """One schema that demands what all the parts demand, also where two of them use the same keyword."""
    result: JsonSchema = {}
    for part in parts:
        if result.keys() & part.keys():
            result["allOf"] = [*result.get("allOf", []), part]
        else:
            result |= part
    return result


def _references_in(part: Any) -> list[str]:
    names: list[str] = []
    waiting = [part]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            reference = value.get("$ref")
            if isinstance(reference, str) and reference.startswith(_REFERENCE):
                names.append(reference.removeprefix(_REFERENCE))
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return names
