"""Every version that a product ever had, as DynamoDB itself wrote it down: the stream of the table.

The service's own table has no stream. A trial's has one from the moment its journal begins.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import boto3

from products.items import StoredProduct
from tests.integration.products.api import REGION, Table


class Journal:
    def __init__(self, table: Table) -> None:
        self._streams = boto3.client("dynamodbstreams", region_name=REGION, endpoint_url=table.client.meta.endpoint_url)
        self._arn = _arn(table)
        self._iterators: dict[str, str] = {}
        self._versions: defaultdict[str, list[StoredProduct]] = defaultdict(list)

    def versions(self) -> dict[str, list[StoredProduct]]:
        """By the key of the item, oldest first."""
        for shard in self._streams.describe_stream(StreamArn=self._arn)["StreamDescription"]["Shards"]:
            self._read(shard["ShardId"])
        return self._versions

    def _read(self, shard: str) -> None:
        iterator = self._iterators.get(shard) or self._start(shard)
        while True:
            answer = self._streams.get_records(ShardIterator=iterator)
            for record in answer["Records"]:
                self._note(record["dynamodb"].get("NewImage", {}))
            iterator = self._iterators[shard] = answer.get("NextShardIterator", iterator)
            if not answer["Records"]:
                return

    def _start(self, shard: str) -> str:
        oldest = self._streams.get_shard_iterator(StreamArn=self._arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
        return str(oldest["ShardIterator"])

    def _note(self, item: dict[str, Any]) -> None:
        if "name" in item:
            self._versions[item["PK"]["S"]].append(StoredProduct(item))


def _arn(table: Table) -> str:
    description = table.client.describe_table(TableName=table.name)["Table"]
    if "LatestStreamArn" not in description:
        stream: Any = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
        description = table.client.update_table(TableName=table.name, StreamSpecification=stream)["TableDescription"]
    return description["LatestStreamArn"]
