from __future__ import annotations

import json
from typing import Any

import pytest

from cross_check.second_validator import CRASH, OpenapiCoreError, SecondValidator
from tests.unit.cross_check.things import CONTENT, creation, exchange


@pytest.fixture(scope="module")
def validator() -> SecondValidator:
    return SecondValidator(CONTENT)


@pytest.mark.parametrize("price", ["0.01", "79.77", "289.14", "999.99", "95", "1e2"])
def test_decimal_limits_are_exact(validator: SecondValidator, price: str) -> None:
    assert validator.of_request(creation(f'{{"name": "spoon", "price": {price}}}')) == []


@pytest.mark.parametrize("price", ["0.0099999999999999999999", "999.990000000000000000001", "1e400", "true", '"5"'])
def test_a_price_just_outside_is_a_fault_with_its_keyword(validator: SecondValidator, price: str) -> None:
    [fault] = validator.of_request(creation(f'{{"name": "spoon", "price": {price}}}'))
    assert fault.error == "InvalidRequestBody"
    assert fault.keywords[0][0] in ("minimum", "maximum", "type")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'\xef\xbb\xbf{"name": "spoon"}',
        b'{"name": "spoon", "name": "fork"}',
        b'{"name": "\\ud800"}',
        b'{"name": "spoon", "price": NaN}',
        b'{"name": "spoon", "price": 1e99999999999999999999}',
        b"[" * 100_000,
        b'{"name": "spoon\\n"}',
        b'{"name": "Spoon", "colour": 1}',
    ],
    ids=["empty", "cut", "bom", "duplicate", "surrogate", "nan", "exponent", "deep", "newline", "unknown"],
)
def test_hostile_bodies_are_faults_and_no_crash(validator: SecondValidator, body: bytes) -> None:
    faults = validator.of_request(creation(body))
    assert faults
    assert CRASH not in {fault.error for fault in faults}


def test_a_fault_names_keyword_and_place_and_never_the_value(validator: SecondValidator) -> None:
    faults = validator.of_request(creation('{"name": "SECRET"}'))
    assert faults == [OpenapiCoreError("InvalidRequestBody", (("pattern", "/name"),))]
    [fault] = validator.of_request(exchange(query="limit=101"))
    assert fault.keywords == (("maximum", "limit"),)


def test_a_malformed_media_type_parameter_does_not_crash_it(validator: SecondValidator) -> None:
    assert validator.of_request(creation('{"name": "spoon"}', media_type="application/json;charset")) == []


def test_a_path_parameter_is_decoded_once(validator: SecondValidator) -> None:
    assert validator.of_request(exchange("getThing", path_parameters={"thing-id": "%37"})) == []
    assert validator.of_request(exchange("getThing", path_parameters={"thing-id": "%2537"})) != []


def test_a_response_is_validated_by_status_and_body(validator: SecondValidator) -> None:
    assert validator.of_response(exchange()) == []
    assert validator.of_response(exchange(answer={"name": 1})) == [
        OpenapiCoreError("InvalidData", (("type", "/name"),))
    ]


def test_a_crash_is_a_fault_of_its_own_kind() -> None:
    document: dict[str, Any] = json.loads(json.dumps(CONTENT))
    document["components"]["schemas"]["Thing"]["properties"]["name"] = {"$ref": "#/components/schemas/Nothing"}
    [fault] = SecondValidator(document).of_request(creation('{"name": "spoon"}'))
    assert fault.error == CRASH
