from __future__ import annotations

from typing import Any

import pytest

from tests.integration.products.api import ENTRY, Api, Table

UNKNOWN = "0b6f7a52-8a7e-4d0e-9d3a-3f5c2b1a0e9d"


def stored(table: Table, product_id: str) -> dict[str, Any]:
    item = table.item(f"PRODUCT#{product_id}")
    assert item is not None
    return item


def guards(table: Table) -> dict[str, str]:
    """The owners of the reserved names."""
    items = [item for item in table.items() if item["PK"]["S"].startswith("NAME#")]
    return {item["PK"]["S"].removeprefix("NAME#"): item["productId"]["S"] for item in items}


@pytest.mark.parametrize(
    "body",
    [
        {"description": "Another description."},
        {"price": 120.5},
        {"currency": "USD"},
        {"period": "per month"},
        {"features": ["Two domains"]},
        {"name": "Entry", "price": 1},
        {"active": True},
    ],
)
def test_a_change_that_keeps_the_name_is_one_update(
    api: Api, table: Table, product_id: str, body: dict[str, Any]
) -> None:
    before = api.get(product_id).product
    with table.calls() as calls:
        changed = api.update(product_id, body)
    assert changed.status == 200
    assert calls == ["UpdateItem"]
    assert changed.etag == '"2"'
    assert changed.product["updatedAt"] > before["updatedAt"]
    for answer in (changed, api.get(product_id)):
        assert {**answer.product, "updatedAt": None} == {**before, **body, "updatedAt": None}
    assert stored(table, product_id)["version"] == {"N": "2"}


def test_a_price_is_rounded_half_up(api: Api, table: Table, product_id: str) -> None:
    assert float(api.update(product_id, {"price": 10.005}).product["price"]) == 10.01
    assert stored(table, product_id)["price"] == {"N": "10.01"}


def test_an_update_without_fields_breaks_the_contract(api: Api, product_id: str) -> None:
    assert api.update(product_id, {}).status == 400


def test_an_unknown_product_cannot_be_changed(api: Api, table: Table) -> None:
    with table.calls() as calls:
        assert api.update(UNKNOWN, {"price": 1}).status == 404
    assert calls == ["UpdateItem"]
    assert table.items() == []


def test_a_rename_moves_the_guard_in_one_transaction(api: Api, table: Table, product_id: str) -> None:
    with table.calls() as calls:
        renamed = api.update(product_id, {"name": "Basic", "price": 120})
    assert calls == ["UpdateItem", "TransactWriteItems"]
    assert (renamed.status, renamed.etag) == (200, '"2"')
    assert renamed.product == api.get(product_id).product
    assert (renamed.product["name"], renamed.product["price"]) == ("Basic", 120)
    assert guards(table) == {"basic": product_id}
    assert api.create().status == 201


def test_a_change_of_case_keeps_the_guard(api: Api, table: Table, product_id: str) -> None:
    with table.calls() as calls:
        renamed = api.update(product_id, {"name": "ENTRY"})
    assert calls == ["UpdateItem", "UpdateItem"]
    assert renamed.product["name"] == "ENTRY"
    assert guards(table) == {"entry": product_id}


def test_a_taken_name_changes_nothing(api: Api, table: Table, product_id: str) -> None:
    other = api.create({**ENTRY, "name": "Basic"}).product["productId"]
    before = stored(table, product_id)
    with table.calls() as calls:
        refused = api.update(product_id, {"name": "BASIC", "price": 1})
    assert (refused.status, refused.body["error"]) == (409, "Conflict")
    assert (refused.body["productId"], refused.body["active"]) == (other, True)
    assert calls == ["UpdateItem", "TransactWriteItems", "GetItem"]
    assert stored(table, product_id) == before
    assert guards(table) == {"entry": product_id, "basic": other}


@pytest.mark.parametrize("tags", ['"1"', "*", '"7", "1"', 'W/"9", "1"', ",".join(f'"{n}"' for n in range(103))])
def test_a_current_etag_lets_the_change_through(api: Api, product_id: str, tags: str) -> None:
    assert api.update(product_id, {"price": 1}, If_Match=tags).etag == '"2"'


@pytest.mark.parametrize(
    "tags",
    ['"0"', '"2"', 'W/"1"', '"01"', '"abc"', '"1', '"' + "9" * 400 + '"', ",".join(f'"{n}"' for n in range(2, 104))],
)
def test_a_stale_etag_changes_nothing(api: Api, table: Table, product_id: str, tags: str) -> None:
    before = stored(table, product_id)
    with table.calls() as calls:
        refused = api.update(product_id, {"price": 1, "name": "Basic"}, If_Match=tags)
    assert refused.status == (412 if tags.endswith('"') else 400)
    assert len(calls) <= 1
    assert stored(table, product_id) == before


def test_a_rename_needs_the_current_etag_too(api: Api, table: Table, product_id: str) -> None:
    assert api.update(product_id, {"name": "Basic"}, If_Match='"1"').etag == '"2"'
    assert api.update(product_id, {"name": "Premium"}, If_Match='"1"').status == 412
    assert guards(table) == {"basic": product_id}


def test_an_inactive_product_cannot_be_changed(api: Api, table: Table, product_id: str) -> None:
    api.delete(product_id)
    before = stored(table, product_id)
    for body in ({"price": 1}, {"active": False}):
        with table.calls() as calls:
            assert api.update(product_id, body).status == 404
        assert calls == ["UpdateItem"]
    assert api.update(product_id, {"price": 1}, If_Match='"9"').status == 404
    assert stored(table, product_id) == before


def test_a_restored_product_is_visible_again(api: Api, table: Table, product_id: str) -> None:
    api.delete(product_id)
    with table.calls() as calls:
        restored = api.update(product_id, {"active": True, "price": 80}, If_Match='"2"')
    assert calls == ["UpdateItem"]
    assert (restored.status, restored.etag, restored.product["active"]) == (200, '"3"', True)
    assert api.get(product_id).product == restored.product
    assert api.list().body["count"] == 1


def test_an_update_can_retire_a_product(api: Api, product_id: str) -> None:
    retired = api.update(product_id, {"active": False, "price": 1})
    assert (retired.status, retired.product["active"]) == (200, False)
    assert api.get(product_id).status == 404
    assert api.list().body["count"] == 0


def test_an_inactive_product_can_be_restored_under_another_name(api: Api, table: Table, product_id: str) -> None:
    api.delete(product_id)
    restored = api.update(product_id, {"active": True, "name": "Basic"})
    assert (restored.status, restored.product["name"]) == (200, "Basic")
    assert guards(table) == {"basic": product_id}


def test_updated_at_never_goes_back(api: Api, table: Table, product_id: str) -> None:
    ahead = "2999-01-01T00:00:00.000000Z"
    table.put({**stored(table, product_id), "updatedAt": {"S": ahead}})
    with table.calls() as calls:
        changed = api.update(product_id, {"price": 1})
    assert changed.product["updatedAt"] == ahead
    assert calls == ["UpdateItem", "UpdateItem"]
    assert api.update(product_id, {"name": "Basic"}).product["updatedAt"] == ahead


@pytest.mark.parametrize(("claims", "status"), [(None, 401), ({"cognito:groups": "[editors]"}, 403)])
def test_only_administrators_update(api: Api, product_id: str, claims: dict[str, str] | None, status: int) -> None:
    assert api.update(product_id, {"price": 1}, claims=claims).status == status
    assert api.get(product_id).etag == '"1"'
