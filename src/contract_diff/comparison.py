"""Every change from one contract to the next: operations found by the URL that they answer, and documentation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import Any
from urllib.parse import unquote, urlsplit

from contract_compiler.document import Node
from contract_compiler.parameters import parameters, type_name, value_schema
from contract_compiler.traversal import Kind, OperationNode, operations, template_names, walk, without_names
from contract_diff.changes import Change, Side
from contract_diff.flat_schemas import DocumentSchemas, same_value
from contract_diff.operation_changes import operation_changes, pointer_of

Route = tuple[str, str]
"""A method and the whole path of a URL; parameters are `{}`: what they are called does not count."""

_GREEDY = "{}+"  # API Gateway's `{proxy+}`, which takes all that is left of a URL.
_ANYTHING = "\N{MIDDLE DOT}"  # Stands in a URL where a parameter does: no literal has it unencoded.

# What a contract says to people only. `deprecated` is listed for what has no rule of its own; a default of a schema is
# compared by other rules, and so are the addresses of servers.
_DOCUMENTATION: dict[Kind, tuple[str, ...]] = {
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


def compare(old: Node, new: Node) -> list[Change]:
    """Every change from the old contract to the new one; the gravest first.

    Both must have passed `contract_compiler.lint.readable`.
    """
    found = _merged(_operation_changes(old, new))
    documentation = _merged(_documentation_changes(old, new))
    before, after = ({**each.value, "info": {**each["info"].value, "version": ""}} for each in (old, new))
    if found or documentation or same_value(before, after):
        return found + documentation
    return [Change("written-otherwise", "", "it says the same in other words; generated code may have other names")]


def _merged(changes: Iterable[Change]) -> list[Change]:
    """Each change once, with all the operations that it reaches; the gravest first, then by place."""
    reached: dict[Change, dict[str, None]] = {}
    for change in changes:
        reached.setdefault(replace(change, operations=()), {}).update(dict.fromkeys(change.operations))
    found = (replace(change, operations=tuple(names)) for change, names in reached.items())
    return sorted(found, key=lambda each: (-each.weight, each.pointer, each.rule, each.message))


def _operation_changes(old_document: Node, new_document: Node) -> Iterator[Change]:
    schemas = (DocumentSchemas(old_document), DocumentSchemas(new_document))
    old, new = (
        {route: each for each in operations(document) for route in _routes(each)}
        for document in (old_document, new_document)
    )
    yield from _unmatched(old, new, "removed")
    yield from _unmatched(new, old, "added")
    yield from _shadowed(old, new, schemas[0])
    matched = {(old[route].node.path, new[route].node.path): (old[route], new[route]) for route in old if route in new}
    for former, operation in matched.values():
        for change in (*_host_changes(former, operation), *operation_changes(former, operation, schemas)):
            yield replace(change, operations=(operation.title,))


def _routes(operation: OperationNode) -> Iterator[Route]:
    """The operation's routes: one for each base path of its servers, most often one."""
    for base in dict.fromkeys(urlsplit(url).path.rstrip("/") for url in _servers(operation)):
        yield operation.method, base + _anonymous(operation.path)


def _anonymous(path: str) -> str:
    return re.sub(r"\{[^{}]*?(\+?)\}", r"{}\1", path)


def _servers(operation: OperationNode) -> Iterator[str]:
    """The URLs of the servers that count for the operation, one for each value of their variables."""
    everywhere = operation.node.root.get("servers")
    for server in operation.node.read("servers") or operation.item.read("servers") or everywhere or [{"url": "/"}]:
        variables = server.get("variables", {})
        for values in product(*(each.get("enum", [each["default"]]) for each in variables.values())):
            url = str(server["url"])
            for key, value in zip(variables, values, strict=True):
                url = url.replace(f"{{{key}}}", str(value))
            yield url


def _servers_at(operation: OperationNode) -> str:
    """The pointer to these servers, or to where they would stand."""
    holders = (each["servers"].pointer for each in (operation.node, operation.item) if "servers" in each)
    return next(holders, "/servers" if "servers" in operation.node.root else "")


def _unmatched(
    some: Mapping[Route, OperationNode], others: Mapping[Route, OperationNode], word: str
) -> Iterator[Change]:
    """Operations that only one document has; for one that the other has below another base path, its server."""
    side: Side = "old" if word == "removed" else "new"
    paths = {without_names(each.path) for each in others.values()}
    methods = {(each.method, without_names(each.path)) for each in others.values()}
    for method, path in some.keys() - others.keys():
        operation = some[method, path]
        at, rule = operation.node.pointer, f"operation-{word}"
        message = f"{operation.title} is {'gone' if side == 'old' else 'new'}"
        if (method, without_names(operation.path)) in methods:
            base = path.removesuffix(_anonymous(operation.path)) or "/"
            at, rule = _servers_at(operation), f"server-{word}"
            message = f"paths are {'no longer' if side == 'old' else 'now'} answered below {base}"
        elif without_names(operation.path) not in paths:
            at, rule = operation.item.pointer, f"path-{word}"
        yield Change(rule, at, message, side, (operation.title,))


