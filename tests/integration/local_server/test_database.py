"""The table and what both engines must agree on."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest

from local_aws import CannotStart
from local_aws.database import Database, create_table
from local_aws.database.dynamodb_local import DynamoDBLocal
from local_aws.database.embedded import EmbeddedDynamoDB
from local_server import project

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE = "things"
KEY = {"PK": {"S": "THING#1"}, "SK": {"S": "METADATA"}}


def dynamodb_local(data: Path | None = None) -> DynamoDBLocal:
    try:
        return DynamoDBLocal(data, node_modules=project.NODE_MODULES)
    except CannotStart as missing:
        pytest.skip(str(missing))


def client(database: Database) -> DynamoDBClient:
    return boto3.client(
        "dynamodb",
        endpoint_url=database.endpoint,
        region_name="eu-west-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )


@pytest.fixture(scope="module", params=["embedded", "dynamodb-local"])
def dynamodb(request: pytest.FixtureRequest) -> Iterator[DynamoDBClient]:
    engine = EmbeddedDynamoDB() if request.param == "embedded" else dynamodb_local()
    with engine as database:
        made = client(database)
        create_table(made, TABLE)
        yield made
        made.delete_table(TableName=TABLE)


def test_the_table_is_the_one_of_the_requirements(dynamodb: DynamoDBClient) -> None:
    table = dynamodb.describe_table(TableName=TABLE)["Table"]
    assert {each["AttributeName"]: each["KeyType"] for each in table["KeySchema"]} == {"PK": "HASH", "SK": "RANGE"}
    assert {each["AttributeType"] for each in table["AttributeDefinitions"]} == {"S"}
    [index] = table["GlobalSecondaryIndexes"]
    assert index["IndexName"] == "ActiveProductsIndex"
    assert {each["AttributeName"]: each["KeyType"] for each in index["KeySchema"]} == {
        "active": "HASH",
        "createdAt": "RANGE",
    }
    assert index["Projection"]["ProjectionType"] == "ALL"


def test_a_table_that_is_there_is_left_alone(dynamodb: DynamoDBClient) -> None:
    dynamodb.put_item(TableName=TABLE, Item=KEY)
    assert not create_table(dynamodb, TABLE)
    assert "Item" in dynamodb.get_item(TableName=TABLE, Key=KEY)


def test_no_write_is_lost_among_many_at_once(dynamodb: DynamoDBClient) -> None:
    def count(_: int) -> None:
        dynamodb.update_item(
            TableName=TABLE,
            Key={**KEY, "SK": {"S": "COUNTER"}},
            UpdateExpression="ADD times :one",
            ExpressionAttributeValues={":one": {"N": "1"}},
        )

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(count, range(40)))
    item = dynamodb.get_item(TableName=TABLE, Key={**KEY, "SK": {"S": "COUNTER"}})["Item"]
    assert item["times"] == {"N": "40"}


def test_a_failed_condition_is_the_clients_error(dynamodb: DynamoDBClient) -> None:
    dynamodb.put_item(TableName=TABLE, Item=KEY)
    with pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException):
        dynamodb.put_item(TableName=TABLE, Item=KEY, ConditionExpression="attribute_not_exists(PK)")


def test_dynamodb_local_keeps_its_data_over_a_restart(tmp_path: Path) -> None:
    with dynamodb_local(tmp_path) as database:
        create_table(client(database), TABLE)
        client(database).put_item(TableName=TABLE, Item=KEY)
    with dynamodb_local(tmp_path) as database:
        assert not create_table(client(database), TABLE)
        assert "Item" in client(database).get_item(TableName=TABLE, Key=KEY)


def test_an_embedded_database_that_does_not_run_has_no_endpoint() -> None:
    with pytest.raises(RuntimeError, match="not running"):
        _ = EmbeddedDynamoDB().endpoint
