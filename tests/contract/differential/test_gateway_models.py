"""API Gateway's request validator refuses no request that the compiled engine takes, by any contract.

It goes by the models and the required parameters of the imported body: JSON Schema draft 4, as `jsonschema` has it.
CI looks at some hundred documents, always the same. `--hypothesis-profile=long` looks at many more.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qs

from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from contract.gateway_event import RawRequest
from contract.http_syntax import is_json, parse_media_type
from contract.problems import Refusal
from contract_compiler.api_gateway.body import import_body
from contract_compiler.diagnostics import InvalidDocument
from contract_compiler.document import Node, load, parse
from contract_compiler.output import json_text
from local_aws.asgi import HttpRequest
from local_aws.gateway.call import Call
from local_aws.gateway.lambda_proxy import proxy_event
from local_aws.gateway.stage import Stage
from tests.contract.differential.compiled import compiled
from tests.contract.differential.documents import METHOD, OPERATION, documents
from tests.contract.differential.requests import Requests

LONG = settings.get_current_profile_name() == "long"
SETTINGS = settings(
    max_examples=5_000 if LONG else 150,
    derandomize=not LONG,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
BODIES, QUERIES = 12, 6
GATEWAY_SETTINGS = Path(__file__).parents[3] / "openapi/apigateway.yaml"


def test_no_model_refuses_a_body_that_a_random_contract_takes() -> None:
    checked = 0

    @SETTINGS
    @given(documents(), st.integers(0, 2**32 - 1))
    def refuses_nothing(document: dict[str, Any], seed: int) -> None:
        nonlocal checked
        bodies = _importable(document, "/things", {"requestBody": _body(document)})
        gateway, method = _imported(bodies)
        for request in _accepted(bodies, BODIES, Random(seed)):
            for model, value in _validated(method, gateway, request):
                checked += 1
                assert [error.message for error in model.iter_errors(value)] == [], json_text(bodies)

    refuses_nothing()
    assert checked > SETTINGS.max_examples


def test_no_query_parameter_is_required_of_a_request_that_a_random_contract_takes_without_it() -> None:
    checked = 0

    @SETTINGS
    @given(documents(), st.integers(0, 2**32 - 1))
    def refuses_nothing(document: dict[str, Any], seed: int) -> None:
        nonlocal checked
        [(path, item)] = document["paths"].items()
        # Random parameters are seldom required and never blank, so there is one that is.
        must = {"name": "must", "in": "query", "required": True, "schema": {"type": "integer"}}
        parameters = {"parameters": [*item["parameters"], *item[METHOD.lower()]["parameters"], must]}
        importable = _importable(document, path, parameters)
        _, method = _imported(importable)
        required = [each["name"] for each in method.get("parameters", ()) if each["in"] == "query" and each["required"]]
        for request in _accepted(importable, QUERIES, Random(seed)) if required else ():
            query = parse_qs(request.query, keep_blank_values=True)
            for name in required:
                checked += 1
                assert any(value.strip() for value in query.get(name, [])), json_text(importable)

    refuses_nothing()
    assert checked > 0


def _importable(document: dict[str, Any], path: str, operation: dict[str, Any]) -> dict[str, Any]:
    """A document with one operation of this one's, and with errors that API Gateway can send."""
    responses = {"default": {"description": "Any.", "content": {"application/json": {}}}}
    whole = {"operationId": OPERATION, "parameters": [], "responses": responses, **operation}
    return {**document, "paths": {path: {METHOD.lower(): whole}}}


def _body(document: dict[str, Any]) -> dict[str, Any]:
    """The operation's body, which must be there, under media types that API Gateway knows; made up if there is none."""
    [item] = document["paths"].values()
    content = item[METHOD.lower()].get("requestBody", {}).get("content", {})
    first = next(iter(content.values()), {"schema": {"$ref": "#/components/schemas/First"}})
    named = {name: media for name, media in content.items() if is_json(name)}
    return {"required": True, "content": {"application/vnd.thing+json": first, **named}}


def _imported(document: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The body that API Gateway imports, and the operation in it."""
    try:
        body = import_body(parse(json_text(document, sort_keys=False)), _settings())
    except InvalidDocument:
        reject()
    [item] = body["paths"].values()
    return body, item[METHOD.lower()]


@cache
def _settings() -> Node:
    value = {**load(GATEWAY_SETTINGS).value, "operations": {}, "authorizers": {}}
    return Node(value, (), value)


def _accepted(document: Mapping[str, Any], number: int, rng: Random) -> Iterator[HttpRequest]:
    """Those of so many requests that the engine takes."""
    [path] = document["paths"]
    try:
        operation = compiled(document)[OPERATION]
    except InvalidDocument:
        reject()
    requests = Requests(document, path, METHOD, rng)
    for kind in ("valid", "nearly valid") * (number // 2):
        request, path_parameters = requests.of(kind)
        try:
            call = Call(request, Stage("local"), request.path, path_parameters)
            operation.check_request(RawRequest(proxy_event(call, path, request.headers)))
        except Refusal:
            continue
        yield request


def _validated(
    method: Mapping[str, Any], body: Mapping[str, Any], request: HttpRequest
) -> Iterator[tuple[Draft4Validator, Any]]:
    """The model of the request's media type, if there is one, and what is held against it."""
    essence, _ = parse_media_type(dict(request.headers).get("content-type", "")) or ("", None)
    content = method.get("requestBody", {}).get("content", {})
    if is_json(essence) and essence in content:
        schema = {**content[essence]["schema"], "components": body["components"]}
        Draft4Validator.check_schema({"definitions": body["components"]["schemas"]})
        yield Draft4Validator(schema), json.loads(request.body, parse_float=Decimal)
