"""Changes of one operation: who may call it, its parameters, its request body and its responses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from contract.http_syntax import matching_media_type
from contract_compiler.defaults import body_defaults, own_default
from contract_compiler.document import Node, all_of_parts, follow
from contract_compiler.operation_tables import content_rows, media_range, security
from contract_compiler.output import json_text
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
from contract_diff.flat_schemas import DocumentSchemas, PlacedSchema, same_value
from contract_diff.schema_changes import schema_changes

BothSchemas = tuple[DocumentSchemas, DocumentSchemas]
"""The schemas of the old and of the new document."""

# Where schemas are inside a schema, and where their defaults are in the tree of `body_defaults`.
_INSIDE = (("items", "items"), ("additionalProperties", "additional"))


def operation_changes(old: OperationNode, new: OperationNode, schemas: BothSchemas) -> Iterator[Change]:
    """Every change of an operation that both documents have, but where it is called."""
    yield from _identity(old, new)
    yield from _security(old, new)
    yield from _parameters(old, new, schemas)
    yield from _request_body(old.node.get("requestBody"), new.node.get("requestBody"), schemas)
    yield from _responses(old, new, schemas)


def pointer_of(node: Node, keyword: str) -> str:
    """The pointer to the node's keyword; without it, to the node."""
    return (node.get(keyword) or node).pointer


def _identity(old: OperationNode, new: OperationNode) -> Iterator[Change]:
    """What code is generated from, and what tells its author to move on. Neither is on the wire: a client runs on."""
    if old.operation_id != new.operation_id:
        message = f"was {old.operation_id}, is {new.operation_id}: so it is called in code that is generated anew"
        yield Change("operation-id-changed", pointer_of(new.node, "operationId"), message)
    for before, after in zip(template_names(old.path), template_names(new.path), strict=True):
        if before != after:
            message = f"{before} is {after} now: so it is called in code that is generated anew"
            yield Change("path-parameter-renamed", new.item.pointer, message)
    yield from _deprecation("operation-deprecated", old.node, new.node, "clients are asked to move on")
    if not same_value(old.node.read("callbacks"), new.node.read("callbacks")):
        message = "the requests that are sent to others are not compared; this cannot be shown to be compatible"
        yield Change("callbacks-changed", pointer_of(new.node, "callbacks"), message)


def _deprecation(rule: str, old: Node, new: Node, message: str) -> Iterator[Change]:
    if new.read("deprecated") is True and old.read("deprecated") is not True:
        yield Change(rule, new["deprecated"].pointer, message)


def _requirement(rule: str, old: Node, new: Node, required: str, optional: str) -> Iterator[Change]:
    """The change, if any, from optional to required or back: the rule's name goes on with that word."""
    before, after = (each.read("required", False) for each in (old, new))
    if before is not after:
        word, message = ("required", required) if after else ("optional", optional)
        yield Change(f"{rule}-{word}", pointer_of(new, "required"), message)


@dataclass(frozen=True)
class _Credential:
    """What a caller has to show. `sent`: its kind and where it is sent; `groups`: None where any will do.

    What is sent counts, and not the `name` of the scheme in the document; `scheme` is the pointer to it.
    """

    name: str
    scheme: str
    sent: str
    scopes: frozenset[str]
    groups: frozenset[str] | None

    def meets(self, wanted: _Credential) -> bool:
        """Whether whoever has this one has the wanted one."""
        in_group = wanted.groups is None or (self.groups is not None and self.groups <= wanted.groups)
        return self.sent == wanted.sent and self.scopes >= wanted.scopes and in_group

    def __str__(self) -> str:
        groups = () if self.groups is None else (f"({', '.join(sorted(self.groups))})",)
        return " ".join((self.name, *sorted(self.scopes), *groups))


