from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from cross_check.contract_document import ContractDocument, Parameter
from tests.unit.cross_check.things import CONTENT, document


def test_every_method_of_every_path_is_an_operation() -> None:
    found = {(each.operation_id, each.method, each.path) for each in document().operations()}
    assert found == {
        ("listThings", "GET", "/v1/things"),
        ("createThing", "POST", "/v1/things"),
        ("getThing", "GET", "/v1/things/{thing-id}"),
        ("deleteThing", "DELETE", "/v1/things/{thing-id}"),
    }


def test_path_parameters_are_what_stands_in_their_place() -> None:
    operation = replace(next(document().operations()), path="/v1.0/{a-b}/c/{d}")
    assert operation.path_parameters("/v1.0/x%2Fy/c/~") == {"a-b": "x%2Fy", "d": "~"}
    assert operation.path_parameters("/v1x0/x/c/y") == {}


def test_an_operation_knows_the_headers_that_a_client_may_send() -> None:
    operations = {each.operation_id: each for each in document().operations()}
    assert operations["createThing"].request_headers() == {"Authorization", "Content-Type", "Idempotency-Key"}
    assert operations["listThings"].request_headers() == set()


def test_parameters_of_the_path_belong_to_each_of_its_operations() -> None:
    operation = next(each for each in document().operations() if each.operation_id == "getThing")
    assert operation.parameter("path", "thing-id") == Parameter("path", "thing-id", "integer")
    assert operation.parameter("query", "thing-id") is None


def test_security_of_the_document_holds_where_an_operation_says_nothing() -> None:
    content = {**CONTENT, "security": [{"keeper": []}]}
    assert all(each.secured for each in ContractDocument(content).operations())


def test_methods_are_in_capitals_and_in_order() -> None:
    assert document().methods("/v1/things") == ["GET", "POST"]


def test_an_extension_of_the_security_schemes_is_read_in_order() -> None:
    assert document().extension("x-allowed-groups") == ["keepers", "owners"]
    assert document().extension("x-other") == []


def test_a_document_is_read_from_json(tmp_path: Path) -> None:
    path = tmp_path / "things.json"
    path.write_text(json.dumps(CONTENT))
    assert ContractDocument.load(path).content == CONTENT
