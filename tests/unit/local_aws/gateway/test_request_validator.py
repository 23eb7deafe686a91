from __future__ import annotations

from typing import Any

import pytest

from local_aws.gateway.imported_body import NotEmulated
from tests.unit.local_aws.gateway.apis import VALIDATOR, VALIDATORS, Deployed, Json, api, proxy

MODEL: Json = {
    "type": "object",
    "required": ["name"],
    "properties": {"name": {"$ref": "#/components/schemas/Name"}, "price": {"type": "number", "minimum": 0.01}},
}
METHOD = proxy(
    parameters=[
        {"name": "q", "in": "query", "required": True, "schema": {"type": "integer"}},
        {"name": "X-Key", "in": "header", "required": True, "schema": {"type": "string"}},
        {"name": "other", "in": "query", "required": False, "schema": {"type": "string"}},
    ],
    requestBody={"required": True, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}},
)
GOOD: Json = {"headers": {"X-Key": "k"}, "json": {"name": "spoon", "price": 0.01}}


def body(validator: str | None, model: Json = MODEL) -> Json:
    schemas = {"Thing": model, "Name": {"type": "string", "maxLength": 5}}
    chosen = {} if validator is None else {VALIDATOR: validator}
    validators = {
        name: {"validateRequestParameters": name != "body", "validateRequestBody": name != "parameters"}
        for name in ("parameters", "body", "all")
    }
    return api({"/things": {"post": METHOD}}, components={"schemas": schemas}, **{VALIDATORS: validators}, **chosen)


def test_a_good_request_passes() -> None:
    assert Deployed(body("all"))("POST", "/things?q=x", **GOOD).status_code == 200


@pytest.mark.parametrize("query", ["", "?q=", "?q=%20", "?Q=1", "?other=1"])
def test_a_required_query_parameter_that_is_missing_or_blank_is_400(query: str) -> None:
    response = Deployed(body("parameters"))("POST", f"/things{query}", **GOOD)
    assert (response.status_code, response.json()) == (400, {"message": "Missing required request parameters: [q]"})


def test_a_required_header_that_is_missing_is_400() -> None:
    response = Deployed(body("parameters"))("POST", "/things?q=1")
    assert response.json() == {"message": "Missing required request parameters: [X-Key]"}


def test_types_of_parameters_are_nobodys_business() -> None:
    assert Deployed(body("parameters"))("POST", "/things?q=no-number", **GOOD).status_code == 200


@pytest.mark.parametrize(
    "content", [b"{}", b"", b"[]", b"{", b"\xff", b'{"name": 1}', b'{"name": "too long"}', b'{"name": "a", "price": 0}']
)
def test_a_body_that_is_not_as_its_model_is_400(content: bytes) -> None:
    response = Deployed(body("body"))("POST", "/things", content=content)
    assert (response.status_code, response.json()) == (400, {"message": "Invalid request body"})


def test_a_body_of_another_media_type_is_not_validated() -> None:
    headers = {"Content-Type": "text/plain"}
    assert Deployed(body("body"))("POST", "/things", headers=headers, content=b"{").status_code == 200


def test_parameters_of_the_media_type_do_not_matter() -> None:
    headers = {"Content-Type": "Application/JSON; charset=utf-8"}
    assert Deployed(body("body"))("POST", "/things", headers=headers, content=b"{").status_code == 400


@pytest.mark.parametrize(("validator", "status"), [("parameters", 200), (None, 200), ("body", 400)])
def test_a_body_is_validated_only_on_demand(validator: str | None, status: int) -> None:
    options: Any = {"headers": {"X-Key": "k"}, "content": b"{"}
    assert Deployed(body(validator))("POST", "/things?q=1", **options).status_code == status


def test_a_method_can_choose_a_validator_of_its_own() -> None:
    content = body("all")
    content["paths"] = {"/things": {"post": {**METHOD, VALIDATOR: "body"}}}
    assert Deployed(content)("POST", "/things", json={"name": "spoon"}).status_code == 200


def test_parameters_of_a_path_count_for_its_methods() -> None:
    content = body("parameters")
    content["paths"] = {"/things": {"parameters": METHOD["parameters"], "get": proxy()}}
    assert Deployed(content)("GET", "/things").status_code == 400


def test_a_validator_that_is_not_declared_is_refused() -> None:
    with pytest.raises(NotEmulated, match="no such request validator"):
        Deployed(body("none"))


@pytest.mark.parametrize("keyword", ["nullable", "example", "minItems", "discriminator", "format"])
def test_what_models_do_not_have_is_refused(keyword: str) -> None:
    model = {**MODEL, "properties": {"name": {"type": "string", keyword: 1}}}
    with pytest.raises(NotEmulated, match=f"^/components/schemas/Thing/properties/name/{keyword}: "):
        Deployed(body("all", model))
