"""Each known difference is still one: its smallest case, which no other entry explains."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from contract.messages import Response
from cross_check.second_validator import SecondValidator
from local_aws.asgi import HttpRequest
from tests.contract.differential.compiled import compiled
from tests.contract.differential.documents import METHOD, OPERATION
from tests.contract.differential.foreign import for_any_document
from tests.contract.differential.known_differences import KNOWN_DIFFERENCES
from tests.contract.differential.objections import Comparison, objections
from tests.contract.differential.validators import Validators

Json = dict[str, Any]

TEXT: Json = {"type": "string"}
INTEGER: Json = {"type": "integer"}
JSON = ("content-type", "application/json")


def document(
    *parameters: Json, content: Json | None = None, limit: int | None = None, response: Json | None = None
) -> Json:
    body = {"requestBody": {"content": content, **({"x-max-bytes": limit} if limit else {})}} if content else {}
    operation = {
        "operationId": OPERATION,
        "parameters": list(parameters),
        "responses": {"200": {"description": "An answer.", **(response or {})}, "default": {"description": "Another."}},
        **body,
    }
    path = "/things" + "".join(f"/{{{each['name']}}}" for each in parameters if each["in"] == "path")
    return {
        "openapi": "3.0.3",
        "info": {"title": "One difference", "version": "1"},
        "paths": {path: {METHOD.lower(): operation}},
    }


def parameter(place: str, schema: Json, **more: Any) -> Json:
    return {"name": "p", "in": place, "schema": schema, **({"required": True} if place == "path" else {}), **more}


def asked(
    contract: Json,
    path: str = "",
    query: str = "",
    headers: tuple[tuple[str, str], ...] = (),
    body: bytes = b"",
) -> Comparison:
    validators = Validators(contract, compiled(contract), for_any_document(contract))
    route = validators.operations[OPERATION].path
    request = HttpRequest(METHOD, route.replace("{p}", path), query, headers, body, "127.0.0.1")
    return validators.of_request(OPERATION, request, {"p": path} if path else {})


def answered(response: Response, declared: Json) -> Comparison:
    contract = document(response=declared)
    # openapi-core as it comes: what it thinks of formats is the point.
    return Validators(contract, compiled(contract), SecondValidator(contract)).of_response(OPERATION, response)


def json_body(schema: Json) -> Json:
    return {"content": {"application/json": {"schema": schema}}}


def json_answer(body: Any, schema: Json) -> Comparison:
    return answered(Response(200, body, {"Content-Type": "application/json"}), json_body(schema))


CASES: dict[str, Callable[[], Comparison]] = {
    "ignores query parameters": lambda: asked(document(), query="unknown=1"),
    "one of several values": lambda: asked(document(parameter("query", TEXT)), query="p=a&p=b"),
    "x-max-bytes": lambda: asked(document(**json_body(TEXT), limit=3), headers=(JSON,), body=b'"text"'),
    "reads literals": lambda: asked(document(parameter("query", INTEGER)), query="p=%2B7"),
    "without its parameters": lambda: asked(
        document(**json_body(TEXT)), headers=(("content-type", "application/json;charset"),), body=b'""'
    ),
    "a media type range matches": lambda: asked(
        document(content={"application/*": {"schema": TEXT}}),
        headers=(("content-type", "application/xml"),),
        body=b'""',
    ),
    "no double can hold": lambda: asked(document(**json_body({})), headers=(JSON,), body=b"1e400"),
    "stray percent signs": lambda: asked(document(parameter("path", TEXT)), path="%zz"),
    "drops a name without a value": lambda: asked(
        document(parameter("header", {"type": "object"})), headers=(("p", "a,1,b"),)
    ),
    "first character of a label": lambda: asked(document(parameter("path", TEXT, style="label")), path="ab"),
    "hostname nor uri": lambda: asked(document(parameter("query", {**TEXT, "format": "uri"})), query="p=nope"),
    "before a last line break": lambda: json_answer("2025-01-31T08:30:00Z\n", {**TEXT, "format": "date-time"}),
    "where the contract declares none": lambda: answered(Response(200, {"a": 1}), {}),
    "looks like as text": lambda: answered(
        Response(200, 1, {"Content-Type": "text/plain"}), {"content": {"text/plain": {"schema": TEXT}}}
    ),
    "can be sent at all": lambda: answered(
        Response(200, None, {"X-Answer": "\u00e9"}), {"headers": {"X-Answer": {"schema": TEXT}}}
    ),
    "splits lists at every delimiter": lambda: asked(
        document(parameter("path", {"type": "array", "items": TEXT, "maxItems": 1})), path="a%2Cb"
    ),
    "empty elements of a header's list": lambda: asked(
        document(parameter("header", {"type": "array", "items": {**TEXT, "minLength": 1}})), headers=(("p", "a,,b"),)
    ),
    "empty in the query": lambda: asked(
        document(parameter("query", {"type": "array", "items": TEXT}, explode=False)), query="p="
    ),
    "matrix parameter with a line break": lambda: asked(
        document(parameter("path", TEXT, style="matrix")), path=";p=a%0Ab"
    ),
    "takes the default": lambda: asked(document(parameter("query", {**INTEGER, "default": 1}, required=True))),
    "additional fields of an object": lambda: asked(
        document(parameter("header", {"type": "object", "additionalProperties": INTEGER})), headers=(("p", "a,1"),)
    ),
    "leap seconds": lambda: json_answer("2016-12-31T23:59:60Z", {**TEXT, "format": "date-time"}),
    "format byte": lambda: json_answer("\u00e9", {"not": {**TEXT, "format": "byte"}}),
    "names no Content-Type": lambda: answered(Response(200, "text"), json_body(TEXT)),
    "no bytes for no body": lambda: json_answer(None, {**TEXT, "nullable": True}),
}


@pytest.mark.parametrize("words", CASES)
def test_a_known_difference_is_still_one(words: str) -> None:
    comparison = CASES[words]()
    entry = next(each for each in KNOWN_DIFFERENCES if words in each.reason)
    assert not comparison.agreed
    for objection in objections(comparison):
        assert [each.reason for each in KNOWN_DIFFERENCES if each.covers(comparison, objection)] == [entry.reason]


def test_every_known_difference_has_its_case() -> None:
    named = {each.reason: [words for words in CASES if words in each.reason] for each in KNOWN_DIFFERENCES}
    assert [reason for reason, words in named.items() if len(words) != 1] == []
