"""Whatever a client sends, the answer is the service's or a refusal: never a 500."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from contract.lambda_handler import lambda_handler
from contract.messages import Response
from tests.unit.contract.tables import REQUEST_ID, Json, answer, body, event, operation, parameter, problem

ITEMS: Json = {"type": "array", "items": {"type": "integer", "maximum": 9}}
FIELDS: Json = {"type": "object", "properties": {"R": {"type": "integer"}}, "additional": {"type": "number"}}
SCHEMA: Json = {
    "type": "object",
    "required": ["a"],
    "properties": {
        "a": {"oneOf": [{"type": "string", "pattern": "^x+$"}, ITEMS]},
        "n": {"type": "integer", "x-integer-literal": True},
        "t": {"$ref": "#/$defs/Tree"},
    },
    "additionalProperties": False,
}
TREE: Json = {"type": "object", "properties": {"t": {"$ref": "#/$defs/Tree"}}, "maxProperties": 1}

HANDLER = lambda_handler(
    operation(
        parameter("path", "p", ITEMS, shape=ITEMS, style="matrix", explode=True),
        parameter("path", "l", {"type": "object"}, shape=FIELDS, style="label"),
        parameter("query", "q", {"type": "object"}, shape=FIELDS, style="deepObject"),
        parameter("query", "j", SCHEMA, shape={"type": "any"}, media="application/json"),
        parameter("query", "n", {"type": "number", "minimum": 0}),
        parameter("header", "h", ITEMS, shape=ITEMS),
        parameter("cookie", "c", {"type": "boolean"}),
        requestBody=body(SCHEMA, maxBytes=200),
        responses={"200": answer(X_Request_Id=REQUEST_ID), "4XX": problem(), "500": problem()},
        definitions={"Tree": TREE},
    ),
    lambda request: Response(200),
)

TEXT = st.text(max_size=8) | st.text("pRqlnj,=;.[]%{}\"':0123456789+-eE\ud800", max_size=12)


def mapping(*names: str) -> st.SearchStrategy[dict[str, list[str]]]:
    return st.dictionaries(st.sampled_from(names) | TEXT, st.lists(TEXT, max_size=2), max_size=4)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ant") | TEXT, inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None)
@given(
    path=st.none() | st.dictionaries(st.sampled_from("pl"), TEXT),
    query=st.none() | mapping("q[R]", "q[", "j", "n"),
    headers=st.none() | mapping("h", "cookie"),
    media_type=st.sampled_from(["application/json", "application/json;", "text/plain"]) | TEXT,
    content=TEXT | VALUES.map(json.dumps),
    is_base64=st.booleans(),
)
def test_no_request_is_a_500(  # noqa: PLR0917  (each is one part of the request)
    path: Any, query: Any, headers: Any, media_type: str, content: str, is_base64: bool
) -> None:
    answered = HANDLER(
        event(
            pathParameters=path,
            multiValueQueryStringParameters=query,
            multiValueHeaders={**(headers or {}), "Content-Type": [media_type]},
            body=content,
            isBase64Encoded=is_base64,
        ),
        None,
    )
    assert answered["statusCode"] in {200, 400, 413, 415}
    json.loads(answered["body"] or "{}")
    answered["body"].encode()