def _host_changes(old: OperationNode, new: OperationNode) -> Iterator[Change]:
    """Hosts that an operation is no longer called at, and new ones. A relative server names none."""
    before, after = (
        {f"{parts.scheme}://{parts.netloc}" for url in _servers(each) if (parts := urlsplit(url)).netloc}
        for each in (old, new)
    )
    for host in before - after:
        yield Change("server-removed", _servers_at(old), f"{host} is no longer named: clients call it", "old")
    for host in after - before:
        yield Change("server-added", _servers_at(new), f"{host} is new")


def _shadowed(
    old: Mapping[Route, OperationNode], new: Mapping[Route, OperationNode], old_schemas: DocumentSchemas
) -> Iterator[Change]:
    """Operations of the old document that lose requests to a path which is new and more exact than their own.

    Concrete paths come before templates (OpenAPI 3.0.3, Paths Object): `/things/search` takes what `/things/{id}`
    answered, also for the methods that it does not have itself.
    """
    before, after = ({path for _, path in found} for found in (old, new))
    for taker, loser in product(after - before, before & after):
        url = _common_url(taker, loser)
        if url is None or (_answering(before, url), _answering(after, url)) != (loser, taker):
            continue
        takers = [operation for (_, path), operation in new.items() if path == taker]
        for (method, path), operation in old.items():
            if path == loser and (method, path) in new and _was_allowed(operation, path, url, old_schemas):
                now = next((f"{each.title} answers it" for each in takers if each.method == method), "that is a 405")
                message = f"{method} {takers[0].path} was answered by {operation.title}; {now} now"
                yield Change("path-shadowed", takers[0].item.pointer, message, "new", (operation.title,))


def _common_url(one: str, other: str) -> str | None:
    """A URL that both paths match, if they have one in common."""
    steps, others = one.split("/"), other.split("/")
    for index, (step, another) in enumerate(zip(steps, others, strict=False)):
        if _GREEDY in (step, another):
            steps[index:] = others[index:] if step == _GREEDY else steps[index:]
            break
        if "{}" in step:
            steps[index] = another
        elif "{}" not in another and step != another:
            return None
    else:
        if len(steps) != len(others):
            return None
    return "/".join(steps).replace(_GREEDY, _ANYTHING).replace("{}", _ANYTHING)


def _answering(paths: set[str], url: str) -> str | None:
    """The path that takes the URL: from left to right, the one with a literal where others have a parameter."""
    matching = (path for path in paths if _pattern(path).fullmatch(url))
    return min(matching, key=lambda path: [(_GREEDY in s) + ("{}" in s) for s in path.split("/")], default=None)


def _pattern(path: str) -> re.Pattern[str]:
    literals = map(re.escape, re.split(r"\{\}\+?", path))
    return re.compile(("(.+)" if path.endswith(_GREEDY) else "([^/]+)").join(literals))


def _was_allowed(loser: OperationNode, path: str, url: str, schemas: DocumentSchemas) -> bool:
    """Whether the old contract allows what the URL has in the place of the parameters.

    `/products/search` takes nothing from `/products/{id}` where an id is a number.
    """

    def is_allowed(text: str, schema: Node | None) -> bool:
        match type_name(schema):
            case "string":
                return schemas.enforced(schema, "request").schema.is_valid(text)
            case "integer" | "number":
                return re.fullmatch("[-+0-9.eE]+", text) is not None
            case "boolean":
                return text in ("true", "false")
        return True

    found = _pattern(path).fullmatch(url)
    declared = {each.read("name"): value_schema(each) for each in parameters(loser) if each.read("in") == "path"}
    values = zip(template_names(loser.path), found.groups() if found else (), strict=True)
    return all(_ANYTHING in text or is_allowed(unquote(text), declared.get(name)) for name, text in values)


def _documentation_changes(old: Node, new: Node) -> Iterator[Change]:
    """Each field for people that says something else, where both documents have the same part at the same place."""

    def shown(node: Node, key: str) -> Any:
        value = node.read(key)
        return [each.get("description") for each in value or ()] if key == "servers" else value

    former_parts = {part.node.path: part for part in walk(old)}
    pairs = [(old["info"], new["info"], (old["info"].value.keys() | new["info"].value.keys()) - {"version"})]
    for part in walk(new):
        former = former_parts.get(part.node.path)
        if former is not None and former.kind == part.kind and isinstance(part.node.value, dict):
            extensions = {key for key in {**former.node.value, **part.node.value} if key.startswith("x-")}
            keys = {*_DOCUMENTATION.get(part.kind, ()), *extensions} - _COMPARED_ELSEWHERE
            pairs.append((former.node, part.node, keys))
    for before, after, keys in pairs:
        for key in keys:
            if not same_value(shown(before, key), shown(after, key)):
                is_in = (key in before, key in after)
                words = "says something else" if all(is_in) else "is new" if is_in[1] else "is gone"
                yield Change("documentation-changed", pointer_of(after, key), f"{key} {words}")
