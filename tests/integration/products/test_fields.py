"""What is stored is shown: every property that the contract lets a client write comes back wherever a product does."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.integration.products.api import Api

DOCUMENT = json.loads((Path(__file__).parents[3] / "generated/products.json").read_bytes(), parse_float=Decimal)
SCHEMAS = DOCUMENT["components"]["schemas"]
CREATED, UPDATED = SCHEMAS["ProductCreate"]["properties"], SCHEMAS["ProductUpdate"]["properties"]


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with what it refers to, its own words first."""
    parts = [SCHEMAS[schema["$ref"].rpartition("/")[2]]] if "$ref" in schema else schema.get("allOf", [])
    found: dict[str, Any] = {}
    for part in parts:
        found |= resolved(part)
    return found | schema


def example(name: str, schema: dict[str, Any]) -> Any:
    """A value that the property may have: its example, or whatever its type allows."""
    found = resolved(schema)
    if found.get("example") is not None:
        return found["example"]
    simple = {"boolean": True, "integer": 1, "number": 1, "string": "a" * found.get("minLength", 1), "object": {}}
    assert found.get("type") in simple, f"give the contract's {name} an example"
    return simple[found["type"]]


EXAMPLES = {name: example(name, schema) for name, schema in CREATED.items()}
NULLABLE = [name for name, schema in UPDATED.items() if resolved(schema).get("nullable")]


@pytest.mark.parametrize("name", CREATED)
def test_what_is_created_is_shown(api: Api, name: str) -> None:
    created = api.create(sent_body(EXAMPLES)).product
    listed = api.list().body["products"]
    for shown in (created, api.get(created["productId"]).product, *listed):
        assert shown.get(name) == EXAMPLES[name], name
    assert len(listed) == 1


@pytest.mark.parametrize(("name", "schema"), UPDATED.items(), ids=UPDATED)
def test_what_is_changed_is_shown(api: Api, name: str, schema: dict[str, Any]) -> None:
    value = example(name, schema)
    required = {each: EXAMPLES[each] for each in SCHEMAS["ProductCreate"]["required"]}
    product_id = api.create(sent_body(required)).product["productId"]
    changed = api.update(product_id, sent_body({name: value})).product
    listed = api.list().body["products"]
    for shown in (changed, api.get(product_id).product, *listed):
        assert shown.get(name) == value, name
    assert len(listed) == 1


def test_what_may_be_null_is_cleared_by_null(api: Api) -> None:
    product_id = api.create(sent_body(EXAMPLES)).product["productId"]
    for name in NULLABLE:
        assert api.update(product_id, {name: None}).product[name] is None, name
        assert api.get(product_id).product[name] is None, name


def sent_body(fields: dict[str, Any]) -> bytes:
    """The body in JSON, its numbers with all their digits."""
    numbers = {f"<{each}>": str(each) for each in fields.values() if isinstance(each, Decimal)}
    text = json.dumps(fields, default=lambda number: f"<{number}>")
    for placeholder, digits in numbers.items():
        text = text.replace(f'"{placeholder}"', digits)
    return text.encode()
