"""The import body has what API Gateway needs, leaves out what it cannot take, and keeps what the contract says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from contract_compiler.api_gateway.body import import_body, render
from contract_compiler.api_gateway.gateway_responses import DEFAULT_TYPES, RESPONSE_TYPES
from contract_compiler.diagnostics import InvalidDocument
from contract_compiler.document import Node, load, parse
from contract_compiler.lint import lint
from contract_compiler.output import json_text

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
        required: true
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


@pytest.mark.parametrize(
    ("holder", "extensions"),
    [
        *(
            (holder, {f"x-amazon-apigateway-{name}": value})
            for name in ("request-validator", "request-validators", "gateway-responses", "integration", "any-method")
            for value in (["all"], {"a": "b"}, 5, None, "all", [None], {"default": None})
            for holder in ("document", "operation")
        ),
        ("document", {"x-amazon-apigateway-request-validator": "all", "x-amazon-apigateway-request-validators": None}),
        ("document", {GATEWAY_RESPONSES: {"DEFAULT_4XX": {"responseParameters": [5]}}}),
        ("operation", {INTEGRATION: {"uri": 5}}),
        ("operation", {INTEGRATION: {"responses": ["a"]}}),
        ("operation", {INTEGRATION: {"type": "mock", "responses": {"default": {"responseParameters": None}}}}),
    ],
)
def test_an_extension_of_the_contract_that_the_body_has_of_its_own_may_be_anything(
    holder: str, extensions: dict[str, Any]
) -> None:
    document = parse(THINGS)
    plain = import_body(document, parse(THING_SETTINGS))
    extended = document.value if holder == "document" else document.value["paths"]["/things/{id}"]["get"]
    extended.update(extensions)
    lint(document)
    assert import_body(document, parse(THING_SETTINGS)) == plain


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
    published = json.loads((PROJECT / "generated/products.json").read_bytes())["paths"]
    methods = [method for item in published.values() for method in item.values() if "operationId" in method]
    assert secured == {each["operationId"] for each in methods if each["security"]}
    assert secured >= {"createProduct", "updateProduct", "deleteProduct"}


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
                "weight": {"type": "integer", "minimum": 0},
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


def test_the_body_is_json_with_and_without_its_placeholders(body: dict[str, Any]) -> None:
    text = json_text(body)
    assert json.loads(text.replace("${allowed_origins}", "'https://a', 'https://b'")) != json.loads(text)


SHIPMENTS = """
openapi: 3.0.3
info: {title: Shipments, version: '1'}
paths:
  /shipments:
    post:
      operationId: createShipment
      parameters: PARAMETERS
      requestBody:
        required: true
        content: CONTENT
      responses:
        default: {description: Any., content: {application/json: {}}}
components:
  schemas: SCHEMAS
