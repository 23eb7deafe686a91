from __future__ import annotations

import time
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.integration.products.api import ENTRY, ORIGIN, Api, Table
from tests.integration.products.faults import Faulty, cancelled

KEY: dict[str, Any] = {"Idempotency_Key": "order-66"}


def test_a_creation_is_one_transaction_of_product_and_guard(api: Api, table: Table) -> None:
    with table.calls() as calls:
        created = api.create()
    assert created.status == 201
    assert calls == ["TransactWriteItems"]
    product_id = created.product["productId"]
    assert table.item("NAME#entry") == {
        "PK": {"S": "NAME#entry"},
        "SK": {"S": "METADATA"},
        "entityType": {"S": "NAME"},
        "productId": {"S": product_id},
    }
    assert table.item(f"PRODUCT#{product_id}") == {
        "PK": {"S": f"PRODUCT#{product_id}"},
        "SK": {"S": "METADATA"},
        "entityType": {"S": "PRODUCT"},
        "productId": {"S": product_id},
        "name": {"S": "Entry"},
        "description": {"S": "A single-page site on a domain of your own."},
        "price": {"N": "95"},
        "currency": {"S": "ZAR"},
        "period": {"S": "per domain/year"},
        "features": {"L": [{"S": "One domain"}, {"S": "1 GB of disk space"}]},
        "active": {"S": "true"},
        "createdAt": {"S": created.product["createdAt"]},
        "updatedAt": {"S": created.product["createdAt"]},
        "version": {"N": "1"},
        "lastWriteId": {"S": product_id},
    }
    assert len(table.items()) == 2


def test_a_created_product_is_told_where_it_is_and_what_it_is(api: Api) -> None:
    created = api.create()
    product_id = created.product["productId"]
    assert created.headers["Location"] == f"/v1.0/products/{product_id}"
    assert created.etag == '"1"'
    assert created.headers["Cache-Control"] == "no-store"
    assert "Idempotent-Replayed" not in created.headers
    assert api.get(product_id).product == created.product


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("79.77", "79.77"),
        ("289.14", "289.14"),
        ("0.01", "0.01"),
        ("999999.99", "999999.99"),
        ("95", "95"),
        ("95.10", "95.1"),
        ("1.2e3", "1200"),
        ("10.005", "10.01"),
        ("0.014999999999999999999999999999999999999999", "0.01"),
    ],
)
def test_a_price_is_kept_in_whole_cents(api: Api, table: Table, sent: str, stored: str) -> None:
    body = b'{"name":"Entry","description":"A single page.","price":%s,"period":"yearly","features":["Domain"]}'
    created = api.create(body % sent.encode())
    assert created.status == 201
    assert created.product["price"] == Decimal(stored)
    item = table.item(f"PRODUCT#{created.product['productId']}")
    assert item is not None
    assert item["price"] == {"N": stored}
    assert str(api.get(created.product["productId"]).product["price"]) == stored


@pytest.mark.parametrize("price", ["1000000", "0", "0.009", "999999.991", '"95"', "NaN", "1e400"])
def test_a_price_out_of_range_creates_nothing(api: Api, table: Table, price: str) -> None:
    body = b'{"name":"Entry","description":"A single page.","price":%s,"period":"yearly","features":["Domain"]}'
    assert api.create(body % price.encode()).status == 400
    assert table.items() == []


@pytest.mark.parametrize("name", ["Entry", "ENTRY", "entry"])
def test_a_taken_name_is_a_conflict_and_writes_nothing(api: Api, table: Table, name: str) -> None:
    api.create()
    before = table.items()
    with table.calls() as calls:
        refused = api.create({**ENTRY, "name": name, "price": 1})
    assert (refused.status, refused.body["error"]) == (409, "Conflict")
    assert "Retry-After" not in refused.headers
    assert calls == ["TransactWriteItems", "GetItem"]
    assert table.items() == before


def test_the_name_of_an_inactive_product_stays_taken(api: Api) -> None:
    product_id = api.create().product["productId"]
    api.delete(product_id)
    refused = api.create()
    assert (refused.status, refused.body["productId"], refused.body["active"]) == (409, product_id, False)
    assert api.update(refused.body["productId"], {"active": True}).status == 200
    assert api.create().body["active"] is True


def test_a_taken_name_whose_product_is_gone_says_what_is_known(api: Api, table: Table) -> None:
    product_id = api.create().product["productId"]
    table.client.delete_item(TableName=table.name, Key={"PK": {"S": f"PRODUCT#{product_id}"}, "SK": {"S": "METADATA"}})
    refused = api.create()
    assert (refused.status, refused.body["productId"], "active" in refused.body) == (409, product_id, False)


def test_a_running_request_names_no_product(faulty: Faulty) -> None:
    api, _ = faulty(*[cancelled("None", "None", "TransactionConflict")] * 50)
    refused = api.create(**KEY)
    assert (refused.status, "productId" in refused.body) == (409, False)


