"""Hand-written compiled tables and events, small enough to read."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from contract.gateway_event import RawRequest
from contract.operation import Operation
from contract.problems import Refusal, Violation

EVENTS = Path(__file__).parents[2] / "fixtures" / "events"

Json = dict[str, Any]

PROBLEM: Json = {
    "type": "object",
    "additionalProperties": False,
    "required": ["error", "message"],
    "properties": {
        "error": {"type": "string"},
        "message": {"type": "string"},
        "requestId": {"type": "string"},
        "details": {"type": "array", "items": {"type": "object", "required": ["in", "field", "message"]}},
    },
}


def header(schema: Json, *, required: bool = True, **more: Any) -> Json:
    shape = {"type": schema.get("type", "any")}
    return {"required": required, "style": "simple", "explode": False, "shape": shape, "schema": schema, **more}


NO_STORE = header({"type": "string", "enum": ["no-store"]}, constant="no-store")
REQUEST_ID = header({"type": "string", "minLength": 1})


def answer(schema: Json | None = None, media_type: str = "application/json", **headers: Json) -> Json:
    content = {} if schema is None else {media_type: {"schema": schema}}
    return {"headers": {name.replace("_", "-"): each for name, each in headers.items()}, "content": content}


def problem() -> Json:
    return answer(PROBLEM, Cache_Control=NO_STORE, X_Request_Id=REQUEST_ID)


def parameter(where: str, name: str, schema: Json, **more: Any) -> Json:
    style = {"path": "simple", "query": "form", "header": "simple", "cookie": "form"}[where]
    return {
        "in": where,
        "name": name,
        "required": where == "path",
        "style": style,
        "explode": style == "form",
        "allowEmptyValue": False,
        "shape": {"type": schema.get("type", "any")},
        "schema": schema,
        **more,
    }


def body(schema: Json | None, media_type: str = "application/json", **more: Any) -> Json:
    entry: Json = {"defaults": more.pop("defaults", {})} | ({} if schema is None else {"schema": schema})
    return {"required": True, "maxBytes": None, "content": {media_type: entry}, **more}


def table(**parts: Any) -> Json:
    return {
        "format": 1,
        "operationId": "doThing",
        "method": "POST",
        "path": "/things",
        "security": [],
        "securitySchemes": {},
        "parameters": [],
        "requestBody": None,
        "responses": {"200": answer({"type": "object"}, X_Request_Id=REQUEST_ID), "4XX": problem(), "500": problem()},
        "definitions": {},
        **parts,
    }


def operation(*parameters: Json, **parts: Any) -> Operation:
    return Operation(table(parameters=list(parameters), **parts))


def event(**parts: Any) -> Json:
    """A POST as a REST API sends it, with everything that can be null being null."""
    return {
        "resource": "/things",
        "path": "/things",
        "httpMethod": "POST",
        "headers": None,
        "multiValueHeaders": None,
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {"requestId": "r-1", "path": "/dev/things", "authorizer": None},
        "body": None,
        "isBase64Encoded": False,
        **parts,
    }


def sent(
    *,
    path: Mapping[str, str] | None = None,
    query: Mapping[str, list[str]] | None = None,
    headers: Mapping[str, list[str]] | None = None,
    **parts: Any,
) -> RawRequest:
    return RawRequest(
        event(pathParameters=path, multiValueQueryStringParameters=query, multiValueHeaders=headers, **parts)
    )


def sent_json(text: str | bytes, content_type: str = "application/json", **parts: Any) -> RawRequest:
    data = text if isinstance(text, bytes) else text.encode()
    encoded = base64.b64encode(data).decode()
    return sent(headers={"Content-Type": [content_type]}, body=encoded, isBase64Encoded=True, **parts)


def recorded(name: str) -> Json:
    loaded: Json = json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


def refusal(checked: Operation, raw: RawRequest) -> Refusal:
    """The refusal of a request; fails when the request is accepted."""
    try:
        checked.check_request(raw)
    except Refusal as refused:
        return refused
    raise AssertionError("the request was accepted")


def violations(checked: Operation, raw: RawRequest) -> list[tuple[str, str]]:
    """Field and message of each violation, in their order."""
    return [(violation.field, violation.message) for violation in details(checked, raw)]


def details(checked: Operation, raw: RawRequest) -> list[Violation]:
    refused = refusal(checked, raw)
    assert refused.status == 400
    return list(refused.details)