"""


def shipments(
    content: str = "{}", schemas: str = "{}", parameters: str = "[]", required: str = "true"
) -> dict[str, Any]:
    text = SHIPMENTS.replace("CONTENT", content).replace("SCHEMAS", schemas).replace("PARAMETERS", parameters)
    settings = THING_SETTINGS.replace("{member: {type: cognito_user_pools}}", "{}")
    settings = settings.replace("operations: {getThing: {timeoutInMillis: 3000}}", "operations: {}")
    return render(
        parse(text.replace("required: true\n        content", f"required: {required}\n        content")),
        parse(settings),
    )


def models_of(body: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = body["components"]["schemas"]
    return found


def model_of(body: dict[str, Any], media_type: str) -> dict[str, Any]:
    content = body["paths"]["/shipments"]["post"]["requestBody"]["content"]
    found: dict[str, Any] = models_of(body)[content[media_type]["schema"]["$ref"].rpartition("/")[2]]
    return found


def properties(*references: str) -> str:
    """The content of a JSON body whose properties refer to these schemas."""
    rows = ", ".join(f"p{at}: {{$ref: '#/components/schemas/{name}'}}" for at, name in enumerate(references))
    return f"{{application/json: {{schema: {{properties: {{{rows}}}}}}}}}"


def types_of(body: dict[str, Any]) -> list[str]:
    parts = model_of(body, "application/json")["properties"].values()
    return [models_of(body)[part["$ref"].rpartition("/")[2]]["type"] for part in parts]


def test_two_schemas_that_are_referred_to_inside_others_are_two_models() -> None:
    status = "{properties: {status: {type: %s}}}"
    schemas = f"{{Parcel: {status % 'string'}, Order: {status % 'integer'}, ParcelStatus: {{type: boolean}}}}"
    content = properties("Parcel/properties/status", "Order/properties/status", "ParcelStatus")
    assert types_of(shipments(content, schemas)) == ["string", "integer", "boolean"]


def test_two_inline_schemas_of_one_body_are_two_models() -> None:
    body = shipments(
        "{application/json: {schema: {type: object}}, application/a+json: {schema: {type: array, items: {}}}}"
    )
    assert model_of(body, "application/json") == {"type": "object"}
    assert model_of(body, "application/a+json") == {"type": "array", "items": {}}


def test_an_inline_schema_does_not_take_the_name_of_a_component() -> None:
    content = "{application/json: {schema: {type: array, items: {$ref: '#/components/schemas/CreateShipmentBody'}}}}"
    body = shipments(content, "{CreateShipmentBody: {type: object}}")
    assert models_of(body)["CreateShipmentBody"] == {"type": "object"}
    assert model_of(body, "application/json")["type"] == "array"


def test_components_whose_names_differ_in_what_a_model_cannot_have_are_two_models() -> None:
    schemas = "{A_B: {type: string}, AB: {type: integer}, A.B: {type: boolean}}"
    body = shipments(properties("A_B", "AB", "A.B"), schemas)
    assert types_of(body) == ["string", "integer", "boolean"]
    assert models_of(body)["AB"] == {"type": "integer"}


def test_an_enum_lists_each_value_once() -> None:
    body = shipments("{application/json: {schema: {enum: [1, 1, true, a, a, [true], [1]]}}}")
    assert model_of(body, "application/json")["enum"] == [1, True, "a", [True], [1]]


def test_a_body_that_may_be_absent_has_no_model() -> None:
    content = "{application/json: {schema: {type: object, required: [a], properties: {a: {}}}}}"
    assert "requestBody" in shipments(content)["paths"]["/shipments"]["post"]
    assert "requestBody" not in shipments(content, required="false")["paths"]["/shipments"]["post"]


def test_bodies_that_are_no_text_are_named_to_the_gateway() -> None:
    name = "x-amazon-apigateway-binary-media-types"
    assert shipments("{application/json: {}, image/png: {}, application/pdf: {}, text/csv: {}}")[name] == [
        "application/pdf", "image/png",
    ]  # fmt: skip
    assert name not in shipments("{application/json: {}, text/csv: {}, application/xml: {}}")


@pytest.mark.parametrize(
    ("parameter", "required"),
    [
        ("in: query, required: true, schema: {type: integer}", True),
        ("in: query, required: true, schema: {type: string, enum: [a, b]}", True),
        ("in: query, schema: {type: integer}", False),
        # Each of these lets requests through that the gateway's validator would call incomplete.
        ("in: query, required: true, allowEmptyValue: true, schema: {type: integer}", False),
        ("in: query, required: true, schema: {type: string}", False),
        ("in: query, required: true, schema: {type: string, minLength: 1}", False),
        ("in: query, required: true, schema: {type: string, enum: ['', a]}", False),
        (
            "in: query, required: true, style: deepObject, schema: {type: object, properties: {a: {type: string}}}",
            False,
        ),
        ("in: query, required: true, schema: {type: object, properties: {a: {type: string}}}", False),
        ("in: query, required: true, schema: {type: array, items: {type: string}}", False),
        ("in: header, required: true, schema: {type: string}", False),
        ("in: header, required: true, schema: {type: integer}", False),
    ],
)
def test_a_parameter_is_required_of_the_gateway_only_where_no_valid_request_is_refused(
    parameter: str, required: bool
) -> None:
    body = shipments(parameters=f"[{{name: a, {parameter}}}]")
    [rendered] = body["paths"]["/shipments"]["post"]["parameters"]
    assert rendered["required"] is required
