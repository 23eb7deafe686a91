"""Older products get their guards before the service takes traffic."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from products.backfill_name_guards import Backfill, GuardState, UnguardedProduct, main, unguarded_products
from products.items import StoredProduct
from tests.integration.products.api import ENTRY, REGION, Api, Table


@pytest.fixture(autouse=True)
def names(table: Table) -> None:
    table.put_older("PROD-001")
    table.put_older("PROD-002", name={"S": "Basic"}, active={"S": "false"})


def backfill(table: Table, *options: str) -> int:
    return main([table.name, "--region", REGION, *options])


def stored(table: Table, partition: str) -> dict[str, Any]:
    item = table.item(partition)
    assert item is not None
    return item


def test_a_guarded_name_is_taken(api: Api, table: Table) -> None:
    assert backfill(table, "--write") == 0
    assert stored(table, "NAME#entry")["productId"] == {"S": "PROD-001"}
    assert api.create({**ENTRY, "name": "ENTRY"}).status == 409
    assert api.create({**ENTRY, "name": "basic"}).status == 409


def test_no_client_sees_a_difference(api: Api, table: Table) -> None:
    before, page = api.get("PROD-001"), api.list()
    backfill(table, "--write")
    after = api.get("PROD-001")
    assert (after.product, after.etag, api.list().body) == (before.product, before.etag, page.body)
    assert api.get("PROD-002").status == 404


def test_a_backfilled_product_is_changed_in_one_call(api: Api, table: Table) -> None:
    backfill(table, "--write")
    with table.calls() as calls:
        assert api.update("PROD-001", {"price": 1}, If_Match='"0"').etag == '"1"'
    assert calls == ["UpdateItem"]
    assert api.update("PROD-001", {"name": "Plus"}).etag == '"2"'
    assert table.item("NAME#entry") is None


def test_without_being_told_to_it_writes_nothing(table: Table, capsys: pytest.CaptureFixture[str]) -> None:
    before = table.items()
    assert backfill(table) == 0
    assert table.items() == before
    assert capsys.readouterr().out.splitlines() == [
        "PRODUCT#PROD-001: lacks its guard",
        "PRODUCT#PROD-002: lacks its guard",
        "Nothing was written. Use --write.",
    ]


def test_a_second_run_finds_nothing(api: Api, table: Table, capsys: pytest.CaptureFixture[str]) -> None:
    api.create({**ENTRY, "name": "New"}, Idempotency_Key="1")
    backfill(table, "--write")
    before = table.items()
    capsys.readouterr()
    assert backfill(table, "--write") == 0
    assert (table.items(), capsys.readouterr().out) == (before, "")


def test_of_two_with_one_name_the_active_then_the_older_one_gets_the_guard(
    table: Table, capsys: pytest.CaptureFixture[str]
) -> None:
    table.put_older("PROD-000", active={"S": "false"}, createdAt={"S": "2020-01-01T00:00:00Z"})
    table.put_older("PROD-003", name={"S": "entry"}, createdAt={"S": "2024-01-01T00:00:00Z"})
    assert backfill(table, "--write") == 1
    assert stored(table, "NAME#entry")["productId"] == {"S": "PROD-003"}
    clashes = [line for line in capsys.readouterr().out.splitlines() if "has the name" in line]
    assert clashes == [
        "PRODUCT#PROD-001: has the name of PROD-003",
        "PRODUCT#PROD-000: has the name of PROD-003",
    ]
    assert "version" not in stored(table, "PRODUCT#PROD-001")


def test_a_name_that_a_newer_product_took_is_a_clash(api: Api, table: Table) -> None:
    newer = api.create().product["productId"]
    before = stored(table, "PRODUCT#PROD-001")
    assert backfill(table, "--write") == 1
    assert stored(table, "PRODUCT#PROD-001") == before
    assert stored(table, "NAME#entry")["productId"] == {"S": newer}


@pytest.mark.parametrize(
    ("broken", "attribute"),
    [
        ({"price": {"S": "95"}}, "price"),
        ({"name": None}, "name"),
        ({"productId": {"S": "PROD-404"}}, "productId"),
        ({"updatedAt": {"S": "yesterday"}}, "updatedAt"),
        ({"updatedAt": {"S": "2025-01-15T08:00:00+02:00"}}, "updatedAt"),
        ({"createdAt": {"S": "2025-01-15T08:00:00"}}, "updatedAt"),
    ],
)
def test_a_broken_product_is_reported_and_left(
    table: Table, broken: dict[str, Any], attribute: str, capsys: pytest.CaptureFixture[str]
) -> None:
    table.put_older("PROD-003", **broken)
    before = stored(table, "PRODUCT#PROD-003")
    assert backfill(table, "--write") == 1
    assert f"PRODUCT#PROD-003: is broken, see its {attribute}" in capsys.readouterr().out.splitlines()
    assert stored(table, "PRODUCT#PROD-003") == before


def test_a_product_that_has_its_version_but_no_guard_keeps_its_version(table: Table) -> None:
    table.put_older("PROD-003", name={"S": "Plus"}, version={"N": "7"})
    assert backfill(table, "--write") == 0
    assert stored(table, "PRODUCT#PROD-003")["version"] == {"N": "7"}
    assert stored(table, "NAME#plus")["productId"] == {"S": "PROD-003"}


class TestWhileTheServiceRuns:
    """Something happens between the reading of the table and the writing of its guard."""

    def meanwhile(self, table: Table, change: Any) -> UnguardedProduct:
        seen = StoredProduct(stored(table, "PRODUCT#PROD-001"))
        change()
        return Backfill(table.client, table.name).write(seen)

    def test_a_product_that_was_written_is_left(self, api: Api, table: Table) -> None:
        found = self.meanwhile(table, lambda: api.update("PROD-001", {"name": "Plus"}))
        assert found.state is GuardState.CHANGED
        assert table.item("NAME#entry") is None

    def test_a_product_that_something_else_renamed_is_left(self, table: Table) -> None:
        found = self.meanwhile(table, lambda: table.put_older(name={"S": "Plus"}))
        assert found.state is GuardState.CHANGED
        assert table.item("NAME#entry") is None

    def test_a_name_that_was_taken_is_a_clash(self, api: Api, table: Table) -> None:
        newer: list[str] = []
        found = self.meanwhile(table, lambda: newer.append(api.create().product["productId"]))
        assert (found.state, found.about) == (GuardState.DUPLICATE, newer[0])

    def test_a_guard_that_was_not_seen_is_no_clash(self, table: Table) -> None:
        Backfill(table.client, table.name).write(StoredProduct(stored(table, "PRODUCT#PROD-001")))
        seen = StoredProduct(stored(table, "PRODUCT#PROD-001"))
        assert Backfill(table.client, table.name).write(seen).state is GuardState.BACKFILLED
        assert not [each for each in unguarded_products(table.items()) if each.product.key == seen.key]


def test_a_table_that_cannot_be_read_is_one_line_and_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["no-such-table", "--region", REGION]) == 1
    assert capsys.readouterr().err.startswith("DynamoDB cannot be used: ")


def test_the_command_says_when_to_run_it(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["backfill_name_guards", "--help"])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 0
    assert "first deployment takes traffic" in " ".join(capsys.readouterr().out.split())