def _security(old: OperationNode, new: OperationNode) -> Iterator[Change]:
    """Whether everybody who could call before still can, and whether others can now."""
    before, after = _alternatives(old), _alternatives(new)
    was, now = (
        " or ".join(" and ".join(map(str, each)) or "nobody's token" for each in alternatives)
        for alternatives in (before, after)
    )
    rule, message = "security-loosened", f"was {was}, is {now}"
    if not _all_meet(before, after):
        rule = "security-tightened"
        sent = {each.name: each.sent for alternative in after for each in alternative}
        if any(sent.get(each.name, each.sent) != each.sent for alternative in before for each in alternative):
            rule, message = "security-scheme-changed", "clients must authenticate in another way"
    elif _all_meet(after, before):
        return
    at = pointer_of(new.node, "security")
    if _asked(before) == _asked(after):  # The change stands at a scheme.
        former = {each.name: (each.sent, each.groups) for each in chain(*before)}
        at = next(each.scheme for each in chain(*after) if former[each.name] != (each.sent, each.groups))
    yield Change(rule, at, message)


def _asked(alternatives: list[list[_Credential]]) -> set[frozenset[tuple[str, frozenset[str]]]]:
    """The schemes' names and scopes, whose order means nothing."""
    return {frozenset((each.name, each.scopes) for each in alternative) for alternative in alternatives}


def _all_meet(callers: list[list[_Credential]], alternatives: list[list[_Credential]]) -> bool:
    """Whether each of the callers meets one of the alternatives."""
    return all(
        any(all(any(own.meets(each) for own in caller) for each in wanted) for wanted in alternatives)
        for caller in callers
    )


def _alternatives(operation: OperationNode) -> list[list[_Credential]]:
    return [
        [_credential(operation, name, scopes) for name, scopes in alternative.items()]
        for alternative in security(operation) or [{}]
    ]


def _credential(operation: OperationNode, name: str, scopes: list[str]) -> _Credential:
    """A hint such as bearerFormat does not count; the case of a header's name, or of an HTTP scheme's, neither."""
    root = Node(operation.node.root, (), operation.node.root)
    scheme = follow(root["components"]["securitySchemes"][name])
    sent = {key: scheme.read(key) for key in ("type", "in", "flows", "openIdConnectUrl", "name")}
    sent["scheme"] = scheme.read("scheme", "").lower()
    if sent["in"] == "header":
        sent["name"] = sent["name"].lower()
    groups = frozenset(scheme.read("x-allowed-groups")) if "x-allowed-groups" in scheme else None
    return _Credential(name, scheme.pointer, json_text(sent), frozenset(scopes), groups)


def _parameters(old: OperationNode, new: OperationNode, schemas: BothSchemas) -> Iterator[Change]:
    before, after = _by_place(old), _by_place(new)
    for name in before.keys() - after.keys():
        yield Change("parameter-removed", before[name].pointer, f"{name} is no longer taken", "old")
    for name in after.keys() - before.keys():
        rule, word = ("required", "must") if after[name].read("required") is True else ("added", "may")
        yield Change(f"parameter-{rule}", after[name].pointer, f"{name} {word} be sent now")
    for name in before.keys() & after.keys():
        former, node = before[name], after[name]
        yield from _requirement("parameter", former, node, "it must be sent now", "it may be left out now")
        yield from _text_changes("parameter", former, node, schemas, "request")
        defaults = [own_default(value_schema(each)) for each in (former, node)]
        values = [None if each is None else each.value for each in defaults]
        if not same_value(*values):
            message = _default_words("it", *values)
            yield Change("request-default-changed", (defaults[1] or node).pointer, message)
        yield from _deprecation("parameter-deprecated", former, node, "clients are asked to do without it")


def _by_place(operation: OperationNode) -> Mapping[str, Node]:
    """Path parameters go by their place in the path: what they are called is for people."""
    templated = template_names(operation.path)
    found = {}
    for node in parameters(operation):
        place, name = identity(node)
        if place == "path" and name in templated:
            name = f"number {templated.index(name) + 1}"
        found[f"{place} parameter {name}"] = node
    return found


