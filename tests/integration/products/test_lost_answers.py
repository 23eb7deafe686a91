"""Calls whose answers get lost: nothing is doubled, nothing is acknowledged that did not happen."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.products.api import ENTRY, Api, Table
from tests.integration.products.faults import (
    Fault,
    Faulty,
    answer_lost,
    cancelled,
    delivered_twice,
    passed,
    refused,
    request_lost,
    then,
    unreachable,
)

THROTTLED = refused("ThrottlingException")
FAILED = refused("InternalServerError", 500)
CONFLICT = refused("TransactionConflictException")
UNKNOWN = [answer_lost, request_lost, FAILED]
HARMLESS = [unreachable, THROTTLED, CONFLICT]
IF_MATCH: dict[str, Any] = {"If_Match": '"1"'}


def stored(table: Table, product_id: str) -> dict[str, Any]:
    item = table.item(f"PRODUCT#{product_id}")
    assert item is not None
    return item


@pytest.mark.parametrize("fault", UNKNOWN + HARMLESS)
@pytest.mark.parametrize("headers", [{}, {"Idempotency_Key": "1"}])
def test_a_creation_is_repeated_and_known_again(
    table: Table, faulty: Faulty, fault: Fault, headers: dict[str, Any]
) -> None:
    api, sent = faulty(fault)
    created = api.create(**headers)
    assert (created.status, created.etag) == (201, '"1"')
    assert "Idempotent-Replayed" not in created.headers
    assert sent == ["TransactWriteItems"] * 2
    assert api.list().body["products"] == [created.product]
    assert len(table.items()) == 2 + len(headers)


@pytest.mark.parametrize("fault", UNKNOWN + HARMLESS)
def test_reading_is_repeated(api: Api, faulty: Faulty, product_id: str, fault: Fault) -> None:
    flaky, sent = faulty(fault, fault, fault, fault)
    assert flaky.get(product_id).status == 200
    assert flaky.list().body["count"] == 1
    assert sent == ["GetItem"] * 5 + ["Query"]


@pytest.mark.parametrize("fault", HARMLESS)
@pytest.mark.parametrize("headers", [{}, IF_MATCH])
def test_a_change_that_was_refused_is_repeated(
    faulty: Faulty, product_id: str, fault: Fault, headers: dict[str, Any]
) -> None:
    api, sent = faulty(fault, fault)
    assert api.update(product_id, {"price": 1}, **headers).etag == '"2"'
    assert sent == ["UpdateItem"] * 3


def test_a_change_that_arrived_is_found_by_reading(faulty: Faulty, product_id: str) -> None:
    api, sent = faulty(answer_lost)
    changed = api.update(product_id, {"price": 1})
    assert (changed.status, changed.etag, changed.product["price"]) == (200, '"2"', 1)
    assert sent == ["UpdateItem", "GetItem"]


@pytest.mark.parametrize("fault", [request_lost, FAILED])
def test_a_change_that_any_version_meets_is_not_sent_twice(
    table: Table, faulty: Faulty, product_id: str, fault: Fault
) -> None:
    before = stored(table, product_id)
    api, sent = faulty(fault)
    unavailable = api.update(product_id, {"price": 1})
    assert (unavailable.status, unavailable.headers["Retry-After"]) == (503, "1")
    assert sent == ["UpdateItem", "GetItem"]
    assert stored(table, product_id) == before


def test_a_change_that_somebody_else_changed_further_is_not_acknowledged(
    api: Api, table: Table, faulty: Faulty, product_id: str
) -> None:
    flaky, _ = faulty(then(answer_lost, lambda: api.update(product_id, {"price": 2})))
    assert flaky.update(product_id, {"price": 1}).status == 503
    assert stored(table, product_id)["price"] == {"N": "2"}


@pytest.mark.parametrize("fault", UNKNOWN)
def test_a_change_of_one_version_is_sent_again_and_happens_once(
    table: Table, faulty: Faulty, product_id: str, fault: Fault
) -> None:
    api, sent = faulty(fault)
    changed = api.update(product_id, {"price": 1}, **IF_MATCH)
    assert (changed.status, changed.etag) == (200, '"2"')
    assert sent == ["UpdateItem"] * 2
    assert stored(table, product_id)["version"] == {"N": "2"}


def test_a_change_of_one_version_that_came_second_is_stale(
    api: Api, table: Table, faulty: Faulty, product_id: str
) -> None:
    flaky, _ = faulty(then(request_lost, lambda: api.update(product_id, {"price": 2})))
    assert flaky.update(product_id, {"price": 1}, **IF_MATCH).status == 412
    assert stored(table, product_id)["price"] == {"N": "2"}


def test_a_change_of_one_version_lost_among_others_is_in_doubt(
    api: Api, table: Table, faulty: Faulty, product_id: str
) -> None:
    flaky, _ = faulty(then(answer_lost, lambda: api.update(product_id, {"price": 2})))
    assert flaky.update(product_id, {"price": 1}, **IF_MATCH).status == 503
    assert stored(table, product_id)["version"] == {"N": "3"}


def test_a_change_of_several_versions_is_not_sent_twice(faulty: Faulty, product_id: str) -> None:
    api, sent = faulty(request_lost)
    assert api.update(product_id, {"price": 1}, If_Match='"1", "2"').status == 503
    assert sent == ["UpdateItem", "GetItem"]


@pytest.mark.parametrize("fault", [*UNKNOWN, unreachable, THROTTLED])
@pytest.mark.parametrize("headers", [{}, IF_MATCH])
def test_a_rename_is_repeated_and_happens_once(
    table: Table, faulty: Faulty, product_id: str, fault: Fault, headers: dict[str, Any]
) -> None:
    api, sent = faulty(passed, fault)
    renamed = api.update(product_id, {"name": "Basic"}, **headers)
    assert (renamed.status, renamed.etag, renamed.product["name"]) == (200, '"2"', "Basic")
    assert sent == ["UpdateItem"] + ["TransactWriteItems"] * 2
    assert stored(table, product_id)["version"] == {"N": "2"}
    assert table.item("NAME#entry") is None


@pytest.mark.parametrize("body", [{"price": 1}, {"active": False}, {"name": "Basic"}])
def test_a_write_that_is_delivered_twice_happens_once(
    table: Table, faulty: Faulty, product_id: str, body: dict[str, Any]
) -> None:
    api, _ = faulty(delivered_twice, delivered_twice)
    assert api.update(product_id, body).etag == '"2"'
    assert stored(table, product_id)["version"] == {"N": "2"}


def test_a_creation_that_is_delivered_twice_happens_once(table: Table, faulty: Faulty) -> None:
    api, _ = faulty(delivered_twice)
    assert api.create().status == 201
    assert len(table.items()) == 2


def test_a_rename_starts_over_when_the_product_has_moved_on(api: Api, faulty: Faulty, product_id: str) -> None:
    flaky, sent = faulty(passed, then(request_lost, lambda: api.update(product_id, {"price": 2})))
    renamed = flaky.update(product_id, {"name": "Basic"})
    assert (renamed.status, renamed.etag, renamed.product["price"]) == (200, '"3"', 2)
    assert sent.count("TransactWriteItems") == 3


def test_a_conditional_rename_is_stale_when_the_product_has_moved_on(
    api: Api, table: Table, faulty: Faulty, product_id: str
) -> None:
    flaky, _ = faulty(passed, then(request_lost, lambda: api.update(product_id, {"price": 2})))
    assert flaky.update(product_id, {"name": "Basic"}, **IF_MATCH).status == 412
    assert table.item("NAME#basic") is None


@pytest.mark.parametrize("fault", UNKNOWN)
def test_completing_an_older_product_happens_once(table: Table, faulty: Faulty, fault: Fault) -> None:
    table.put_older()
    api, _ = faulty(passed, fault)
    assert api.update("PROD-001", {"price": 1}).etag == '"1"'
    assert stored(table, "PROD-001")["version"] == {"N": "1"}


def test_a_retirement_that_arrived_is_found_by_reading(faulty: Faulty, product_id: str) -> None:
    api, sent = faulty(answer_lost)
    assert api.delete(product_id).status == 204
    assert sent == ["UpdateItem", "GetItem"]


@pytest.mark.parametrize("fault", UNKNOWN)
def test_a_conditional_retirement_is_repeated_and_happens_once(
    table: Table, faulty: Faulty, product_id: str, fault: Fault
) -> None:
    api, _ = faulty(fault)
    assert api.delete(product_id, **IF_MATCH).status == 204
    assert stored(table, product_id)["version"] == {"N": "2"}


def test_a_condition_beside_a_conflict_is_no_verdict_yet(faulty: Faulty) -> None:
    api, _ = faulty(cancelled("None", "ConditionalCheckFailed", "TransactionConflict"))
    assert api.create(Idempotency_Key="1").status == 201


def test_retried_creations_by_an_impatient_client_make_one_product(table: Table, faulty: Faulty) -> None:
    api, _ = faulty(answer_lost, *[refused("TransactionInProgressException")] * 50)
    assert api.create(ENTRY, Idempotency_Key="1").status == 409
    assert Api(table).create(ENTRY, Idempotency_Key="1").headers["Idempotent-Replayed"] == "true"
    assert len(table.items()) == 3
