"""Documents as people write them compile with warnings, and what the run time answers by itself reaches the client."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from contract.lambda_handler import lambda_handler
from contract.messages import JSON, Response
from contract.operation import Operation
from contract.problems import Refusal
from contract_compiler.document import parse
from contract_compiler.lint import lint
from contract_compiler.operation_tables import tables

DOCUMENT = """
openapi: 3.0.3
info: {title: Things, version: 1.0.0}
paths:
  /things/{thingId}:
    put:
      parameters: [{name: thingId, in: path, required: true, schema: {type: string, format: snowflake}}]
      requestBody:
        required: true
        content: {application/json: {schema: {type: object, required: [name]}}}
      responses:
        '200': {description: It., content: {application/json: {schema: {type: object}}}}
"""
FOREIGN = """
        default:
          description: What went wrong.
          content:
            application/json:
              schema: {type: object, required: [code], properties: {code: {type: integer}}}
"""
BODILESS = (
    "        '400': {description: Bad.}\n        '413': {description: Large.}\n        '415': {description: Odd.}\n"
)


def warnings(text: str) -> list[tuple[str, str]]:
    return [(warning.rule, warning.message) for warning in lint(parse(text))]


def answer(text: str, **options: Any) -> dict[str, Any]:
    """The answer to a request without the member that its body must have."""
    compiled = tables(parse(text))
    [name] = [name for name in compiled if name.startswith("operations/")]
    operation = Operation(json.loads(compiled[name], parse_float=Decimal))
    event = {
        "httpMethod": "PUT",
        "path": "/things/1",
        "resource": "/things/{thingId}",
        "pathParameters": {"thingId": "1"},
        "headers": {"Content-Type": "application/json"},
        "body": "{}",
        "requestContext": {"requestId": "r", "path": "/things/1", "httpMethod": "PUT"},
    }
    return lambda_handler(operation, lambda _: Response(200, {}), **options)(event, None)


def test_what_is_not_declared_is_a_warning_each() -> None:
    found = warnings(DOCUMENT)
    assert [rule for rule, _ in found if rule != "status-undeclared"] == ["operation-id-missing", "schema-format"]
    assert "putThingsByThingId" in dict(found)["operation-id-missing"]
    statuses = [message for rule, message in found if rule == "status-undeclared"]
    assert [status for status in ("400", "413", "415", "500") if any(status in each for each in statuses)] == [
        "400", "413", "415", "500",
    ]  # fmt: skip


def test_a_bad_request_is_a_400_though_the_document_declares_none() -> None:
    refused = answer(DOCUMENT)
    assert refused["statusCode"] == 400
    assert json.loads(refused["body"])["details"][0]["field"] == "/name"


def test_an_error_that_does_not_have_the_declared_shape_is_said_for_each_status() -> None:
    found = [message for rule, message in warnings(DOCUMENT + FOREIGN) if rule == "error-body"]
    assert [status for status in ("400", "413", "415", "500") if any(f"own {status}" in each for each in found)] == [
        "400", "413", "415", "500",
    ]  # fmt: skip
    assert all("/code is required" in each and "problem_body" in each for each in found)


def test_a_problem_body_of_the_service_makes_the_declared_shape() -> None:
    def problem_body(refusal: Refusal, request_id: str) -> JSON:
        return {"code": refusal.status}

    refused = answer(DOCUMENT + FOREIGN, problem_body=problem_body)
    assert (refused["statusCode"], json.loads(refused["body"])) == (400, {"code": 400})


def test_an_error_without_content_is_sent_without_a_body() -> None:
    assert any("problem_body" in message for rule, message in warnings(DOCUMENT + BODILESS) if rule == "error-body")
    refused = answer(DOCUMENT + BODILESS)
    assert (refused["statusCode"], refused["body"]) == (400, "")