def _headers(old: Node, new: Node, schemas: BothSchemas) -> Iterator[Change]:
    """The changes of a response's headers. The case of their names does not count (RFC 9110, 5.1)."""
    before, after = ({name.lower(): follow(node) for name, node in each.entries("headers")} for each in (old, new))
    for name in before.keys() - after.keys() - {"content-type"}:
        yield Change("response-header-removed", before[name].pointer, f"there is no {name} any more", "old")
    for name in after.keys() - before.keys() - {"content-type"}:
        yield Change("response-header-added", after[name].pointer, f"{name} is new")
    for name in (before.keys() & after.keys()) - {"content-type"}:
        words = (f"{name} is always there now", f"{name} is not always there now")
        yield from _requirement("response-header", before[name], after[name], *words)
        yield from _text_changes("response-header", before[name], after[name], schemas, "response")


def _text_changes(kind: str, old: Node, new: Node, schemas: BothSchemas, direction: Direction) -> Iterator[Change]:
    """Changes of a parameter's or a header's value: how its text is read, and its schema.

    Whatever the schema says, another reading is another value.
    """
    before, after = _read_as(old), _read_as(new)
    types = [{"type": "any"} if "content" in each else parameter_type(value_schema(each)) for each in (old, new)]
    admits = _admits(types[1], types[0]) if direction == "request" else _admits(types[0], types[1])
    is_free = direction == "request" and types[1] == {"type": "any"} and not (value_schema(new) or new).value
    message = ""
    if before != after:
        message = ", ".join(f"{key} was {before[key]}, is {after[key]}" for key in before if before[key] != after[key])
    elif not admits and not is_free and types[0]["type"] == types[1]["type"]:
        message = "the text is read as another type inside; this cannot be shown to be compatible"
    elif not admits and not is_free:
        message = f"the text was read as {types[0]['type']}, is read as {types[1]['type']}"
    if message:
        yield Change(f"{kind}-read-otherwise", new.pointer, message)
    former, later = (
        document.enforced(value_schema(each), direction) for document, each in zip(schemas, (old, new), strict=True)
    )
    yield from schema_changes(former, later, direction)


def _read_as(node: Node) -> dict[str, Any]:
    if "content" in node:
        return {"style": f"one value of {next(iter(node.read('content'))).lower()}", "explode": False, "empty": False}
    return {"style": style(node), "explode": explodes(node), "empty": node.read("allowEmptyValue", False)}


def _admits(wider: ParameterType, narrower: ParameterType) -> bool:
    """Whether whatever is read in the one way is read as the same value in the other."""
    if (narrower["type"], wider["type"]) == ("integer", "number"):
        return True
    if narrower["type"] != wider["type"]:
        return False
    if "items" in narrower:
        return _admits(wider["items"], narrower["items"])

    def member(found: ParameterType, name: str) -> ParameterType:
        result: ParameterType = found.get("properties", {}).get(name) or found.get("additional") or {"type": "any"}
        return result

    names = wider.get("properties", {}).keys() | narrower.get("properties", {}).keys()
    return all(_admits(member(wider, name), member(narrower, name)) for name in names)


def _default_words(name: str, before: Any, after: Any) -> str:
    was, now = ("not filled in" if each is None else each for each in (before, after))
    return f"left out, {name} was {was}, is {now}"


def _request_body(old: Node | None, new: Node | None, schemas: BothSchemas) -> Iterator[Change]:
    if old is not None and new is not None:
        former, body = follow(old), follow(new)
        yield from _requirement("request-body", former, body, "a body must be sent now", "the body may be left out now")
        before, after = former.read("x-max-bytes"), body.read("x-max-bytes")
        if before != after:
            word = "narrowed" if after is not None and (before is None or after < before) else "widened"
            message = f"x-max-bytes was {before or 'not limited'}, is {after or 'not limited'}"
            yield Change(f"request-size-{word}", pointer_of(body, "x-max-bytes"), message)
        yield from _content(former["content"], body["content"], "request", schemas)
    elif old is not None:
        yield Change("request-body-removed", old.pointer, "no body is taken any more", "old")
    elif new is not None:
        rule, word = ("required", "must") if follow(new).read("required") is True else ("added", "may")
        yield Change(f"request-body-{rule}", new.pointer, f"a body {word} be sent now")


