from __future__ import annotations

from typing import Any

import pytest

from tests.integration.products.api import Api, Table

BROKEN: list[dict[str, Any]] = [
    {"name": None},
    {"description": {"N": "1"}},
    {"price": None},
    {"price": {"S": "95"}},
    {"price": {"N": "0"}},
    {"currency": {"S": "rand"}},
    {"features": {"L": []}},
    {"features": {"L": [{"N": "1"}]}},
    {"features": {"SS": ["One domain"]}},
    {"features": None},
    {"productId": None},
    {"productId": {"S": "prod-2"}},
    {"createdAt": {"S": "yesterday"}},
    {"updatedAt": {"BOOL": True}},
]


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_product_is_left_out_of_the_list_and_reported(
    api: Api, table: Table, broken: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    table.put_older("PROD-002", **broken)
    table.put_older("PROD-003")
    page = api.list()
    assert page.status == 200
    assert [product["productId"] for product in page.body["products"]] == ["PROD-003"]
    assert page.body["count"] == 1
    (report,) = [record for record in caplog.records if record.name == "products.service"]
    assert (report.levelname, vars(report)["item"]) == ("ERROR", "PRODUCT#PROD-002")


@pytest.mark.parametrize("broken", [{"price": {"S": "95"}}, {"currency": {"S": "rand"}}])
def test_a_broken_product_is_an_error_of_ours(api: Api, table: Table, broken: dict[str, Any]) -> None:
    table.put_older(**broken)
    failed = api.get("PROD-001")
    assert (failed.status, failed.body["error"]) == (500, "Internal Server Error")


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_a_walk_passes_over_broken_products(api: Api, table: Table, limit: int) -> None:
    for number in range(6):
        broken = {"price": None} if number % 3 == 0 else {}
        table.put_older(f"PROD-00{number}", createdAt={"S": f"2025-01-0{number + 1}T00:00:00Z"}, **broken)
    page = api.list(limit=limit).body
    found = [product["productId"] for product in page["products"]]
    while "nextToken" in page:
        page = api.list(limit=limit, nextToken=page["nextToken"]).body
        found += [product["productId"] for product in page["products"]]
    assert found == ["PROD-001", "PROD-002", "PROD-004", "PROD-005"]


def test_something_else_in_the_index_stops_no_walk(api: Api, table: Table) -> None:
    table.put(
        {"PK": {"S": "NOTE"}, "SK": {"S": "1"}, "active": {"S": "true"}, "createdAt": {"S": "2025-01-01T00:00:00Z"}}
    )
    table.put_older()
    first = api.list(limit=1).body
    assert first["products"] == []
    assert api.list(nextToken=first["nextToken"]).body["count"] == 1


def test_an_update_can_repair_a_broken_product(api: Api, table: Table) -> None:
    table.put_older(price={"S": "95"})
    assert api.update("PROD-001", {"price": 95}).status == 200
    assert api.get("PROD-001").product["price"] == 95
