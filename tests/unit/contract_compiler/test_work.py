"""The work of compiling is counted in calls, for a clock tells the load of the machine as well."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import pytest

from contract_compiler.document import Node
from contract_compiler.lint import lint
from contract_compiler.operation_tables import operation_table
from contract_compiler.schemas import Schemas
from contract_compiler.traversal import operations

ANY = {"description": "Any answer.", "content": {"*/*": {}}}


def compile_tables(document: Node) -> None:
    lint(document, strict=True)
    schemas = Schemas()
    for operation in operations(document):
        operation_table(operation, schemas)


def calls(document: Node) -> int:
    """How many functions of the compiler are called to compile the document."""
    count = 0

    def counted(frame: FrameType, event: str, _: object) -> None:
        nonlocal count
        count += event == "call" and "contract_compiler" in frame.f_code.co_filename

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        compile_tables(document)
    finally:
        sys.setprofile(before)
    return count


def document(schemas: dict[str, Any], bodies: int) -> Node:
    """A document with these schemas, and with as many operations that take the first of them."""
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{next(iter(schemas))}"}}}
    paths = {
        f"/things{n}": {
            "post": {
                "operationId": f"make{n}",
                "requestBody": {"content": content},
                "responses": {"200": {"description": "It.", "content": content}, "default": ANY},
            }
        }
        for n in range(bodies)
    }
    root = {
        "openapi": "3.0.3",
        "info": {"title": "Things", "version": "1"},
        "paths": paths,
        "components": {"schemas": schemas},
    }
    return Node(root, (), root)


def to(number: int) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/Thing{number}"}


def knotted(size: int) -> Node:
    """Every schema leads to every other, and every operation to them all."""
    return document(
        {
            f"Thing{n}": {
                "type": "object",
                "properties": {"id": {"type": "string", "readOnly": True}, "a": to((n + 1) % size), "b": to(n // 2)},
            }
            for n in range(size)
        },
        size,
    )


def diamonds(keyword: str, size: int) -> Node:
    """Every schema names the next one twice."""
    schemas: dict[str, Any] = {
        f"Thing{n}": {keyword: [to(n + 1), {"description": "Or so.", keyword: [to(n + 1)]}]} for n in range(size)
    }
    schemas[f"Thing{size}"] = {"type": "object", "properties": {"size": {"type": "integer", "default": 1}}}
    return document(schemas, 1)


def test_twice_as_many_schemas_and_operations_are_about_twice_the_work() -> None:
    assert calls(knotted(40)) < 2.5 * calls(knotted(20))


@pytest.mark.parametrize("keyword", ["allOf", "oneOf", "anyOf"])
def test_diamonds_do_not_double_the_work_with_each_level(keyword: str) -> None:
    # A schema of 40 levels is read at each of them, so the square is the bound; a doubling would be 2 ** 20.
    assert calls(diamonds(keyword, 40)) < 4 * calls(diamonds(keyword, 20))
