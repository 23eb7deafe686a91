"""A document: its values with the places where they stand, and the places that its references name.

Only references into the document itself are followed. One that leaves it is refused: a build must not depend on a
network, and the published contract is one file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from contract.strict_json import pointer, unescaped
from contract_compiler.diagnostics import Diagnostic, InvalidDocument
from contract_compiler.strict_yaml import UnreadableText, read


@dataclass(frozen=True, slots=True)
class Node:
    """A value of the document together with the place where it stands; `source` is the path of the document's file."""

    root: Any
    path: tuple[str, ...]
    value: Any
    source: str = ""

    @property
    def pointer(self) -> str:
        """The place as a JSON Pointer (RFC 6901)."""
        return pointer(self.path)

    def __contains__(self, key: str) -> bool:
        return isinstance(self.value, dict) and key in self.value

    def __getitem__(self, key: str | int) -> Node:
        return Node(self.root, (*self.path, str(key)), self.value[key], self.source)

    def get(self, *steps: str) -> Node | None:
        """What these members of objects lead to, one inside the other; None when one is absent."""
        node = self
        for step in steps:
            if step not in node:
                return None
            node = node[step]
        return node

    def read(self, key: str, default: Any = None) -> Any:
        """The bare value of the member `key`."""
        return self.value[key] if key in self else default

    def members(self, *steps: str) -> Iterator[tuple[str, Node]]:
        """The members of an object in the document's order, extensions (`x-`) left out; `steps` as for `entries`."""
        yield from ((key, node) for key, node in self.entries(*steps) if not key.startswith("x-"))

    def entries(self, *steps: str) -> Iterator[tuple[str, Node]]:
        """Every entry of a map whose keys are names of the author's choice: of this one, or of what `steps` lead to.

        Where they lead to nothing, there are none.
        """
        holder = self.get(*steps)
        if holder is not None:
            yield from ((key, holder[key]) for key in holder.value)

    def elements(self, *steps: str) -> Iterator[Node]:
        """The elements of an array; `steps` as for `entries`."""
        array = self.get(*steps)
        if array is not None:
            yield from (array[index] for index in range(len(array.value)))

    def diagnostic(self, rule: str, message: str, keyword: str | None = None) -> Diagnostic:
        """A finding at this place, or at its member `keyword`; without one, the place's own name is the keyword."""
        at = self[keyword] if keyword is not None and keyword in self else self
        own_name = next((step for step in reversed(self.path) if not step.isdecimal()), "document")
        return Diagnostic(at.pointer, keyword or own_name, rule, message, self.source)


class Whole:
    """A whole document as a key of what was computed for it: the object counts, for a document never changes."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Whole) and self.value is other.value

    def __hash__(self) -> int:
        return id(self.value)


def load(path: Path) -> Node:
    """Read a YAML or JSON document.

    Raises:
        InvalidDocument: it is not UTF-8, neither YAML nor JSON, has a key twice, is nested too deeply, or is no object.
        OSError: it cannot be read.
    """
    return parse(path.read_bytes(), str(path))


def parse(text: str | bytes, source: str = "") -> Node:
    """Read a document from text; see `load`. Numbers with a fraction become exact decimals."""
    try:
        value = read(text if isinstance(text, str) else text.decode("utf-8"))
        if isinstance(value, dict):
            return Node(value, (), value, source)
        message = "a document must be an object"
    except UnicodeDecodeError as error:
        message = f"byte {error.start} is not UTF-8"
    except UnreadableText as error:
        message = str(error)
    raise InvalidDocument([Diagnostic("", "document", "document-syntax", message, source)])


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
            waiting.extend(reversed([*part.elements("allOf")]))


def locate(root: Any, reference: str, source: str = "") -> Node | None:
    """The node at a URI fragment such as `#/components/schemas/Pet`; None when there is none."""
    pointer = unquote(reference[1:])
    if pointer and not pointer.startswith("/"):
        return None
    node = Node(root, (), root, source)
    for step in map(unescaped, pointer.split("/")[1:]):
        if step in node:
            node = node[step]
        elif isinstance(node.value, list) and step.isascii() and step.isdecimal() and int(step) < len(node.value):
            node = node[int(step)]
        else:
            return None
    return node
