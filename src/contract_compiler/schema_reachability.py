"""What a schema leads to: properties of requests or of responses only, and defaults.

`readOnly` properties belong to responses, `writeOnly` ones to requests (OpenAPI 3.0.3, Schema Object, fixed fields:
https://spec.openapis.org/oas/v3.0.3#schema-object). What stands somewhere below is found once for a whole document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from contract_compiler import discriminators
from contract_compiler.document import Node, Whole
from contract_compiler.references import all_of_parts, follow
from contract_compiler.traversal import Direction, walk

_HIDING: dict[Direction, str] = {"request": "readOnly", "response": "writeOnly"}
Place = tuple[str, ...]

_DIRECTED = ("readOnly", "writeOnly")


def differs_by_direction(schema: Node) -> bool:
    """Whether the schema, or one that it leads to, is not the same for requests and for responses."""
    return follow(schema).path in _reachable(Whole(schema.root)).differing


def holds_default(schema: Node) -> bool:
    """Whether a default stands at the schema or below it, where it could be filled in."""
    return follow(schema).path in _reachable(Whole(schema.root)).filled


@dataclass(frozen=True, slots=True)
class _Reachable:
    differing: frozenset[Place]
    filled: frozenset[Place]


@lru_cache(maxsize=8)
def _reachable(document: Whole) -> _Reachable:
    parts = walk(document.node())
    schemas = [part.node for part in parts if part.kind == "schema" and "$ref" not in part.node]
    return _Reachable(
        differing=_leading_to(
            schemas, _everything_below, lambda node: any(node.read(key) is True for key in _DIRECTED)
        ),
        filled=_leading_to(schemas, _fillable_below, lambda node: "default" in node),
    )


def _leading_to(
    schemas: list[Node], below: Callable[[Node], Iterator[Node]], is_goal: Callable[[Node], bool]
) -> frozenset[Place]:
    above: dict[Place, set[Place]] = {}
    for schema in schemas:
        for child in below(schema):
            above.setdefault(follow(child).path, set()).add(schema.path)
    found = {schema.path for schema in schemas if is_goal(schema)}
    waiting = list(found)
    while waiting:
        new = above.get(waiting.pop(), set()) - found
        found |= new
        waiting.extend(new)
    return frozenset(found)


def _everything_below(schema: Node) -> Iterator[Node]:
    yield from _fillable_below(schema)
    if "not" in schema:
        yield schema["not"]
    for keyword in ("oneOf", "anyOf"):
        yield from (schema[keyword].elements() if keyword in schema else ())
    if "discriminator" in schema:
        yield from discriminators.choices(schema).values()


def _fillable_below(schema: Node) -> Iterator[Node]:
    yield from (child for _, child in (schema["properties"].entries() if "properties" in schema else ()))
    yield from (
        schema[keyword] for keyword in ("items", "additionalProperties") if isinstance(schema.read(keyword), dict)
    )
    yield from (schema["allOf"].elements() if "allOf" in schema else ())


def is_hidden(schema: Node, direction: Direction | None) -> bool:
    """Whether a property of this schema, seen through references and allOf, has no place in such a message."""
    if direction is None:
        return False
    keyword = _HIDING[direction]
    return any(part.read(keyword) is True for part in all_of_parts(schema))


def hidden_names(schema: Node, direction: Direction | None) -> set[str]:
    """The schema's own properties that have no place in a message of that direction."""
    if "properties" not in schema:
        return set()
    return {name for name, child in schema["properties"].entries() if is_hidden(child, direction)}


def required(schema: Node, direction: Direction | None) -> list[str]:
    """The properties that a message of that direction must have."""
    hidden = hidden_names(schema, direction)
    return [name for name in schema.read("required", []) if name not in hidden]
