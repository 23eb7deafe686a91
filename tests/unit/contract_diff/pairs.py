"""A small contract, and what can be done to it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, TypeAlias

from contract_compiler.document import Node
from contract_compiler.lint import readable
from contract_diff.changes import Change
from contract_diff.comparison import compare

Document: TypeAlias = "dict[str, Any]"

GONE = object()
BODY = "/paths/~1v1~1things~1{id}/put/requestBody"
ANSWER = "/paths/~1v1~1things~1{id}/put/responses/200"
IN, OUT = f"{BODY}/content/application~1json/schema", f"{ANSWER}/content/application~1json/schema"
OPERATION = "/paths/~1v1~1things~1{id}/put"

_CONTRACT: Document = {
    "openapi": "3.0.3",
    "info": {"title": "Things", "version": "1.2.3", "description": "Of things."},
    "paths": {
        "/v1/things/{id}": {
            "put": {
                "operationId": "putThing",
                "description": "Puts one.",
                "security": [{"user": []}],
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
                    {"name": "q", "in": "query", "schema": {"type": "string", "default": "a"}},
                ],
                "requestBody": {"content": {"application/json": {"schema": {}}}},
                "responses": {
                    "200": {
                        "description": "Put.",
                        "headers": {"X-One": {"schema": {"type": "string"}}},
                        "content": {"application/json": {"schema": {}}},
                    },
                    "404": {"description": "Not there."},
                },
            },
            "get": {
                "operationId": "getThing",
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "responses": {"200": {"description": "This one."}},
            },
        }
    },
    "components": {
        "schemas": {},
        "securitySchemes": {
            "user": {"type": "http", "scheme": "bearer", "x-allowed-groups": ["a", "b"]},
            "robot": {"type": "http", "scheme": "basic"},
        },
    },
}


def contract(edits: dict[str, Any] | None = None) -> Document:
    """The contract with other values at these pointers; GONE takes one away, `-` at the end of a pointer appends."""
    document = deepcopy(_CONTRACT)
    for pointer, value in (edits or {}).items():
        *way, last = (step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])
        holder: Any = document
        for step in way:
            holder = holder[int(step) if isinstance(holder, list) else step]
        _put(holder, last, value)
    return document


def changes(old: Document, new: Document) -> list[Change]:
    """The changes from the one to the other; both must be documents that can be compared."""
    nodes = [Node(each, (), each) for each in (old, new)]
    for node in nodes:
        readable(node)
    return compare(*nodes)


def rules(old: Document, new: Document) -> list[str]:
    """By which rules."""
    return [change.rule for change in changes(old, new)]


def _put(holder: Any, last: str, value: Any) -> None:
    if last == "-":
        holder.append(value)
        return
    key = int(last) if isinstance(holder, list) else last
    if value is GONE:
        del holder[key]
    else:
        holder[key] = value
