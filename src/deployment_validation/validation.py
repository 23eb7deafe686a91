"""One validation from its first request to the last: the order of the checks, latencies, and clean-up."""

from __future__ import annotations

import math
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NoReturn

from deployment_validation import CannotRun
from deployment_validation.api import BaseUrl, Clock, Connection, NoAnswer, Pause, Sent, Session
from deployment_validation.check_log import CheckLog, Latency, ValidationResult
from deployment_validation.contract import CREATE, DELETE, GET, KNOWN, LIST, UPDATE, Contract
from deployment_validation.gateway_checks import check_gateway
from deployment_validation.read_checks import SAFE_METHODS, Ask, check_other_reads, check_products
from deployment_validation.write_checks import MarkedProducts, WriteChecks

COLD_START = 500.0
"""Milliseconds that a first answer may take before it is worth a word."""

_MOST_CREATIONS = 5
"""Nothing is ever erased: each creation leaves a retired product behind."""


@dataclass(frozen=True)
class Plan:
    """Settings of one validation. `origin`: an origin that may call from a browser; `token`: an administrator's.

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
    """One validation: its plan, and what its checks have found so far."""

    def __init__(self, plan: Plan, connection: Connection, clock: Clock, pause: Pause) -> None:
        self._plan = plan
        self._clock = clock
        self._log = CheckLog(clock)
        self._distance = plan.base.distance(clock) * 1000
        self._session = Session(
            connection, plan.contract, self._log, pause, plan.origin, plan.token, plan.token_without_group
        )
        self._marked = MarkedProducts(self._session)
        self._latencies: list[Latency] = []

    def run(self) -> ValidationResult:
        plan = self._plan
        check_gateway(self._session)
        if plan.token is None:
            self._read(None)
        else:
            # An error that ends the checks, an interruption included, carries a note on what is left behind.
            try:
                self._write()
            except BaseException as error:
                error.add_note(self._clean_up())
                raise
            self._clean_up()
        for operation_id, ask in check_other_reads(self._session):
            self._time(operation_id, ask, plan.requests)
        for operation_id, findings in self._session.cors.items():
            with self._log.check(operation_id, "a script of an allowed origin can read every answer") as check:
                check.add(findings)
        slow = [f"{each.operation} {each.first:.0f} ms" for each in self._latencies if each.first > COLD_START]
        note = f"Slow first answers, cold starts perhaps, not counted: {', '.join(slow)}."
        return ValidationResult(
            url=plan.base.text,
            title=plan.contract.title,
            version=plan.contract.version,
            writes=plan.token is not None,
            distance=self._distance,
            checks=tuple(self._log.made),
            latencies=tuple(self._latencies),
            notes=(*plan.notes, *([note] if slow else [])),
            not_called=self._not_called(),
            operations=len(plan.contract.operations),
        )

    def _write(self) -> None:
        writing = WriteChecks(self._session, self._marked, self._plan.base.path)
        writing.begin()
        self._read(writing.product_id)
        writing.refusals()
        if writing.product_id is not None:
            writing.live()
            self._time(CREATE, writing.create, min(self._plan.requests, _MOST_CREATIONS))
            self._time(UPDATE, writing.change, self._plan.requests)
            writing.end()
            self._time(DELETE, writing.restore_and_retire, self._plan.requests)

    def _read(self, product_id: str | None) -> None:
        shown = check_products(self._session, product_id)
        self._time(LIST, lambda check: self._session.call(check, LIST, 200), self._plan.requests)
        if shown is not None:
            sent = Sent({"productId": shown})
            self._time(GET, lambda check: self._session.call(check, GET, 200, sent), self._plan.requests)

    def _time(self, operation_id: str, ask: Ask, requests: int) -> None:
        """Checks the p95 of so many requests, one after another. One that misses its target is measured once more."""
        target = self._plan.contract.latency_target(operation_id)
        target = None if target is None or self._plan.slack is None else target * self._plan.slack
        name = f"the p95 is within {target:g} ms" if target else "the latency is measured"
        if not requests:
            return
        with self._log.check(operation_id, name) as check:
            for _ in range(2):
                seconds = [ask(check).seconds for _ in range(requests)] + [self._session.first_seconds[operation_id]]
                *times, first = (max(0.0, each * 1000 - self._distance) for each in seconds)
                p50, p95 = percentile(times, 50), percentile(times, 95)
                if target is None or p95 <= target:
                    break
            else:
                check.answered(None)
                check.found("latency", "", "p95", f"is {p95:.0f} ms")
            self._latencies.append(Latency(operation_id, requests, p50, p95, first, target))

    def _clean_up(self) -> str:
        """Retires what was made, and says in a sentence how that went."""
        with (
            undisturbed(),
            self._log.check(DELETE, "no test product is left active") as check,
            Connection(self._plan.base, self._plan.seconds, self._clock) as connection,
        ):
            self._marked.retire(check, connection)
        left = [f"{finding.message[:1].upper()}{finding.message[1:]}." for finding in check.findings]
        return " ".join(left or ["No test product is left active."])

    def _not_called(self) -> dict[str, str]:
        """An operation that was asked without a token only, or not at all, is not covered by any check that passed."""
        reasons = dict(self._log.not_called)
        for operation_id, operation in self._plan.contract.operations.items():
            if operation_id in self._session.first_seconds:
                continue
            reason = "nothing is written without a token" if operation_id in KNOWN else "it gave no answer"
            if operation_id not in KNOWN and operation.method not in SAFE_METHODS:
                reason = f"a {operation.method} may write, and nothing is known here that would take it back"
            reasons.setdefault(operation_id, reason)
        return reasons


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least so many percent of the values do not exceed (nearest rank)."""
    return sorted(values)[max(1, math.ceil(len(values) * percent / 100)) - 1]


_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def interruptible() -> None:
    """From now on such a signal raises KeyboardInterrupt wherever the main thread is."""
    for number in _SIGNALS:
        signal.signal(number, _interrupt)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Nothing of the kind happens inside the `with` block: what is begun there is finished."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(*_: object) -> NoReturn:
    # The second Ctrl-C of an impatient person must not end the cleaning up.
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt
