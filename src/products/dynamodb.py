"""The connection to DynamoDB: one client a process, when to ask it again, and when to stop.

The SDK's own retries are off: it would repeat an UpdateItem whose answer was lost, and so write twice. Only the
repository knows which call may be repeated; what a failure says of the call is decided here, in one place.
"""

from __future__ import annotations

import logging
from binascii import crc32
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar, cast

from botocore.config import Config
from botocore.exceptions import (
    ChecksumError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    IncompleteReadError,
    ProxyConnectionError,
    SSLError,
)
from botocore.parsers import ResponseParserError
from botocore.session import Session

from products.errors import Contended, Unavailable

if TYPE_CHECKING:
    from botocore.awsrequest import AWSResponse
    from mypy_boto3_dynamodb import DynamoDBClient

T = TypeVar("T")

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 1.0
READ_SECONDS = 2.5
BUDGET_SECONDS = 8.0
FIRST_PAUSE_SECONDS = 0.025
LONGEST_PAUSE_SECONDS = 2.0

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
_THROTTLED = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingException",
        # As reasons of a cancelled transaction:
        "ProvisionedThroughputExceeded",
        "ThrottlingError",
    }
)
_CONFLICTS = frozenset({"TransactionConflictException", "TransactionInProgressException", "TransactionConflict"})
_ANSWERS = frozenset({"ConditionalCheckFailedException", "TransactionCanceledException"})
_NEVER_SENT = (ConnectTimeoutError, EndpointConnectionError, ProxyConnectionError)
_ANSWER_LOST = (HTTPClientError, SSLError, IncompleteReadError, ChecksumError, ResponseParserError)


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


class Failure(Enum):
    """Kinds of failed calls, by what each says of the state of the table."""

    THROTTLED = "nothing happened, the database is busy or was not reached"
    CONFLICT = "nothing happened, another transaction holds an item"
    UNKNOWN = "it may or may not have happened"
    FINAL = "nothing happened, and asking again changes nothing"


class OutcomeUnknown(Exception):
    """Exception for a call that must not be repeated blindly, and whose answer was lost."""


def cancellation_reasons(error: ClientError) -> Sequence[Mapping[str, Any]]:
    """The reasons of a cancelled transaction, in the order of its actions; none for another error.

    A reason has its `Code`, and the `Item` that failed a condition.
    """
    reasons: Sequence[Mapping[str, Any]] = cast("Any", error.response).get("CancellationReasons", ())
    return reasons


def failure(error: Exception) -> Failure:
    """The kind of failure that an error of botocore is."""
    if isinstance(error, _NEVER_SENT):
        return Failure.THROTTLED
    if not isinstance(error, ClientError):
        return Failure.UNKNOWN if isinstance(error, _ANSWER_LOST) else Failure.FINAL
    code = error.response["Error"]["Code"]
    codes = {code, *(reason.get("Code") for reason in cancellation_reasons(error))}
    if codes & _THROTTLED:
        return Failure.THROTTLED
    if codes & _CONFLICTS:
        return Failure.CONFLICT
    # botocore puts the status for the code when it cannot read the answer.
    unclear = code.isdigit() or error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500
    return Failure.UNKNOWN if unclear else Failure.FINAL


class RetryBudget:
    """The time that one request may go on asking: BUDGET_SECONDS, with pauses that double and are cut at random.

    The budget and one last call end well inside the 29 s of the gateway and the 30 s of the function.
    `clock` and `sleep` are in seconds, `random` is uniform in [0, 1).
    """

    def __init__(self, clock: Callable[[], float], sleep: Callable[[float], None], random: Callable[[], float]) -> None:
        self._clock, self._sleep, self._random = clock, sleep, random
        self._deadline = clock() + BUDGET_SECONDS
        self._longest = FIRST_PAUSE_SECONDS

    def check(self) -> None:
        """Raises Contended when the time is up."""
        if self._clock() > self._deadline:
            raise Contended

    def pause(self, why: Failure = Failure.CONFLICT) -> None:
        """Waits before the next try. Raises Contended or Unavailable when the time is up."""
        seconds = self._longest * (1 + self._random()) / 2
        if self._clock() + seconds > self._deadline:
            raise Contended if why is Failure.CONFLICT else Unavailable
        self._sleep(seconds)
        self._longest = min(2 * self._longest, LONGEST_PAUSE_SECONDS)


class Retries:
    """The tries of one call on `table`. `repeatable`: sending it twice does what sending it once does.

    `in_doubt` once an answer was lost: then a later refusal may be the work of our own first try.
    """

    def __init__(self, budget: RetryBudget, table: str, *, repeatable: bool) -> None:
        self._budget = budget
        self._table = table
        self._repeatable = repeatable
        self.in_doubt = False

    def run(self, call: Callable[[], T]) -> T:
        """The answer. Raises OutcomeUnknown, Unavailable, Contended, or what the call raised when that is final."""
        while True:
            try:
                return call()
            except Exception as error:
                found = failure(error)
                self._log(error, found)
                if found is Failure.FINAL:
                    raise
                if found is Failure.UNKNOWN:
                    self.in_doubt = True
                    if not self._repeatable:
                        raise OutcomeUnknown from error
                self._budget.pause(found)

    def _log(self, error: Exception, found: Failure) -> None:
        cause = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
        if found is Failure.FINAL and cause in _ANSWERS:
            return
        level = logging.ERROR if found is Failure.FINAL else logging.WARNING
        fields = {"cause": cause, "failure": found.name, "table": self._table}
        logger.log(level, "a call to DynamoDB failed", extra=fields)
