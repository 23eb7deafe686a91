"""How often a handler has a product validated: each validation takes time of its request, and of a cold start."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, cast

import pytest

from contract.lambda_handler import lambda_handler
from contract.messages import JSON, Response
from contract.operation import Operation
from contract.responses import BodyForm, Responses
from contract.schemas import Definitions
from products import access
from products.bootstrap import Dependencies, Settings, retry_budget
from products.cursors import Cursors
from products.items import StoredProduct
from products.repository import Repository
from products.service import Catalogue
from tests.unit.products.hostile_events import ENVIRONMENT, OPERATIONS, STORED, FakeRepository, compiled, true_event

VERSION_3 = StoredProduct({**STORED.item, "version": {"N": "3"}})
WITHOUT_A_PRICE = StoredProduct({name: value for name, value in VERSION_3.item.items() if name != "price"})


class CountingResponses(Responses):
    """Counts the bodies with products that are validated."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        super().__init__(table["method"], table["responses"], Definitions(table["definitions"]))
        self.validations = 0

    def check(self, response: Response) -> BodyForm:
        if isinstance(response.body, dict) and response.body.keys() & {"product", "products"}:
            self.validations += 1
        return super().check(response)


class CountingOperation(Operation):
    """Counts the validations of products: with a response and in advance."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        super().__init__(table)
        self.responses: CountingResponses = CountingResponses(table)
        self._in_advance = 0

    def invalid_property(self, definition: str, value: JSON) -> str | None:
        self._in_advance += 1
        return super().invalid_property(definition, value)

    @property
    def validations(self) -> int:
        return self._in_advance + self.responses.validations


class Holding(FakeRepository):
    """Has one product."""

    def __init__(self, product: StoredProduct) -> None:
        self._product = product

    def get(self, _product_id: str, _budget: Any) -> StoredProduct:
        return self._product


def answered(
    monkeypatch: pytest.MonkeyPatch, operation_id: str, stored: StoredProduct, **headers: str
) -> tuple[int, int]:
    """The status of the answer to a good request, and how many validations of the product it took."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    entry = next(each for each in OPERATIONS if each["operationId"] == operation_id)
    module = import_module(f"products.handlers.{entry['module']}")
    operation = CountingOperation(compiled(entry))
    given = Dependencies(cast("Any", None), Settings(ENVIRONMENT), operation, retry_budget)
    service: Any = Catalogue(cast("Repository", Holding(stored)), given)
    if operation_id == "listProducts":
        service = module.Pages(service, Cursors.of(given))
    respond = getattr(module, entry["module"])
    handler = lambda_handler(operation, lambda request: respond(request, service), authorise=access.authorise)
    event = true_event(entry)
    event["multiValueHeaders"] |= {name.replace("_", "-"): [value] for name, value in headers.items()}
    answer = handler(event, None)
    return answer["statusCode"], operation.validations


@pytest.mark.parametrize(
    ("operation_id", "status", "headers"),
    [
        ("listProducts", 200, {}),
        ("createProduct", 201, {}),
        ("createProduct", 201, {"Idempotency_Key": "key"}),
        ("updateProduct", 200, {}),
        ("updateProduct", 200, {"If_Match": '"3"'}),
        ("getProduct", 200, {}),
        ("getProduct", 200, {"If_None_Match": '"2"'}),
        ("getProduct", 200, {"If_Match": '"3"'}),
        ("getProduct", 304, {"If_None_Match": '"3"'}),
        ("getProduct", 412, {"If_Match": '"2"'}),
    ],
)
def test_a_good_product_is_validated_once(
    operation_id: str, status: int, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert answered(monkeypatch, operation_id, VERSION_3, **headers) == (status, 1)


@pytest.mark.parametrize("headers", [{"If_None_Match": '"3"'}, {"If_None_Match": "*"}, {"If_Match": '"2"'}])
def test_a_broken_product_that_no_answer_would_show_is_validated_once(
    headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert answered(monkeypatch, "getProduct", WITHOUT_A_PRICE, **headers) == (500, 1)
