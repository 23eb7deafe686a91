"""Changes of parameters and of the headers of responses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contract_compiler.defaults import own_default
from contract_compiler.document import Node, follow
from contract_compiler.parameters import (
    ParameterType,
    explodes,
    identity,
    parameter_type,
    parameters,
    style,
    value_schema,
)
from contract_compiler.traversal import Direction, OperationNode, template_names
from contract_diff.changes import Change
from contract_diff.equality import same_value
from contract_diff.flat_schemas import DocumentSchemas
from contract_diff.schema_changes import schema_changes

Pair = tuple[DocumentSchemas, DocumentSchemas]
_Key = tuple[str, str]


def parameter_changes(old: OperationNode, new: OperationNode, schemas: Pair) -> Iterator[Change]:
    """The changes of an operation's parameters."""
    before, after = _by_key(old), _by_key(new)
    for key in before.keys() - after.keys():
        yield Change("parameter-removed", before[key].pointer, f"{_called(key)} is no longer taken", "old")
    for key in after.keys() - before.keys():
        required = after[key].read("required") is True
        rule = "parameter-required" if required else "parameter-added"
        yield Change(rule, after[key].pointer, f"{_called(key)} {'must' if required else 'may'} be sent now")
    for key in before.keys() & after.keys():
        yield from _parameter(before[key], after[key], schemas)


def header_changes(old: Node, new: Node, schemas: Pair) -> Iterator[Change]:
    """The changes of a response's headers. The case of their names does not count (RFC 9110, 5.1)."""
    before, after = _headers(old), _headers(new)
    for name in before.keys() - after.keys():
        yield Change("response-header-removed", before[name].pointer, f"there is no {name} any more", "old")
    for name in after.keys() - before.keys():
        yield Change("response-header-added", after[name].pointer, f"{name} is new")
    for name in before.keys() & after.keys():
        yield from _header(name, before[name], after[name], schemas)


def _by_key(operation: OperationNode) -> Mapping[_Key, Node]:
    """Path parameters go by their place in the path: what they are called is for people."""
    templated = template_names(operation.path)
    return {_key(identity(node), templated): node for node in parameters(operation)}


def _key(key: _Key, templated: list[str]) -> _Key:
    place, name = key
    return (place, f"number {templated.index(name) + 1}") if place == "path" and name in templated else key


def _called(key: _Key) -> str:
    return f"{key[0]} parameter {key[1]}"


def _headers(response: Node) -> Mapping[str, Node]:
    entries = response["headers"].entries() if "headers" in response else ()
    return {name.lower(): follow(node) for name, node in entries if name.lower() != "content-type"}


def _parameter(old: Node, new: Node, schemas: Pair) -> Iterator[Change]:
    before, after = (each.read("required", False) for each in (old, new))
    if before is not after:
        rule = "parameter-required" if after else "parameter-optional"
        yield Change(rule, _at(new, "required"), "it must be sent now" if after else "it may be left out now")
    yield from _reading(old, new, "parameter-read-otherwise", "request")
    yield from _values(old, new, schemas, "request")
    yield from _default(old, new)
    if new.read("deprecated") is True and old.read("deprecated") is not True:
        yield Change("parameter-deprecated", new["deprecated"].pointer, "clients are asked to do without it")


def _header(name: str, old: Node, new: Node, schemas: Pair) -> Iterator[Change]:
    before, after = (each.read("required", False) for each in (old, new))
    if before is not after:
        rule = "response-header-required" if after else "response-header-optional"
        yield Change(rule, _at(new, "required"), f"{name} is {'always' if after else 'not always'} there now")
    yield from _reading(old, new, "response-header-read-otherwise", "response")
    yield from _values(old, new, schemas, "response")


def _values(old: Node, new: Node, schemas: Pair, direction: Direction) -> Iterator[Change]:
    before, after = (home.part(value_schema(each), direction) for home, each in zip(schemas, (old, new), strict=True))
    roots = tuple(Node(each.root, (), each.root) for each in (old, new))
    yield from schema_changes(before, after, direction, (roots[0], roots[1]))


def _reading(old: Node, new: Node, rule: str, direction: Direction) -> Iterator[Change]:
    """How the text becomes a value. Whatever its schema says then, another reading is another value."""
    before, after = _read_as(old), _read_as(new)
    shapes = [{"type": "any"} if "content" in each else parameter_type(value_schema(each)) for each in (old, new)]
    admits = _admits(shapes[1], shapes[0]) if direction == "request" else _admits(shapes[0], shapes[1])
    free = direction == "request" and shapes[1] == {"type": "any"} and not (value_schema(new) or new).value
    if before != after:
        words = ", ".join(f"{key} was {before[key]}, is {after[key]}" for key in before if before[key] != after[key])
        yield Change(rule, new.pointer, words)
    elif not admits and not free and shapes[0]["type"] == shapes[1]["type"]:
        yield Change(
            rule, new.pointer, "the text is read as another type inside; this cannot be shown to be compatible"
        )
    elif not admits and not free:
        yield Change(rule, new.pointer, f"the text was read as {shapes[0]['type']}, is read as {shapes[1]['type']}")


def _read_as(node: Node) -> dict[str, Any]:
    if "content" in node:
        return {"style": f"one value of {next(iter(node.read('content'))).lower()}", "explode": False, "empty": False}
    empty = node.read("allowEmptyValue", False)
    return {"style": style(node), "explode": explodes(node), "empty": empty}


def _admits(wider: ParameterType, narrower: ParameterType) -> bool:
    """Whether whatever is read in the one way is read as the same value in the other."""
    if (narrower["type"], wider["type"]) == ("integer", "number"):
        return True
    if narrower["type"] != wider["type"]:
        return False
    if "items" in narrower:
        return _admits(wider["items"], narrower["items"])
    return all(_admits(_member(wider, name), _member(narrower, name)) for name in _names(wider) | _names(narrower))


def _names(found: ParameterType) -> set[str]:
    return set(found.get("properties", {}))


def _member(found: ParameterType, name: str) -> ParameterType:
    member: ParameterType = found.get("properties", {}).get(name) or found.get("additional") or {"type": "any"}
    return member


def _default(old: Node, new: Node) -> Iterator[Change]:
    before, after = (own_default(value_schema(each)) for each in (old, new))
    said = [None if each is None else each.value for each in (before, after)]
    if not same_value(*said):
        words = ["not filled in" if each is None else str(each) for each in said]
        at = after if after is not None else new
        yield Change("request-default-changed", at.pointer, f"left out, it was {words[0]}, is {words[1]}")


def _at(node: Node, keyword: str) -> str:
    return (node.get(keyword) or node).pointer
