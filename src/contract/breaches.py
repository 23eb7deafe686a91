"""Where a value breaks its schema, and what it should be there, told from the errors of jsonschema-rs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from jsonschema_rs import ValidationError

from contract.wording import told

_TAG_KEYWORDS = {"const", "enum"}


class Breach(NamedTuple):
    """One place where a value breaks its schema: its path, the keyword broken, and plain words."""

    path: tuple[str | int, ...]
    keyword: str
    message: str


def breaches_of(errors: Iterable[ValidationError]) -> Iterator[Breach]:
    """The breaches that a validator's errors are about, in the order of the errors; the same one may come twice."""
    for error in errors:
        yield from _breaches_of(error)


def _breaches_of(error: ValidationError) -> Iterator[Breach]:
    kind: Any = error.kind
    at = tuple(error.instance_path)
    if kind.name in ("anyOf", "oneOf"):
        meant = _branch_meant(kind.context, len(at))
        if meant:
            yield from breaches_of(meant)
            return
    for path in _places(kind, at):
        yield Breach(path, *told(kind))


def _places(kind: Any, at: tuple[str | int, ...]) -> Iterable[tuple[str | int, ...]]:
    """Where a client must look: a missing or unknown field has a place of its own."""
    if kind.name == "required":
        return [(*at, kind.property)]
    if kind.name in ("additionalProperties", "unevaluatedProperties"):
        return [(*at, name) for name in kind.unexpected]
    return [at]


def _branch_meant(branches: list[list[ValidationError]], depth: int) -> list[ValidationError] | None:
    """The one branch of a union that the value can have been meant for, if there is just one.

    Its errors say more than "matches no form". A branch that wants another type, or another tag in one of the value's
    fields, was not meant.
    """
    if any(not branch for branch in branches):
        return None
    possible = [branch for branch in branches if not any(_rules_out(error, depth) for error in branch)]
    return possible[0] if len(possible) == 1 else None


def _rules_out(error: ValidationError, depth: int) -> bool:
    below = len(error.instance_path) - depth
    return (error.kind.name == "type" and below == 0) or (error.kind.name in _TAG_KEYWORDS and below <= 1)
