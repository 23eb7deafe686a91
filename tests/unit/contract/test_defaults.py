from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from contract.defaults import fill, fresh


@pytest.mark.parametrize(
    ("value", "defaults", "filled"),
    [
        ({}, {"properties": {"a": {"default": None}}}, {"a": None}),
        ({"a": 2}, {"properties": {"a": {"default": 1}}}, {"a": 2}),
        ({"a": None}, {"properties": {"a": {"default": 1}}}, {"a": None}),
        ({}, {"properties": {"a": {"properties": {"b": {"default": 1}}}}}, {}),
        ({"a": {}}, {"properties": {"a": {"properties": {"b": {"default": 1}}}}}, {"a": {"b": 1}}),
        ([{}, {"a": 2}, 3], {"items": {"properties": {"a": {"default": 1}}}}, [{"a": 1}, {"a": 2}, 3]),
        (
            {"x": {}, "a": {}},
            {"properties": {"a": {}}, "additional": {"properties": {"b": {"default": 1}}}},
            {"x": {"b": 1}, "a": {}},
        ),
        ([1], {"properties": {"a": {"default": 1}}}, [1]),
        ("text", {"properties": {"a": {"default": 1}}}, "text"),
    ],
)
def test_defaults_go_where_a_field_is_absent(value: Any, defaults: dict[str, Any], filled: Any) -> None:
    given = deepcopy(value)  # The cases outlive one run of the test; what was filled in must not.
    fill(given, defaults)
    assert given == filled


def test_a_copy_shares_nothing_that_can_change() -> None:
    original: Any = {"a": [{"b": 1}]}
    copy: Any = fresh(original)
    copy["a"][0]["b"] = 2
    assert original == {"a": [{"b": 1}]}
