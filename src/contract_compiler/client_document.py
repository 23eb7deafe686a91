"""The document as generators of client types get it: each schema for one direction.

A generator makes one type of one schema, but what a client sends and what it receives differ: `readOnly` properties are
not sent, `writeOnly` ones are not received, and a receiver ignores properties that it does not know where a sender has
none. A schema that differs so and is used both ways becomes two: `Account` is received, `AccountRequest` is sent.
"""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

from contract_compiler import discriminators
from contract_compiler.document import Node
from contract_compiler.schemas import hidden_names
from contract_compiler.traversal import Direction, Part, walk

_SCHEMAS = "#/components/schemas/"
_REFERENCE = re.compile(re.escape(_SCHEMAS) + "([^/]+)(.*)", re.DOTALL)
_DECIMAL = "x-decimal"


def client_document(document: Node) -> dict[str, Any]:
    """A copy of the document in which every schema is only sent, only received, or the same both ways.

    Schemas that are received are open: an answer may grow. `x-decimal: true` becomes `format: decimal`, which the
    generator of Python types knows.
    """
    content: dict[str, Any] = deepcopy(document.value)
    schemas = content.get("components", {}).get("schemas", {})
    used = _used(document)
    twins = _twins(document, used)
    directions: dict[str, Direction | None] = {name: _only(used.get(name, set())) for name in schemas}
    for name, twin in twins.items():
        schemas[twin] = deepcopy(schemas[name])
        directions |= {name: "response", twin: "request"}
    parts = [_directed(part, directions) for part in walk(Node(content, (), content)) if part.kind == "schema"]
    hidden = [hidden_names(part.node, part.direction) for part in parts]
    for part in parts:
        _retarget(part, twins)
    for part, names in zip(parts, hidden, strict=True):
        _fit(part, names)
    return content


def _used(document: Node) -> dict[str, set[Direction]]:
    """The directions in which the components among the schemas are used, directly or below others."""
    below: dict[str, set[str]] = {}
    used: dict[str, set[Direction]] = {}
    for part in walk(document):
        if part.kind != "schema":
            continue
        targets = _targets(part.node)
        if part.direction is None:
            below.setdefault(part.node.path[2], set()).update(targets)
        else:
            for name in targets:
                used.setdefault(name, set()).add(part.direction)
    waiting = list(used)
    while waiting:
        name = waiting.pop()
        for child in below.get(name, ()):
            if not used[name] <= used.setdefault(child, set()):
                used[child] |= used[name]
                waiting.append(child)
    return used


def _targets(schema: Node) -> set[str]:
    """The components that the schema itself refers to."""
    if "$ref" in schema:
        found = _REFERENCE.fullmatch(schema.value["$ref"])
        return {found[1]} if found else set()
    if "discriminator" not in schema:
        return set()
    return {
        node.path[2] for node in discriminators.choices(schema).values() if node.path[:2] == ("components", "schemas")
    }


def _twins(document: Node, used: dict[str, set[Direction]]) -> dict[str, str]:
    """The names of the second copies, by those of the schemas that need one."""
    taken = set(used) | set(document.read("components", {}).get("schemas", {}))
    twins: dict[str, str] = {}
    for name in _differing(document):
        if len(used.get(name, ())) == 2:
            twin = f"{name}Request"
            while twin in taken:
                twin += "_"
            taken.add(twin)
            twins[name] = twin
    return twins


def _differing(document: Node) -> list[str]:
    """The components that are not the same both ways, in themselves or by what they lead to."""
    above: dict[str, set[str]] = {}
    found: dict[str, None] = {}
    for part in walk(document):
        if part.kind == "schema" and part.direction is None:
            name = part.node.path[2]
            for target in _targets(part.node):
                above.setdefault(target, set()).add(name)
            if any(part.node.read(key) is True for key in ("readOnly", "writeOnly")):
                found[name] = None
            if part.node.read("additionalProperties") is False:
                found[name] = None
    waiting = list(found)
    while waiting:
        for name in sorted(above.get(waiting.pop(), set()) - found.keys()):
            found[name] = None
            waiting.append(name)
    return list(found)


def _only(directions: set[Direction]) -> Direction | None:
    return next(iter(directions)) if len(directions) == 1 else None


def _directed(part: Part, directions: dict[str, Direction | None]) -> Part:
    return part if part.direction else Part(part.kind, part.node, directions[part.node.path[2]])


def _retarget(part: Part, twins: dict[str, str]) -> None:
    """Has what is sent refer to what is sent."""
    schema = part.node.value
    if part.direction != "request" or not twins:
        return
    if "$ref" in schema:
        schema["$ref"] = _sent(schema["$ref"], twins)
    elif "discriminator" in schema:
        choices = discriminators.choices(part.node)
        references = {value: "#" + node.pointer for value, node in choices.items()}
        schema["discriminator"]["mapping"] = {value: _sent(each, twins) for value, each in references.items()}


def _sent(reference: str, twins: dict[str, str]) -> str:
    found = _REFERENCE.fullmatch(reference)
    return f"{_SCHEMAS}{twins[found[1]]}{found[2]}" if found and found[1] in twins else reference


def _fit(part: Part, hidden: set[str]) -> None:
    """Leaves in the schema what its direction has."""
    schema = part.node.value
    if schema.pop(_DECIMAL, False):
        schema["format"] = "decimal"
    for name in hidden:
        del schema["properties"][name]
    if hidden and "required" in schema:
        schema["required"] = [name for name in schema["required"] if name not in hidden]
    if part.direction == "response" and schema.get("additionalProperties") is False:
        del schema["additionalProperties"]
