"""One validation from its first request to the last: the order of the checks, latencies, and clean-up."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import urlsplit

from deployment_validation.api import Api, Pause, Sent, Session
from deployment_validation.check_log import CheckLog, ValidationResult
from deployment_validation.connection import BaseUrl, CannotRun, Clock, Connection, NoAnswer
from deployment_validation.contract import CREATE, DELETE, GET, KNOWN, LIST, UPDATE, Contract
from deployment_validation.gateway_checks import check_gateway
from deployment_validation.latency import Ask, Stopwatch
from deployment_validation.marked_products import MarkedProducts
from deployment_validation.read_checks import SAFE_METHODS, check_other_reads, check_products
from deployment_validation.write_checks import WriteChecks

COLD_START = 500.0
"""Milliseconds that a first answer may take before it is worth a word."""

_MOST_CREATIONS = 5
"""Nothing is ever erased: each creation leaves a retired product behind."""


@dataclass(frozen=True)
class Plan:
    """What to validate and how. `origin`: an origin that may call from a browser; `token`: an administrator's.

    `requests` is how many of each operation are timed, 0 for none; `slack`, by what each latency target is
    multiplied, None to check none; `seconds`, how long to wait for an answer.
    """

    base: BaseUrl
    contract: Contract
    origin: str | None
    token: str | None
    token_without_group: str | None
    requests: int
    slack: float | None
    seconds: float
    notes: tuple[str, ...] = ()


def validate(plan: Plan, clock: Clock, pause: Pause) -> ValidationResult:
    """Makes all checks. Raises CannotRun when there is nothing at the URL."""
    with Connection(plan.base, plan.seconds, clock) as connection:
        try:
            connection.send("GET", "/", {})
        except NoAnswer as reason:
            raise CannotRun(f"Nothing answers at the URL ({reason}).") from None
        return _Validation(plan, connection, clock, pause).run()


class _Validation:
    def __init__(self, plan: Plan, connection: Connection, clock: Clock, pause: Pause) -> None:
        self._plan = plan
        self._clock = clock
        self._log = CheckLog(clock)
        self._distance = plan.base.distance(clock)
        self._api = Api(connection, plan.contract, plan.origin)
        self._session = Session(self._api, self._log, plan.token, plan.token_without_group, pause)
        self._watch = Stopwatch(self._session, self._distance, plan.slack)
        self._marked = MarkedProducts(plan.contract)

    def run(self) -> ValidationResult:
        check_gateway(self._session)
        if self._plan.token is None:
            self._read(None)
        else:
            self._write_and_clean_up(self._plan.token)
        for operation_id, ask in check_other_reads(self._session):
            self._time(operation_id, ask)
        for operation_id, collected in self._api.cors.items():
            with self._log.check(operation_id, "a script of an allowed origin can read every answer") as check:
                check.add(collected.findings)
        self._name_what_was_not_called()
        return self._result()

    def _write_and_clean_up(self, token: str) -> None:
        """An error that ends the checks, an interruption included, carries a note on what is left behind."""
        try:
            self._write(token)
        except BaseException as error:
            error.add_note(self._clean_up(token))
            raise
        self._clean_up(token)

    def _write(self, token: str) -> None:
        writing = WriteChecks(self._session, self._marked, token, urlsplit(self._plan.base.text).path)
        subject = writing.begin()
        self._read(subject.product_id if subject else None)
        writing.refusals()
        if subject:
            writing.live(subject)
            self._time(CREATE, writing.create, _MOST_CREATIONS)
            self._time(UPDATE, lambda check: writing.change(check, subject))
            writing.end(subject)
            self._time(DELETE, lambda check: writing.restore_and_retire(check, subject))

    def _read(self, product_id: str | None) -> None:
        shown = check_products(self._session, product_id)
        self._time(LIST, lambda check: self._api.call(check, LIST, 200))
        if shown is not None:
            self._time(GET, lambda check: self._api.call(check, GET, 200, Sent({"productId": shown})))

    def _time(self, operation_id: str, ask: Ask, most: int | None = None) -> None:
        requests = min(self._plan.requests, most or self._plan.requests)
        if requests:
            self._watch.time(operation_id, requests, ask)

    def _clean_up(self, token: str) -> str:
        """Retires what was made, and says in a sentence how that went."""
        with (
            undisturbed(),
            self._log.check(DELETE, "no test product is left active") as check,
            Connection(self._plan.base, self._plan.seconds, self._clock) as connection,
        ):
            self._marked.retire(check, connection, token, self._session.pause)
        left = [f"{finding.message[:1].upper()}{finding.message[1:]}." for finding in check.findings]
        return " ".join(left or ["No test product is left active."])

    def _name_what_was_not_called(self) -> None:
        """An operation that was asked without a token only, or not at all, is not covered by any check that passed."""
        for operation_id, operation in self._plan.contract.operations.items():
            if operation_id in self._api.first_seconds:
                continue
            reason = "nothing is written without a token" if operation_id in KNOWN else "it gave no answer"
            if operation_id not in KNOWN and operation.method not in SAFE_METHODS:
                reason = f"a {operation.method} may write, and nothing is known here that would take it back"
            self._log.not_called.setdefault(operation_id, reason)

    def _result(self) -> ValidationResult:
        plan = self._plan
        slow = [f"{each.operation} {each.first:.0f} ms" for each in self._watch.latencies if each.first > COLD_START]
        note = f"Slow first answers, cold starts perhaps, not counted: {', '.join(slow)}."
        return ValidationResult(
            url=plan.base.text,
            title=plan.contract.title,
            version=plan.contract.version,
            writes=plan.token is not None,
            distance=self._distance * 1000,
            checks=tuple(self._log.made),
            latencies=tuple(self._watch.latencies),
            notes=(*plan.notes, *([note] if slow else [])),
            not_called=dict(self._log.not_called),
            operations=len(plan.contract.operations),
        )


_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(BaseException):
    """Raised by a signal to end. No `except Exception` may catch it."""


def interruptible() -> None:
    """From now on such a signal raises Interrupted wherever the main thread is."""
    for number in _SIGNALS:
        signal.signal(number, _interrupt)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Nothing of the kind happens inside the `with` block: what is begun there is finished."""
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(*_: object) -> NoReturn:
    # The second Ctrl-C of an impatient person must not end the cleaning up.
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise Interrupted
