"""The examples of the contract, sent as tools send them to a catalogue just started, get the documented answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

import pytest

from contract_compiler.document import Node, follow, load
from contract_compiler.traversal import OperationNode, operations, walk
from tests.served import ROOT, Served, served

DOCUMENT = load(ROOT / "openapi" / "products.yaml")
ILLUSTRATION = "x-illustration"
READS_FIRST = ("GET", "POST", "PUT", "DELETE")


@dataclass(frozen=True)
class Sent:
    """A request made of examples alone."""

    operation: OperationNode
    name: str
    parameters: dict[str, dict[str, str]]
    body: bytes | None

    @property
    def documented(self) -> int:
        return next(int(status) for status in self.operation.node["responses"].value if status.startswith("2"))

    def to(self, url: str, token: str) -> Request:
        path = self.operation.path
        for name, value in self.parameters.get("path", {}).items():
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
        query = urlencode(self.parameters.get("query", {}))
        headers = {**self.parameters.get("header", {}), "Authorization": f"Bearer {token}"}
        headers |= {} if self.body is None else {"Content-Type": "application/json"}
        return Request(f"{url}{path}?{query}", self.body, headers, method=self.operation.method)


def declared(operation: OperationNode) -> list[Node]:
    parameters = operation.node.get("parameters")
    return [] if parameters is None else [*map(follow, parameters.elements())]


def parameter_examples(operation: OperationNode) -> dict[str, dict[str, str]]:
    """The values by place and name that a tool fills in: a parameter's own or, as Swagger UI does, its schema's."""
    found: dict[str, dict[str, str]] = {}
    for parameter in declared(operation):
        schema = follow(parameter["schema"])
        value = parameter.read("example", schema.read("example", schema.read("default")))
        if value is not None:
            found.setdefault(parameter.read("in"), {})[parameter.read("name")] = str(value)
    return found


def body_examples(operation: OperationNode) -> Iterator[tuple[str, bytes | None]]:
    body = operation.node.get("requestBody")
    if body is None:
        yield "without a body", None
        return
    for name, example in follow(body)["content"]["application/json"]["examples"].entries():
        yield name, json.dumps(follow(example).read("value"), default=float).encode()


def sent() -> list[Sent]:
    """Those for which every required parameter has an example, and not an illustration only."""
    ordered = sorted(operations(DOCUMENT), key=lambda each: READS_FIRST.index(each.method))
    return [
        Sent(operation, name, parameter_examples(operation), body)
        for operation in ordered
        for name, body in body_examples(operation)
        if all(
            each.read("name") in parameter_examples(operation).get(each.read("in"), {})
            for each in declared(operation)
            if each.read("required")
        )
    ]


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(Path(tmp_path_factory.mktemp("served"))) as running:
        yield running


@pytest.fixture(scope="module")
def token(catalogue: Served) -> str:
    return catalogue.token("platform-admin")


@pytest.mark.parametrize("example", sent(), ids=lambda each: f"{each.operation.operation_id}-{each.name}")
def test_an_example_gets_the_answer_that_is_documented(catalogue: Served, token: str, example: Sent) -> None:
    try:
        with urlopen(example.to(catalogue.url, token)) as response:
            status, text = response.status, ""
    except HTTPError as refused:
        status, text = refused.code, refused.read().decode()
    assert status == example.documented, text


def described() -> list[Node]:
    """The parameters, the headers, and the schemas with a name: components and properties."""
    parts = [part for part in walk(DOCUMENT) if "$ref" not in part.node]
    named = [part.node for part in parts if part.kind in ("parameter", "header")]
    schemas = [part.node for part in parts if part.kind == "schema"]
    return [*named, *(node for node in schemas if node.path[-2] in ("schemas", "properties"))]


@pytest.mark.parametrize("node", described(), ids=lambda node: node.pointer)
def test_everything_with_a_name_has_a_description_and_an_example(node: Node) -> None:
    assert node.read("description"), "has no description"
    assert any(_examples(node)), f"has no example (or {ILLUSTRATION}, where none can be sent)"


def _examples(node: Node) -> Iterator[Any]:
    """An example here, or in the one schema that this is; an object's and an array's are those of its parts."""
    yield from (key in node for key in ("example", "examples", ILLUSTRATION, "enum", "default"))
    if "schema" in node:
        yield from _examples(follow(node["schema"]))
    if "allOf" in node:
        yield from _examples(follow(node["allOf"][0]))
    yield node.read("type") in ("object", "array")
