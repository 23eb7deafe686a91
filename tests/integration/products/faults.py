"""A network and a database that fail on demand, in front of a real engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import ClientError, ConnectionClosedError, ConnectTimeoutError, ReadTimeoutError

from products.dynamodb import RetryBudget

if TYPE_CHECKING:
    from tests.integration.products.api import Api

URL = "https://dynamodb.example"

Call = Callable[[], Any]
Fault = Callable[[Call], Any]


def passed(call: Call) -> Any:
    """Nothing is wrong."""
    return call()


def answer_lost(call: Call) -> Any:
    """The call is carried out; its answer never arrives."""
    call()
    raise ReadTimeoutError(endpoint_url=URL)


def delivered_twice(call: Call) -> Any:
    """Something between client and database sends the call a second time."""
    call()
    return call()


def request_lost(call: Call) -> Any:
    """The connection breaks before the call arrives; the client cannot tell."""
    raise ConnectionClosedError(endpoint_url=URL)


def unreachable(call: Call) -> Any:
    """The call is never sent, and the client knows it."""
    raise ConnectTimeoutError(endpoint_url=URL)


def refused(code: str, status: int = 400) -> Fault:
    """DynamoDB answers with this error."""

    def fault(call: Call) -> Any:
        raise ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "Any")  # type: ignore[typeddict-item]

    return fault


def cancelled(*codes: str) -> Fault:
    """DynamoDB cancels the transaction for these reasons."""

    def fault(call: Callable[[], Any]) -> Any:
        error = refused("TransactionCanceledException")
        try:
            error(call)
        except Exception as raised:
            raised.response["CancellationReasons"] = [{"Code": code} for code in codes]  # type: ignore[attr-defined]
            raise

    return fault


def then(fault: Fault, meanwhile: Callable[[], Any]) -> Fault:
    """The fault, and before anybody notices, something else happens."""

    def both(call: Call) -> Any:
        try:
            return fault(call)
        finally:
            meanwhile()

    return both


class Faulty(Protocol):
    """Makes a catalogue whose next calls meet these faults; beside it the names of the operations that it tries."""

    def __call__(self, *faults: Fault) -> tuple[Api, list[str]]: ...


class FaultyClient:
    """A DynamoDB client whose next calls meet these faults, one each, and whose later calls meet none.

    `sent` has the names of the operations that were tried.
    """

    def __init__(self, client: Any, *faults: Fault, forever: Fault | None = None) -> None:
        self._client = client
        self._faults = list(faults)
        self._forever = forever
        self.sent: list[str] = []

    def __getattr__(self, name: str) -> Any:
        attribute: Any = getattr(self._client, name, None)
        if name == "meta":
            return attribute

        def call(**arguments: Any) -> Any:
            self.sent.append("".join(word.capitalize() for word in name.split("_")))
            fault = self._faults.pop(0) if self._faults else self._forever
            return fault(lambda: attribute(**arguments)) if fault else attribute(**arguments)

        return call


class FakeTime:
    """Seconds that pass only in `sleep`."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds

    def budget(self) -> RetryBudget:
        return RetryBudget(lambda: self.seconds, self.sleep, lambda: 0.5)
