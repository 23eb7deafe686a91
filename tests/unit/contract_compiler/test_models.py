"""The pydantic models as a client uses them: what they take, what they refuse, what they send."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType
from typing import Any

import pytest
from pydantic import ValidationError

from contract_compiler.client_document import client_document
from contract_compiler.document import parse
from contract_compiler.type_generators import finished, python_types

DOCUMENT = """
openapi: 3.0.3
info: {title: Orders, version: 1.0.0}
paths:
  /orders:
    post:
      operationId: createOrder
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}
      responses:
        '201': {description: Made, content: {application/json: {schema: {$ref: '#/components/schemas/Page'}}}}
components:
  schemas:
    Tag: {type: string, minLength: 2}
    Line:
      type: object
      additionalProperties: false
      properties:
        amount: {type: number, x-decimal: true, minimum: 0.01, maximum: 999999.99}
    Order:
      type: object
      additionalProperties: false
      required: [total]
      properties:
        total: {type: number, x-decimal: true, minimum: 0.01, maximum: 999999.99}
        tags: {type: array, items: {$ref: '#/components/schemas/Tag'}}
        note: {type: string, maxLength: 5}
        plain: {type: boolean}
        gift: {type: string, nullable: true, maxLength: 5}
        class: {type: string}
        currency: {type: string, default: ZAR}
        line: {$ref: '#/components/schemas/Line'}
        amounts: {type: array, items: {type: number, x-decimal: true, minimum: 0.01}}
        É: {type: string, description: 'Decimal, MISSING and BaseModel are only words here: É.'}
        after: {type: number, x-decimal: true, minimum: 1}
    Page:
      type: object
      additionalProperties: false
      properties: {nextToken: {type: string}, orders: {type: array, items: {$ref: '#/components/schemas/Order'}}}
"""


@pytest.fixture(scope="module")
def text() -> str:
    return python_types(client_document(parse(DOCUMENT)), "models")


@pytest.fixture(scope="module")
def models(text: str, tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    file = tmp_path_factory.mktemp("models") / "orders.py"
    file.write_text(text, encoding="utf-8")
    spec = spec_from_file_location("orders", file)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules["orders"] = module  # pydantic looks there for what annotations name.
    spec.loader.exec_module(module)
    return module


def refusals(model: Any, content: dict[str, Any]) -> list[str]:
    with pytest.raises(ValidationError) as refused:
        model.model_validate(content)
    return [str(error["loc"][0]) for error in refused.value.errors()]


@pytest.mark.parametrize("digits", ["79.77", "0.01", "999999.99", "12345.678901", "95", "0.1", "100000.00"])
def test_a_decimal_is_a_number_with_its_digits_in_json(models: ModuleType, digits: str) -> None:
    order = models.OrderRequest(total=Decimal(digits))
    for sent in (order.model_dump_json(), json.dumps(order.model_dump(mode="json"))):
        assert json.loads(sent, parse_float=Decimal)["total"] == Decimal(digits)


def test_decimals_are_numbers_inside_lists_and_objects(models: ModuleType) -> None:
    order = models.OrderRequest(total=1, amounts=[Decimal("79.77")], line=models.LineRequest(amount=Decimal("79.77")))
    content = json.loads(order.model_dump_json())
    assert (content["amounts"], content["line"]) == ([79.77], {"amount": 79.77})


def test_a_decimal_that_no_json_number_can_be_is_refused_not_rounded(models: ModuleType) -> None:
    order = models.OrderRequest(total=Decimal("10.00499999999999999999"))
    with pytest.raises(ValueError, match="more digits than a JSON number keeps"):
        order.model_dump_json()


def test_a_decimal_stays_one_in_python(models: ModuleType) -> None:
    assert models.OrderRequest(total=Decimal("79.77")).model_dump()["total"] == Decimal("79.77")


@pytest.mark.parametrize("total", ["0.009", "1000000"])
def test_limits_of_a_decimal_hold(models: ModuleType, total: str) -> None:
    assert refusals(models.OrderRequest, {"total": Decimal(total), "after": Decimal(1)}) == ["total"]


def test_what_was_left_out_is_none_and_is_not_sent(models: ModuleType) -> None:
    order = models.OrderRequest(total=1)
    assert (order.note, order.tags, order.gift, order.plain) == (None, None, None, None)
    assert json.loads(order.model_dump_json()) == {"total": 1, "currency": "ZAR"}


def test_a_loop_over_pages_ends(models: ModuleType) -> None:
    assert models.Page.model_validate({"nextToken": "x"}).nextToken
    assert not models.Page.model_validate({}).nextToken


@pytest.mark.parametrize("name", ["note", "tags", "plain", "line", "after"])
def test_null_is_refused_where_the_contract_has_none(models: ModuleType, name: str) -> None:
    assert refusals(models.OrderRequest, {"total": 1, name: None}) == [name]


def test_null_is_taken_and_sent_where_the_contract_has_it(models: ModuleType) -> None:
    order = models.OrderRequest(total=1, gift=None)
    assert json.loads(order.model_dump_json())["gift"] is None


def test_what_is_taken_away_again_is_not_sent(models: ModuleType) -> None:
    order = models.OrderRequest(total=1, note="hello")
    order.note = None
    assert "note" not in json.loads(order.model_dump_json())


def test_a_field_named_like_a_keyword_is_sent_under_its_own_name(models: ModuleType) -> None:
    content = json.loads(models.OrderRequest(total=1, class_="first").model_dump_json())
    assert content["class"] == "first"
    assert "class_" not in json.loads(models.OrderRequest(total=1).model_dump_json())


def test_unknown_fields_are_refused_in_what_is_sent_and_ignored_in_what_is_received(models: ModuleType) -> None:
    assert refusals(models.OrderRequest, {"total": 1, "colour": "red"}) == ["colour"]
    page = models.Page.model_validate({"colour": "red", "orders": [{"total": 1, "colour": "red"}]})
    assert page.orders[0].total == 1


def test_a_list_of_text_is_one(models: ModuleType) -> None:
    order = models.OrderRequest(total=1, tags=["red", "blue"])
    assert order.tags == ["red", "blue"]
    assert refusals(models.OrderRequest, {"total": 1, "tags": ["x"]}) == ["tags"]


def test_words_in_descriptions_stay(text: str) -> None:
    assert "Decimal, MISSING and BaseModel are only words here: É." in text


def test_the_head_says_which_pydantic_is_needed(text: str) -> None:
    assert "Needs pydantic 2." in text.partition("\n\n")[0]


def test_models_without_decimals_or_options_are_left_alone() -> None:
    module = (
        "from __future__ import annotations\n\nfrom pydantic import BaseModel\n\n\nclass A(BaseModel):\n    a: int\n"
    )
    assert "class A(_Model):\n    a: int\n" in finished(module)
