"""What API Gateway answers itself reads like an answer of the service: in shape, in words, in headers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from contract.problems import PROBLEMS
from contract_compiler.api_gateway.body import render
from contract_compiler.api_gateway.gateway_responses import DEFAULT_TYPES, RESPONSE_TYPES
from contract_compiler.diagnostics import InvalidDocument
from contract_compiler.document import Node, load, parse

PROJECT = Path(__file__).parents[3]
INTEGRATION = "x-amazon-apigateway-integration"
ANY_METHOD = "x-amazon-apigateway-any-method"
REQUEST_ID = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"


def sources() -> tuple[Node, Node]:
    return load(PROJECT / "openapi/products.yaml"), load(PROJECT / "openapi/apigateway.yaml")


@pytest.fixture(scope="module")
def body() -> dict[str, Any]:
    return render(*sources())


@pytest.fixture(scope="module")
def responses(body: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = body["x-amazon-apigateway-gateway-responses"]
    return found


@pytest.fixture(scope="module")
def problem() -> Draft202012Validator:
    table = json.loads((PROJECT / "generated/operations/create_product.json").read_text())
    schema = table["responses"]["400"]["content"]["application/json"]["schema"]
    return Draft202012Validator({**schema, "$defs": table["definitions"]})


def problem_of(response: dict[str, Any]) -> dict[str, Any]:
    [(media_type, template)] = response["responseTemplates"].items()
    assert media_type == "application/json"
    found: dict[str, Any] = json.loads(template.replace("$context.requestId", REQUEST_ID))
    return found


def headers_of(response: dict[str, Any]) -> dict[str, str]:
    return {
        name.removeprefix("gatewayresponse.header."): value for name, value in response["responseParameters"].items()
    }


def test_every_type_that_can_be_customised_is(responses: dict[str, Any]) -> None:
    assert set(responses) == {*RESPONSE_TYPES, "DEFAULT_4XX", "DEFAULT_5XX"}


def test_every_body_keeps_the_contract(responses: dict[str, Any], problem: Draft202012Validator) -> None:
    for name, response in responses.items():
        assert problem.is_valid(problem_of(response)), name
        assert problem_of(response)["requestId"] == REQUEST_ID


def test_a_status_has_the_words_of_the_service(responses: dict[str, Any]) -> None:
    for name in ("UNAUTHORIZED", "THROTTLED", "INTEGRATION_TIMEOUT", "MISSING_AUTHENTICATION_TOKEN"):
        words = problem_of(responses[name])
        assert (words["error"], words["message"]) == PROBLEMS[int(responses[name]["statusCode"])]


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("MISSING_AUTHENTICATION_TOKEN", "404"),
        # A bearer token on a route that does not exist is taken for a malformed AWS signature.
        ("INVALID_SIGNATURE", "404"),
        ("UNAUTHORIZED", "401"),
        ("EXPIRED_TOKEN", "401"),
        ("ACCESS_DENIED", "403"),
        ("REQUEST_TOO_LARGE", "413"),
        ("THROTTLED", "429"),
        ("INTEGRATION_FAILURE", "502"),
        ("INTEGRATION_TIMEOUT", "504"),
    ],
)
def test_a_type_has_the_status_that_fits_this_api(responses: dict[str, Any], name: str, status: str) -> None:
    assert responses[name]["statusCode"] == status


def test_the_defaults_have_no_status_for_it_would_become_everybodys(responses: dict[str, Any]) -> None:
    assert not any("statusCode" in responses[name] for name in ("DEFAULT_4XX", "DEFAULT_5XX"))


def test_every_answer_has_the_headers_of_the_contract(responses: dict[str, Any]) -> None:
    for name, response in responses.items():
        headers = headers_of(response)
        assert headers["X-Content-Type-Options"] == "'nosniff'", name
        assert headers["Cache-Control"] == "'no-store'", name
        assert headers["X-Request-Id"] == "context.requestId", name


def test_who_must_wait_is_told_how_long_and_who_needs_a_token_which(responses: dict[str, Any]) -> None:
    assert headers_of(responses["THROTTLED"])["Retry-After"] == "'1'"
    assert headers_of(responses["UNAUTHORIZED"])["WWW-Authenticate"] == "'Bearer'"
    assert "Retry-After" not in headers_of(responses["UNAUTHORIZED"])


def test_one_origin_may_read_the_gateways_answers_and_none_is_echoed(responses: dict[str, Any]) -> None:
    for name, response in responses.items():
        headers = headers_of(response)
        assert headers["Access-Control-Allow-Origin"] == "'${error_origin}'", name
        assert "X-Request-Id" in headers["Access-Control-Expose-Headers"], name
        assert "Access-Control-Allow-Credentials" not in headers, name


def test_an_undeclared_method_is_a_405_with_the_methods_that_there_are(
    body: dict[str, Any], problem: Draft202012Validator
) -> None:
    mock = body["paths"]["/v1.0/products/{productId}"][ANY_METHOD]
    answer = mock[INTEGRATION]["responses"]["default"]
    assert mock["security"] == []
    assert answer["statusCode"] == "405"
    assert answer["responseParameters"]["method.response.header.Allow"] == "'DELETE, GET, PUT'"
    written = answer["responseTemplates"]["application/json"].rpartition("#end")[2]
    assert problem.is_valid(json.loads(written))


def test_an_undeclared_method_tells_which_version_of_the_contract_is_served() -> None:
    document, settings = sources()
    newer = {**document.value, "info": {**document.value["info"], "version": "2.3.4"}}
    body = render(Node(newer, (), newer), settings)
    for path in body["paths"].values():
        answer = path[ANY_METHOD][INTEGRATION]["responses"]["default"]
        assert answer["responseParameters"]["method.response.header.X-Contract-Version"] == "'2.3.4'"


def test_a_mock_takes_nothing_from_the_clients_body(body: dict[str, Any]) -> None:
    for item in body["paths"].values():
        for mock in (item["options"], item[ANY_METHOD]):
            assert mock[INTEGRATION]["passthroughBehavior"] == "never"
            assert list(mock[INTEGRATION]["requestTemplates"]) == ["application/json"]


def test_a_mock_declares_every_header_that_it_sends(body: dict[str, Any]) -> None:
    for item in body["paths"].values():
        for mock in (item["options"], item[ANY_METHOD]):
            [declared] = mock["responses"].values()
            answer = mock[INTEGRATION]["responses"]["default"]
            mapped = {name.removeprefix("method.response.header.") for name in answer["responseParameters"]}
            template = answer["responseTemplates"]["application/json"]
            chosen = {part.split(" ")[0] for part in template.split("#set($context.responseOverride.header.")[1:]}
            assert set(declared["headers"]) == mapped | chosen


def test_a_preflight_tells_allowed_origins_what_the_path_takes(body: dict[str, Any]) -> None:
    preflight = body["paths"]["/v1.0/products"]["options"][INTEGRATION]["responses"]["default"]
    template = preflight["responseTemplates"]["application/json"]
    for name, value in (
        ("Methods", "'GET, POST'"),
        ("Headers", "'Authorization, Content-Type, Idempotency-Key'"),
        ("Origin", "$origin"),
    ):
        assert f"#set($context.responseOverride.header.Access-Control-Allow-{name} = {value})" in template
    assert "#set($allowed = [${allowed_origins}])" in template
    assert preflight["responseParameters"]["method.response.header.Vary"] == "'Origin'"


def changed(settings: Node, **values: Any) -> Node:
    value = {**settings.value, **values}
    return Node(value, (), value)


def test_a_header_that_the_contract_requires_and_nobody_can_make_is_refused() -> None:
    contract, settings = sources()
    headers = {name: source for name, source in settings.value["headers"].items() if name != "Retry-After"}
    with pytest.raises(InvalidDocument, match="cannot make the header Retry-After of a 429"):
        render(contract, changed(settings, headers=headers))


def test_a_status_that_no_operation_declares_is_refused() -> None:
    contract, settings = sources()
    odd = {**settings.value["gatewayResponses"], "WAF_FILTERED": {"status": 410}}
    with pytest.raises(InvalidDocument, match="answers 410, and no operation declares it"):
        render(contract, changed(settings, gatewayResponses=odd))


def test_a_body_of_another_shape_is_refused() -> None:
    contract, settings = sources()
    odd = {
        **settings.value["gatewayResponses"]["BAD_REQUEST_BODY"],
        "details": [{"in": "cookie", "field": "", "message": "no"}],
    }
    with pytest.raises(InvalidDocument, match="the gateway's 400 does not have the shape"):
        render(
            contract,
            changed(settings, gatewayResponses={**settings.value["gatewayResponses"], "BAD_REQUEST_BODY": odd}),
        )


ERRORS = """
openapi: 3.0.3
info: {title: Things, version: '1'}
paths:
  /things:
    get:
      operationId: listThings
      responses:
        '200': {description: They.}
        default: &error
          description: Something is wrong.
          headers: {}
          content: {application/json: {schema: {type: object, required: [error]}}}
    put:
      operationId: putThing
      responses: {default: *error}
"""
WORDS = "gatewayResponses:\n" + "".join(f"  {name}: {{status: 400}}\n" for name in RESPONSE_TYPES)
ERROR_SETTINGS = (
    "integration: {timeoutInMillis: 29000}\nauthorizers: {}\nheaders: {X-Id: context.requestId}\n"
    "preflight: {maxAgeSeconds: 5}\n"
    + WORDS
    + "".join(f"  {name}: {{error: No, message: It did not work.}}\n" for name in DEFAULT_TYPES)
)


def rendered(contract: str, settings: str = ERROR_SETTINGS) -> dict[str, Any]:
    return render(parse(contract), parse(settings))


def finding(contract: str, settings: str = ERROR_SETTINGS) -> str:
    with pytest.raises(InvalidDocument) as refusal:
        rendered(contract, settings)
    return str(refusal.value)


def with_content(content: str) -> str:
    before = "{application/json: {schema: {type: object, required: [error]}}}"
    assert before in ERRORS
    return ERRORS.replace(before, content)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        ("{application/problem+json: {}}", "application/problem+json"),
        ("{text/plain: {schema: {type: string, maxLength: 1}}, application/vnd.a+json: {}}", "application/vnd.a+json"),
        ("{application/*: {}}", "application/json"),
        ("{application/problem+json: {}, application/json: {}}", "application/json"),
    ],
)
def test_the_gateways_own_responses_have_the_media_type_of_the_contract(content: str, media_type: str) -> None:
    body = rendered(with_content(content))
    assert {*body["x-amazon-apigateway-gateway-responses"]["THROTTLED"]["responseTemplates"]} == {media_type}
    answer = body["paths"]["/things"][ANY_METHOD][INTEGRATION]["responses"]["default"]
    assert {*answer["responseTemplates"]} == {media_type}


@pytest.mark.parametrize("content", ["{text/plain: {}}", "{application/xml: {}, text/html: {}}", "{}"])
def test_a_status_without_json_cannot_be_the_gateways(content: str) -> None:
    place = "#/paths/~1things/get/responses/default: "
    assert finding(with_content(content)).startswith(place)


def test_a_status_that_only_the_run_time_answers_need_not_be_declared() -> None:
    body = rendered(ERRORS.replace("responses: {default: *error}", "requestBody: {content: {}}\n      responses: {}"))
    assert body["x-amazon-apigateway-gateway-responses"]["THROTTLED"]["statusCode"] == "400"


def test_operations_that_share_no_json_type_are_refused() -> None:
    odd = ERRORS.replace("default: *error", "default: {description: No., content: {application/problem+json: {}}}")
    assert "the operations share none" in finding(odd)


@pytest.mark.parametrize("value", ["don't cache", "caf\u00e9", "one\\ntwo"])
def test_a_constant_header_that_no_mapping_can_hold_is_refused_by_place(value: str) -> None:
    header = f'headers: {{X-Hint: {{required: true, schema: {{type: string, enum: ["{value}"]}}}}}}'
    assert finding(ERRORS.replace("headers: {}", header)).startswith(
        "#/paths/~1things/get/responses/default/headers/X-Hint: "
    )


@pytest.mark.parametrize("value", ["no-store, private", "$5 {a}", 'say \\"no\\"', "a#b"])
def test_a_constant_header_is_mapped_as_it_is(value: str) -> None:
    header = f'headers: {{X-Hint: {{required: true, schema: {{type: string, enum: ["{value}"]}}}}}}'
    throttled = rendered(ERRORS.replace("headers: {}", header))["x-amazon-apigateway-gateway-responses"]["THROTTLED"]
    assert headers_of(throttled)["X-Hint"] == "'" + value.replace("\\", "") + "'"


def test_a_constant_that_terraform_would_fill_in_is_escaped() -> None:
    header = "headers: {X-Hint: {required: true, schema: {type: string, enum: ['${a} %{b}']}}}"
    throttled = rendered(ERRORS.replace("headers: {}", header))["x-amazon-apigateway-gateway-responses"]["THROTTLED"]
    assert headers_of(throttled)["X-Hint"] == "'$${a} %%{b}'"


def test_a_constant_header_that_only_the_function_sends_may_have_any_value() -> None:
    header = 'headers: {X-Hint: {required: true, schema: {type: string, enum: ["don\'t"]}}}'
    assert rendered(ERRORS.replace("description: They.", f"description: They., {header}"))


@pytest.mark.parametrize("name", ["X-Hint!", "X*", "X|Y"])
def test_a_required_header_whose_name_no_mapping_can_hold_is_refused(name: str) -> None:
    header = f'headers: {{"{name}": {{required: true, schema: {{type: string, enum: [a]}}}}}}'
    assert f"headers/{name}: " in finding(ERRORS.replace("headers: {}", header))


@pytest.mark.parametrize(
    "source",
    [
        "context.status", "context.responseLatency", "context.integration.latency", "context.xrayTraceId",
        "context.error.message", "context.nothing", "stageVariables.a", "\"'don't'\"", "\"'a\\nb'\"", "'1'",
    ],
)  # fmt: skip
def test_a_source_that_does_not_hold_for_every_response_is_refused(source: str) -> None:
    settings = ERROR_SETTINGS.replace("X-Id: context.requestId", f"X-Id: {source}")
    assert finding(ERRORS, settings).startswith("#/headers/X-Id: ")


@pytest.mark.parametrize(
    "source", ["context.extendedRequestId", "context.authorizer.claims.cognito:groups", "context.identity.sourceIp"]
)
def test_a_source_can_be_a_variable_that_every_response_has(source: str) -> None:
    assert rendered(ERRORS, ERROR_SETTINGS.replace("X-Id: context.requestId", f"X-Id: {source}"))


def test_a_version_that_no_header_can_hold_is_refused_where_a_header_has_it() -> None:
    contract = ERRORS.replace("version: '1'", 'version: "1\'2"')
    assert rendered(contract)
    assert finding(contract, ERROR_SETTINGS.replace("context.requestId", "info.version")).startswith("#/headers/X-Id: ")


def test_a_status_for_which_the_service_has_no_words_needs_some() -> None:
    settings = ERROR_SETTINGS.replace("WAF_FILTERED: {status: 400}", "WAF_FILTERED: {status: 418}")
    assert finding(ERRORS, settings).startswith("#/gatewayResponses/WAF_FILTERED: ")
    assert rendered(ERRORS, settings.replace("{status: 418}", "{status: 418, error: Teapot, message: No tea.}"))


def test_a_document_without_operations_is_refused_and_not_a_crash() -> None:
    assert "no operation declares it" in finding("openapi: 3.0.3\ninfo: {title: A, version: '1'}\npaths: {/a: {}}")
