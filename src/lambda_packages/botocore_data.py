"""botocore's data folder, cut to the AWS calls that a function makes, which are read off its modules' source.

The whole of it describes every AWS service and takes most of the time that making a client takes: endpoints.json alone
is over a megabyte. Kept are, unchanged in meaning:
    the newest model of each service called, with the operations called and the shapes that they reach, without prose
    the rules that make a service's endpoint from region, FIPS, dual stack and account, whole
    every partition and region in endpoints.json, with the services called
    what botocore reads for any service (partitions, retries, defaults), whole
Paginators and waiters stay if the code asks for one. Plain JSON, not gzip: the zip packs it, and it opens faster.
"""

from __future__ import annotations

import ast
import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lambda_packages.imports import Module, parse
from lambda_packages.target import BuildError

_CLIENT_MAKERS = frozenset({"client", "create_client"})


@dataclass(frozen=True)
class AwsCalls:
    """`services` that clients are made for, and all `names` that the code uses: operations are among them."""

    services: frozenset[str]
    names: frozenset[str]


def aws_calls(modules: Iterable[Module]) -> AwsCalls:
    """The calls that Python modules make, not those of anything that they import.

    A call on a botocore client is an attribute with the operation's name in snake case; the name as a string counts
    too, for code that picks its call by name. One too many costs a few hundred bytes; one too few is an AttributeError.
    """
    nodes = [node for module in modules for node in ast.walk(parse(module))]
    return AwsCalls(frozenset(_services(nodes)), frozenset(_names(nodes)))


def _services(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Call) and _called(node) in _CLIENT_MAKERS:
            yield from (text for argument in node.args[:1] for text in _text(argument))


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _names(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Attribute):
            yield node.attr
        yield from _text(node)


def _text(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


Json = dict[str, Any]
_MODEL = "service-2.json"
# What is in a service's folder for those who ask: the method that asks, or None for documentation.
_ON_REQUEST = {"paginators": "get_paginator", "waiters": "get_waiter", "examples": None}


def trimmed(data: Path, calls: AwsCalls) -> dict[str, bytes]:
    """Relative path below botocore/data to content. Raises BuildError for a service that botocore does not know."""
    services = [(name, _newest(data, name)) for name in sorted(calls.services)]
    files = {path.name: _load(path) for path in sorted(data.glob("*.json"))}
    for name, folder in services:
        files |= {f"{name}/{folder.name}/{file}": content for file, content in _service(folder, calls)}
    models = [files[f"{name}/{folder.name}/{_MODEL}"] for name, folder in services]
    prefixes = {model["metadata"]["endpointPrefix"] for model in models}
    files["endpoints.json"] = _endpoints(files["endpoints.json"], prefixes)
    return {path: _dump(content) for path, content in files.items()}


def _newest(data: Path, service: str) -> Path:
    versions = sorted(path.parent for path in data.glob(f"{service}/*/{_MODEL}*"))
    if not versions:
        raise BuildError(f"a client is made for {service}, of which botocore has no model")
    return versions[-1]


def _service(folder: Path, calls: AwsCalls) -> Iterator[tuple[str, Json]]:
    for path in sorted(folder.iterdir()):
        name = path.name.removesuffix(".gz")
        if name == _MODEL:
            yield name, _model(_load(path), calls.names)
        elif _ON_REQUEST.get(name.partition("-")[0], name) in {name, *calls.names}:
            yield name, _load(path)


def _model(model: Json, names: Iterable[str]) -> Json:
    # botocore finds a service's endpoints by itself where the service asks for it, with this one operation.
    wanted = {name.replace("_", "") for name in names}
    operations = {
        name: _without_prose(operation)
        for name, operation in model["operations"].items()
        if name.lower() in wanted or operation.get("endpointoperation")
    }
    needed = _reachable(operations.values(), model["shapes"])
    # In the model's own order: a set's is another in each process, and packages are to be the same bytes.
    shapes = {name: _shape(shape) for name, shape in model["shapes"].items() if name in needed}
    return {**_without_prose(model), "operations": operations, "shapes": shapes}


def _reachable(operations: Iterable[Json], shapes: Json) -> set[str]:
    found: set[str] = set()
    waiting = [name for operation in operations for name in _references(operation)]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(_references(shapes[name]))
    return found


def _references(value: object) -> Iterator[str]:
    """Every shape named at any depth: {"shape": NAME}. A member that is called shape holds a dict, not a name."""
    if isinstance(value, dict):
        if isinstance(value.get("shape"), str):
            yield value["shape"]
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _references(each)


def _shape(shape: Json) -> Json:
    """Member names are the service's own, `documentation` may be one: prose is taken off what they stand for."""
    members = {name: _without_prose(member) for name, member in shape.get("members", {}).items()}
    prose_free = {
        key: _without_prose(value) if key in {"key", "value", "member"} else value
        for key, value in _without_prose(shape).items()
    }
    return {**prose_free, "members": members} if "members" in shape else prose_free


def _without_prose(value: Json) -> Json:
    return {key: each for key, each in value.items() if key != "documentation"}


def _endpoints(endpoints: Json, prefixes: set[str]) -> Json:
    def cut(partition: Json) -> Json:
        services = {name: each for name, each in partition["services"].items() if name in prefixes}
        return {**partition, "services": services}

    return {**endpoints, "partitions": [cut(partition) for partition in endpoints["partitions"]]}


def _load(path: Path) -> Json:
    content = path.read_bytes()
    loaded: Json = json.loads(gzip.decompress(content) if path.suffix == ".gz" else content)
    return loaded


def _dump(content: Json) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
