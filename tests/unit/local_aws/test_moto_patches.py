"""moto's DynamoDB costs more with every item unless it is patched; patched, it does what it did."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from moto.dynamodb.exceptions import TransactionCanceledException
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table

from local_aws.database.embedded import patched

KEYS = [{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}]
INDEX = {
    "IndexName": "by_rank",
    "KeySchema": [{"AttributeName": "kind", "KeyType": "HASH"}, {"AttributeName": "rank", "KeyType": "RANGE"}],
    "Projection": {"ProjectionType": "ALL"},
}


def backend(items: int = 0) -> DynamoDBBackend:
    """A table `t` with so many items, from the last one to the first."""
    made = DynamoDBBackend("eu-west-1", "123456789012")
    made.create_table(
        "t",
        schema=KEYS,
        throughput=None,
        attr=[{"AttributeName": name, "AttributeType": "S"} for name in ("PK", "SK", "kind", "rank")],
        global_indexes=[INDEX],
        indexes=None,
        streams=None,
        billing_mode="PAY_PER_REQUEST",
        sse_specification=None,
        tags=[],
        deletion_protection_enabled=None,
        warm_throughput=None,
    )
    for number in reversed(range(items)):
        made.put_item("t", item(number))
    return made


def item(number: int, **more: str) -> dict[str, Any]:
    fields = {"PK": f"THING#{number:03}", "SK": "A", "kind": "thing", "rank": f"{number:03}", **more}
    return {name: {"S": value} for name, value in fields.items()}


def put(number: int, **more: str) -> dict[str, Any]:
    return {"Put": {"TableName": "t", "Item": item(number, **more)}}


REFUSED = {
    "ConditionCheck": {
        "TableName": "t",
        "Key": {"PK": {"S": "THING#000"}, "SK": {"S": "A"}},
        "ConditionExpression": "attribute_not_exists(PK)",
    }
}


def contents(made: DynamoDBBackend) -> list[Any]:
    return [each.to_json()["Attributes"] for each in made.tables["t"].all_items()]


@pytest.fixture
def in_patches() -> Iterator[None]:
    with patched():
        yield


def copies_in_a_transaction(items: int) -> int:
    """How many items moto copies for one that is put, in a table of so many."""
    made, original, counted = backend(items), Item.__deepcopy__, []

    def counting(self: Item, memo: dict[int, Any]) -> Item:
        counted.append(self)
        return original(self, memo)

    with patch.object(Item, "__deepcopy__", counting):
        made.transact_write_items([put(999)])
    return len(counted)


def test_a_transaction_copies_the_table_unless_it_is_patched() -> None:
    assert copies_in_a_transaction(30) > copies_in_a_transaction(10)
    with patched():
        assert copies_in_a_transaction(30) == copies_in_a_transaction(10)


def remembered_after_replacing() -> int:
    before = len(Item.instances_tracked)  # type: ignore[attr-defined]
    made = backend()
    for _ in range(10):
        made.put_item("t", item(1))
    return len(Item.instances_tracked) - before  # type: ignore[attr-defined]


def test_replaced_items_are_remembered_unless_it_is_patched() -> None:
    assert remembered_after_replacing() >= 10
    with patched():
        assert remembered_after_replacing() == 0


def comparisons_of_a_query() -> int:
    made, original, counted = backend(20), DynamoType.__lt__, []

    def counting(self: DynamoType, other: DynamoType) -> bool:
        counted.append(self)
        return original(self, other)

    with patch.object(DynamoType, "__lt__", counting):
        pages(made)
    return len(counted)


def pages(made: DynamoDBBackend) -> list[str]:
    """The ranks of all things by the index, in pages of seven."""
    found: list[str] = []
    start: Any = None
    while True:
        options: dict[str, Any] = {"exclusive_start_key": start, "index_name": "by_rank"}
        conditions: Any = [("kind", DynamoType({"S": "thing"}))]
        items, _, start = made.tables["t"].query(
            None, None, [], 7, scan_index_forward=True, projection_expressions=None,
            hash_key_conditions=conditions, **options,
        )  # fmt: skip
        found += [each.attrs["rank"].value for each in items]
        if start is None:
            return found
        start = {name: value.to_json() if isinstance(value, DynamoType) else value for name, value in start.items()}


def test_a_query_compares_objects_unless_it_is_patched() -> None:
    unpatched = comparisons_of_a_query()
    with patched():
        assert comparisons_of_a_query() < unpatched / 2


@pytest.mark.usefixtures("in_patches")
def test_a_query_pages_in_the_order_of_the_index() -> None:
    assert pages(backend(20)) == [f"{number:03}" for number in range(20)]


@pytest.mark.usefixtures("in_patches")
@pytest.mark.parametrize(
    "actions",
    [
        [put(5), REFUSED],
        [put(1, name="changed"), REFUSED],
        [{"Delete": {"TableName": "t", "Key": {"PK": {"S": "THING#001"}, "SK": {"S": "A"}}}}, REFUSED],
        [
            {
                "Update": {
                    "TableName": "t",
                    "Key": {"PK": {"S": "THING#002"}, "SK": {"S": "A"}},
                    "UpdateExpression": "SET grade = :r",
                    "ExpressionAttributeValues": {":r": {"S": "9"}},
                }
            },
            REFUSED,
        ],
    ],
)
def test_a_cancelled_transaction_leaves_everything_as_it_was(actions: list[dict[str, Any]]) -> None:
    made = backend(3)
    before = copy.deepcopy(contents(made))
    with pytest.raises(TransactionCanceledException):
        made.transact_write_items(actions)
    assert contents(made) == before


@pytest.mark.usefixtures("in_patches")
def test_a_transaction_that_succeeds_is_kept() -> None:
    made = backend(1)
    made.transact_write_items([put(0, name="changed"), put(7)])
    assert [each.get("name", {}).get("S") for each in contents(made)] == ["changed", None]


def test_outside_of_the_patches_moto_is_itself() -> None:
    before = (DynamoDBBackend.transact_write_items, Table.all_items, Item.instances_tracked)  # type: ignore[attr-defined]
    with patched():
        pass
    assert (DynamoDBBackend.transact_write_items, Table.all_items, Item.instances_tracked) == before  # type: ignore[attr-defined]