def test_a_creation_never_overwrites_a_product(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two UUIDs are never the same. Were they, the first product would have to stay as it is."""
    monkeypatch.setattr("products.bootstrap.new_id", lambda: "0b6f7a52-8a7e-4d0e-9d3a-3f5c2b1a0e9d")
    api = Api(table)
    api.create()
    [before] = [item for item in table.items() if item["PK"]["S"].startswith("PRODUCT#")]
    api.create({**ENTRY, "name": "Basic", "price": 1})
    assert [item for item in table.items() if item["PK"]["S"].startswith("PRODUCT#")] == [before]


@pytest.mark.parametrize(("seconds_left", "replays"), [(1, True), (0, False), (-1, False)])
def test_a_record_expires_at_its_very_second(
    table: Table, monkeypatch: pytest.MonkeyPatch, seconds_left: int, replays: bool
) -> None:
    moment = datetime(2026, 3, 1, 9, 30, 0, 999999, tzinfo=UTC)
    monkeypatch.setattr("products.bootstrap.utc_now", lambda: moment)
    api = Api(table)
    api.create(**KEY)
    record = next(item for item in table.items() if item["PK"]["S"].startswith("IDEMPOTENCY#"))
    assert int(record["expiresAt"]["N"]) == int(moment.timestamp()) + 24 * 3600
    table.put({**record, "expiresAt": {"N": str(int(moment.timestamp()) + seconds_left)}})
    assert ("Idempotent-Replayed" in api.create(**KEY).headers) is replays


def test_letters_that_look_alike_in_every_case_are_one_name(api: Api) -> None:
    assert api.create({**ENTRY, "name": "Straße"}).status == 201
    assert api.create({**ENTRY, "name": "STRASSE"}).status == 409


def test_the_same_key_and_body_get_the_first_answer_again(api: Api, table: Table) -> None:
    first = api.create(**KEY)
    product_id = first.product["productId"]
    api.update(product_id, {"name": "Entry Plus", "price": 1})
    with table.calls() as calls:
        again = api.create(**KEY)
    assert again.status == 201
    assert again.body == first.body
    assert again.etag == first.etag
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert calls == ["TransactWriteItems"]
    assert len(api.list().body["products"]) == 1


def test_equal_bodies_are_the_same_however_they_are_spelt(api: Api) -> None:
    first = api.create(
        b'{"name":"Entry","description":"A single page.","price":95,"period":"yearly","features":["Domain"]}', **KEY
    )
    again = api.create(
        b'{"price":95.0, "currency":"ZAR","features":["\\u0044omain"],"period":"yearly",'
        b'"description":"A single page.","name":"Entry"}',
        **KEY,
    )
    assert again.body == first.body


def test_the_same_key_with_another_body_is_refused_whatever_else_is_wrong(api: Api, table: Table) -> None:
    api.create(**KEY)
    before = table.items()
    refused = api.create({**ENTRY, "price": 96}, **KEY)
    assert (refused.status, refused.body["error"]) == (422, "Unprocessable Content")
    assert table.items() == before


def test_keys_of_two_callers_never_meet(api: Api) -> None:
    other = {"sub": "4711", "cognito:groups": "platform-admin"}
    assert api.create(**KEY).status == 201
    assert api.create(claims=other, **KEY).status == 409
    assert api.create({**ENTRY, "name": "Basic"}, claims=other, **KEY).status == 201


def test_a_key_is_free_again_when_its_day_is_over(api: Api, table: Table) -> None:
    api.create(**KEY)
    record = next(item for item in table.items() if item["PK"]["S"].startswith("IDEMPOTENCY#"))
    assert 0 <= time.time() + 24 * 3600 - int(record["expiresAt"]["N"]) < 60
    table.put({**record, "expiresAt": {"N": str(int(time.time()) - 1)}})
    assert api.create(**KEY).status == 409
    second = api.create({**ENTRY, "name": "Basic"}, **KEY)
    assert second.status == 201
    assert "Idempotent-Replayed" not in second.headers


def test_every_violation_is_told_at_once(api: Api) -> None:
    refused = api.create({"name": " x", "price": 0, "colour": "red"})
    assert refused.status == 400
    assert {"/price", "/name", "/colour"} <= {detail["field"] for detail in refused.body["details"]}


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        (None, 401),
        ({"sub": "1"}, 403),
        ({"sub": "1", "cognito:groups": "editors"}, 403),
        ({"sub": "1", "cognito:groups": "[platform-super-admin editors]"}, 201),
    ],
)
def test_only_administrators_create(api: Api, table: Table, claims: dict[str, str] | None, status: int) -> None:
    answer = api.create(claims=claims)
    assert answer.status == status
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)
    assert bool(table.items()) == (status == 201)


def test_the_portal_may_read_the_answers_headers(api: Api) -> None:
    created = api.create(Origin=ORIGIN)
    assert created.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "ETag" in created.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Origin" not in api.create(Origin="https://elsewhere.example").headers
