"""The connection to DynamoDB: one client a process."""

from __future__ import annotations

from binascii import crc32
from typing import TYPE_CHECKING, Any, cast

from botocore.config import Config
from botocore.exceptions import ChecksumError
from botocore.session import Session

if TYPE_CHECKING:
    from botocore.awsrequest import AWSResponse
    from mypy_boto3_dynamodb import DynamoDBClient

CONNECT_SECONDS = 1.0
READ_SECONDS = 2.5


def connect(region: str, read_seconds: float = READ_SECONDS) -> DynamoDBClient:
    """A client that asks once and gives up soon; asking again is the repository's business. Opens no connection yet.

    Credentials and AWS_ENDPOINT_URL_DYNAMODB are botocore's own to read. botocore without boto3 starts 50 ms sooner.
    """
    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=read_seconds,
        retries={"mode": "standard", "total_max_attempts": 1},
        tcp_keepalive=True,
    )
    client = Session().create_client("dynamodb", region_name=region, config=config)
    client.meta.events.register("after-call.dynamodb", _refuse_a_garbled_answer)
    return cast("DynamoDBClient", client)


def _refuse_a_garbled_answer(http_response: AWSResponse, **_: Any) -> None:
    """To botocore a garbled answer is an empty one, "no such item". It checks DynamoDB's CRC only when it may retry."""
    expected = http_response.headers.get("x-amz-crc32")
    if expected is None:
        return
    actual = str(crc32(http_response.content))
    if actual != expected:
        raise ChecksumError(checksum_type="crc32", expected_checksum=expected, actual_checksum=actual)
