from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from contract.request_body import fill


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


def test_a_default_can_be_changed_by_a_handler_without_changing_the_next_one() -> None:
    defaults: Any = {"properties": {"a": {"default": [{"b": 1}]}}}
    first: Any = {}
    fill(first, defaults)
    first["a"][0]["b"] = 2
    second: Any = {}
    fill(second, defaults)
    assert second == {"a": [{"b": 1}]}
