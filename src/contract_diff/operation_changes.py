"""Every change from one contract to the next, operation by operation, each found by the URL that it answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contract.http_syntax import matching_media_type
from contract_compiler.defaults import body_defaults
from contract_compiler.document import Node, all_of_parts, follow
from contract_compiler.operation_tables import content_rows, media_range
from contract_compiler.traversal import Direction, OperationNode, operations, template_names, without_names
from contract_diff.changes import Change, merged
from contract_diff.documentation import documentation_changes
from contract_diff.equality import same_value
from contract_diff.flat_schemas import DocumentSchemas, Part
from contract_diff.parameter_changes import header_changes, parameter_changes
from contract_diff.routes import Route, host_changes, method_and_path, moved, routes, shadowed
from contract_diff.schema_changes import schema_changes
from contract_diff.security import security_changes


def compare(old: Node, new: Node) -> list[Change]:
    """Every change from the old contract to the new one; the gravest first.

    Both must have passed `contract_compiler.lint.readable`.
    """
    found = merged(_Comparison(old, new).changes())
    documentation = merged(documentation_changes(old, new))
    if found or documentation or same_value(_unversioned(old), _unversioned(new)):
        return found + documentation
    return [Change("written-otherwise", "", "it says the same in other words; generated code may have other names")]


def _unversioned(document: Node) -> dict[str, Any]:
    return {**document.value, "info": {**document["info"].value, "version": ""}}


class _Comparison:
    def __init__(self, old: Node, new: Node) -> None:
        self._roots = (old, new)
        self._schemas = (DocumentSchemas(), DocumentSchemas())

    def changes(self) -> Iterator[Change]:
        old, new = ({route: each for each in operations(root) for route in routes(each)} for root in self._roots)
        yield from _routes(old, new)
        yield from shadowed(old, new)
        kept = {(old[route].node.path, new[route].node.path): route for route in old if route in new}
        for route in kept.values():
            for change in self._operation(old[route], new[route]):
                yield Change(change.rule, change.pointer, change.message, change.side, (method_and_path(new[route]),))

    def _operation(self, old: OperationNode, new: OperationNode) -> Iterator[Change]:
        yield from _identity(old, new)
        yield from host_changes(old, new)
        yield from security_changes(old, new)
        yield from parameter_changes(old, new, self._schemas)
        yield from self._request_body(old.node.get("requestBody"), new.node.get("requestBody"), new)
        yield from self._responses(old, new)

    def _request_body(self, old: Node | None, new: Node | None, operation: OperationNode) -> Iterator[Change]:
        if old is not None and new is not None:
            yield from self._body(follow(old), follow(new))
        elif old is not None:
            yield Change("request-body-removed", old.pointer, "no body is taken any more", "old")
        elif new is not None:
            required = follow(new).read("required") is True
            rule = "request-body-required" if required else "request-body-added"
            yield Change(rule, new.pointer, f"a body {'must' if required else 'may'} be sent now")

    def _body(self, old: Node, new: Node) -> Iterator[Change]:
        before, after = (body.read("required", False) for body in (old, new))
        if after is not before:
            rule = "request-body-required" if after else "request-body-optional"
            at = (new.get("required") or new).pointer
            yield Change(rule, at, "a body must be sent now" if after else "the body may be left out now")
        yield from _size(old, new)
        yield from self._content(old, new, "request")
        for name, media in new["content"].entries():
            former = matching_media_type([media_range(each) for each, _ in old["content"].entries()], media_range(name))
            if former is not None and media_range(name) == former:
                yield from _defaults(_media(old, former).get("schema"), media.get("schema"))

    def _responses(self, old: OperationNode, new: OperationNode) -> Iterator[Change]:
        before, after = (dict(each.node["responses"].members()) for each in (old, new))
        for status in after:
            former = _covering(before, status)
            if former is None:
                yield Change("response-status-added", after[status].pointer, f"{status} can be answered now")
            else:
                yield from self._response(follow(before[former]), follow(after[status]))
        for status in before.keys() - after.keys():
            later = _covering(after, status)
            if later is None:
                message = f"{status} is no longer declared"
                yield Change("response-status-removed", before[status].pointer, message, "old")
            else:
                yield from self._response(follow(before[status]), follow(after[later]))

    def _response(self, old: Node, new: Node) -> Iterator[Change]:
        yield from header_changes(old, new, self._schemas)
        before, after = bool(old.read("content")), bool(new.read("content"))
        if before and not after:
            yield Change("response-body-removed", old["content"].pointer, "there is no body any more", "old")
        elif after and not before:
            yield Change("response-body-added", new["content"].pointer, "there is a body now")
        elif before and after:
            yield from self._content(old, new, "response")

    def _content(self, old: Node, new: Node, direction: Direction) -> Iterator[Change]:
        rows = [
            content_rows(each["content"], home, direction) for each, home in zip((old, new), self._schemas, strict=True)
        ]
        for name in rows[0]:
            later = matching_media_type(rows[1], name)
            if later is None:
                message = f"{name} is no longer {'taken' if direction == 'request' else 'answered'}"
                yield Change(f"{direction}-media-type-removed", _media(old, name).pointer, message, "old")
            else:
                parts = (self._part(rows[0], old, name, 0), self._part(rows[1], new, later, 1))
                yield from schema_changes(*parts, direction, self._roots)
        for name in rows[1]:
            if matching_media_type(rows[0], name) is None:
                message = f"{name} is {'taken' if direction == 'request' else 'answered'} now, too"
                yield Change(f"{direction}-media-type-added", _media(new, name).pointer, message)

    def _part(self, rows: Mapping[str, Any], holder: Node, name: str, index: int) -> Part:
        media = _media(holder, name)
        place = (media.get("schema") or media).path
        return self._schemas[index].placed(rows[name].get("schema", True), place)


def _routes(old: Mapping[Route, OperationNode], new: Mapping[Route, OperationNode]) -> Iterator[Change]:
    """Operations that are gone or new; for one that answers below another base path, its server."""
    paths = [{without_names(each.path) for each in found.values()} for found in (old, new)]
    methods = [{(each.method, without_names(each.path)) for each in found.values()} for found in (old, new)]
    for route in old.keys() - new.keys():
        operation = old[route]
        if (operation.method, without_names(operation.path)) in methods[1]:
            yield moved(operation, route, "server-removed")
        else:
            whole = without_names(operation.path) not in paths[1]
            at, rule = (operation.item, "path-removed") if whole else (operation.node, "operation-removed")
            yield Change(
                rule, at.pointer, f"{method_and_path(operation)} is gone", "old", (method_and_path(operation),)
            )
    for route in new.keys() - old.keys():
        operation = new[route]
        if (operation.method, without_names(operation.path)) in methods[0]:
            yield moved(operation, route, "server-added")
        else:
            whole = without_names(operation.path) not in paths[0]
            at, rule = (operation.item, "path-added") if whole else (operation.node, "operation-added")
            yield Change(rule, at.pointer, f"{method_and_path(operation)} is new", "new", (method_and_path(operation),))


def _identity(old: OperationNode, new: OperationNode) -> Iterator[Change]:
    """What code is generated from, and what tells its author to move on. Neither is on the wire: a client runs on."""
    if old.operation_id != new.operation_id:
        was, now = (each.operation_id or "none" for each in (old, new))
        message = f"was {was}, is {now}: so it is called in code that is generated anew"
        at = new.node.get("operationId") or new.node
        yield Change("operation-id-changed", at.pointer, message)
    for before, after in zip(template_names(old.path), template_names(new.path), strict=True):
        if before != after:
            message = f"{before} is {after} now: so it is called in code that is generated anew"
            yield Change("path-parameter-renamed", new.item.pointer, message)
    if new.node.read("deprecated") is True and old.node.read("deprecated") is not True:
        yield Change("operation-deprecated", new.node["deprecated"].pointer, "clients are asked to move on")
    if not same_value(old.node.read("callbacks"), new.node.read("callbacks")):
        at = new.node.get("callbacks") or new.node
        message = "the requests that are sent to others are not compared; this cannot be shown to be compatible"
        yield Change("callbacks-changed", at.pointer, message)


def _size(old: Node, new: Node) -> Iterator[Change]:
    before, after = old.read("x-max-bytes"), new.read("x-max-bytes")
    if before == after:
        return
    at = (new.get("x-max-bytes") or new).pointer
    narrower = after is not None and (before is None or after < before)
    words = f"x-max-bytes was {before or 'not limited'}, is {after or 'not limited'}"
    yield Change(f"request-size-{'narrowed' if narrower else 'widened'}", at, words)


def _defaults(old: Node | None, new: Node | None) -> Iterator[Change]:
    """What is filled in for a property that was known before and is left out."""
    if old is None or new is None:
        return
    before, after = _flat_defaults(body_defaults(old)), _flat_defaults(body_defaults(new))
    for place in before.keys() | after.keys():
        nodes = (_property(old, place), _property(new, place))
        kept = place in before and place in after and same_value(before[place], after[place])
        if not kept and None not in nodes:
            yield _default_change(place[-1], before.get(place), after.get(place), nodes[1] or new)


def _default_change(name: str, before: Any, after: Any, node: Node) -> Change:
    words = f"left out, {name} was {_filled(before)}, is {_filled(after)}"
    return Change("request-default-changed", follow(node).pointer, words)


def _filled(value: Any) -> str:
    return "not filled in" if value is None else str(value)


def _flat_defaults(tree: Mapping[str, Any], place: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    found = {place: tree["default"]} if "default" in tree else {}
    for name, below in tree.get("properties", {}).items():
        found |= _flat_defaults(below, (*place, name))
    for key, step in (("items", "[]"), ("additional", "*")):
        found |= _flat_defaults(tree[key], (*place, step)) if key in tree else {}
    return found


def _property(schema: Node, place: tuple[str, ...]) -> Node | None:
    """The schema at this place below another one; None where the other one does not speak of it."""
    if not place:
        return schema
    keyword = {"[]": "items", "*": "additionalProperties"}.get(place[0])
    for part in all_of_parts(schema):
        below = part.get(keyword) if keyword else (part.get("properties") or part).get(place[0])
        if below is not None and isinstance(below.value, dict):
            return _property(below, place[1:])
    return None


def _media(holder: Node, name: str) -> Node:
    return next(media for key, media in holder["content"].entries() if media_range(key) == name)


def _covering(responses: Mapping[str, Node], status: str) -> str | None:
    """The declaration that speaks of the status: its own, its range's or the default."""
    return next((key for key in (status, f"{status[0]}XX", "default") if key in responses), None)
