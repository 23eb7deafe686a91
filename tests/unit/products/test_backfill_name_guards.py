"""What the backfill finds and writes, without a table. On a table: tests/integration/products."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import pytest
from botocore.stub import ANY, Stubber

from products import backfill_name_guards, dynamodb
from products.backfill_name_guards import Backfill, GuardState, main, unguarded_products
from products.items import StoredProduct, guard

CANCELLED = "TransactionCanceledException"
FAILED = "ConditionalCheckFailed"


def older(product_id: str = "PROD-001", **attributes: Any) -> dict[str, Any]:
    """The item of a product from before this service. None leaves an attribute out."""
    texts = {"productId": product_id, "name": "Entry", "description": "A page.", "currency": "ZAR", "period": "a year"}
    item: dict[str, Any] = {name: {"S": text} for name, text in texts.items()}
    item |= {"PK": {"S": f"PRODUCT#{product_id}"}, "SK": {"S": "METADATA"}, "createdAt": {"S": "2025-01-15T08:00:00Z"}}
    item |= {"price": {"N": "95"}, "features": {"L": []}, "active": {"S": "true"}} | attributes
    return {name: value for name, value in item.items() if value is not None}


def found(*contents: Any) -> list[tuple[str, GuardState, str]]:
    return [(each.product.product_id, each.state, each.about) for each in unguarded_products(contents)]


def test_a_product_without_its_guard_is_found_and_one_with_it_is_not() -> None:
    assert found(older()) == [("PROD-001", GuardState.UNGUARDED, "")]
    assert found(older(), guard("Entry", "PROD-001")) == []


def test_of_two_with_one_name_the_active_then_the_older_one_gets_the_guard() -> None:
    inactive = older("PROD-000", active={"S": "false"}, createdAt={"S": "2020-01-01T00:00:00Z"})
    newer = older("PROD-003", name={"S": "ENTRY"}, createdAt={"S": "2025-02-01T00:00:00Z"})
    assert found(newer, inactive, older()) == [
        ("PROD-001", GuardState.UNGUARDED, ""),
        ("PROD-003", GuardState.DUPLICATE, "PROD-001"),
        ("PROD-000", GuardState.DUPLICATE, "PROD-001"),
    ]


@pytest.mark.parametrize(
    ("broken", "attribute"),
    [
        ({"name": None}, "name"),
        ({"price": {"S": "95"}}, "price"),
        ({"features": None}, "features"),
        ({"active": {"S": "yes"}}, "active"),
        ({"productId": {"S": "PROD-002"}}, "productId"),
        ({"updatedAt": {"S": "yesterday"}}, "updatedAt"),
        ({"updatedAt": {"S": "2025-01-15T08:00:00+02:00"}}, "updatedAt"),
    ],
)
def test_a_product_that_the_service_cannot_read_is_reported_with_its_attribute(
    broken: dict[str, Any], attribute: str
) -> None:
    ((_, state, about),) = found(older(**broken))
    assert (state, about) == (GuardState.BROKEN, attribute)


@pytest.fixture
def stubber(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    """The answers of the client that the command makes."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    client = dynamodb.connect("eu-west-1")

    class Session:
        def create_client(self, service: str, region_name: str) -> Any:
            assert (service, region_name) == ("dynamodb", "eu-west-1")
            return client

    monkeypatch.setattr(backfill_name_guards, "Session", Session)
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def run(*options: str) -> int:
    return main(["products", "--region", "eu-west-1", *options])


def test_nothing_is_written_unless_it_is_asked_for(stubber: Stubber, capsys: pytest.CaptureFixture[str]) -> None:
    stubber.add_response("scan", {"Items": [older()]}, {"TableName": "products", "ConsistentRead": True})
    assert run() == 0
    assert capsys.readouterr().out == "PRODUCT#PROD-001: lacks its guard\nNothing was written. Use --write.\n"


def test_a_guard_is_written_with_what_makes_the_product_complete(
    stubber: Stubber, capsys: pytest.CaptureFixture[str]
) -> None:
    stubber.add_response("scan", {"Items": [older()]})
    expected = [{"Update": ANY}, {"Put": ANY}]
    stubber.add_response("transact_write_items", {}, {"TransactItems": expected})
    assert run("--write") == 0
    assert capsys.readouterr().out == "PRODUCT#PROD-001: has its guard now\n"


def test_what_is_left_to_a_person_is_status_1(stubber: Stubber, capsys: pytest.CaptureFixture[str]) -> None:
    stubber.add_response("scan", {"Items": [older(price=None)]})
    assert run("--write") == 1
    assert capsys.readouterr().out == "PRODUCT#PROD-001: is broken, see its price\n"


def test_a_table_that_cannot_be_read_is_one_line_and_status_1(
    stubber: Stubber, capsys: pytest.CaptureFixture[str]
) -> None:
    stubber.add_client_error("scan", "ResourceNotFoundException")
    assert run() == 1
    assert capsys.readouterr().err.startswith("DynamoDB cannot be used: ")


@pytest.mark.parametrize(
    ("reason", "state", "about"),
    [
        ({"Code": FAILED, "Item": guard("Entry", "PROD-009")}, GuardState.DUPLICATE, "PROD-009"),
        ({"Code": "None"}, GuardState.CHANGED, ""),
    ],
)
def test_a_refused_write_says_whether_the_name_or_the_product_stood_in_its_way(
    stubber: Stubber, reason: Any, state: GuardState, about: str
) -> None:
    reasons = {"CancellationReasons": [{"Code": "None"}, reason]}
    stubber.add_client_error("transact_write_items", CANCELLED, modeled_fields=reasons)
    written = Backfill(cast("Any", stubber.client), "products").write(StoredProduct(older(version={"N": "0"})))
    assert (written.state, written.about) == (state, about)
