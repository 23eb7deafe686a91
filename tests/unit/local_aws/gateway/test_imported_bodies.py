"""What is no body of an API is refused before anything is served, with its place."""

from __future__ import annotations

from typing import Any

import pytest

from local_aws.gateway.imported_body import NotEmulated
from tests.unit.local_aws.gateway.apis import INTEGRATION, URI, Deployed, Json, api, proxy

METHOD = "/paths/~1things/get"


def with_integration(**integration: Any) -> Json:
    return {INTEGRATION: {"type": "aws_proxy", "httpMethod": "POST", "uri": URI, **integration}}


@pytest.mark.parametrize(
    ("method", "message"),
    [
        ({}, f"{METHOD}: {INTEGRATION} is missing"),
        ("text", f"{METHOD}: an object is expected"),
        (proxy(parameters={}), f"{METHOD}/parameters: a list is expected"),
        (proxy(parameters=[{"name": "a", "in": "cookie"}]), f"{METHOD}/parameters/0/in: only query, header, path"),
        (proxy(parameters=[{"name": "a", "in": "query", "required": "yes"}]), f"{METHOD}/parameters/0/required: only"),
        (with_integration(httpMethod="GET"), f"{METHOD}/{INTEGRATION}/httpMethod: only POST"),
        (with_integration(timeoutInMillis=49), f"{METHOD}/{INTEGRATION}/timeoutInMillis: a REST API waits"),
        (with_integration(timeoutInMillis=29_001), f"{METHOD}/{INTEGRATION}/timeoutInMillis: a REST API waits"),
    ],
)
def test_a_method_that_cannot_be_played_is_refused(method: Any, message: str) -> None:
    with pytest.raises(NotEmulated) as refused:
        Deployed(api({"/things": {"get": method}}))
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize("path", ["things", "/things{id}", "/{id}x", "/{rest+}/more", "/a b", "/{}"])
def test_a_path_that_api_gateway_does_not_take_is_refused(path: str) -> None:
    with pytest.raises(NotEmulated):
        Deployed(api({path: {"get": proxy()}}))


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "https://example.com/schema"},
        {"items": {"nullable": True}},
        {"anyOf": [{"example": 1}]},
        {"additionalProperties": {}},
    ],
)
def test_a_schema_that_is_no_model_is_refused_wherever_it_stands(schema: Json) -> None:
    method = proxy(requestBody={"content": {"application/json": {"schema": schema}}})
    with pytest.raises(NotEmulated, match=r"^/paths/~1things/get/requestBody/content/application~1json/schema/"):
        Deployed(api({"/things": {"get": method}}))


def test_a_body_without_a_schema_has_nothing_to_be_held_to() -> None:
    method = proxy(requestBody={"content": {"application/json": {}}})
    assert Deployed(api({"/things": {"post": method}}))("POST", "/things", content=b"{").status_code == 200
