"""Defaults: what the contract says of a parameter or a field that was left out."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from contract.messages import JSON

_NONE: Mapping[str, Any] = MappingProxyType({})


def fresh(value: JSON) -> JSON:
    """A copy that a handler may change without changing the next request's default."""
    if isinstance(value, dict):
        return {name: fresh(member) for name, member in value.items()}
    if isinstance(value, list):
        return [fresh(member) for member in value]
    return value


def fill(value: JSON, defaults: Mapping[str, Any]) -> None:
    """Puts the defaults of absent fields into a checked value, in place.

    `defaults` mirrors the schema: `properties` by name, each with its `default` or what is below it, `additional` for
    the other fields of an object, and `items` for an array.
    """
    if isinstance(value, dict):
        _fill_object(value, defaults)
    elif isinstance(value, list) and "items" in defaults:
        for member in value:
            fill(member, defaults["items"])


def _fill_object(value: dict[str, JSON], defaults: Mapping[str, Any]) -> None:
    properties = defaults.get("properties", _NONE)
    if "additional" in defaults:
        for name in value.keys() - properties.keys():
            fill(value[name], defaults["additional"])
    for name, below in properties.items():
        if name in value:
            fill(value[name], below)
        elif "default" in below:
            value[name] = fresh(below["default"])
