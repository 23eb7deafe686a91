"""Whether two documents say the same: in values, and in schemas with their references followed."""

from __future__ import annotations

from typing import Any

from contract_diff.flat_schemas import DocumentSchemas, Part


def same_value(one: Any, other: Any) -> bool:
    """Whether both are the same in JSON: Python takes true for 1."""
    if type(one) is not type(other):
        return False
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same_value, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same_value(one[key], other[key]) for key in one)
    return bool(one == other)


def same_schema(one: Part, other: Part) -> bool:
    """Whether they are word for word the same; where they refer to themselves, in the same way."""
    return _same(one.value, one.home, other.value, other.home, set())


def _same(one: Any, home: DocumentSchemas, other: Any, other_home: DocumentSchemas, met: set[tuple[str, str]]) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, list):
        pairs = zip(one, other, strict=False)
        return len(one) == len(other) and all(_same(a, home, b, other_home, met) for a, b in pairs)
    if not isinstance(one, dict) or one.keys() != other.keys():
        return bool(one == other)
    if isinstance(one.get("$ref"), str) and isinstance(other.get("$ref"), str):
        names = (one["$ref"].removeprefix("#/$defs/"), other["$ref"].removeprefix("#/$defs/"))
        if names in met:
            return True
        met.add(names)
        return _same(home.definitions[names[0]], home, other_home.definitions[names[1]], other_home, met)
    return all(_same(one[key], home, other[key], other_home, met) for key in one)
