"""References: what a `$ref` points to.

Only references into the document itself are followed. One that leaves it is refused: a build must not depend on
a network, and the published contract is one file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from contract.json_pointer import unescaped
from contract_compiler.diagnostics import InvalidDocument
from contract_compiler.document import Node


def follow(node: Node) -> Node:
    """The node itself, or what its chain of references ends at.

    Raises:
        InvalidDocument: a reference leaves the document, points to nothing, or leads back to itself.
    """
    passed: set[tuple[str, ...]] = set()
    while "$ref" in node:
        if node.path in passed:
            raise InvalidDocument([node.diagnostic("reference-loop", "the reference leads back to itself", "$ref")])
        passed.add(node.path)
        node = target(node)
    return node


def target(node: Node) -> Node:
    """What the reference at `node` points to, which may be a reference again.

    Raises:
        InvalidDocument: the reference leaves the document or points to nothing.
    """
    reference = node.value["$ref"]
    if not reference.startswith("#"):
        message = "only references into this document (#/...) are followed"
        raise InvalidDocument([node.diagnostic("reference-remote", message, "$ref")])
    found = locate(node.root, reference, node.source)
    if found is None:
        raise InvalidDocument([node.diagnostic("reference-broken", f"there is nothing at {reference}", "$ref")])
    return found


def all_of_parts(schema: Node) -> Iterator[Node]:
    """The schema and every schema that it includes by reference or allOf, each once, in the document's order."""
    waiting, seen = [schema], set()
    while waiting:
        part = follow(waiting.pop())
        if part.path not in seen:
            seen.add(part.path)
            yield part
            waiting.extend(reversed([*part["allOf"].elements()] if "allOf" in part else []))


def locate(root: Any, reference: str, source: str = "") -> Node | None:
    """The node at a URI fragment such as `#/components/schemas/Pet`; None when there is none."""
    pointer = unquote(reference[1:])
    if pointer and not pointer.startswith("/"):
        return None
    node = Node(root, (), root, source)
    for step in pointer.split("/")[1:]:
        child = _child(node, unescaped(step))
        if child is None:
            return None
        node = child
    return node


def _child(node: Node, step: str) -> Node | None:
    if isinstance(node.value, list):
        inside = step.isdecimal() and step.isascii() and int(step) < len(node.value)
        return node[int(step)] if inside else None
    return node.get(step)
