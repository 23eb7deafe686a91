"""What a schema leads to, somewhere below it: computed once for a whole document."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from contract_compiler import discriminators
from contract_compiler.document import Node, Whole
from contract_compiler.references import follow
from contract_compiler.traversal import walk

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
