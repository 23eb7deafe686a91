"""What no engine on a laptop does: DynamoDB's rarer answers, played by botocore's Stubber."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import ANY, Stubber

from products import changes, dynamodb
from products.changes import Change
from products.errors import KeyReused, NameTaken, StillRunning, Unavailable
from products.idempotency import Claim
from products.items import new_product, record
from products.preconditions import Preconditions
from products.repository import Refused, Repository
from products.retries import Patience

AT = "2026-03-01T09:30:00.000000Z"
FIELDS: dict[str, Any] = {
    "name": "Entry",
    "description": "A page.",
    "price": 95,
    "period": "yearly",
    "features": ["Site"],
}
PRODUCT = new_product("id-1", {**FIELDS, "currency": "ZAR"}, AT)
EARLIER = new_product("id-0", {**FIELDS, "currency": "ZAR"}, AT)
CLAIM = Claim("digest", "fingerprint", 1000, 2000)
CHANGE = Change("id-1", "write-1", {"price": 1}, AT)
RENAME = Change("id-1", "write-1", {"name": "Basic"}, AT)
FIRST = Preconditions.read({"If-Match": '"1"'})
CONFLICT = {"Code": "TransactionConflict"}
NONE = {"Code": "None"}


class FakeTime:
    def __init__(self) -> None:
        self.seconds = 0.0

    def patience(self) -> Patience:
        return Patience(lambda: self.seconds, self.sleep, lambda: 0.5)

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


class Scripted:
    """A repository and the answers that it will get, in their order."""

    def __init__(self) -> None:
        client = dynamodb.connect("eu-west-1")
        self.repository = Repository(client, "products")
        self.stubber = Stubber(client)

    def cancelled(self, *reasons: Any, expected: Any = None) -> Scripted:
        self.stubber.add_client_error(
            "transact_write_items",
            "TransactionCanceledException",
            modeled_fields={"CancellationReasons": list(reasons)},
            expected_params=expected,
        )
        return self

    def refused(self, operation: str, code: str, status: int = 400, **modelled: Any) -> Scripted:
        self.stubber.add_client_error(operation, code, http_status_code=status, modeled_fields=modelled)
        return self

    def answered(self, operation: str, expected: Any = None, **answer: Any) -> Scripted:
        self.stubber.add_response(operation, answer, expected)
        return self


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scripted]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    scripted = Scripted()
    with scripted.stubber:
        yield scripted
        scripted.stubber.assert_no_pending_responses()


def failed(item: Any) -> dict[str, Any]:
    return {"Code": "ConditionalCheckFailed", "Item": dict(item)}


def test_a_creation_in_conflict_is_repeated_with_the_same_token(script: Scripted) -> None:
    same = {"ClientRequestToken": "id-1", "TransactItems": ANY}
    script.cancelled(NONE, CONFLICT, expected=same).cancelled(CONFLICT, NONE, expected=same)
    script.answered("transact_write_items", same)
    time = FakeTime()
    assert script.repository.add(PRODUCT, None, time.patience()) == (PRODUCT, False)
    assert time.seconds > 0


def test_a_creation_that_stays_in_conflict_is_still_running_under_its_key(script: Scripted) -> None:
    for _ in range(11):
        script.cancelled(NONE, NONE, CONFLICT)
    with pytest.raises(StillRunning):
        script.repository.add(PRODUCT, CLAIM, FakeTime().patience())


@pytest.mark.parametrize("action", [0, 1, 2])
def test_a_creation_refused_by_its_own_items_has_succeeded(script: Scripted, action: int) -> None:
    reasons = [NONE, NONE, NONE]
    reasons[action] = failed(record(CLAIM, PRODUCT) if action == 2 else PRODUCT.item)
    script.refused("transact_write_items", "InternalServerError", 500).cancelled(*reasons)
    assert script.repository.add(PRODUCT, CLAIM, FakeTime().patience()) == (PRODUCT, False)


def test_a_record_of_the_same_request_answers_before_the_name_does(script: Scripted) -> None:
    script.cancelled(NONE, failed(EARLIER.item), failed(record(CLAIM, EARLIER)))
    stored, replayed = script.repository.add(PRODUCT, CLAIM, FakeTime().patience())
    assert (stored.product(), replayed) == (EARLIER.product(), True)


def test_a_record_of_another_request_is_told_before_the_name_is(script: Scripted) -> None:
    script.cancelled(NONE, failed(EARLIER.item), failed(record(CLAIM._replace(fingerprint="other"), EARLIER)))
    with pytest.raises(KeyReused):
        script.repository.add(PRODUCT, CLAIM, FakeTime().patience())


@pytest.mark.parametrize("claim", [None, CLAIM])
def test_a_guard_of_another_product_is_a_taken_name(script: Scripted, claim: Claim | None) -> None:
    script.cancelled(NONE, failed(EARLIER.item), NONE)
    with pytest.raises(NameTaken):
        script.repository.add(PRODUCT, claim, FakeTime().patience())


def test_a_product_is_read_as_of_every_write_answered_before(script: Scripted) -> None:
    key = {"PK": {"S": "PRODUCT#id-1"}, "SK": {"S": "METADATA"}}
    expected = {"TableName": "products", "Key": key, "ConsistentRead": True}
    script.answered("get_item", expected, Item=dict(PRODUCT.item))
    stored = script.repository.get("id-1", FakeTime().patience())
    assert stored is not None
    assert stored.item == PRODUCT.item


def test_a_page_cut_short_by_its_size_says_that_more_follow(script: Scripted) -> None:
    script.answered("query", Items=[dict(PRODUCT.item)], LastEvaluatedKey={"PK": {"S": "any"}})
    page = script.repository.active(20, None, FakeTime().patience())
    assert page.following == {"createdAt": AT, "PK": "PRODUCT#id-1", "SK": "METADATA"}


def test_a_page_starts_where_the_one_before_ended(script: Scripted) -> None:
    position = {"createdAt": AT, "PK": "PRODUCT#id-1", "SK": "METADATA"}
    script.answered(
        "query",
        {
            "TableName": "products",
            "IndexName": "ActiveProductsIndex",
            "KeyConditionExpression": "#active = :true",
            "ExpressionAttributeNames": {"#active": "active"},
            "ExpressionAttributeValues": {":true": {"S": "true"}},
            "Limit": 21,
            "ExclusiveStartKey": {"active": {"S": "true"}, **{name: {"S": text} for name, text in position.items()}},
        },
        Items=[],
    )
    assert script.repository.active(20, position, FakeTime().patience()) == ([], None)


def test_an_update_in_conflict_with_a_transaction_is_repeated(script: Scripted) -> None:
    script.refused("update_item", "TransactionConflictException")
    script.answered("update_item", Attributes=dict(PRODUCT.item))
    condition = changes.expected(CHANGE, Preconditions(), active=True)
    assert script.repository.change(CHANGE, condition, FakeTime().patience()).item == PRODUCT.item


def test_an_update_refused_by_its_own_write_has_succeeded(script: Scripted) -> None:
    mine = {**PRODUCT.item, "lastWriteId": {"S": "write-1"}, "version": {"N": "2"}}
    script.refused("update_item", "InternalServerError", 500)
    script.refused("update_item", "ConditionalCheckFailedException", Item=mine)
    condition = changes.expected(CHANGE, FIRST, active=True)
    assert script.repository.change(CHANGE, condition, FakeTime().patience()).version == 2


@pytest.mark.parametrize(("version", "ending"), [("2", Refused), ("3", Unavailable)])
def test_after_a_lost_answer_one_version_on_is_another_write_and_two_are_in_doubt(
    script: Scripted, version: str, ending: type[Exception]
) -> None:
    other = {**PRODUCT.item, "lastWriteId": {"S": "other"}, "version": {"N": version}}
    script.refused("update_item", "InternalServerError", 500)
    script.refused("update_item", "ConditionalCheckFailedException", Item=other)
    with pytest.raises(ending):
        script.repository.change(CHANGE, changes.expected(CHANGE, FIRST, active=True), FakeTime().patience())


def test_a_refused_update_of_no_product_says_so(script: Scripted) -> None:
    script.refused("update_item", "ConditionalCheckFailedException")
    with pytest.raises(Refused) as refused:
        script.repository.change(CHANGE, changes.expected(CHANGE, Preconditions(), active=True), FakeTime().patience())
    assert refused.value.stored is None


def test_a_write_in_doubt_on_no_product_is_not_acknowledged(script: Scripted) -> None:
    script.refused("update_item", "InternalServerError", 500).answered("get_item")
    with pytest.raises(Unavailable):
        script.repository.change(CHANGE, changes.expected(CHANGE, Preconditions(), active=True), FakeTime().patience())


def test_a_rename_refused_by_its_own_write_has_succeeded(script: Scripted) -> None:
    mine = {**PRODUCT.item, "lastWriteId": {"S": "write-1"}, "version": {"N": "2"}}
    script.refused("transact_write_items", "InternalServerError", 500).cancelled(failed(mine), NONE, NONE)
    assert script.repository.change_seen(RENAME, PRODUCT, FakeTime().patience()).version == 2


def test_a_rename_that_finds_the_product_changed_says_so_before_it_speaks_of_the_name(script: Scripted) -> None:
    other = {**PRODUCT.item, "lastWriteId": {"S": "other"}, "version": {"N": "2"}}
    script.cancelled(failed(other), failed(EARLIER.item), NONE)
    with pytest.raises(Refused):
        script.repository.change_seen(RENAME, PRODUCT, FakeTime().patience())


def test_a_guard_that_is_not_the_products_own_is_a_fault_of_ours(script: Scripted) -> None:
    script.cancelled(NONE, NONE, {"Code": "ConditionalCheckFailed"})
    with pytest.raises(ClientError):
        script.repository.change_seen(RENAME, PRODUCT, FakeTime().patience())


def test_a_product_that_is_there_under_a_new_id_is_a_fault_of_ours(script: Scripted) -> None:
    script.cancelled({"Code": "ValidationError"}, NONE)
    with pytest.raises(ClientError):
        script.repository.add(PRODUCT, None, FakeTime().patience())
