"""Examples and defaults keep their own schemas, as the run time will judge them."""

from __future__ import annotations

from collections.abc import Iterator

from contract.schemas import Schema
from contract_compiler.content import may_be_json, media_range
from contract_compiler.diagnostics import Diagnostic
from contract_compiler.document import Node
from contract_compiler.parameters import value_schema
from contract_compiler.references import follow
from contract_compiler.schemas import Schemas
from contract_compiler.traversal import Direction, Part

# A schema may serve requests, responses or both, and an example may show every field at once.
_ALL: tuple[Direction | None, ...] = ("request", "response", None)


def examples(part: Part) -> Iterator[Diagnostic]:
    """The examples and the default at this part of the document."""
    if part.kind == "schema":
        yield from _of_schema(part)
    elif part.kind in ("parameter", "header"):
        yield from _examples(part.node, value_schema(part.node), part.direction)
    elif part.kind == "media type" and may_be_json(media_range(part.node.path[-1])):
        yield from _examples(part.node, part.node.get("schema"), part.direction)


def _of_schema(part: Part) -> Iterator[Diagnostic]:
    for keyword in ("default", "example"):
        if keyword in part.node:
            yield from _broken(part.node[keyword], part.node, _ALL)
    for value in part.node["enum"].elements() if "enum" in part.node else ():
        yield from _broken(value, part.node, _ALL)


def _examples(holder: Node, schema: Node | None, direction: Direction | None) -> Iterator[Diagnostic]:
    if schema is None:
        return
    for value in _values(holder):
        yield from _broken(value, schema, (direction,))


def _values(holder: Node) -> Iterator[Node]:
    if "example" in holder:
        yield holder["example"]
    for _, example in holder["examples"].entries() if "examples" in holder else ():
        # One by externalValue lies outside the document, and is not fetched.
        if "value" in follow(example):
            yield follow(example)["value"]


def _broken(value: Node, schema: Node, directions: tuple[Direction | None, ...]) -> Iterator[Diagnostic]:
    judges = [_judge(schema, direction) for direction in directions]
    if not any(judge.is_valid(value.value) for judge in judges):
        for error in judges[0].errors(value.value):
            place = "".join(f"/{step}" for step in error.path) or "it"
            yield value.diagnostic("value-breaks-schema", f"{place} breaks its own schema: {error.message}")


def _judge(schema: Node, direction: Direction | None) -> Schema:
    schemas = Schemas()
    return Schema(schemas.translate(schema, direction), schemas.definitions)
