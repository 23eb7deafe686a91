"""The deployed API: sends the contract's requests, and validates every answer by openapi-core."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cross_check.contract_document import DocumentOperation
from cross_check.exchange import Exchange
from cross_check.second_validator import OpenapiCoreError, SecondValidator
from deployment_validation import cors
from deployment_validation.check_log import CheckLog, Finding, OpenCheck, Stop
from deployment_validation.connection import Answer, Connection, NoAnswer
from deployment_validation.contract import Contract, filled

Pause = Callable[[float], None]
"""Waits for so many seconds."""

_MISSING = {"MissingRequiredHeader": "required", "MissingData": "required"}


@dataclass(frozen=True)
class Sent:
    """What a request carries. `path` fills in the path's parameters; `body` is JSON, or bytes as they are."""

    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    token: str | None = None


NOTHING = Sent()


class Api:
    """One deployment as one caller sees it: from `origin`, if that is known.

    `first_seconds` has the time of the first answer of each operation that was called; `cors` collects what its answers
    lack for a browser.
    """

    def __init__(self, connection: Connection, contract: Contract, origin: str | None) -> None:
        self.contract = contract
        self.origin = origin
        self.first_seconds: dict[str, float] = {}
        self.cors: dict[str, OpenCheck] = {}
        self._connection = connection
        self._openapi_core = SecondValidator(contract.content)

    def call(
        self,
        check: OpenCheck,
        operation_id: str,
        status: int | tuple[int, ...],
        sent: Sent = NOTHING,
        notice: Callable[[Answer], None] = lambda _: None,
    ) -> Answer:
        """The answer of an operation, validated; `notice` gets to see it before.

        Raises Stop unless it has the status, or one of those.
        """
        operation = self.contract.operations[operation_id]
        typed = {} if sent.body is None else {"Content-Type": "application/json"}
        authorised = {} if sent.token is None else {"Authorization": f"Bearer {sent.token}"}
        body = sent.body if sent.body is None or isinstance(sent.body, bytes) else json.dumps(sent.body).encode()
        headers = {**typed, **authorised, **sent.headers}
        path = filled(operation.path, sent.path)
        answer = self.send(check, operation.method, path, headers, params=sent.query, content=body)
        if answer.status != 401:  # The gateway's word: no function was called.
            self.first_seconds.setdefault(operation_id, answer.seconds)
        notice(answer)
        self.validate(check, operation, answer, status)
        return answer

    def send(self, check: OpenCheck, method: str, path: str, headers: Mapping[str, str], **content: Any) -> Answer:
        """The answer to any request; `content` as the connection takes it. Raises Stop when there is none."""
        origin = {"Origin": self.origin} if self.origin else {}
        try:
            answer = self._connection.send(method, path, {**origin, **headers}, **content)
        except NoAnswer as reason:
            check.found("connection", "", "answer", str(reason))
            raise Stop from None
        check.answered(answer.header("X-Request-Id"))
        return answer

    def validate(
        self, check: OpenCheck, operation: DocumentOperation, answer: Answer, status: int | tuple[int, ...]
    ) -> None:
        """Compares an answer with the contract of the operation, and with the status. Raises Stop for another one."""
        expected = status if isinstance(status, tuple) else (status,)
        redirect = ", a redirect, which is not followed" if 300 <= answer.status < 400 and answer.status != 304 else ""
        words = f"is {answer.status}{redirect}, not {' or '.join(map(str, expected))}"
        check.expect(answer.status in expected, "status", "", "status", words)
        check.add(self.findings(operation, answer))
        if answer.status >= 400 and (named := answer.text("requestId")) is not None:
            same = named == answer.header("X-Request-Id")
            check.expect(same, "body", "/requestId", "const", "is not the X-Request-Id")
        if self.origin:
            collected = self.cors.setdefault(operation.operation_id, OpenCheck())
            collected.add(cors.faults(self.contract, operation, answer, self.origin))
        if answer.status not in expected:
            raise Stop

    def findings(self, operation: DocumentOperation, answer: Answer) -> Iterator[Finding]:
        """What of the answer is not valid against the contract of this operation. None of its values is in it."""
        exchange = Exchange(operation, _Asked(operation.method, operation.path), {}, answer, "")
        bodiless = operation.method == "HEAD" or answer.status in (204, 304)
        for fault in self._openapi_core.of_response(exchange):
            yield from (each for each in _findings(fault) if each.place != "body" or not bodiless)
        if bodiless and answer.body:
            yield Finding("body", "", "content", "is there, though the contract allows none")


@dataclass(frozen=True)
class Session:
    """What the checks of one validation share.

    `token` is an administrator's, `token_without_group` one of a user without a group; each None if there is none.
    """

    api: Api
    log: CheckLog
    token: str | None
    token_without_group: str | None
    pause: Pause


@dataclass(frozen=True)
class _Asked:
    """As much of a request as says which operation answered it."""

    method: str
    path: str
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


def _findings(fault: OpenapiCoreError) -> Iterator[Finding]:
    if fault.error == "ResponseNotFound":
        yield Finding("status", "", "responses", "is none that the contract declares for this operation")
        return
    for broken, place in fault.keywords or ((fault.error, ""),):
        keyword = _MISSING.get(fault.error, broken)
        if place.startswith("/") or not place:
            yield Finding("body", place.rstrip("/"), keyword, "is not valid against the contract")
        else:
            yield Finding("header", f"/{place.rstrip('/')}", keyword, "is not valid against the contract")
