"""When to ask DynamoDB again, and when to stop.

The SDK's own retries are off: it would repeat an UpdateItem whose answer was lost, and so write twice. Only the
repository knows which call may be repeated; what a failure says of the call is decided here, in one place.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

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

from products.errors import Contended, Unavailable

if TYPE_CHECKING:
    from products.items import Item

T = TypeVar("T")

logger = logging.getLogger(__name__)

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


class Fault(Enum):
    """What a failed call says of the state of the table."""

    THROTTLED = "nothing happened, the database is busy or was not reached"
    CONFLICT = "nothing happened, another transaction holds an item"
    UNKNOWN = "it may or may not have happened"
    FINAL = "nothing happened, and asking again changes nothing"


class OutcomeUnknown(Exception):
    """The answer to a call that must not be repeated blindly was lost."""


class Reason(NamedTuple):
    """Why one action of a cancelled transaction did not happen; `item` is what failed its condition."""

    code: str
    item: Item | None


def cancellation_reasons(error: ClientError) -> list[Reason]:
    """The reasons of a cancelled transaction, in the order of its actions; none for another error."""
    reasons = cast("Any", error.response).get("CancellationReasons", ())
    return [Reason(reason.get("Code", "None"), reason.get("Item")) for reason in reasons]


def fault(error: Exception) -> Fault:
    if isinstance(error, ClientError):
        return _refusal(error)
    if isinstance(error, _NEVER_SENT):
        return Fault.THROTTLED
    return Fault.UNKNOWN if isinstance(error, _ANSWER_LOST) else Fault.FINAL


def _refusal(error: ClientError) -> Fault:
    code = error.response["Error"]["Code"]
    codes = {code, *(reason.code for reason in cancellation_reasons(error))}
    if codes & _THROTTLED:
        return Fault.THROTTLED
    if codes & _CONFLICTS:
        return Fault.CONFLICT
    # botocore puts the status for the code when it cannot read the answer.
    unclear = code.isdigit() or error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500
    return Fault.UNKNOWN if unclear else Fault.FINAL


def _log(error: Exception, found: Fault) -> None:
    cause = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
    if found is Fault.FINAL and cause in _ANSWERS:
        return
    level = logging.ERROR if found is Fault.FINAL else logging.WARNING
    logger.log(level, "a call to DynamoDB failed", extra={"cause": cause, "fault": found.name})


class Patience:
    """How long one request goes on asking: BUDGET_SECONDS, with pauses that double and are cut at random.

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

    def pause(self, why: Fault = Fault.CONFLICT) -> None:
        """Waits before the next try. Raises Contended or Unavailable when the time is up."""
        seconds = self._longest * (1 + self._random()) / 2
        if self._clock() + seconds > self._deadline:
            raise Contended if why is Fault.CONFLICT else Unavailable
        self._sleep(seconds)
        self._longest = min(2 * self._longest, LONGEST_PAUSE_SECONDS)


class Attempts:
    """The tries of one call. `repeatable`: sending it twice does what sending it once does.

    `in_doubt` once an answer was lost: then a later refusal may be the work of our own first try.
    """

    def __init__(self, patience: Patience, *, repeatable: bool) -> None:
        self._patience = patience
        self._repeatable = repeatable
        self.in_doubt = False

    def run(self, call: Callable[[], T]) -> T:
        """The answer. Raises OutcomeUnknown, Unavailable, Contended, or what the call raised when that is final."""
        while True:
            try:
                return call()
            except Exception as error:
                self._patience.pause(self._weigh(error))

    def _weigh(self, error: Exception) -> Fault:
        found = fault(error)
        _log(error, found)
        if found is Fault.FINAL:
            raise error
        if found is Fault.UNKNOWN:
            self.in_doubt = True
            if not self._repeatable:
                raise OutcomeUnknown from error
        return found
