from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from zlib import crc32

import pytest
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.exceptions import ChecksumError

from products import dynamodb

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ANSWER = b'{"Item": {"PK": {"S": "PRODUCT#PROD-001"}}}'


class Raw:
    """The body of an HTTP answer."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self) -> Iterator[bytes]:
        yield self._body


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> DynamoDBClient:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    return dynamodb.connect("af-south-1")


def answering(client: DynamoDBClient, body: bytes, checksum: int | None, status: int = 200) -> list[AWSRequest]:
    """The client's requests, each answered so without a network."""
    requests: list[AWSRequest] = []

    def answer(request: AWSRequest, **_: Any) -> Any:
        requests.append(request)
        headers: Any = {} if checksum is None else {"x-amz-crc32": str(checksum)}
        return AWSResponse(str(request.url), status, headers, Raw(body))

    client.meta.events.register("before-send.dynamodb", answer)
    return requests


def get(client: DynamoDBClient) -> Any:
    return client.get_item(TableName="products", Key={"PK": {"S": "PRODUCT#PROD-001"}, "SK": {"S": "METADATA"}})


def test_the_client_gives_up_soon_and_asks_once(client: DynamoDBClient) -> None:
    config: Any = client.meta.config
    assert config.connect_timeout == 1
    assert 2 <= config.read_timeout <= 3
    assert config.tcp_keepalive
    requests = answering(client, b'{"__type": "x#InternalServerError"}', None, status=500)
    with pytest.raises(client.exceptions.InternalServerError):
        get(client)
    assert len(requests) == 1
    assert client.meta.region_name == "af-south-1"


@pytest.mark.parametrize("checksum", [None, crc32(ANSWER)])
def test_an_answer_that_is_whole_is_read(client: DynamoDBClient, checksum: int | None) -> None:
    answering(client, ANSWER, checksum)
    assert get(client)["Item"] == {"PK": {"S": "PRODUCT#PROD-001"}}


@pytest.mark.parametrize("body", [ANSWER[:-3], b"", b"<html>", ANSWER.replace(b"001", b"002")])
def test_a_garbled_answer_is_not_an_empty_one(client: DynamoDBClient, body: bytes) -> None:
    answering(client, body, crc32(ANSWER))
    with pytest.raises(ChecksumError):
        get(client)
