"""A small contract of things, and exchanges about them."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cross_check.contract_document import ContractDocument
from cross_check.second_validator import Exchange

_THING = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "maxLength": 20, "pattern": "^[a-z]+$"},
        "price": {"type": "number", "minimum": 0.01, "maximum": 999.99},
    },
}
_ANSWER = {
    "description": "A thing.",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}},
}
_RESPONSES = {"200": _ANSWER, "default": {"description": "A problem.", "content": {"application/json": {}}}}

CONTENT: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Things", "version": "1"},
    "servers": [{"url": "/"}],
    "paths": {
        "/v1/things": {
            "get": {
                "operationId": "listThings",
                "parameters": [
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 100}},
                    {"name": "token", "in": "query", "schema": {"type": "string"}},
                ],
                "responses": _RESPONSES,
            },
            "post": {
                "operationId": "createThing",
                "security": [{"keeper": []}],
                "parameters": [{"$ref": "#/components/parameters/Key"}],
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}},
                },
                "responses": _RESPONSES,
            },
        },
        "/v1/things/{thing-id}": {
            "parameters": [{"name": "thing-id", "in": "path", "required": True, "schema": {"type": "integer"}}],
            "get": {"operationId": "getThing", "responses": _RESPONSES},
            "delete": {"operationId": "deleteThing", "security": [{"keeper": []}], "responses": _RESPONSES},
        },
    },
    "components": {
        "parameters": {"Key": {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}},
        "schemas": {"Thing": _THING},
        "securitySchemes": {"keeper": {"type": "http", "scheme": "bearer", "x-allowed-groups": ["keepers", "owners"]}},
    },
}


@dataclass(frozen=True)
class Sent:
    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True)
class Answered:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def document() -> ContractDocument:
    return ContractDocument(copy.deepcopy(CONTENT))


def exchange(
    operation_id: str = "listThings",
    *,
    query: str = "",
    headers: Iterable[tuple[str, str]] = (),
    body: bytes = b"",
    path_parameters: dict[str, str] | None = None,
    status: int = 200,
    answer: object = None,
) -> Exchange:
    """An exchange whose response has a JSON body: `answer`, or a good thing."""
    operation = next(each for each in document().operations() if each.operation_id == operation_id)
    request = Sent(operation.method, "/v1/things", query, tuple(headers), body)
    content = json.dumps({"name": "spoon"} if answer is None else answer).encode()
    response = Answered(status, (("Content-Type", "application/json"),), content)
    return Exchange(operation, request, path_parameters or {}, response, "an-id")


def creation(body: bytes | str, **more: Any) -> Exchange:
    """A request to create a thing, with everything in order but perhaps the body."""
    headers = [("authorization", "Bearer x"), ("content-type", more.pop("media_type", "application/json"))]
    return exchange("createThing", headers=headers, body=body if isinstance(body, bytes) else body.encode(), **more)


def refusal(*places: tuple[str, str]) -> dict[str, Any]:
    """The body of a 400 that objects to these places."""
    return {
        "error": "Bad Request",
        "message": "No.",
        "details": [{"in": i, "field": f, "message": "no"} for i, f in places],
    }