def _defaults(old: Node, new: Node, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    """What is filled in for a property that was known before and is left out; `before` and `after` are the defaults."""
    inside = [
        {("properties", name): found for name, found in tree.get("properties", {}).items()}
        | {(keyword,): tree[key] for keyword, key in _INSIDE if key in tree}
        for tree in (before, after)
    ]
    for steps in inside[0].keys() | inside[1].keys():
        former, node = _schema_at(old, *steps), _schema_at(new, *steps)
        was, now = (each.get(steps, {}) for each in inside)
        if former is not None and node is not None:
            is_kept = "default" in was and "default" in now and same_value(was["default"], now["default"])
            if not is_kept and "default" in {**was, **now}:
                message = _default_words(steps[-1], was.get("default"), now.get("default"))
                yield Change("request-default-changed", follow(node).pointer, message)
            yield from _defaults(former, node, was, now)


def _schema_at(schema: Node, *steps: str) -> Node | None:
    """The schema at these steps below another one; None where the other one does not speak of it."""
    found = (part.get(*steps) for part in all_of_parts(schema))
    return next((each for each in found if each is not None and isinstance(each.value, dict)), None)


def _responses(old: OperationNode, new: OperationNode, schemas: BothSchemas) -> Iterator[Change]:
    before, after = (dict(each.node["responses"].members()) for each in (old, new))
    for status in before.keys() | after.keys():
        former, later = _covering(before, status), _covering(after, status)
        if former is None:
            yield Change("response-status-added", after[status].pointer, f"{status} can be answered now")
        elif later is None:
            yield Change("response-status-removed", before[status].pointer, f"{status} is no longer declared", "old")
        else:
            yield from _response(follow(before[former]), follow(after[later]), schemas)


def _covering(responses: Mapping[str, Node], status: str) -> str | None:
    """The declaration that speaks of the status: its own, its range's or the default."""
    return next((key for key in (status, f"{status[0]}XX", "default") if key in responses), None)


def _response(old: Node, new: Node, schemas: BothSchemas) -> Iterator[Change]:
    yield from _headers(old, new, schemas)
    before, after = bool(old.read("content")), bool(new.read("content"))
    if before and after:
        yield from _content(old["content"], new["content"], "response", schemas)
    elif before:
        yield Change("response-body-removed", old["content"].pointer, "there is no body any more", "old")
    elif after:
        yield Change("response-body-added", new["content"].pointer, "there is a body now")


def _content(old: Node, new: Node, direction: Direction, schemas: BothSchemas) -> Iterator[Change]:
    verb = "taken" if direction == "request" else "answered"
    before, after = ({media_range(name): media for name, media in each.entries()} for each in (old, new))
    old_rows, new_rows = (
        content_rows(each, document, direction) for each, document in zip((old, new), schemas, strict=True)
    )

    def body(document: DocumentSchemas, row: Mapping[str, Any], media: Node) -> PlacedSchema:
        return document.placed(row.get("schema", True), (media.get("schema") or media).path)

    for name, former in before.items():
        later = matching_media_type(after, name)
        if later is None:
            yield Change(f"{direction}-media-type-removed", former.pointer, f"{name} is no longer {verb}", "old")
            continue
        old_body = body(schemas[0], old_rows[name], former)
        yield from schema_changes(old_body, body(schemas[1], new_rows[later], after[later]), direction)
        if direction == "request" and name == later and "schema" in former and "schema" in after[name]:
            bodies = former["schema"], after[name]["schema"]
            yield from _defaults(*bodies, *map(body_defaults, bodies))
    for name in after:
        if matching_media_type(before, name) is None:
            yield Change(f"{direction}-media-type-added", after[name].pointer, f"{name} is {verb} now, too")
