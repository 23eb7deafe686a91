"""What the contract accepts the generated models accept, and the other way round, but for a written list."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random
from typing import Any, NotRequired, get_origin, get_type_hints, is_typeddict

import pytest

from contract.messages import JSON
from contract_compiler.document import load, target
from contract_compiler.traversal import operations
from generated import models, product_types
from tests.contract.differential.values import Values
from tests.contract.models.known_differences import KNOWN_DIFFERENCES, reason
from tests.contract.models.validators import Validators

DOCUMENT = load(Path(__file__).resolve().parents[3] / "openapi/products.yaml")
COMPONENTS = dict(DOCUMENT["components"]["schemas"].entries())
OBJECTS = sorted(name for name, node in COMPONENTS.items() if node.read("type") == "object")
MODELS = sorted(name for name in COMPONENTS if name in OBJECTS and hasattr(models, name))
SENT = {
    target(media["schema"]).path[-1]
    for operation in operations(DOCUMENT)
    if operation.request_body is not None
    for _, media in operation.request_body["content"].entries()
}
VALUES = 1_000

PRODUCT: dict[str, JSON] = {
    "productId": "PROD-001",
    "name": "Entry",
    "description": "A single-page site.",
    "price": 95,
    "currency": "ZAR",
    "period": "per year",
    "features": ["One domain"],
    "active": True,
    "createdAt": "2025-01-15T08:00:00Z",
    "updatedAt": "2025-01-15T08:00:00Z",
}
CASES: dict[str, dict[str, JSON]] = {
    "no strict Decimal": {"price": "95"},
    "with a space for the T": {"createdAt": "2025-01-15 08:00:00Z"},
    "may grow": {"colour": "red"},
    "no leap seconds": {"createdAt": "2016-12-31T23:59:60Z"},
}


@pytest.mark.parametrize("name", MODELS)
def test_the_contract_and_the_model_agree(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    validators, rng = Validators(COMPONENTS[name], getattr(models, name)), Random(name)
    values = [_value(name, rng, spoilt=bool(turn % 2)) for turn in range(VALUES)]
    objections = [objection for value in values for objection in validators.disagreement(value)]
    with capsys.disabled():
        explained = Counter(map(reason, objections))
        print(f"\n{name}: {sum(map(validators.accepts, values))} of {VALUES} are valid; {dict(explained)}")
    assert [objection for objection in objections if reason(objection) is None] == []


@pytest.mark.parametrize("words", CASES)
def test_a_known_difference_is_still_one(words: str) -> None:
    objections = Validators(COMPONENTS["Product"], models.Product).disagreement({**PRODUCT, **CASES[words]})
    entry = next(each for each in KNOWN_DIFFERENCES if words in each.reason)
    assert {reason(objection) for objection in objections} == {entry.reason}


def test_what_is_sent_is_closed_and_what_is_received_is_open() -> None:
    closed = {name for name in MODELS if getattr(models, name).model_config.get("extra") == "forbid"}
    assert closed == SENT


def test_every_known_difference_has_its_case() -> None:
    assert [each.reason for each in KNOWN_DIFFERENCES if not any(words in each.reason for words in CASES)] == []


def test_every_object_of_the_contract_has_a_model_and_a_typed_dict() -> None:
    assert [name for name in OBJECTS if name not in MODELS] == []
    assert [name for name in OBJECTS if not is_typeddict(getattr(product_types, name, None))] == []


@pytest.mark.parametrize("name", OBJECTS)
def test_a_typed_dict_has_the_fields_of_the_contract(name: str) -> None:
    fields: dict[str, Any] = get_type_hints(getattr(product_types, name), include_extras=True)
    required = {field for field, kind in fields.items() if get_origin(kind) is not NotRequired}
    assert fields.keys() == COMPONENTS[name].read("properties").keys()
    assert required == set(COMPONENTS[name].read("required", []))


def _value(name: str, rng: Random, *, spoilt: bool) -> JSON:
    values = Values(DOCUMENT.value, rng, "response")
    value = values.of(COMPONENTS[name].value)
    if not spoilt:
        return value
    return Values(DOCUMENT.value, rng, "response", rng.randint(1, values.places)).of(COMPONENTS[name].value)
