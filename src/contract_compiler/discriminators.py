"""Discriminators: the value of one property chooses the schema that the whole object must match.

Beside `oneOf` or `anyOf` the alternatives stand there; otherwise they are the schemas of the document that take this
one in by `allOf`. The property's value is the name of a schema, or a key of `mapping`. It decides alone: alternatives
that it does not name are not tried, and a value that names none is refused.
OpenAPI 3.0.3, Discriminator Object: https://spec.openapis.org/oas/v3.0.3#discriminator-object
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from contract_compiler.document import Node, Whole, follow, locate, target
from contract_compiler.traversal import closure, written_out

_SCHEMAS = "#/components/schemas/"


def choices(schema: Node) -> dict[str, Node]:
    """The values that the property may have, and the schema that each one chooses."""
    implicit = {node.path[-1]: node for node in alternatives(schema)}
    mapping = schema["discriminator"].read("mapping", {})
    explicit = {value: named(schema, reference) for value, reference in mapping.items()}
    return implicit | {value: node for value, node in explicit.items() if node is not None}


def named(schema: Node, reference: str) -> Node | None:
    """The schema that a mapping's value names: a reference, or the bare name of a component."""
    return locate(schema.root, reference if reference.startswith("#") else _SCHEMAS + reference, schema.source)


def is_child(schema: Node, parent: Node) -> bool:
    """Whether `schema` is a component that takes in `parent`, a schema with a discriminator of its own, by allOf."""
    in_component = schema.path[:2] == ("components", "schemas") and set(schema.path[3::2]) <= {"allOf"}
    return in_component and has_children(parent)


def has_children(schema: Node) -> bool:
    """Whether the alternatives are the schema's children, rather than listed beside the discriminator."""
    return "discriminator" in schema and "oneOf" not in schema and "anyOf" not in schema


def keywords(schema: Node, reference: Callable[[Node], dict[str, Any]]) -> dict[str, Any]:
    """JSON Schema keywords that enforce the discriminator; `reference` makes the reference to an alternative."""
    name = schema["discriminator"].read("propertyName")
    by_place: dict[tuple[str, ...], tuple[Node, list[str]]] = {}
    for value, node in sorted(choices(schema).items()):
        by_place.setdefault(node.path, (node, []))[1].append(value)
    return {
        "type": "object",
        "required": [name],
        "properties": {name: {"enum": sorted(choices(schema))}},
        "allOf": [
            {"if": {"properties": {name: {"enum": values}}, "required": [name]}, "then": reference(node)}
            for node, values in by_place.values()
            if node.path != schema.path
        ],
    }


def alternatives(schema: Node) -> list[Node]:
    """The schemas to choose between, by their names."""
    if has_children(schema):
        return [schema, *_children(Whole(schema.root)).get(schema.path, [])]
    branches = (*schema.elements("oneOf"), *schema.elements("anyOf"))
    # The name of the component counts, so a component that is itself a reference is not followed further.
    return [target(branch) for branch in branches if "$ref" in branch]


@lru_cache(maxsize=8)
def _children(document: Whole) -> dict[tuple[str, ...], list[Node]]:
    """The components that take a schema in by allOf, directly or through others, by the place of that schema."""
    root = Node(document.value, (), document.value)
    parents = {
        each.path: [follow(part).path for part in each.elements("allOf")] for each in written_out(root, "schema")
    }
    children: dict[tuple[str, ...], list[Node]] = {}
    for _, schema in root.entries("components", "schemas"):
        for place in closure(parents.get(schema.path, ()), parents.__getitem__):
            if place != schema.path:
                children.setdefault(place, []).append(schema)
    return children
