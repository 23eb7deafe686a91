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
    services, names = set(), set()
    for node in (node for module in modules for node in ast.walk(parse(module))):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="client" | "create_client") | ast.Name(id="client" | "create_client"),
                args=[ast.Constant(value=str(service)), *_],
            ):
                services.add(service)
            case ast.Attribute(attr=name) | ast.Constant(value=str(name)):
                names.add(name)
    return AwsCalls(frozenset(services), frozenset(names))


Json = dict[str, Any]
_MODEL = "service-2.json"
# What is in a service's folder for those who ask: the method that asks, or None for documentation.
_ON_REQUEST = {"paginators": "get_paginator", "waiters": "get_waiter", "examples": None}


def trimmed(data: Path, calls: AwsCalls) -> dict[str, bytes]:
    """Relative path below botocore/data to content. Raises BuildError for a service that botocore does not know."""
    files = {path.name: _load(path) for path in sorted(data.glob("*.json"))}
    prefixes = set()
    for service in sorted(calls.services):
        versions = sorted(path.parent for path in data.glob(f"{service}/*/{_MODEL}*"))
        if not versions:
            raise BuildError(f"a client is made for {service}, of which botocore has no model")
        for path in sorted(versions[-1].iterdir()):
            name = path.name.removesuffix(".gz")
            place = f"{service}/{versions[-1].name}/{name}"
            if name == _MODEL:
                files[place] = _model(_load(path), calls.names)
                prefixes.add(files[place]["metadata"]["endpointPrefix"])
            elif _ON_REQUEST.get(name.partition("-")[0], name) in {name, *calls.names}:
                files[place] = _load(path)
    endpoints = files["endpoints.json"]
    endpoints["partitions"] = [
        {**partition, "services": {name: each for name, each in partition["services"].items() if name in prefixes}}
        for partition in endpoints["partitions"]
    ]
    return {
        path: json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode() for path, content in files.items()
    }


def _load(path: Path) -> Json:
    content = path.read_bytes()
    loaded: Json = json.loads(gzip.decompress(content) if path.suffix == ".gz" else content)
    return loaded


def _model(model: Json, names: Iterable[str]) -> Json:
    # botocore finds a service's endpoints by itself where the service asks for it, with this one operation.
    wanted = {name.replace("_", "") for name in names}
    operations = {
        name: _without_prose(operation)
        for name, operation in model["operations"].items()
        if name.lower() in wanted or operation.get("endpointoperation")
    }
    needed: set[str] = set()
    waiting = [name for operation in operations.values() for name in _references(operation)]
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting.extend(_references(model["shapes"][name]))
    # In the model's own order: a set's is another in each process, and packages are to be the same bytes.
    shapes = {name: _shape(shape) for name, shape in model["shapes"].items() if name in needed}
    return {**_without_prose(model), "operations": operations, "shapes": shapes}


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
