"""OpenAPI 3.0 schemas, read for making values: references followed, `allOf` merged, alternatives chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any, TypeAlias

from contract.strict_json import unescaped

Schema: TypeAlias = Mapping[str, Any]
Document: TypeAlias = Mapping[str, Any]

_COMPONENT = "#/components/schemas/"


def _both(one: Schema, other: Schema) -> Schema:
    shared = {name: {"allOf": [one[name], other[name]]} for name in one.keys() & other.keys()}
    return {**one, **other, **shared}


_TIGHTER: Mapping[str, Callable[[Any, Any], Any]] = {
    **dict.fromkeys(("minimum", "minLength", "minItems", "minProperties"), max),
    **dict.fromkeys(("maximum", "maxLength", "maxItems", "maxProperties"), min),
    "required": lambda one, other: [*one, *(name for name in other if name not in one)],
    "enum": lambda one, other: [value for value in one if value in other] or other,
    "properties": _both,
    "nullable": lambda one, other: one and other,
}


def resolved(document: Document, node: Mapping[str, Any]) -> Mapping[str, Any]:
    """The node, or what its references lead to."""
    while "$ref" in node:
        target: Any = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[unescaped(step)]
        node = target
    return node


class Schemas:
    """The schemas of one document."""

    def __init__(self, document: Document, rng: Random) -> None:
        self._document = document
        self._rng = rng

    def resolved(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        """The node, or what its references lead to."""
        return resolved(self._document, node)

    def flat(self, schema: Schema) -> Schema:
        """One schema without `$ref`, `allOf`, `oneOf` and `anyOf` whose values mostly keep the given one."""
        node = self.resolved(schema)
        chosen = self._chosen(node)
        merged = {key: value for key, value in node.items() if key not in ("allOf", "oneOf", "anyOf")}
        for part in (*map(self._as_part, node.get("allOf", ())), *chosen):
            merged = _merged(merged, part)
        return merged

    def _as_part(self, branch: Schema) -> Schema:
        """A branch of allOf: a parent's own fields, without its choice among its children."""
        node = self.resolved(branch)
        own = {key: value for key, value in node.items() if key != "discriminator"}
        return self.flat(node if "oneOf" in node or "anyOf" in node else own)

    def _chosen(self, node: Schema) -> list[Schema]:
        if "discriminator" in node:
            return self._discriminated(node)
        alternatives = [node[keyword] for keyword in ("oneOf", "anyOf") if keyword in node]
        return [self.flat(self._rng.choice(branches)) for branches in alternatives]

    def _discriminated(self, node: Schema) -> list[Schema]:
        names = self._names(node)
        name = self._rng.choice(sorted(names))
        tag = {"properties": {node["discriminator"]["propertyName"]: {"enum": [name]}}}
        return [self._as_part({"$ref": names[name]}), tag]

    def _names(self, node: Schema) -> dict[str, str]:
        """The references that a discriminator's values stand for."""
        listed = [branch["$ref"] for keyword in ("oneOf", "anyOf") for branch in node.get(keyword, ())]
        names = {reference.removeprefix(_COMPONENT): reference for reference in listed or self._children(node)}
        mapping = node["discriminator"].get("mapping", {})
        return names | {key: value if "#" in value else _COMPONENT + value for key, value in mapping.items()}

    def _children(self, parent: Schema) -> list[str]:
        components: Mapping[str, Schema] = self._document["components"]["schemas"]
        return [
            _COMPONENT + name
            for name, schema in components.items()
            if any(self.resolved(branch) is parent for branch in schema.get("allOf", ()))
        ]


def _merged(one: dict[str, Any], other: Schema) -> dict[str, Any]:
    merged = dict(one)
    for key, value in other.items():
        merged[key] = _TIGHTER[key](merged[key], value) if key in merged and key in _TIGHTER else value
    return merged
