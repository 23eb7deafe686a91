"""Each schema as one direction has it, for the generators of client types."""

from __future__ import annotations

from typing import Any

import yaml

from contract_compiler.client_document import client_document
from contract_compiler.document import parse

ACCOUNT = """
openapi: 3.0.3
info: {title: Accounts, version: 1.0.0}
paths:
  /accounts:
    post:
      operationId: createAccount
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Account'}}}}
      responses:
        '201': {description: Made, content: {application/json: {schema: {$ref: '#/components/schemas/Account'}}}}
        default: {description: Not, content: {application/json: {schema: {$ref: '#/components/schemas/Error'}}}}
components:
  schemas:
    Account:
      type: object
      required: [id, name, secret]
      properties:
        id: {type: string, readOnly: true}
        name: {$ref: '#/components/schemas/Name'}
        secret: {type: string, writeOnly: true}
    Error: {type: object, additionalProperties: false, properties: {balance: {type: number, x-decimal: true}}}
    Name: {type: string}
"""
USED = "schema: {$ref: '#/components/schemas/Account'}"


def schemas(text: str) -> dict[str, Any]:
    schemas: dict[str, Any] = client_document(parse(text))["components"]["schemas"]
    return schemas


def test_what_is_used_both_ways_and_differs_becomes_two_schemas() -> None:
    content = client_document(parse(ACCOUNT))
    post = content["paths"]["/accounts"]["post"]
    sent = post["requestBody"]["content"]["application/json"]["schema"]
    received = post["responses"]["201"]["content"]["application/json"]["schema"]
    assert (sent["$ref"], received["$ref"]) == ("#/components/schemas/AccountRequest", "#/components/schemas/Account")


def test_what_is_sent_has_nothing_read_only_and_what_is_received_nothing_write_only() -> None:
    both = schemas(ACCOUNT)
    assert both["AccountRequest"]["properties"].keys() == {"name", "secret"}
    assert both["AccountRequest"]["required"] == ["name", "secret"]
    assert both["Account"]["properties"].keys() == {"id", "name"}
    assert both["Account"]["required"] == ["id", "name"]


def test_a_schema_that_is_the_same_both_ways_stays_one() -> None:
    assert schemas(ACCOUNT).keys() == {"Account", "AccountRequest", "Error", "Name"}


def test_an_answer_is_open_and_a_request_as_closed_as_it_was() -> None:
    text = ACCOUNT.replace("      required: [id, name, secret]", "      additionalProperties: false")
    both = schemas(text)
    assert both["AccountRequest"]["additionalProperties"] is False
    assert "additionalProperties" not in both["Account"]
    assert "additionalProperties" not in both["Error"]


def test_what_holds_a_schema_that_differs_differs_too() -> None:
    text = ACCOUNT.replace(
        "schema: {$ref: '#/components/schemas/Account'}", "schema: {$ref: '#/components/schemas/Accounts'}"
    )
    both = schemas(text + "    Accounts: {type: array, items: {$ref: '#/components/schemas/Account'}}\n")
    assert both["AccountsRequest"]["items"]["$ref"] == "#/components/schemas/AccountRequest"
    assert both["Accounts"]["items"]["$ref"] == "#/components/schemas/Account"


def test_an_inline_schema_is_fitted_to_its_direction() -> None:
    inline = "schema: {type: object, properties: {id: {type: string, readOnly: true}}}"
    text = ACCOUNT.replace(USED, inline, 1)
    body = client_document(parse(text))["paths"]["/accounts"]["post"]["requestBody"]
    assert body["content"]["application/json"]["schema"]["properties"] == {}


def test_the_second_schema_takes_a_name_that_is_free() -> None:
    both = schemas(ACCOUNT + "    AccountRequest: {type: object, description: Another.}\n")
    assert both["AccountRequest"]["description"] == "Another."
    assert both["AccountRequest_"]["required"] == ["name", "secret"]


def test_a_discriminator_names_the_sent_schemas_by_the_values_they_had() -> None:
    text = ACCOUNT.replace(
        "schema: {$ref: '#/components/schemas/Account'}", "schema: {$ref: '#/components/schemas/Any'}"
    )
    both = schemas(
        text
        + """
    Any:
      oneOf: [{$ref: '#/components/schemas/Account'}]
      discriminator: {propertyName: kind}
"""
    )
    assert both["AnyRequest"]["oneOf"] == [{"$ref": "#/components/schemas/AccountRequest"}]
    assert both["AnyRequest"]["discriminator"]["mapping"] == {"Account": "#/components/schemas/AccountRequest"}


def test_an_exact_number_has_the_format_that_the_generator_knows() -> None:
    assert schemas(ACCOUNT)["Error"]["properties"]["balance"] == {"type": "number", "format": "decimal"}


def test_the_document_itself_stays_as_it_was() -> None:
    document = parse(ACCOUNT)
    client_document(document)
    assert document.value == yaml.safe_load(ACCOUNT)
