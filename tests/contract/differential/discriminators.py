"""Discriminators written as openapi-core reads them: beside oneOf or anyOf, the mapping in references.

It ignores one that stands in a parent, and takes a bare name in a mapping for a relative reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_SCHEMAS = "#/components/schemas/"
_OWN = "Own"


def with_plain_discriminators(document: dict[str, Any]) -> dict[str, Any]:
    """The document with each parent made a choice between itself, now under another name, and its children."""
    components = document.get("components", {}).get("schemas", {})
    parents = {name for name, schema in components.items() if _is_parent(schema)}
    plain: dict[str, Any] = {}
    for name, schema in components.items():
        if name in parents:
            plain[name + _OWN] = {key: value for key, value in schema.items() if key != "discriminator"}
            plain[name] = _choice(name, components)
        else:
            plain[name] = _mapped(_with_own_parents(schema, parents))
    return {**document, "components": {**document.get("components", {}), "schemas": plain}}


def _is_parent(schema: Mapping[str, Any]) -> bool:
    return "discriminator" in schema and "oneOf" not in schema and "anyOf" not in schema


def _choice(parent: str, components: Mapping[str, Any]) -> dict[str, Any]:
    reference = {"$ref": _SCHEMAS + parent}
    children = [name for name, schema in components.items() if reference in schema.get("allOf", ())]
    discriminator = components[parent]["discriminator"]
    mapping = {parent: _SCHEMAS + parent + _OWN, **discriminator.get("mapping", {})}
    branches = [{"$ref": _SCHEMAS + name} for name in (parent + _OWN, *children)]
    return _mapped({"oneOf": branches, "discriminator": {**discriminator, "mapping": mapping}})


def _with_own_parents(schema: dict[str, Any], parents: set[str]) -> dict[str, Any]:
    own = {_SCHEMAS + name: _SCHEMAS + name + _OWN for name in parents}
    if "allOf" not in schema:
        return schema
    branches = [{"$ref": own[each["$ref"]]} if each.get("$ref") in own else each for each in schema["allOf"]]
    return {**schema, "allOf": branches}


def _mapped(schema: dict[str, Any]) -> dict[str, Any]:
    mapping = schema.get("discriminator", {}).get("mapping")
    if mapping is None:
        return schema
    full = {value: name if name.startswith("#") else _SCHEMAS + name for value, name in mapping.items()}
    return {**schema, "discriminator": {**schema["discriminator"], "mapping": full}}
