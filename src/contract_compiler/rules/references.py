"""References lead to what is expected, and schemas that refer to themselves come to an end."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from contract_compiler.diagnostics import Diagnostic, InvalidDocument
from contract_compiler.document import Node
from contract_compiler.references import follow, target
from contract_compiler.traversal import Kind, Part, walk

# "Any properties added SHALL be ignored" (OpenAPI 3.0.3, Reference Object): to ignore a description beside a reference
# is harmless, to ignore a limit is not.
_HARMLESS = frozenset({"$ref", "title", "summary", "description", "example", "examples", "externalDocs", "deprecated"})


def references(document: Node) -> Iterator[Diagnostic]:
    """Every reference that cannot be followed, leads to a part of another kind, or has something beside it."""
    parts = list(walk(document))
    kinds: dict[tuple[str, ...], Kind] = {part.node.path: part.kind for part in parts}
    for part in parts:
        if "$ref" in part.node:
            yield from _reference(part, kinds)


def _reference(part: Part, kinds: dict[tuple[str, ...], Kind]) -> Iterator[Diagnostic]:
    if part.kind == "path item":
        yield part.node.diagnostic("reference-path-item", "a path must be written out, not referred to", "$ref")
        return
    for key, _ in part.node.members():
        if key not in _HARMLESS:
            message = "it stands beside a $ref, where OpenAPI 3.0 ignores it: put both in an allOf"
            yield part.node.diagnostic("reference-sibling", message, key)
    try:
        follow(part.node)
    except InvalidDocument as refused:
        yield from refused.diagnostics
        return
    if kinds.get(target(part.node).path) != part.kind:
        yield part.node.diagnostic("reference-kind", f"it does not lead to a {part.kind} of the document", "$ref")


def endless_schemas(document: Node) -> Iterator[Diagnostic]:
    """Every schema that includes itself without going down into the value, so that no value could ever be judged."""
    for part in walk(document):
        if part.kind == "schema" and "$ref" not in part.node and _meets(part.node, part.node.path):
            message = "the schema includes itself at the same place"
            yield part.node.diagnostic("schema-endless", message)


def _meets(schema: Node, path: tuple[str, ...]) -> bool:
    waiting, seen = list(_in_place(schema)), set()
    while waiting:
        node = waiting.pop()
        if node.path == path:
            return True
        if node.path not in seen:
            seen.add(node.path)
            waiting.extend(_in_place(node))
    return False


def _in_place(schema: Node) -> Iterator[Node]:
    """The schemas that judge the very value that this one judges."""
    if "$ref" in schema:
        yield target(schema)
        return
    for keyword in ("allOf", "oneOf", "anyOf"):
        if keyword in schema:
            yield from schema[keyword].elements()
    if "not" in schema:
        yield schema["not"]


CHECKS: tuple[Callable[[Node], Iterator[Diagnostic]], ...] = (references, endless_schemas)
