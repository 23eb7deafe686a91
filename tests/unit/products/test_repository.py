"""What no engine on a laptop does: DynamoDB's rarer answers, played by botocore's Stubber."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError
from botocore.stub import ANY, Stubber

from contract.operation import Operation
from products import dynamodb
from products.dynamodb import BUDGET_SECONDS, RetryBudget
from products.errors import BrokenItem, KeyReused, NameTaken, NotFound, PreconditionFailed, StillRunning, Unavailable
from products.items import IdempotencyRecord, guard, new_product
from products.preconditions import Preconditions
from products.repository import FILTERED_PRODUCTS, FILTERED_QUERIES, Repository
from products.service import Change

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
AT = "2026-03-01T09:30:00.000000Z"
FIELDS: dict[str, Any] = {
    "name": "Entry",
    "description": "A page.",
    "price": 95,
    "period": "yearly",
    "features": ["Site"],
}
PROPERTIES = Operation.load("generated/operations/get_product.json").property_names("Product")
PRODUCT = new_product("id-1", {**FIELDS, "currency": "ZAR"}, AT)
EARLIER = new_product("id-0", {**FIELDS, "currency": "ZAR"}, AT)
RECORD = IdempotencyRecord("key", "caller", FIELDS, NOW)
OTHER_BODY = IdempotencyRecord("key", "caller", {**FIELDS, "price": 1}, NOW)
FIRST = Preconditions({"If-Match": '"1"'})
FAILED = "ConditionalCheckFailedException"
CONFLICT = {"Code": "TransactionConflict"}
NONE = {"Code": "None"}


def change(fields: dict[str, Any], preconditions: Preconditions | None = None, *, retires: bool = False) -> Change:
    return Change("id-1", fields, NOW, preconditions or Preconditions({}), retires=retires)


PRICE, RENAME = change({"price": 1}), change({"name": "Basic"})


def seen(**attributes: Any) -> dict[str, Any]:
    """The product as a refused write brings it back; None leaves an attribute out."""
    return {name: value for name, value in {**PRODUCT.item, **attributes}.items() if value is not None}


class FakeTime:
    def __init__(self) -> None:
        self.seconds = 0.0

    def budget(self) -> RetryBudget:
        return RetryBudget(lambda: self.seconds, self.sleep, lambda: 0.5)

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


class Scripted:
    """A repository and the answers that it will get, in their order."""

    def __init__(self) -> None:
        client = dynamodb.connect("eu-west-1")
        self._writes = count()
        self.repository = Repository(client, "products", lambda: f"write-{next(self._writes)}")
        self.stubber = Stubber(client)
        self._client = client

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

    def sent(self) -> list[dict[str, Any]]:
        """The arguments of the updates to come, as they go out."""
        calls: list[dict[str, Any]] = []
        events = self._client.meta.events
        events.register("provide-client-params.dynamodb.UpdateItem", lambda params, **_: calls.append(dict(params)))
        return calls


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scripted]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    scripted = Scripted()
    with scripted.stubber:
        yield scripted
        scripted.stubber.assert_no_pending_responses()


def token(write_id: str) -> dict[str, Any]:
    """The arguments of a transaction with this token."""
    return {"ClientRequestToken": write_id, "TransactItems": ANY}


def failed(item: Any) -> dict[str, Any]:
    return {"Code": "ConditionalCheckFailed", "Item": dict(item)}


def test_a_creation_in_conflict_is_repeated_with_the_same_token(script: Scripted) -> None:
    same = {"ClientRequestToken": "id-1", "TransactItems": ANY}
    script.cancelled(NONE, CONFLICT, expected=same).cancelled(CONFLICT, NONE, expected=same)
    script.answered("transact_write_items", same)
    time = FakeTime()
    assert script.repository.add(PRODUCT, None, time.budget()) == (PRODUCT, False)
    assert time.seconds > 0


def test_a_creation_that_stays_in_conflict_is_still_running_under_its_key(script: Scripted) -> None:
    for _ in range(11):
        script.cancelled(NONE, NONE, CONFLICT)
    with pytest.raises(StillRunning):
        script.repository.add(PRODUCT, RECORD, FakeTime().budget())


@pytest.mark.parametrize("action", [0, 1, 2])
def test_a_creation_refused_by_its_own_items_has_succeeded(script: Scripted, action: int) -> None:
    reasons = [NONE, NONE, NONE]
    reasons[action] = failed(RECORD.item(PRODUCT) if action == 2 else PRODUCT.item)
    script.refused("transact_write_items", "InternalServerError", 500).cancelled(*reasons)
    assert script.repository.add(PRODUCT, RECORD, FakeTime().budget()) == (PRODUCT, False)


def test_a_record_of_the_same_request_answers_before_the_name_does(script: Scripted) -> None:
    script.cancelled(NONE, failed(EARLIER.item), failed(RECORD.item(EARLIER)))
    stored, replayed = script.repository.add(PRODUCT, RECORD, FakeTime().budget())
    assert (stored.product(PROPERTIES), replayed) == (EARLIER.product(PROPERTIES), True)


def test_a_record_of_another_request_is_told_before_the_name_is(script: Scripted) -> None:
    script.cancelled(NONE, failed(EARLIER.item), failed(OTHER_BODY.item(EARLIER)))
    with pytest.raises(KeyReused):
        script.repository.add(PRODUCT, RECORD, FakeTime().budget())


@pytest.mark.parametrize("record", [None, RECORD])
@pytest.mark.parametrize(
    ("holder", "members"),
    [
        (EARLIER.item, {"productId": "id-0", "active": True}),
        ({**EARLIER.item, "active": {"S": "false"}}, {"productId": "id-0", "active": False}),
        ({**EARLIER.item, "active": {"N": "1"}}, {"productId": "id-0"}),
        (None, {"productId": "id-0"}),
    ],
)
def test_a_guard_of_another_product_is_a_taken_name(
    script: Scripted, record: IdempotencyRecord | None, holder: Any, members: dict[str, Any]
) -> None:
    script.cancelled(NONE, failed(guard("Entry", "id-0")), NONE)
    script.answered("get_item", **({} if holder is None else {"Item": dict(holder)}))
    with pytest.raises(NameTaken) as taken:
        script.repository.add(PRODUCT, record, FakeTime().budget())
    assert taken.value.members == members


def test_a_product_is_read_as_of_every_write_answered_before(script: Scripted) -> None:
    key = {"PK": {"S": "PRODUCT#id-1"}, "SK": {"S": "METADATA"}}
    expected = {"TableName": "products", "Key": key, "ConsistentRead": True}
    script.answered("get_item", expected, Item=dict(PRODUCT.item))
    stored = script.repository.get("id-1", FakeTime().budget())
    assert stored is not None
    assert stored.item == PRODUCT.item


def test_a_page_cut_short_by_its_size_says_that_more_follow(script: Scripted) -> None:
    script.answered("query", Items=[dict(PRODUCT.item)], LastEvaluatedKey={**last(1), "PK": PRODUCT.item["PK"]})
    _, following = script.repository.active(20, None, {}, FakeTime().budget())
    assert following == {"createdAt": AT, "PK": "PRODUCT#id-1", "SK": "METADATA"}


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
    assert script.repository.active(20, position, {}, FakeTime().budget()) == ([], None)


def query(filters: dict[str, str], start: dict[str, str] | None) -> dict[str, Any]:
    names = {f"#f{number}": name for number, name in enumerate(filters)}
    values = {f":f{number}": {"S": value} for number, value in enumerate(filters.values())}
    expected: dict[str, Any] = {
        "TableName": "products",
        "IndexName": "ActiveProductsIndex",
        "KeyConditionExpression": "#active = :true",
        "FilterExpression": " AND ".join(f"{name} = {value}" for name, value in zip(names, values, strict=True)),
        "ExpressionAttributeNames": {"#active": "active", **names},
        "ExpressionAttributeValues": {":true": {"S": "true"}, **values},
        "Limit": FILTERED_PRODUCTS,
    }
    if start:
        expected["ExclusiveStartKey"] = {"active": {"S": "true"}, **{name: {"S": text} for name, text in start.items()}}
    return expected


def place(number: int) -> dict[str, str]:
    return {"createdAt": AT, "PK": f"PRODUCT#{number}", "SK": "METADATA"}


def last(number: int) -> dict[str, Any]:
    return {"active": {"S": "true"}, **{name: {"S": text} for name, text in place(number).items()}}


def found(number: int) -> dict[str, Any]:
    return {**PRODUCT.item, "PK": {"S": f"PRODUCT#{number}"}}


def test_a_filtered_page_is_filled_by_several_queries(script: Scripted) -> None:
    usd = {"currency": "USD", "period": "yearly"}
    script.answered("query", query(usd, None), Items=[], LastEvaluatedKey=last(9))
    script.answered("query", query(usd, place(9)), Items=[found(10)], LastEvaluatedKey=last(19))
    script.answered("query", query(usd, place(19)), Items=[found(20), found(21)], LastEvaluatedKey=last(29))
    products, following = script.repository.active(2, None, cast("Any", usd), FakeTime().budget())
    assert [stored.key for stored in products] == ["PRODUCT#10", "PRODUCT#20"]
    assert following == place(20)


def test_a_filtered_page_without_a_match_does_not_end_the_list(script: Scripted) -> None:
    for number in range(FILTERED_QUERIES):
        script.answered("query", Items=[], LastEvaluatedKey=last(number))
    page = script.repository.active(2, None, {"currency": "USD"}, FakeTime().budget())
    assert page == ([], place(FILTERED_QUERIES - 1))


def test_the_last_filtered_page_ends_the_list(script: Scripted) -> None:
    script.answered("query", Items=[found(1)], LastEvaluatedKey=last(5))
    script.answered("query", Items=[found(6)])
    products, following = script.repository.active(2, None, {"currency": "USD"}, FakeTime().budget())
    assert (len(products), following) == (2, None)


def test_an_update_that_meets_its_product_is_one_call(script: Scripted) -> None:
    script.answered("update_item", Attributes=seen(version={"N": "2"}))
    assert script.repository.change(PRICE, FakeTime().budget()).version == 2


def test_an_update_in_conflict_with_a_transaction_is_repeated(script: Scripted) -> None:
    script.refused("update_item", "TransactionConflictException")
    script.answered("update_item", Attributes=seen())
    assert script.repository.change(PRICE, FakeTime().budget()).item == PRODUCT.item


def test_an_update_refused_by_its_own_write_has_succeeded(script: Scripted) -> None:
    script.refused("update_item", "InternalServerError", 500)
    script.refused("update_item", FAILED, Item=seen(lastWriteId={"S": "write-0"}, version={"N": "2"}))
    assert script.repository.change(change({"price": 1}, FIRST), FakeTime().budget()).version == 2


@pytest.mark.parametrize(("version", "ending"), [("2", PreconditionFailed), ("3", Unavailable)])
def test_after_a_lost_answer_one_version_on_is_another_write_and_two_are_in_doubt(
    script: Scripted, version: str, ending: type[Exception]
) -> None:
    script.refused("update_item", "InternalServerError", 500)
    script.refused("update_item", FAILED, Item=seen(lastWriteId={"S": "other"}, version={"N": version}))
    with pytest.raises(ending):
        script.repository.change(change({"price": 1}, FIRST), FakeTime().budget())


@pytest.mark.parametrize("header", ['"x"', ""])
def test_a_precondition_that_no_version_meets_is_never_in_doubt(script: Scripted, header: str) -> None:
    script.refused("update_item", "InternalServerError", 500)
    script.refused("update_item", FAILED, Item=seen(version={"N": "7"}))
    with pytest.raises(PreconditionFailed):
        script.repository.change(change({"price": 1}, Preconditions({"If-Match": header})), FakeTime().budget())


def test_a_refused_update_of_no_product_says_so(script: Scripted) -> None:
    script.refused("update_item", FAILED)
    with pytest.raises(NotFound):
        script.repository.change(PRICE, FakeTime().budget())


def test_a_write_in_doubt_on_no_product_is_not_acknowledged(script: Scripted) -> None:
    script.refused("update_item", "InternalServerError", 500).answered("get_item")
    with pytest.raises(Unavailable):
        script.repository.change(PRICE, FakeTime().budget())


def test_a_rename_refused_by_its_own_write_has_succeeded(script: Scripted) -> None:
    mine = seen(lastWriteId={"S": "write-1"}, version={"N": "2"})
    script.refused("update_item", FAILED, Item=seen())
    script.refused("transact_write_items", "InternalServerError", 500).cancelled(failed(mine), NONE, NONE)
    assert script.repository.change(RENAME, FakeTime().budget()).version == 2


def test_a_rename_that_finds_the_product_changed_looks_again_before_it_speaks_of_the_name(script: Scripted) -> None:
    other = seen(lastWriteId={"S": "other"}, version={"N": "2"})
    script.refused("update_item", FAILED, Item=seen())
    script.cancelled(failed(other), failed(EARLIER.item), NONE, expected=token("write-1"))
    script.answered("transact_write_items", token("write-2"))
    assert script.repository.change(RENAME, FakeTime().budget()).version == 3


def test_a_rename_to_a_taken_name_says_whose_it_is(script: Scripted) -> None:
    script.refused("update_item", FAILED, Item=seen()).cancelled(NONE, failed(guard("Basic", "id-0")), NONE)
    script.answered("get_item", Item=dict(EARLIER.item))
    with pytest.raises(NameTaken) as taken:
        script.repository.change(RENAME, FakeTime().budget())
    assert taken.value.members == {"productId": "id-0", "active": True}


def test_a_guard_that_is_not_the_products_own_is_a_fault_of_ours(script: Scripted) -> None:
    script.refused("update_item", FAILED, Item=seen())
    script.cancelled(NONE, NONE, {"Code": "ConditionalCheckFailed"})
    with pytest.raises(ClientError):
        script.repository.change(RENAME, FakeTime().budget())


def test_an_older_product_is_completed_at_once(script: Scripted) -> None:
    time = FakeTime()
    script.refused("update_item", FAILED, Item=seen(version=None, updatedAt=None, lastWriteId=None))
    script.answered("transact_write_items", token("write-1"))
    assert script.repository.change(PRICE, time.budget()).version == 1
    assert time.seconds == 0


@pytest.mark.parametrize(
    ("preconditions", "version", "values"),
    [
        (Preconditions({}), "if_not_exists(#version, :zero) + :count", {":zero": {"N": "0"}, ":count": {"N": "1"}}),
        (FIRST, ":count", {":count": {"N": "2"}}),
    ],
)
def test_an_update_that_several_versions_meet_counts_from_the_items_own_if_it_has_one(
    script: Scripted, preconditions: Preconditions, version: str, values: dict[str, Any]
) -> None:
    """Of an item without a version, the expression has a value: the condition need not be evaluated first."""
    script.answered("update_item", Attributes=seen())
    calls = script.sent()
    script.repository.change(change({"price": 1}, preconditions), FakeTime().budget())
    assert calls[0]["UpdateExpression"].endswith(f"#version = {version}")
    assert {name: calls[0]["ExpressionAttributeValues"].get(name) for name in values} == values


def test_a_product_ahead_of_the_clock_keeps_its_time(script: Scripted) -> None:
    ahead = "2026-03-01T09:30:00.500000Z"
    script.refused("update_item", FAILED, Item=seen(updatedAt={"S": ahead}))
    script.answered("update_item", Attributes=seen(updatedAt={"S": ahead}))
    calls = script.sent()
    script.repository.change(PRICE, FakeTime().budget())
    assert [":updatedAt" in call["ExpressionAttributeValues"] for call in calls] == [True, False]
    assert ["#updatedAt" in call["ConditionExpression"] for call in calls] == [True, False]


def test_a_product_whose_time_is_not_ours_is_changed_as_it_was_seen(script: Scripted) -> None:
    script.refused("update_item", FAILED, Item=seen(updatedAt={"S": "2026-03-01T12:30:00+01:00"}, lastWriteId=None))
    script.answered("update_item", Attributes=seen())
    calls = script.sent()
    script.repository.change(PRICE, FakeTime().budget())
    assert calls[1]["ExpressionAttributeValues"][":updatedAt"] == {"S": "2026-03-01T11:30:00.000000Z"}
    assert "#version = :seen" in calls[1]["ConditionExpression"]


def test_each_round_is_a_write_of_its_own(script: Scripted) -> None:
    script.refused("update_item", FAILED, Item=seen())
    script.cancelled(failed(seen()), NONE, NONE, expected=token("write-1"))
    script.answered("transact_write_items", token("write-2"))
    script.repository.change(RENAME, FakeTime().budget())


def test_a_product_that_never_stands_still_is_given_up_in_time(script: Scripted) -> None:
    seconds = count()
    budget = RetryBudget(lambda: next(seconds), lambda _: pytest.fail("nothing is gained by waiting"), lambda: 0.5)
    for _ in range(int(BUDGET_SECONDS) + 1):
        script.refused("update_item", FAILED, Item=seen())
    with pytest.raises(Unavailable):
        script.repository.change(PRICE, budget)


def test_a_retirement_happens_whatever_the_name(script: Scripted) -> None:
    retire = change({"active": False}, retires=True)
    script.refused("update_item", FAILED, Item=seen(version=None, lastWriteId=None))
    script.cancelled(NONE, failed(guard("Entry", "id-0")))
    script.answered("update_item", Attributes=seen(version=None, active={"S": "false"}))
    assert script.repository.change(retire, FakeTime().budget()).active is False


def test_a_product_without_a_name_cannot_be_completed_without_one(script: Scripted) -> None:
    script.refused("update_item", FAILED, Item=seen(version=None, lastWriteId=None, name=None))
    with pytest.raises(BrokenItem) as broken:
        script.repository.change(PRICE, FakeTime().budget())
    assert (broken.value.item, broken.value.attribute) == ("PRODUCT#id-1", "name")


def test_a_product_that_is_there_under_a_new_id_is_a_fault_of_ours(script: Scripted) -> None:
    script.cancelled({"Code": "ValidationError"}, NONE)
    with pytest.raises(ClientError):
        script.repository.add(PRODUCT, None, FakeTime().budget())
