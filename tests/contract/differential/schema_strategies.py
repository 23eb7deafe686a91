"""Hypothesis strategies for the Schema Objects of OpenAPI 3.0: every keyword that the compiler enforces."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeAlias

from hypothesis import strategies as st

SchemaObject: TypeAlias = "dict[str, Any]"
Strategy: TypeAlias = "st.SearchStrategy[SchemaObject]"

PROPERTIES = ("a", "b", "c")
# Not email, hostname and uri, on which openapi-core has no opinion to speak of.
FORMATS = ("date", "date-time", "time", "ipv4", "ipv6", "uuid", "byte", "password")
_SPACES = r"\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
# Of ECMA-262, and as they mean the same to Python too: openapi-core takes the package regress where it finds it.
PATTERNS = {
    **{
        pattern: pattern for pattern in ("a", "^[a-z]+$", "^[A-Z]{3}$", "^(ab|c)*$", "^[^a-c]*$", "^a?b+?$", "^[é-ſ]+$")
    },
    **{pattern: pattern for pattern in (r"^\u0041", "^(?:a|b)(?=c)", "^[a-z0-9]+(-[a-z0-9]+)*$")},
    r"^\d{2,4}$": "^[0-9]{2,4}$",
    r"^\w+$": "^[0-9A-Za-z_]+$",
    r"\ba\b": "(?<![0-9A-Za-z_])a(?![0-9A-Za-z_])",
    r"\s": f"[{_SPACES}]",
    r"^\S+@\S+$": f"^[^{_SPACES}]+@[^{_SPACES}]+$",
    "^.{2}$": r"^[^\n\r\u2028\u2029]{2}$",
}

_RANGES = tuple((f"min{what}", f"max{what}") for what in ("imum", "Length", "Items", "Properties"))

_flags = st.just(True)
_small = st.integers(0, 4)
_texts = st.text("abcé -", max_size=4)
_decimals = st.integers(-2000, 2000).map(lambda cents: Decimal(cents) / 100)


def evenly(choices: Mapping[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    """One of the choices, each as often as any other; `st.one_of` counts the alternatives within them."""
    return st.sampled_from(sorted(choices)).flatmap(choices.__getitem__)


def _schema(name: str | None, **optional: st.SearchStrategy[Any]) -> Strategy:
    kind = {} if name is None else {"type": st.just(name)}
    return st.fixed_dictionaries(kind, optional={"nullable": _flags, **optional} if name else optional).map(_in_range)


def _in_range(schema: SchemaObject) -> SchemaObject:
    """Without an upper limit that is below the lower one: the compiler refuses such a schema."""
    crossed = {most for least, most in _RANGES if schema.get(least, 0) >= schema.get(most, 10**9)}
    return {key: value for key, value in schema.items() if key not in crossed}


def _bounded(name: str, limits: st.SearchStrategy[Any], steps: list[Any], formats: list[str]) -> Strategy:
    bound = {
        "minimum": limits,
        "maximum": limits,
        "exclusiveMinimum": st.booleans(),
        "exclusiveMaximum": st.booleans(),
        "multipleOf": st.sampled_from(steps),
        "format": st.sampled_from(formats),
    }
    return _schema(name, **bound).map(_with_bounds)


def _with_bounds(schema: SchemaObject) -> SchemaObject:
    """Without an `exclusive...` that has no limit to speak of, which the compiler refuses."""
    orphans = {f"exclusive{limit.capitalize()}" for limit in ("minimum", "maximum") if limit not in schema}
    return {key: value for key, value in schema.items() if key not in orphans}


_strings = st.one_of(
    _schema("string", minLength=_small, maxLength=st.integers(3, 9)),
    _schema("string", pattern=st.sampled_from(sorted(PATTERNS)), maxLength=st.integers(3, 9)),
    _schema("string", format=st.sampled_from(FORMATS)),
    _schema("string", enum=st.lists(_texts, min_size=1, max_size=3, unique=True)),
)
_integers = st.one_of(
    _bounded("integer", st.integers(-20, 20), [1, 2, 5], ["int32", "int64"]),
    _schema("integer", enum=st.lists(st.integers(0, 5), min_size=1, max_size=3, unique=True)),
)
_numbers = _bounded("number", _decimals, [Decimal("0.01"), Decimal("0.5"), 3], ["float", "double", "decimal"])
_booleans = _schema("boolean", default=st.booleans())
scalars = evenly({"string": _strings, "integer": _integers, "number": _numbers, "boolean": _booleans})
_typeless = st.one_of(
    _schema(None, minLength=_small, minimum=st.integers(0, 3), maxItems=_small, minProperties=st.integers(0, 1)),
    st.just({"enum": [None, 1, "a", True, [1], {"a": 1}]}),
)


def arrays(items: Strategy) -> Strategy:
    """Arrays whose items are `items`."""
    array = {"type": st.just("array"), "items": items}
    limits = {"minItems": st.integers(0, 2), "maxItems": st.integers(1, 4), "uniqueItems": _flags, "nullable": _flags}
    return st.fixed_dictionaries(array, optional=limits).map(_in_range)


def objects(members: Strategy, *, one_way: bool = False) -> Strategy:
    """Objects whose fields are `members`, some of them for requests or responses only if `one_way`."""
    properties = st.dictionaries(
        st.sampled_from(PROPERTIES), members.flatmap(_one_way) if one_way else members, max_size=3
    )
    return _schema(
        "object",
        properties=properties,
        required=st.lists(st.sampled_from(PROPERTIES), min_size=1, unique=True),
        additionalProperties=st.one_of(st.booleans(), members),
        minProperties=st.integers(0, 2),
        maxProperties=st.integers(1, 4),
    ).map(_satisfiable)


def _satisfiable(schema: SchemaObject) -> SchemaObject:
    """A closed object may only require what it knows: the compiler refuses any other."""
    if schema.get("additionalProperties") is not False or "required" not in schema:
        return schema
    required = [name for name in schema["required"] if name in schema.get("properties", {})]
    return {**schema, "required": required} if required else {k: v for k, v in schema.items() if k != "required"}


def _one_way(schema: SchemaObject) -> Strategy:
    """The schema for a property, now and then of requests or responses only. A reference takes nothing beside it."""
    ways: list[SchemaObject] = [{}, {}, {"readOnly": True}, {"writeOnly": True}]
    return st.just(schema) if "$ref" in schema else st.sampled_from(ways).map(lambda way: {**schema, **way})


def _combined(members: Strategy) -> Strategy:
    several = st.lists(members, min_size=1, max_size=3)
    open_objects = objects(members).map(lambda schema: {**schema, "additionalProperties": True})
    return st.one_of(
        st.lists(open_objects, min_size=1, max_size=2).map(lambda branches: {"allOf": branches}),
        several.map(lambda branches: {"oneOf": branches}),
        several.map(lambda branches: {"anyOf": branches}),
        members.map(lambda member: {"not": member}),
        st.tuples(scalars, members).map(lambda pair: {"allOf": [pair[0]], "not": pair[1]}),
    )


@lru_cache
def schemas(*references: str) -> Strategy:
    """Schemas, nested to some depth; `references` are names of components that they may refer to."""
    pointers = [{"$ref": f"#/components/schemas/{name}"} for name in references]
    leaves = {"scalar": scalars, "typeless": _typeless} | ({"pointer": st.sampled_from(pointers)} if pointers else {})
    return st.recursive(
        evenly(leaves),
        lambda inner: evenly(
            {"array": arrays(inner), "object": objects(inner, one_way=True), "more": _combined(inner)}
        ),
        max_leaves=6,
    )
