from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
from botocore import exceptions
from botocore.parsers import ResponseParserError

from products.dynamodb import CONNECT_SECONDS, READ_SECONDS
from products.errors import Contended, Unavailable
from products.retries import BUDGET_SECONDS, Attempts, Fault, OutcomeUnknown, Patience, fault

URL = "https://dynamodb.example"
GATEWAY_SECONDS = 29


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

    def patience(self) -> Patience:
        return Patience(lambda: self.seconds, self.sleep, lambda: self._random)


@pytest.mark.parametrize(
    ("error", "found"),
    [
        (refusal("ThrottlingException"), Fault.THROTTLED),
        (refusal("ProvisionedThroughputExceededException"), Fault.THROTTLED),
        (refusal("RequestLimitExceeded"), Fault.THROTTLED),
        (refusal("TransactionConflictException"), Fault.CONFLICT),
        (refusal("TransactionInProgressException"), Fault.CONFLICT),
        (cancelled("None", "TransactionConflict"), Fault.CONFLICT),
        (cancelled("TransactionConflict", "ThrottlingError"), Fault.THROTTLED),
        (cancelled("ConditionalCheckFailed", "TransactionConflict"), Fault.CONFLICT),
        (cancelled("ConditionalCheckFailed", "None"), Fault.FINAL),
        (cancelled("ValidationError"), Fault.FINAL),
        (refusal("ConditionalCheckFailedException"), Fault.FINAL),
        (refusal("ValidationException"), Fault.FINAL),
        (refusal("AccessDeniedException"), Fault.FINAL),
        (refusal("InternalServerError", 500), Fault.UNKNOWN),
        (refusal("ServiceUnavailable", 503), Fault.UNKNOWN),
        (refusal("502", 502), Fault.UNKNOWN),
        (refusal("400", 400), Fault.UNKNOWN),
        (exceptions.ConnectTimeoutError(endpoint_url=URL), Fault.THROTTLED),
        (exceptions.EndpointConnectionError(endpoint_url=URL), Fault.THROTTLED),
        (exceptions.ProxyConnectionError(proxy_url=URL), Fault.THROTTLED),
        (exceptions.ReadTimeoutError(endpoint_url=URL), Fault.UNKNOWN),
        (exceptions.ConnectionClosedError(endpoint_url=URL), Fault.UNKNOWN),
        (exceptions.HTTPClientError(error=OSError()), Fault.UNKNOWN),
        (exceptions.SSLError(endpoint_url=URL, error=OSError()), Fault.UNKNOWN),
        (exceptions.ResponseStreamingError(error=OSError()), Fault.UNKNOWN),
        (exceptions.IncompleteReadError(actual_bytes=1, expected_bytes=2), Fault.UNKNOWN),
        (exceptions.ChecksumError(checksum_type="crc32", expected_checksum="1", actual_checksum="2"), Fault.UNKNOWN),
        (ResponseParserError("garbled"), Fault.UNKNOWN),
        (exceptions.NoCredentialsError(), Fault.FINAL),
        (exceptions.ParamValidationError(report="wrong"), Fault.FINAL),
        (ValueError(), Fault.FINAL),
    ],
)
def test_a_failure_says_what_may_have_happened(error: Exception, found: Fault) -> None:
    assert fault(error) is found


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
    attempts = Attempts(time.patience(), repeatable=repeatable)
    assert attempts.run(failing(refusal("ThrottlingException"), cancelled("TransactionConflict"))) == "answer"
    assert len(time.slept) == 2
    assert not attempts.in_doubt


def test_a_lost_answer_leaves_a_repeatable_call_in_doubt() -> None:
    attempts = Attempts(FakeTime().patience(), repeatable=True)
    assert attempts.run(failing(exceptions.ReadTimeoutError(endpoint_url=URL))) == "answer"
    assert attempts.in_doubt


def test_a_lost_answer_ends_a_call_that_must_not_be_repeated() -> None:
    time = FakeTime()
    with pytest.raises(OutcomeUnknown):
        Attempts(time.patience(), repeatable=False).run(failing(exceptions.ReadTimeoutError(endpoint_url=URL)))
    assert time.slept == []


def test_what_is_final_is_raised_at_once_and_as_it_is() -> None:
    error = refusal("ValidationException")
    with pytest.raises(exceptions.ClientError) as raised:
        Attempts(FakeTime().patience(), repeatable=True).run(failing(error))
    assert raised.value is error


@pytest.mark.parametrize(
    ("code", "ending"), [("ThrottlingException", Unavailable), ("TransactionConflictException", Contended)]
)
def test_patience_ends_within_its_budget(code: str, ending: type[Exception]) -> None:
    time = FakeTime()
    with pytest.raises(Unavailable) as raised:
        Attempts(time.patience(), repeatable=True).run(failing(*[refusal(code)] * 1000))
    assert type(raised.value) is ending
    assert sum(time.slept) <= BUDGET_SECONDS


def test_pauses_double_up_to_a_limit_and_are_cut_at_random() -> None:
    pauses = {}
    for random in (0.0, 0.999):
        time = FakeTime(random)
        patience = time.patience()
        for _ in range(8):
            patience.pause()
        pauses[random] = time.slept
    assert pauses[0.0] == pytest.approx([0.0125, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.0])
    assert all(low < high <= 2 * low for low, high in zip(pauses[0.0], pauses[0.999], strict=True))


def test_the_slowest_request_ends_before_the_gateway_does() -> None:
    last_call_and_a_read_after_it = 2 * (CONNECT_SECONDS + READ_SECONDS)
    assert BUDGET_SECONDS + last_call_and_a_read_after_it < GATEWAY_SECONDS


def test_failures_are_logged_by_their_code_and_conditions_are_not(caplog: pytest.LogCaptureFixture) -> None:
    Attempts(FakeTime().patience(), repeatable=True).run(
        failing(
            refusal("ThrottlingException"),
            cancelled("TransactionConflict"),
            exceptions.ReadTimeoutError(endpoint_url=URL),
        )
    )
    for error in (refusal("AccessDeniedException"), refusal("ConditionalCheckFailedException"), cancelled("None")):
        with pytest.raises(exceptions.ClientError):
            Attempts(FakeTime().patience(), repeatable=True).run(failing(error))
    assert [(record.levelno, vars(record)["cause"], vars(record)["fault"]) for record in caplog.records] == [
        (logging.WARNING, "ThrottlingException", "THROTTLED"),
        (logging.WARNING, "TransactionCanceledException", "CONFLICT"),
        (logging.WARNING, "ReadTimeoutError", "UNKNOWN"),
        (logging.ERROR, "AccessDeniedException", "FINAL"),
    ]
