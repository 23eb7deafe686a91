from __future__ import annotations

from typing import Any

import pytest

from rehearsal.iam import Need, needs


@pytest.mark.parametrize(
    ("operation", "body", "expected"),
    [
        ("GetItem", {"TableName": "t"}, [Need("dynamodb:GetItem", "table/t")]),
        ("Query", {"TableName": "t"}, [Need("dynamodb:Query", "table/t")]),
        ("Query", {"TableName": "t", "IndexName": "i"}, [Need("dynamodb:Query", "table/t/index/i")]),
        ("GetItem", {"TableName": "arn:aws:dynamodb:eu:1:table/t"}, [Need("dynamodb:GetItem", "table/t")]),
        ("ListTables", {}, [Need("dynamodb:ListTables", "*")]),
        (
            "BatchGetItem",
            {"RequestItems": {"a": {}, "b": {}}},
            [Need("dynamodb:BatchGetItem", "table/a"), Need("dynamodb:BatchGetItem", "table/b")],
        ),
    ],
)
def test_a_request_needs_its_action_where_it_acts(operation: str, body: dict[str, Any], expected: list[Need]) -> None:
    assert needs(operation, body) == expected


@pytest.mark.parametrize(
    ("part", "action"),
    [
        ("Put", "PutItem"),
        ("Update", "UpdateItem"),
        ("Delete", "DeleteItem"),
        ("ConditionCheck", "ConditionCheckItem"),
    ],
)
def test_a_transaction_needs_what_its_parts_need(part: str, action: str) -> None:
    body = {"TransactItems": [{part: {"TableName": "t"}}]}
    assert needs("TransactWriteItems", body) == [Need(f"dynamodb:{action}", "table/t")]


def test_a_transaction_needs_everything_that_is_in_it_once() -> None:
    parts = [{"Put": {"TableName": "t"}}, {"Delete": {"TableName": "t"}}, {"Put": {"TableName": "t"}}]
    assert needs("TransactWriteItems", {"TransactItems": parts}) == [
        Need("dynamodb:PutItem", "table/t"),
        Need("dynamodb:DeleteItem", "table/t"),
    ]


def test_a_part_that_is_not_known_is_not_let_through() -> None:
    with pytest.raises(KeyError):
        needs("TransactWriteItems", {"TransactItems": [{"Replace": {"TableName": "t"}}]})
