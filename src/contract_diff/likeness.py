"""Whether two documents say the same: in their schemas, references followed, and in values."""

from __future__ import annotations

from typing import Any

from contract_diff.sourced import Part, SourcedSchemas

_Pairs = set[tuple[str, str]]


def alike(one: Part, other: Part) -> bool:
    """Whether they are word for word the same; where they refer to themselves, in the same way."""
    return _alike(one.value, one.home, other.value, other.home, set())


def same_value(one: Any, other: Any) -> bool:
    """Whether both are the same in JSON: Python takes true for 1."""
    if type(one) is not type(other):
        return False
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same_value, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same_value(one[key], other[key]) for key in one)
    return bool(one == other)


def _alike(one: Any, home: SourcedSchemas, other: Any, other_home: SourcedSchemas, passed: _Pairs) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, list):
        pairs = zip(one, other, strict=False)
        return len(one) == len(other) and all(_alike(a, home, b, other_home, passed) for a, b in pairs)
    if not isinstance(one, dict):
        return bool(one == other)
    if one.keys() != other.keys():
        return False
    if isinstance(one.get("$ref"), str) and isinstance(other.get("$ref"), str):
        return _same_target(one["$ref"], home, other["$ref"], other_home, passed)
    return all(_alike(one[key], home, other[key], other_home, passed) for key in one)


def _same_target(one: str, home: SourcedSchemas, other: str, other_home: SourcedSchemas, passed: _Pairs) -> bool:
    if (one, other) in passed:
        return True
    passed.add((one, other))
    definitions = (at.definitions[name.removeprefix("#/$defs/")] for at, name in ((home, one), (other_home, other)))
    return _alike(next(definitions), home, next(definitions), other_home, passed)
