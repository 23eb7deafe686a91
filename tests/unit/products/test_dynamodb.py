from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from zlib import crc32

import pytest
from botocore import exceptions
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.exceptions import ChecksumError
from botocore.parsers import ResponseParserError

from products import dynamodb
from products.dynamodb import (
    BUDGET_SECONDS,
    CONNECT_SECONDS,
    READ_SECONDS,
    Failure,
    OutcomeUnknown,
    Retries,
    RetryBudget,
    failure,
)
from products.errors import Contended, Unavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

URL = "https://dynamodb.example"
GATEWAY_SECONDS = 29
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


def refusal(code: str, status: int = 400, reasons: list[dict[str, Any]] | None = None) -> exceptions.ClientError:
    response: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    if reasons is not None:
        response["CancellationReasons"] = reasons
    return exceptions.ClientError(response, "UpdateItem")


def cancelled(*codes: str) -> exceptions.ClientError:
    return refusal("TransactionCanceledException", reasons=[{"Code": code} for code in codes])


class FakeTime:
    def __init__(self, random: float = 0.5) -> None:
        self.seconds = 100.0
        self.slept: list[float] = []
        self._random = random

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds

    def budget(self) -> RetryBudget:
        return RetryBudget(lambda: self.seconds, self.sleep, lambda: self._random)


@pytest.mark.parametrize(
    ("error", "found"),
    [
        (refusal("ThrottlingException"), Failure.THROTTLED),
        (refusal("ProvisionedThroughputExceededException"), Failure.THROTTLED),
        (refusal("RequestLimitExceeded"), Failure.THROTTLED),
        (refusal("TransactionConflictException"), Failure.CONFLICT),
        (refusal("TransactionInProgressException"), Failure.CONFLICT),
        (cancelled("None", "TransactionConflict"), Failure.CONFLICT),
        (cancelled("TransactionConflict", "ThrottlingError"), Failure.THROTTLED),
        (cancelled("ConditionalCheckFailed", "TransactionConflict"), Failure.CONFLICT),
        (cancelled("ConditionalCheckFailed", "None"), Failure.FINAL),
        (cancelled("ValidationError"), Failure.FINAL),
        (refusal("ConditionalCheckFailedException"), Failure.FINAL),
        (refusal("ValidationException"), Failure.FINAL),
        (refusal("AccessDeniedException"), Failure.FINAL),
        (refusal("InternalServerError", 500), Failure.UNKNOWN),
        (refusal("ServiceUnavailable", 503), Failure.UNKNOWN),
        (refusal("502", 502), Failure.UNKNOWN),
        (refusal("400", 400), Failure.UNKNOWN),
        (exceptions.ConnectTimeoutError(endpoint_url=URL), Failure.THROTTLED),
        (exceptions.EndpointConnectionError(endpoint_url=URL), Failure.THROTTLED),
        (exceptions.ProxyConnectionError(proxy_url=URL), Failure.THROTTLED),
        (exceptions.ReadTimeoutError(endpoint_url=URL), Failure.UNKNOWN),
        (exceptions.ConnectionClosedError(endpoint_url=URL), Failure.UNKNOWN),
        (exceptions.HTTPClientError(error=OSError()), Failure.UNKNOWN),
        (exceptions.SSLError(endpoint_url=URL, error=OSError()), Failure.UNKNOWN),
        (exceptions.ResponseStreamingError(error=OSError()), Failure.UNKNOWN),
        (exceptions.IncompleteReadError(actual_bytes=1, expected_bytes=2), Failure.UNKNOWN),
        (exceptions.ChecksumError(checksum_type="crc32", expected_checksum="1", actual_checksum="2"), Failure.UNKNOWN),
        (ResponseParserError("garbled"), Failure.UNKNOWN),
        (exceptions.NoCredentialsError(), Failure.FINAL),
        (exceptions.ParamValidationError(report="wrong"), Failure.FINAL),
        (ValueError(), Failure.FINAL),
    ],
)
def test_a_failure_says_what_may_have_happened(error: Exception, found: Failure) -> None:
    assert failure(error) is found


