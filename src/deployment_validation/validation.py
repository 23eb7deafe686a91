"""One validation from its first request to the last: the order of the checks."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from deployment_validation import gateway, reading
from deployment_validation.api import Api, Sent
from deployment_validation.checks import Checks
from deployment_validation.connection import BaseUrl, Clock, Connection, NoAnswer
from deployment_validation.contract import CREATE, DELETE, GET, KNOWN, LIST, UPDATE, Contract
from deployment_validation.errors import CannotRun
from deployment_validation.findings import Findings
from deployment_validation.interruption import undisturbed
from deployment_validation.judge import Judge
from deployment_validation.latency import Ask, Stopwatch
from deployment_validation.marked_products import MarkedProducts
from deployment_validation.session import Pause, Session
from deployment_validation.writing import Writing

COLD_START = 500.0
"""Milliseconds that a first answer may take before it is worth a word."""

_MOST_CREATIONS = 5
"""Nothing is ever erased: each creation leaves a retired product behind."""


@dataclass(frozen=True)
class Plan:
    """What to validate and how. `origin`: an origin that may call from a browser; `token`: an administrator's.

    `requests` is how many of each operation are timed, 0 for none; `slack`, by what each latency target is
    multiplied, None to judge none; `seconds`, how long to wait for an answer.
    """

    base: BaseUrl
    contract: Contract
    origin: str | None
    token: str | None
    powerless: str | None
    requests: int
    slack: float | None
    seconds: float
    notes: tuple[str, ...] = ()


def validate(plan: Plan, clock: Clock, pause: Pause) -> Findings:
    """Makes all checks. Raises CannotRun when there is nothing at the URL."""
    with Connection(plan.base, plan.seconds, clock) as connection:
        _reach(connection)
        return _Validation(plan, connection, clock, pause).run()


def _reach(connection: Connection) -> None:
    try:
        connection.send("GET", "/", {})
    except NoAnswer as reason:
        raise CannotRun(f"Nothing answers at the URL ({reason}).") from None


class _Validation:
    def __init__(self, plan: Plan, connection: Connection, clock: Clock, pause: Pause) -> None:
        self._plan = plan
        self._clock = clock
        self._checks = Checks(clock)
        self._distance = plan.base.distance(clock)
        self._api = Api(connection, plan.contract, Judge(plan.contract), plan.origin)
        self._session = Session(self._api, self._checks, plan.token, plan.powerless, pause)
        self._watch = Stopwatch(self._session, self._distance, plan.slack)
        self._marked = MarkedProducts(plan.contract)

    def run(self) -> Findings:
        gateway.check(self._session)
        if self._plan.token is None:
            self._read(None)
        else:
            self._write_and_clean_up(self._plan.token)
        self._cors()
        return self._findings()

    def _write_and_clean_up(self, token: str) -> None:
        """An error that ends the checks, an interruption included, carries a note on what is left behind."""
        try:
            self._write(token)
        except BaseException as error:
            error.add_note(self._clean_up(token))
            raise
        self._clean_up(token)

    def _write(self, token: str) -> None:
        writing = Writing(self._session, self._marked, token, urlsplit(self._plan.base.text).path)
        subject = writing.begin()
        self._read(subject.product_id if subject else None)
        writing.refusals()
        if subject:
            writing.live(subject)
            self._time(CREATE, writing.create, _MOST_CREATIONS)
            self._time(UPDATE, lambda trial: writing.change(trial, subject))
            writing.end(subject)
            self._time(DELETE, lambda trial: writing.restore_and_retire(trial, subject))

    def _read(self, product_id: str | None) -> None:
        shown = reading.check(self._session, product_id)
        self._time(LIST, lambda trial: self._api.call(trial, LIST, 200))
        if shown is not None:
            self._time(GET, lambda trial: self._api.call(trial, GET, 200, Sent({"productId": shown})))

    def _time(self, operation_id: str, ask: Ask, most: int | None = None) -> None:
        requests = min(self._plan.requests, most or self._plan.requests)
        if requests:
            self._watch.time(operation_id, requests, ask)

    def _clean_up(self, token: str) -> str:
        """Retires what was made, and says in a sentence how that went."""
        with (
            undisturbed(),
            self._checks.check(DELETE, "no test product is left active") as trial,
            Connection(self._plan.base, self._plan.seconds, self._clock) as connection,
        ):
            self._marked.retire(trial, connection, token, self._session.pause)
        left = [f"{finding.message[:1].upper()}{finding.message[1:]}." for finding in trial.findings]
        return " ".join(left or ["No test product is left active."])

    def _cors(self) -> None:
        for operation_id, collected in self._api.cors.items():
            with self._checks.check(operation_id, "a script of an allowed origin can read every answer") as trial:
                trial.add(collected.findings)

    def _findings(self) -> Findings:
        plan = self._plan
        return Findings(
            url=plan.base.text,
            title=plan.contract.title,
            version=plan.contract.version,
            writes=plan.token is not None,
            distance=self._distance * 1000,
            checks=tuple(self._checks.made),
            latencies=tuple(self._watch.latencies),
            notes=(*plan.notes, *self._unknown(), *self._cold_starts()),
        )

    def _unknown(self) -> list[str]:
        unknown = sorted(self._plan.contract.operations.keys() - KNOWN)
        return (
            [f"Refusals were checked of {', '.join(unknown)}, and no happy path: this script knows none."]
            if unknown
            else []
        )

    def _cold_starts(self) -> list[str]:
        slow = [f"{each.operation} {each.first:.0f} ms" for each in self._watch.latencies if each.first > COLD_START]
        return [f"Slow first answers, cold starts perhaps, not counted: {', '.join(slow)}."] if slow else []
