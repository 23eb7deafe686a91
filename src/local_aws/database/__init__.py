"""DynamoDB on a laptop: the table of the requirements, in an engine that speaks DynamoDB's own protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

INDEX = "ActiveProductsIndex"


class Database(Protocol):
    """An engine: `launch` begins to start it, `wait` returns when it listens at `endpoint`, `stop` ends it.

    It runs inside the `with` block. Starting raises CannotStart.
    """

    @property
    def endpoint(self) -> str: ...

    def launch(self) -> None: ...

    def wait(self) -> None: ...

    def stop(self) -> None: ...

    def __enter__(self) -> Database:
        try:
            self.launch()
            self.wait()
        except BaseException:
            self.stop()  # Nobody else would: without an entry there is no exit.
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def create_table(client: DynamoDBClient, name: str) -> bool:
    """Creates the table `name` with its index, unless it is there already. True when it was created."""
    try:
        client.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": attribute, "AttributeType": "S"} for attribute in ("PK", "SK", "active", "createdAt")
            ],
            KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": INDEX,
                    "KeySchema": [
                        {"AttributeName": "active", "KeyType": "HASH"},
                        {"AttributeName": "createdAt", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
        )
    except client.exceptions.ResourceInUseException:
        return False
    client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    return True
