"""Small edits of a schema, such as people make: some narrow it, some widen it, some only write it otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from random import Random
from typing import Any, TypeAlias

SchemaObject: TypeAlias = "dict[str, Any]"
Edit: TypeAlias = Callable[[SchemaObject, SchemaObject, Random], SchemaObject]

_LISTS = ("allOf", "oneOf", "anyOf")
_COUNTS = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "minimum", "maximum")


def mutated(schema: SchemaObject, other: SchemaObject, rng: Random) -> SchemaObject:
    """A copy with one edit somewhere; `other` is material for it."""
    copy = deepcopy(schema)
    holder: dict[str, Any] = {"schema": copy}
    places = list(_places(holder, "schema"))
    inside, key = rng.choice(places)
    inside[key] = rng.choice(_EDITS)(inside[key], other, rng)
    result: SchemaObject = holder["schema"]
    return result


def _places(holder: Any, key: Any) -> Iterator[tuple[Any, Any]]:
    schema = holder[key]
    if not isinstance(schema, dict):
        return
    yield holder, key
    for name in schema.get("properties", {}):
        yield from _places(schema["properties"], name)
    for keyword in ("items", "additionalProperties", "not"):
        if keyword in schema:
            yield from _places(schema, keyword)
    for keyword in _LISTS:
        for index in range(len(schema.get(keyword, []))):
            yield from _places(schema[keyword], index)


def _shift(schema: SchemaObject, _: SchemaObject, rng: Random) -> SchemaObject:
    limits = [key for key in _COUNTS if key in schema]
    if not limits:
        return schema
    key = rng.choice(limits)
    return {**schema, key: max(schema[key] + rng.choice([-1, 1]), 0)}


def _drop(schema: SchemaObject, _: SchemaObject, rng: Random) -> SchemaObject:
    optional = [key for key in schema if key not in ("type", "$ref", "minimum", "maximum")]
    gone = rng.choice(optional) if optional else None
    return {key: value for key, value in schema.items() if key != gone}


def _loosen(schema: SchemaObject, _: SchemaObject, rng: Random) -> SchemaObject:
    key = rng.choice(["enum", "required", "oneOf", "anyOf", "allOf"])
    value = schema.get(key, [])
    return {**schema, key: value[1:]} if len(value) > 1 else schema


def _extend(schema: SchemaObject, other: SchemaObject, rng: Random) -> SchemaObject:
    for keyword in _LISTS:
        if keyword in schema:
            return {**schema, keyword: [*schema[keyword], other]}
    if "properties" in schema:
        return {**schema, "properties": {**schema["properties"], rng.choice("abcd"): other}}
    if "type" in schema:
        return {**schema, "nullable": not schema.get("nullable", False)}
    return schema


def _close(schema: SchemaObject, other: SchemaObject, rng: Random) -> SchemaObject:
    if schema.get("type") != "object":
        return schema
    return {**schema, "additionalProperties": rng.choice([False, True, other])}


def _wrap(schema: SchemaObject, other: SchemaObject, rng: Random) -> SchemaObject:
    return rng.choice(
        [
            {"allOf": [schema]},
            {"anyOf": [schema, other]},
            {"anyOf": [schema]},
            {"oneOf": [schema]},
            {"oneOf": [other, schema]},
            {"allOf": [schema, other]},
            {"not": {"not": schema}},
            {"not": schema},
        ]
    )


def _unwrap(schema: SchemaObject, _: SchemaObject, rng: Random) -> SchemaObject:
    inner = [branch for keyword in _LISTS for branch in schema.get(keyword, [])]
    return rng.choice(inner) if inner else schema


def _shuffle(schema: SchemaObject, _: SchemaObject, rng: Random) -> SchemaObject:
    copy = dict(schema)
    for keyword in (*_LISTS, "enum", "required"):
        if keyword in copy:
            copy[keyword] = rng.sample(copy[keyword], len(copy[keyword]))
    return copy


def _split(schema: SchemaObject, _: SchemaObject, rng: Random) -> SchemaObject:
    """The same demands in two parts."""
    movable = [key for key in schema if key in _COUNTS or key in ("required", "enum", "pattern")]
    if not movable or "$ref" in schema or schema.keys() & {"exclusiveMinimum", "exclusiveMaximum"}:
        return schema
    key = rng.choice(movable)
    return {"allOf": [{name: value for name, value in schema.items() if name != key}, {key: schema[key]}]}


def _choose(schema: SchemaObject, _: SchemaObject, rng: Random) -> SchemaObject:
    """A choice of variants of one schema."""
    variants = [_shift(schema, {}, rng), _drop(schema, {}, rng), schema]
    return {rng.choice(["anyOf", "oneOf"]): rng.sample(variants, 2)}


def _replace(_: SchemaObject, other: SchemaObject, __: Random) -> SchemaObject:
    return other


_EDITS: tuple[Edit, ...] = (
    _shift, _shift, _drop, _loosen, _extend, _close, _wrap, _unwrap, _shuffle, _split, _choose, _replace,
)  # fmt: skip
