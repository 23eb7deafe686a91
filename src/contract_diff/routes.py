"""Which operation answers a URL: its path below the base paths of its servers, and not what the document calls it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Literal
from urllib.parse import unquote, urlsplit

from contract_compiler.document import Node
from contract_compiler.parameters import parameters, type_name, value_schema
from contract_compiler.traversal import OperationNode, template_names
from contract_diff.changes import Change, Side
from contract_diff.flat_schemas import DocumentSchemas

Route = tuple[str, str]
"""A method and the whole path of a URL; parameters are `{}`: what they are called does not count."""

_GREEDY = "{}+"  # API Gateway's `{proxy+}`, which takes all that is left of a URL.
_ANYTHING = "\N{MIDDLE DOT}"  # Stands in a URL where a parameter does: no literal has it unencoded.


def method_and_path(operation: OperationNode) -> str:
    """What an operation is called for a person: its method, and its path as the document has it."""
    return f"{operation.method} {operation.path}"


def routes(operation: OperationNode) -> Iterator[Route]:
    """The operation's routes: one for each base path of its servers, most often one."""
    for base in dict.fromkeys(urlsplit(url).path.rstrip("/") for url in _servers(operation)):
        yield operation.method, base + _anonymous(operation.path)


def moved(operation: OperationNode, route: Route, rule: Literal["server-added", "server-removed"]) -> Change:
    """That an operation which both documents have is, or is no longer, answered below a base path."""
    base = route[1].removesuffix(_anonymous(operation.path)) or "/"
    words: tuple[str, Side] = ("now", "new") if rule == "server-added" else ("no longer", "old")
    return Change(
        rule,
        _servers_at(operation),
        f"paths are {words[0]} answered below {base}",
        words[1],
        (method_and_path(operation),),
    )


def host_changes(old: OperationNode, new: OperationNode) -> Iterator[Change]:
    """Hosts that an operation is no longer called at, and new ones. A relative server names none."""
    before, after = (
        {f"{parts.scheme}://{parts.netloc}" for url in _servers(each) if (parts := urlsplit(url)).netloc}
        for each in (old, new)
    )
    for host in sorted(before - after):
        yield Change("server-removed", _servers_at(old), f"{host} is no longer named: clients call it", "old")
    for host in sorted(after - before):
        yield Change("server-added", _servers_at(new), f"{host} is new")


def shadowed(old: Mapping[Route, OperationNode], new: Mapping[Route, OperationNode]) -> Iterator[Change]:
    """Operations of the old document that lose requests to a path which is new and more exact than their own.

    Concrete paths come before templates (OpenAPI 3.0.3, Paths Object): `/things/search` takes what `/things/{id}`
    answered, also for the methods that it does not have itself.
    """
    schemas = DocumentSchemas()
    before, after = ({path for _, path in found} for found in (old, new))
    for taker, loser in product(sorted(after - before), sorted(before & after)):
        url = _common(taker, loser)
        if url is None or (_answering(before, url), _answering(after, url)) != (loser, taker):
            continue
        for (method, path), operation in old.items():
            if path == loser and (method, path) in new and _was_allowed(operation, path, url, schemas):
                yield _taken_over(operation, [each for (_, path), each in new.items() if path == taker])


def _taken_over(operation: OperationNode, takers: list[OperationNode]) -> Change:
    here = takers[0]
    now = next(
        (f"{method_and_path(each)} answers it" for each in takers if each.method == operation.method), "that is a 405"
    )
    message = f"{operation.method} {here.path} was answered by {method_and_path(operation)}; {now} now"
    return Change("path-shadowed", here.item.pointer, message, "new", (method_and_path(operation),))


def _common(one: str, other: str) -> str | None:
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
    matching = [path for path in paths if _pattern(path).fullmatch(url)]
    ranks = {path: [(_GREEDY in step) + ("{}" in step) for step in path.split("/")] for path in matching}
    return min(matching, key=ranks.__getitem__, default=None)


def _pattern(path: str) -> re.Pattern[str]:
    literals = map(re.escape, re.split(r"\{\}\+?", path))
    return re.compile(("(.+)" if path.endswith(_GREEDY) else "([^/]+)").join(literals))


def _was_allowed(loser: OperationNode, path: str, url: str, schemas: DocumentSchemas) -> bool:
    """Whether the old contract allows what the URL has in the place of the parameters.

    `/products/search` takes nothing from `/products/{id}` where an id is a number.
    """
    found = _pattern(path).fullmatch(url)
    values = zip(template_names(loser.path), found.groups() if found else (), strict=True)
    declared = {each.read("name"): value_schema(each) for each in parameters(loser) if each.read("in") == "path"}
    return all(_ANYTHING in text or _is_allowed(unquote(text), declared.get(key), schemas) for key, text in values)


def _is_allowed(text: str, schema: Node | None, schemas: DocumentSchemas) -> bool:
    match type_name(schema):
        case "string":
            return schemas.part(schema, "request").is_valid(text)
        case "integer" | "number":
            return re.fullmatch("[-+0-9.eE]+", text) is not None
        case "boolean":
            return text in ("true", "false")
    return True


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
