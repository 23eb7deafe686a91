"""The import body has what API Gateway needs, leaves out what it cannot take, and keeps what the contract says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from contract_compiler.api_gateway.body import render
from contract_compiler.api_gateway.settings import DEFAULT_TYPES, RESPONSE_TYPES
from contract_compiler.diagnostics import InvalidDocument
from contract_compiler.document import Node, load, parse
from contract_compiler.json_text import json_text

PROJECT = Path(__file__).parents[3]
INTEGRATION = "x-amazon-apigateway-integration"
ANY_METHOD = "x-amazon-apigateway-any-method"
GATEWAY_RESPONSES = "x-amazon-apigateway-gateway-responses"


@pytest.fixture(scope="module")
def contract() -> Node:
    return load(PROJECT / "openapi/products.yaml")


@pytest.fixture(scope="module")
def settings() -> Node:
    return load(PROJECT / "openapi/apigateway.yaml")


@pytest.fixture(scope="module")
def body(contract: Node, settings: Node) -> dict[str, Any]:
    return render(contract, settings)


THINGS = """
openapi: 3.0.3
info: {title: Things, version: 1.2.3}
security: [{member: []}]
paths:
  /things/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string, maxLength: 5}}
    get:
      operationId: getThing
      parameters:
        - {name: limit, in: query, required: true, schema: {type: integer, minimum: 1}}
        - {name: ids, in: query, schema: {type: array, items: {type: integer}}}
        - {name: session, in: cookie, schema: {type: string}}
      responses: &responses
        '200': {description: It.}
        default:
          description: Something is wrong.
          content:
            application/json:
              schema: {type: object, required: [error, message]}
    put:
      operationId: putThing
      description: 'Costs ${5} or %{6}.'
      requestBody:
        content:
          application/json:
            schema:
              type: object
              additionalProperties: false
              required: [id, size]
              properties:
                id: {type: string, readOnly: true}
                size: {type: integer, nullable: true, enum: [1, 2, null]}
                weight: {type: integer, exclusiveMinimum: true, minimum: 0, default: 7}
                parts: {type: array, minItems: 1, items: {$ref: '#/components/schemas/Part'}}
          text/csv: {}
      responses: *responses
components:
  schemas:
    Part:
      type: object
      properties:
        name: {type: string, pattern: '^a', format: email, maxLength: 9}
        parts: {type: array, items: {$ref: '#/components/schemas/Part'}}
  securitySchemes:
    member: {type: http, scheme: bearer}
