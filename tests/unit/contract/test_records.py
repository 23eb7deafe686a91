"""A Record is what a type checker takes it for: a named tuple."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from contract.records import Record


class Plain(NamedTuple):
    x: int
    y: int = 2
    name: str = "p"


class Ours(Record):
    x: int
    y: int = 2
    name: str = "p"

    def sum(self) -> int:
        return self.x + self.y


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ((1,), {}),
        ((1, 3), {}),
        ((1, 3, "q"), {}),
        ((1,), {"name": "q"}),
        ((), {"name": "q", "x": 1}),
        ((), {"name": "q", "y": 3, "x": 1}),
        ((1, 3), {"name": "q"}),
    ],
)
def test_fields_are_given_by_place_or_name_or_have_a_default(values: tuple[Any, ...], named: dict[str, Any]) -> None:
    plain = Plain(*values, **named)
    assert Ours(*values, **named) == plain
    assert Ours(*values, **named)._asdict() == plain._asdict()


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ((), {}),
        ((), {"y": 3}),
        ((), {"y": 3, "name": "q"}),
        ((1, 2, "q", 4), {}),
        ((1,), {"x": 1}),
        ((1, 2, "q"), {"y": 3}),
        ((1,), {"z": 1}),
        ((), {"x": 1, "y": 2, "z": 3}),
        ((), {"x": 1, "y": 2, "name": "q", "z": 3}),
    ],
)
def test_missing_unknown_and_repeated_fields_are_refused(values: tuple[Any, ...], named: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        Plain(*values, **named)
    with pytest.raises(TypeError, match=r"^Ours (takes|has)"):
        Ours(*values, **named)


@pytest.mark.parametrize("name", ["x", "z"])
def test_nothing_about_a_record_can_be_changed(name: str) -> None:
    ours = Ours(1)
    with pytest.raises(AttributeError, match="Ours is immutable"):
        setattr(ours, name, 5)
    assert ours == (1, 2, "p")


def test_a_record_has_methods_of_its_own() -> None:
    assert Ours(1, 3).sum() == 4


def test_a_record_unpacks_and_matches_by_place() -> None:
    x, *_ = Ours(1, 3)
    match Ours(1, 3):
        case Ours(1, y, "p"):
            assert (x, y) == (1, 3)
        case other:
            pytest.fail(f"{other} does not match")


def test_records_compare_hash_and_sort_by_their_values() -> None:
    assert sorted({Ours(2), Ours(1, 3), Ours(1), Ours(1)}) == [(1, 2, "p"), (1, 3, "p"), (2, 2, "p")]


def test_a_replaced_field_leaves_the_record_as_it_was() -> None:
    ours = Ours(1)
    assert (ours._replace(y=5), ours) == (Ours(1, 5), Ours(1))
    with pytest.raises(TypeError):
        ours._replace(z=1)  # type: ignore[call-arg]


def test_the_fields_that_are_in_the_way_are_named() -> None:
    with pytest.raises(TypeError, match=r"for x, z$"):
        Ours(1, x=2, y=3, z=4)  # type: ignore[call-arg, misc]


def test_what_extends_a_record_has_its_fields() -> None:
    class Extended(Ours):
        shown = "so"

    extended = Extended(1, name="q")
    assert (extended, extended.y, extended.shown) == ((1, 2, "q"), 2, "so")


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))])
def test_a_record_is_copied_as_a_record(duplicate: Callable[[Ours], Ours]) -> None:
    again = duplicate(Ours(1, 3, "q"))
    assert (type(again), again) == (Ours, (1, 3, "q"))


def test_a_record_is_shown_with_the_names_of_its_fields() -> None:
    assert repr(Ours(1)) == "Ours(x=1, y=2, name='p')"
