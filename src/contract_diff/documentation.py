"""What a contract says to people only: descriptions, examples, tags, links, addresses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contract_compiler.document import Node
from contract_compiler.traversal import Kind, walk
from contract_diff.changes import Change
from contract_diff.equality import same_value

# `deprecated` is listed for what has no rule of its own; a default of a schema is compared by other rules.
_WORDS: dict[Kind, tuple[str, ...]] = {
    "document": ("tags", "servers", "externalDocs"),
    "path item": ("summary", "description", "servers"),
    "operation": ("tags", "summary", "description", "externalDocs", "servers"),
    "parameter": ("description", "example", "examples"),
    "header": ("description", "example", "examples", "deprecated"),
    "request body": ("description",),
    "response": ("description", "links"),
    "media type": ("example", "examples", "encoding"),
    "schema": ("title", "description", "example", "externalDocs", "deprecated", "xml"),
    "example": ("summary", "description", "value", "externalValue"),
    "security scheme": ("description",),
    "components": ("links", "callbacks"),
}
_COMPARED_ELSEWHERE = frozenset({"x-max-bytes", "x-allowed-groups"})  # Extensions that other rules speak of.


def documentation_changes(old: Node, new: Node) -> Iterator[Change]:
    """Each field that says something else, where the two documents have the same part at the same place."""
    before = {part.node.path: part for part in walk(old)}
    yield from _information(old["info"], new["info"])
    for part in walk(new):
        former = before.get(part.node.path)
        if former is not None and former.kind == part.kind and isinstance(part.node.value, dict):
            yield from _fields(former.node, part.node, part.kind)


def _information(old: Node, new: Node) -> Iterator[Change]:
    for key in old.value.keys() | new.value.keys():
        if key != "version" and not same_value(old.read(key), new.read(key)):
            yield _change(old, new, key)


def _fields(old: Node, new: Node, kind: Kind) -> Iterator[Change]:
    extensions = {key for each in (old, new) for key in each.value if key.startswith("x-")} - _COMPARED_ELSEWHERE
    for key in (*_WORDS.get(kind, ()), *sorted(extensions)):
        if not same_value(*(_said(each, key) for each in (old, new))):
            yield _change(old, new, key)


def _said(node: Node, key: str) -> Any:
    """What the field says; of a server only its description, for its address is compared by other rules."""
    value = node.read(key)
    return [each.get("description") for each in value or ()] if key == "servers" else value


def _change(old: Node, new: Node, key: str) -> Change:
    words = "says something else" if key in old and key in new else "is new" if key in new else "is gone"
    return Change("documentation-changed", (new.get(key) or new).pointer, f"{key} {words}")
