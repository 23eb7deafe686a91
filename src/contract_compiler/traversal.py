"""Every part of a document that speaks of requests and responses, with its kind.

Left out on purpose, for they say nothing of what this API receives or answers:
`callbacks` (requests that it sends to others), `links` and `externalDocs` (hints for clients), `servers` (a gateway
decides under which addresses the paths stand), `tags` and `info` (documentation).
OpenAPI 3.0.3: https://spec.openapis.org/oas/v3.0.3
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeVar

from contract.http_syntax import METHODS
from contract_compiler.document import Node, follow

Direction = Literal["request", "response"]
Kind = Literal[
    "document", "components", "path item", "operation", "parameter", "request body", "responses", "response",
    "header", "media type", "schema", "example", "security scheme",
]  # fmt: skip
Form = Literal["one", "list", "map"]
_T = TypeVar("_T")

# RFC 7231, 4.3: a body has no meaning, so OpenAPI 3.0 ignores it.
BODILESS_METHODS = frozenset({"GET", "HEAD", "DELETE", "TRACE"})

_TEMPLATED = re.compile(r"\{([^{}]*)\}")
_FIELDS: dict[Kind, dict[str, tuple[Form, Kind]]] = {
    "document": {"paths": ("map", "path item"), "components": ("one", "components")},
    "components": {
        "schemas": ("map", "schema"),
        "parameters": ("map", "parameter"),
        "headers": ("map", "header"),
        "requestBodies": ("map", "request body"),
        "responses": ("map", "response"),
        "examples": ("map", "example"),
        "securitySchemes": ("map", "security scheme"),
    },
    "path item": {"parameters": ("list", "parameter"), **dict.fromkeys(METHODS, ("one", "operation"))},
    "operation": {
        "parameters": ("list", "parameter"),
        "requestBody": ("one", "request body"),
        "responses": ("one", "responses"),
    },
    "request body": {"content": ("map", "media type")},
    "response": {"headers": ("map", "header"), "content": ("map", "media type")},
    "parameter": {"schema": ("one", "schema"), "content": ("map", "media type"), "examples": ("map", "example")},
    "header": {"schema": ("one", "schema"), "content": ("map", "media type"), "examples": ("map", "example")},
    "media type": {"schema": ("one", "schema"), "examples": ("map", "example")},
    "schema": {
        "properties": ("map", "schema"),
        "additionalProperties": ("one", "schema"),
        "items": ("one", "schema"),
        "not": ("one", "schema"),
        "allOf": ("list", "schema"),
        "oneOf": ("list", "schema"),
        "anyOf": ("list", "schema"),
    },
}
_DIRECTIONS: dict[Kind, Direction] = {
    "parameter": "request",
    "request body": "request",
    "response": "response",
    "header": "response",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the document; `direction` is None where it may serve requests and responses both."""

    kind: Kind
    node: Node
    direction: Direction | None = None


def walk(document: Node) -> Iterator[Part]:
    """Every part once, in the document's order; references are parts, and are not followed."""
    return _with_all_below(Part("document", document))


def _with_all_below(part: Part) -> Iterator[Part]:
    yield part
    if "$ref" not in part.node or part.kind == "path item":
        for child in children(part):
            yield from _with_all_below(child)


def written_out(document: Node, kind: Kind) -> Iterator[Node]:
    """Every part of one kind that is not a reference to it."""
    yield from (part.node for part in walk(document) if part.kind == kind and "$ref" not in part.node)


def children(part: Part) -> Iterator[Part]:
    """The parts directly below one."""
    for kind, node in _children(part.kind, part.node):
        yield Part(kind, node, _DIRECTIONS.get(kind, part.direction))


def _children(kind: Kind, node: Node) -> Iterator[tuple[Kind, Node]]:
    if kind == "responses":
        yield from (("response", response) for _, response in node.members())
    for key, (form, child_kind) in _FIELDS.get(kind, {}).items():
        field = node.get(key)
        if field is None or isinstance(field.value, bool):
            continue
        if form == "one":
            yield child_kind, field
        elif form == "list":
            yield from ((child_kind, each) for each in field.elements())
        else:
            entries = field.members() if child_kind == "path item" else field.entries()
            yield from ((child_kind, each) for _, each in entries)


def closure(starts: Iterable[_T], onward: Callable[[_T], Iterable[_T]]) -> list[_T]:
    """The starts and everything that they lead to, one step after the other, each once."""
    found = dict.fromkeys(starts)
    waiting = list(found)
    while waiting:
        new = dict.fromkeys(each for each in onward(waiting.pop()) if each not in found)
        found |= new
        waiting += new
    return list(found)


@dataclass(frozen=True, slots=True)
class OperationNode:
    """An operation with its place in the API; `node` is its Operation Object."""

    method: str
    path: str
    item: Node
    node: Node

    @property
    def title(self) -> str:
        """Its method and its path as the document has it: `GET /pets/{petId}`."""
        return f"{self.method} {self.path}"

    @property
    def operation_id(self) -> str:
        """The operationId; without one, the method and the path: `getPetsByPetId` for GET /pets/{petId}."""
        words = [word.replace("{", "By ") for word in re.findall(r"\{?[A-Za-z0-9]+", self.path)]
        derived = "".join(word[0].upper() + word[1:] for word in " ".join(words).split())
        return str(self.node.read("operationId", f"{self.method.lower()}{derived}"))

    @property
    def request_body(self) -> Node | None:
        """The Request Body Object, references followed; None where OpenAPI 3.0 ignores it."""
        ignored = self.method in BODILESS_METHODS or "requestBody" not in self.node
        return None if ignored else follow(self.node["requestBody"])


def operations(document: Node) -> Iterator[OperationNode]:
    """Every operation in the document's order."""
    for path, item in document.members("paths"):
        for method in METHODS:
            if method in item:
                yield OperationNode(method.upper(), path, item, item[method])


def template_names(path: str) -> list[str]:
    """The parameters of a path template, in their order."""
    return _TEMPLATED.findall(path)


def without_names(path: str) -> str:
    """The path with its parameters unnamed: the same for all that match the same requests."""
    return _TEMPLATED.sub("{}", path)


def is_template(path: str) -> bool:
    """Whether every brace belongs to a parameter with a name."""
    return all(template_names(path)) and re.search("[{}]", _TEMPLATED.sub("", path)) is None
