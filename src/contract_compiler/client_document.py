"""The document as generators of client types get it: each schema for one direction.

A generator makes one type of one schema, but what a client sends and what it receives differ: `readOnly` properties are
not sent, `writeOnly` ones are not received, and a receiver ignores properties that it does not know where a sender has
none. A schema that differs so and is used both ways becomes two: `Account` is received, `AccountRequest` is sent.
"""

from __future__ import annotations

import re
from collections import defaultdict
from copy import deepcopy
from typing import Any

from contract_compiler import discriminators
from contract_compiler.document import Node
from contract_compiler.schemas import hidden_names
from contract_compiler.traversal import Direction, closure, walk

_SCHEMAS = "#/components/schemas/"
_REFERENCE = re.compile(re.escape(_SCHEMAS) + "([^/]+)(.*)", re.DOTALL)


def client_document(document: Node) -> dict[str, Any]:
    """A copy of the document in which every schema is only sent, only received, or the same both ways.

    Schemas that are received are open: an answer may grow. `x-decimal: true` becomes `format: decimal`, which the
    generator of Python types knows.
    """
    content: dict[str, Any] = deepcopy(document.value)
    schemas = content.get("components", {}).get("schemas", {})
    sent, received, differing = _components(document)
    twins: dict[str, str] = {}
    for name in differing:
        if name in sent and name in received:
            twins[name] = f"{name}Request"
            while twins[name] in schemas:
                twins[name] += "_"
            schemas[twins[name]] = deepcopy(schemas[name])
    directions: dict[str, Direction] = dict.fromkeys((sent - received).union(twins.values()), "request")
    directions.update(dict.fromkeys((received - sent).union(twins), "response"))
    parts = [
        (part.node, part.direction or directions.get(part.node.path[2]))
        for part in walk(Node(content, (), content))
        if part.kind == "schema"
    ]
    hidden = [hidden_names(schema, direction) for schema, direction in parts]
    for schema, direction in parts:
        if direction == "request" and twins:
            _refer_to_what_is_sent(schema, twins)
    for (schema, direction), names in zip(parts, hidden, strict=True):
        _fit(schema.value, direction, names)
    return content


def _components(document: Node) -> tuple[set[str], set[str], list[str]]:
    """The names of the schemas that are sent, that are received, and that are not the same both ways.

    Each of them in itself, or by what it leads to.
    """
    below: dict[str, set[str]] = defaultdict(set)
    above: dict[str, set[str]] = defaultdict(set)
    used: dict[Direction, set[str]] = {"request": set(), "response": set()}
    differing: dict[str, None] = {}
    for part in walk(document):
        if part.kind != "schema":
            continue
        targets = _targets(part.node)
        if part.direction is not None:
            used[part.direction] |= targets
            continue
        name = part.node.path[2]
        below[name] |= targets
        for target in targets:
            above[target].add(name)
        marked = any(part.node.read(key) is True for key in ("readOnly", "writeOnly"))
        if marked or part.node.read("additionalProperties") is False:
            differing[name] = None
    sent, received = (set(closure(used[direction], below.__getitem__)) for direction in ("request", "response"))
    return sent, received, closure(differing, lambda name: sorted(above[name]))


def _targets(schema: Node) -> set[str]:
    """The components that the schema itself refers to."""
    if "$ref" in schema:
        found = _REFERENCE.fullmatch(schema.value["$ref"])
        return {found[1]} if found else set()
    chosen = discriminators.choices(schema).values() if "discriminator" in schema else ()
    return {node.path[2] for node in chosen if node.path[:2] == ("components", "schemas")}


def _refer_to_what_is_sent(schema: Node, twins: dict[str, str]) -> None:
    def sent(reference: str) -> str:
        found = _REFERENCE.fullmatch(reference)
        return f"{_SCHEMAS}{twins[found[1]]}{found[2]}" if found and found[1] in twins else reference

    if "$ref" in schema:
        schema.value["$ref"] = sent(schema.value["$ref"])
    elif "discriminator" in schema:
        choices = discriminators.choices(schema).items()
        schema.value["discriminator"]["mapping"] = {value: sent("#" + node.pointer) for value, node in choices}


def _fit(schema: dict[str, Any], direction: Direction | None, hidden: set[str]) -> None:
    """Removes from the schema what messages of its direction do not have."""
    if schema.pop("x-decimal", False):
        schema["format"] = "decimal"
    for name in hidden:
        del schema["properties"][name]
    if hidden and "required" in schema:
        schema["required"] = [name for name in schema["required"] if name not in hidden]
    if direction == "response" and schema.get("additionalProperties") is False:
        del schema["additionalProperties"]