"""
THING_SETTINGS = """
integration: {timeoutInMillis: 29000}
operations: {getThing: {timeoutInMillis: 3000}}
authorizers: {member: {type: cognito_user_pools}}
headers: {}
preflight: {maxAgeSeconds: 5}
gatewayResponses:
""" + "\n".join(
    [f"  {name}: {{status: 400}}" for name in RESPONSE_TYPES]
    + [f"  {name}: {{error: No, message: It did not work.}}" for name in DEFAULT_TYPES]
)


@pytest.fixture(scope="module")
def things() -> dict[str, Any]:
    return render(parse(THINGS), parse(THING_SETTINGS))


def refused(contract: str, settings: str) -> str:
    with pytest.raises(InvalidDocument) as refusal:
        render(parse(contract), parse(settings))
    return str(refusal.value)


def operations(body: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for item in body["paths"].values() for each in item.values() if "operationId" in each]


def test_the_committed_body_is_the_rendered_one(body: dict[str, Any]) -> None:
    assert (PROJECT / "generated/apigateway.json").read_text() == json_text(body)


def test_every_operation_calls_its_own_function(body: dict[str, Any]) -> None:
    for operation in operations(body):
        assert operation[INTEGRATION] == {
            "type": "aws_proxy",
            "httpMethod": "POST",
            "uri": f"${{invoke_arns.{operation['operationId']}}}",
            "passthroughBehavior": "when_no_match",
            "timeoutInMillis": 29000,
        }


def test_an_operation_can_have_a_shorter_time(things: dict[str, Any]) -> None:
    times = {each["operationId"]: each[INTEGRATION]["timeoutInMillis"] for each in operations(things)}
    assert times == {"getThing": 3000, "putThing": 29000}


def test_every_method_says_who_may_call_it(body: dict[str, Any]) -> None:
    methods = [each for item in body["paths"].values() for each in item.values()]
    secured = {each.get("operationId") for each in methods if each["security"]}
    assert secured == {"createProduct", "updateProduct", "deleteProduct"}


def test_the_documents_own_security_is_copied_to_operations_without_any(things: dict[str, Any]) -> None:
    assert [each["security"] for each in operations(things)] == [[{"member": []}]] * 2


def test_a_bearer_scheme_becomes_a_cognito_authorizer(body: dict[str, Any]) -> None:
    assert body["components"]["securitySchemes"]["administrator"] == {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "x-amazon-apigateway-authtype": "cognito_user_pools",
        "x-amazon-apigateway-authorizer": {"type": "cognito_user_pools", "providerARNs": ["${cognito_user_pool_arn}"]},
    }


def test_parameters_keep_what_api_gateway_keeps(things: dict[str, Any]) -> None:
    assert things["paths"]["/things/{id}"]["get"]["parameters"] == [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
        {"name": "limit", "in": "query", "required": True, "schema": {"type": "integer"}},
        {"name": "ids", "in": "query", "required": False, "schema": {"type": "string"}},
    ]


def test_path_level_parameters_are_written_into_the_methods(things: dict[str, Any]) -> None:
    item = things["paths"]["/things/{id}"]
    assert "parameters" not in item
    assert all(method["parameters"][0]["name"] == "id" for method in item.values())


def test_a_model_refuses_less_than_the_contract_and_never_more(things: dict[str, Any]) -> None:
    assert things["components"]["schemas"] == {
        "PutThingBody": {
            "type": "object",
            "required": ["size"],
            "properties": {
                "size": {},
                "weight": {"type": "number", "minimum": 0},
                "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Part"}},
            },
        },
        "Part": {
            "type": "object",
            "properties": {
                "name": {"type": "string", "maxLength": 9},
                "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Part"}},
            },
        },
    }


def test_only_bodies_in_json_have_a_model(things: dict[str, Any]) -> None:
    assert list(things["paths"]["/things/{id}"]["put"]["requestBody"]["content"]) == ["application/json"]


def test_nothing_of_the_contract_is_taken_for_a_placeholder(things: dict[str, Any]) -> None:
    assert things["paths"]["/things/{id}"]["put"]["description"] == "Costs $${5} or %%{6}."


def test_links_examples_and_foreign_extensions_stay_behind(body: dict[str, Any]) -> None:
    text = json_text(body)
    for word in ('"links"', '"examples"', '"example"', '"x-max-bytes"', '"x-allowed-groups"', '"tags"', '"servers"'):
        assert word not in text


def test_the_choice_of_a_request_validator_is_the_environments(body: dict[str, Any]) -> None:
    assert body["x-amazon-apigateway-request-validator"] == "${request_validator}"
    assert body["x-amazon-apigateway-request-validators"] == {
        "none": {"validateRequestParameters": False, "validateRequestBody": False},
        "parameters": {"validateRequestParameters": True, "validateRequestBody": False},
        "all": {"validateRequestParameters": True, "validateRequestBody": True},
    }


def test_rendering_is_deterministic(contract: Node, settings: Node, body: dict[str, Any]) -> None:
    assert json_text(render(contract, settings)) == json_text(body)


@pytest.mark.parametrize(
    ("setting", "another", "complaint"),
    [
        ("getThing", "buyThing", "/operations/buyThing"),
        ("authorizers: {member:", "authorizers: {guest:", "/authorizers/guest"),
        ("authorizers: {member:", "authorizers: {guest:", "nobody checks the tokens of member"),
        ("timeoutInMillis: 29000", "timeoutInMillis: 30000", "/integration/timeoutInMillis"),
        ("THROTTLED: {status: 400}", "THROTTLED: {status: 200}", "/gatewayResponses/THROTTLED/status"),
        ("  THROTTLED:", "  SLOWED:", "/gatewayResponses"),
        ("DEFAULT_4XX: {", "DEFAULT_4XX: {status: 400, ", "/gatewayResponses/DEFAULT_4XX"),
        ("message: It did not work.", "message: It cost $5.", "/gatewayResponses/DEFAULT_4XX/message"),
        ("headers: {}", "headers: {Retry-After: 1}", "/headers/Retry-After"),
    ],
)
def test_settings_that_do_not_fit_are_refused_by_place(setting: str, another: str, complaint: str) -> None:
    assert setting in THING_SETTINGS
    assert complaint in refused(THINGS, THING_SETTINGS.replace(setting, another, 1))


def test_two_ways_to_authorise_are_refused() -> None:
    contract = THINGS.replace("security: [{member: []}]", "security: [{member: []}, {}]")
    assert "one authorizer" in refused(contract, THING_SETTINGS)


def test_the_body_is_json_with_and_without_its_placeholders(body: dict[str, Any]) -> None:
    text = json_text(body)
    assert json.loads(text.replace("${allowed_origins}", "'https://a', 'https://b'")) != json.loads(text)
