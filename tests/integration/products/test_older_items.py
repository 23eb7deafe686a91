"""Products from before this service: no version, no updatedAt, no guard for the name."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.products.api import ENTRY, Api, Table

ID = "PROD-001"


def stored(table: Table) -> dict[str, Any]:
    item = table.item(f"PRODUCT#{ID}")
    assert item is not None
    return item


def test_an_older_product_is_read_as_it_is(api: Api, table: Table) -> None:
    table.put_older()
    before = table.items()
    found = api.get(ID)
    assert (found.status, found.etag) == (200, '"0"')
    assert found.product["createdAt"] == "2025-01-15T08:00:00Z"
    assert found.product["updatedAt"] == "2025-01-15T08:00:00Z"
    assert api.list().body["products"] == [found.product]
    assert api.get(ID, If_None_Match='"0"').status == 304
    assert table.items() == before


@pytest.mark.parametrize("headers", [{}, {"If_Match": '"0"'}, {"If_Match": "*"}])
def test_the_first_write_completes_it(api: Api, table: Table, headers: dict[str, Any]) -> None:
    table.put_older()
    with table.calls() as calls:
        changed = api.update(ID, {"price": 120}, **headers)
    assert calls == ["UpdateItem", "TransactWriteItems"]
    assert (changed.status, changed.etag) == (200, '"1"')
    assert changed.product == api.get(ID).product
    item = stored(table)
    assert (item["version"], item["entityType"], item["price"]) == ({"N": "1"}, {"S": "PRODUCT"}, {"N": "120"})
    assert item["updatedAt"]["S"] > "2026"
    guard = table.item("NAME#entry")
    assert guard is not None
    assert guard["productId"] == {"S": ID}
    with table.calls() as calls:
        assert api.update(ID, {"price": 130}).etag == '"2"'
    assert calls == ["UpdateItem"]


def test_a_stale_etag_leaves_it_as_it_is(api: Api, table: Table) -> None:
    table.put_older()
    before = table.items()
    assert api.update(ID, {"price": 120}, If_Match='"1"').status == 412
    assert api.delete(ID, If_Match='"1"').status == 412
    assert table.items() == before


def test_it_can_be_renamed(api: Api, table: Table) -> None:
    table.put_older()
    assert api.update(ID, {"name": "Basic"}).product["name"] == "Basic"
    assert table.item("NAME#entry") is None
    assert table.item("NAME#basic") is not None


def test_retiring_completes_it(api: Api, table: Table) -> None:
    table.put_older()
    with table.calls() as calls:
        assert api.delete(ID).status == 204
    assert calls == ["UpdateItem", "TransactWriteItems"]
    item = stored(table)
    assert (item["version"], item["active"]) == ({"N": "1"}, {"S": "false"})
    assert table.item("NAME#entry") is not None


def test_an_inactive_one_is_not_found_until_it_is_restored(api: Api, table: Table) -> None:
    table.put_older(active={"S": "false"})
    before = table.items()
    assert api.get(ID).status == 404
    assert api.update(ID, {"price": 1}).status == 404
    assert api.delete(ID).status == 204
    assert table.items() == before
    assert api.update(ID, {"active": True}).etag == '"1"'


def test_an_update_time_ahead_of_the_clock_is_kept(api: Api, table: Table) -> None:
    table.put_older(updatedAt={"S": "2999-01-01T00:00:00+00:00"})
    assert api.update(ID, {"price": 1}).product["updatedAt"] == "2999-01-01T00:00:00.000000Z"


@pytest.mark.parametrize("broken", ["yesterday", "2025-01-15T08:00:00"])
def test_a_malformed_update_time_is_repaired(api: Api, table: Table, broken: str) -> None:
    table.put_older(updatedAt={"S": broken})
    assert api.get(ID).status == 500
    assert api.update(ID, {"price": 1}).status == 200
    assert api.get(ID).status == 200


class TestWhoseNameIsTaken:
    """Nothing guarded its name, so a newer product could have it."""

    @pytest.fixture(autouse=True)
    def newer(self, api: Api, table: Table) -> str:
        table.put_older()
        newer: str = api.create().product["productId"]
        return newer

    def test_a_change_that_leaves_the_clash_is_a_conflict(self, api: Api, table: Table) -> None:
        before = stored(table)
        assert api.update(ID, {"price": 1}).status == 409
        assert stored(table) == before

    def test_a_rename_ends_the_clash(self, api: Api, table: Table, newer: str) -> None:
        assert api.update(ID, {"name": "Basic"}).etag == '"1"'
        guard = table.item("NAME#entry")
        assert guard is not None
        assert guard["productId"] == {"S": newer}

    def test_it_can_be_retired_without_a_guard(self, api: Api, table: Table) -> None:
        with table.calls() as calls:
            assert api.delete(ID).status == 204
        assert calls == ["UpdateItem", "TransactWriteItems", "UpdateItem"]
        assert "version" not in stored(table)
        assert api.get(ID).status == 404
        assert api.delete(ID).status == 204
        assert api.update(ID, {"active": True}).status == 409
        assert api.update(ID, {"active": True, "name": "Basic"}).etag == '"1"'

    def test_the_newer_one_is_not_disturbed(self, api: Api, newer: str) -> None:
        api.delete(ID)
        assert api.get(newer).etag == '"1"'
        assert api.create(ENTRY).status == 409
