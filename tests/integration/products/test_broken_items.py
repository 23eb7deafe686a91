from __future__ import annotations

from collections.abc import Callable
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


Report = tuple[str, str]
OURS = {"version": {"N": "3"}, "lastWriteId": {"S": "w"}}


@pytest.fixture
def reports(caplog: pytest.LogCaptureFixture) -> Callable[[], list[Report]]:
    """Key and attribute of each broken item that was reported."""
    return lambda: [
        (vars(record)["item"], vars(record)["attribute"])
        for record in caplog.records
        if record.getMessage() == "a stored product is broken"
    ]


@pytest.mark.parametrize("versioned", [{}, OURS], ids=["older", "ours"])
@pytest.mark.parametrize(
    ("broken", "body"),
    [
        ({"name": None}, {"name": "Entry"}),
        ({"name": {"N": "1"}}, {"name": "Basic", "price": 1}),
        ({"description": None}, {"description": "Another description."}),
        ({"price": {"S": "95"}}, {"price": 95}),
        ({"features": {"SS": ["One domain"]}}, {"features": ["One domain"]}),
        ({"active": None}, {"active": True}),
        ({"active": {"S": "yes"}}, {"active": True}),
        ({"updatedAt": {"BOOL": True}}, {"price": 1}),
        ({"updatedAt": {"S": "some day"}}, {"price": 1}),
        ({"updatedAt": {"S": "2999-01-01"}}, {"price": 1}),
        ({"version": {"S": "3"}}, {"price": 1}),
    ],
)
def test_an_update_repairs_what_it_supplies(
    api: Api, table: Table, broken: dict[str, Any], body: dict[str, Any], versioned: dict[str, Any]
) -> None:
    table.put_older(**{**versioned, **broken})
    changed = api.update("PROD-001", body)
    assert changed.status == 200
    assert api.get("PROD-001").product == changed.product
    assert api.list().body["products"] == [changed.product]
    assert api.update("PROD-001", {"price": 7}).status == 200


@pytest.mark.parametrize("versioned", [{}, OURS], ids=["older", "ours"])
@pytest.mark.parametrize("broken", [*BROKEN, {"active": None}, {"active": {"S": "yes"}}, {"version": {"S": "3"}}])
def test_a_broken_product_can_be_retired(
    api: Api, table: Table, broken: dict[str, Any], versioned: dict[str, Any]
) -> None:
    table.put_older(**{**versioned, **broken})
    assert api.delete("PROD-001").status == 204
    item = table.item("PRODUCT#PROD-001")
    assert item is not None
    assert item["active"] == {"S": "false"}
    assert api.get("PROD-001").status == 404
    assert api.list().body["count"] == 0


@pytest.mark.parametrize(
    ("broken", "attribute"),
    [
        (each, next(iter(each)))
        for part in ({"name": None}, {"price": {"S": "95"}}, {"active": {"S": "yes"}})
        for each in (part, {**part, **OURS})
    ],
)
def test_a_broken_product_met_by_a_write_is_reported_as_by_a_read(
    api: Api, table: Table, broken: dict[str, Any], attribute: str, reports: Callable[[], list[Report]]
) -> None:
    table.put_older(**broken)
    assert api.get("PROD-001").status == 500
    assert api.update("PROD-001", {"period": "per month"}).status == 500
    assert reports() == [("PRODUCT#PROD-001", attribute)] * 2


@pytest.mark.parametrize(
    "header", [{"If_None_Match": '"0"'}, {"If_None_Match": "*"}, {"If_Match": '"7"'}, {"If_None_Match": '"7"'}]
)
def test_a_broken_product_is_reported_whatever_the_reader_has(
    api: Api, table: Table, header: dict[str, str], reports: Callable[[], list[Report]]
) -> None:
    table.put_older(price={"S": "95"})
    assert api.get("PROD-001", **header).status == 500
    assert reports() == [("PRODUCT#PROD-001", "price")]


def test_the_answer_to_an_earlier_creation_is_reported_if_it_is_broken(
    api: Api, table: Table, reports: Callable[[], list[Report]]
) -> None:
    api.create(Idempotency_Key="1")
    (record,) = (item for item in table.items() if item["PK"]["S"].startswith("IDEMPOTENCY#"))
    del record["product"]["M"]["name"]
    table.put(record)
    assert api.create(Idempotency_Key="1").status == 500
    assert reports() == [(record["product"]["M"]["PK"]["S"], "name")]


def test_a_retirement_does_not_need_what_it_does_not_name(
    api: Api, table: Table, reports: Callable[[], list[Report]]
) -> None:
    table.put_older(name=None)
    assert api.delete("PROD-001", If_Match='"0"').status == 204
    assert api.delete("PROD-001").status == 204
    assert reports() == []


def test_an_update_can_repair_a_broken_product(api: Api, table: Table) -> None:
    table.put_older(price={"S": "95"})
    assert api.update("PROD-001", {"price": 95}).status == 200
    assert api.get("PROD-001").product["price"] == 95
