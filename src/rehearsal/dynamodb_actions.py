"""What a request to DynamoDB needs permission for.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html. A transaction needs what
its parts need: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_PARTS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}


@dataclass(frozen=True, order=True)
class Need:
    """An action, `dynamodb:GetItem`, on a resource: `table/NAME`, `table/NAME/index/INDEX`, or `*`."""

    action: str
    resource: str


def needs(operation: str, body: Mapping[str, Any]) -> list[Need]:
    """Every permission that this request needs, in the order of its parts, each once."""
    return list(dict.fromkeys(_needs(operation, body)))


def _needs(operation: str, body: Mapping[str, Any]) -> Iterator[Need]:
    if operation in ("TransactWriteItems", "TransactGetItems"):
        for part in body.get("TransactItems", ()):
            for kind, item in part.items():
                yield _need(_PARTS[kind], item["TableName"])
    elif operation in ("BatchGetItem", "BatchWriteItem"):
        for table in body.get("RequestItems", {}):
            yield _need(operation, table)
    elif "TableName" in body:
        yield _need(operation, body["TableName"], body.get("IndexName"))
    else:
        yield Need(f"dynamodb:{operation}", "*")


def _need(operation: str, table: str, index: str | None = None) -> Need:
    # A table may be named by its ARN.
    resource = f"table/{table.rpartition('/')[2]}"
    return Need(f"dynamodb:{operation}", f"{resource}/index/{index}" if index else resource)