def failing(*errors: Exception) -> Callable[[], str]:
    left = list(errors)

    def call() -> str:
        if left:
            raise left.pop(0)
        return "answer"

    return call


@pytest.mark.parametrize("repeatable", [True, False])
def test_a_call_that_was_refused_is_repeated(repeatable: bool) -> None:
    time = FakeTime()
    attempts = Retries(time.budget(), "products", repeatable=repeatable)
    assert attempts.run(failing(refusal("ThrottlingException"), cancelled("TransactionConflict"))) == "answer"
    assert len(time.slept) == 2
    assert not attempts.in_doubt


def test_a_lost_answer_leaves_a_repeatable_call_in_doubt() -> None:
    attempts = Retries(FakeTime().budget(), "products", repeatable=True)
    assert attempts.run(failing(exceptions.ReadTimeoutError(endpoint_url=URL))) == "answer"
    assert attempts.in_doubt


def test_a_lost_answer_ends_a_call_that_must_not_be_repeated() -> None:
    time = FakeTime()
    with pytest.raises(OutcomeUnknown):
        Retries(time.budget(), "products", repeatable=False).run(failing(exceptions.ReadTimeoutError(endpoint_url=URL)))
    assert time.slept == []


def test_what_is_final_is_raised_at_once_and_as_it_is() -> None:
    error = refusal("ValidationException")
    with pytest.raises(exceptions.ClientError) as raised:
        Retries(FakeTime().budget(), "products", repeatable=True).run(failing(error))
    assert raised.value is error


@pytest.mark.parametrize(
    ("code", "ending"), [("ThrottlingException", Unavailable), ("TransactionConflictException", Contended)]
)
def test_retrying_ends_within_its_budget(code: str, ending: type[Exception]) -> None:
    time = FakeTime()
    with pytest.raises(Unavailable) as raised:
        Retries(time.budget(), "products", repeatable=True).run(failing(*[refusal(code)] * 1000))
    assert type(raised.value) is ending
    assert sum(time.slept) <= BUDGET_SECONDS


def test_pauses_double_up_to_a_limit_and_are_cut_at_random() -> None:
    pauses = {}
    for random in (0.0, 0.999):
        time = FakeTime(random)
        budget = time.budget()
        for _ in range(8):
            budget.pause()
        pauses[random] = time.slept
    assert pauses[0.0] == pytest.approx([0.0125, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.0])
    assert all(low < high <= 2 * low for low, high in zip(pauses[0.0], pauses[0.999], strict=True))


def test_the_slowest_request_ends_before_the_gateway_does() -> None:
    last_call_and_a_read_after_it = 2 * (CONNECT_SECONDS + READ_SECONDS)
    assert BUDGET_SECONDS + last_call_and_a_read_after_it < GATEWAY_SECONDS


def test_failures_are_logged_by_their_code_and_conditions_are_not(caplog: pytest.LogCaptureFixture) -> None:
    Retries(FakeTime().budget(), "products", repeatable=True).run(
        failing(
            refusal("ThrottlingException"),
            cancelled("TransactionConflict"),
            exceptions.ReadTimeoutError(endpoint_url=URL),
        )
    )
    for error in (refusal("AccessDeniedException"), refusal("ConditionalCheckFailedException"), cancelled("None")):
        with pytest.raises(exceptions.ClientError):
            Retries(FakeTime().budget(), "products", repeatable=True).run(failing(error))
    assert {vars(record)["table"] for record in caplog.records} == {"products"}
    assert [(record.levelno, vars(record)["cause"], vars(record)["failure"]) for record in caplog.records] == [
        (logging.WARNING, "ThrottlingException", "THROTTLED"),
        (logging.WARNING, "TransactionCanceledException", "CONFLICT"),
        (logging.WARNING, "ReadTimeoutError", "UNKNOWN"),
        (logging.ERROR, "AccessDeniedException", "FINAL"),
    ]
