"""The deployed API: sends the contract's requests, and has every answer judged."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from cross_check.contract_document import Operation
from deployment_validation import cors
from deployment_validation.answers import Answer
from deployment_validation.checks import Stop, Trial
from deployment_validation.connection import Connection, NoAnswer
from deployment_validation.contract import Contract
from deployment_validation.judge import Judge

JSON_TYPE = "application/json"


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
    """One deployment as one caller sees it: from `origin`, if that is known, and with `token`, if there is one.

    `first_seconds` has the time of each function's first answer; `cors` collects what its answers lack for a browser.
    """

    def __init__(self, connection: Connection, contract: Contract, judge: Judge, origin: str | None) -> None:
        self.contract = contract
        self.origin = origin
        self.first_seconds: dict[str, float] = {}
        self.cors: dict[str, Trial] = {}
        self._connection = connection
        self._judge = judge

    def call(
        self,
        trial: Trial,
        operation_id: str,
        status: int,
        sent: Sent = NOTHING,
        notice: Callable[[Answer], None] = lambda _: None,
    ) -> Answer:
        """The answer of an operation, judged; `notice` gets to see it before. Raises Stop unless it has the status."""
        operation = self.contract.operations[operation_id]
        path = operation.path.format_map({name: quote(value, safe="") for name, value in sent.path.items()})
        content = {"params": sent.query, "content": _bytes(sent.body)}
        answer = self.send(trial, operation.method, path, _headers(sent), **content)
        if answer.status != 401:  # The gateway's word: no function was called.
            self.first_seconds.setdefault(operation_id, answer.seconds)
        notice(answer)
        self.judge(trial, operation, answer, status)
        return answer

    def send(self, trial: Trial, method: str, path: str, headers: Mapping[str, str], **content: Any) -> Answer:
        """The answer to any request; `content` as the connection takes it. Raises Stop when there is none."""
        origin = {"Origin": self.origin} if self.origin else {}
        try:
            answer = self._connection.send(method, path, {**origin, **headers}, **content)
        except NoAnswer as reason:
            trial.found("connection", "", "answer", str(reason))
            raise Stop from None
        trial.answered(answer.header("X-Request-Id"))
        return answer

    def judge(self, trial: Trial, operation: Operation, answer: Answer, status: int) -> None:
        """Holds an answer to what the contract says of the operation and to the status. Raises Stop for another one."""
        trial.expect(answer.status == status, "status", "", "status", _unexpected(answer.status, status))
        trial.add(self._judge.findings(operation, answer))
        if answer.status >= 400 and (named := answer.text("requestId")) is not None:
            same = named == answer.header("X-Request-Id")
            trial.expect(same, "body", "/requestId", "const", "is not the X-Request-Id")
        if self.origin:
            self._collect_cors(operation, answer, self.origin)
        if answer.status != status:
            raise Stop

    def _collect_cors(self, operation: Operation, answer: Answer, origin: str) -> None:
        collected = self.cors.setdefault(operation.operation_id, Trial())
        collected.add(cors.faults(self.contract, operation, answer, origin))


def _headers(sent: Sent) -> dict[str, str]:
    typed = {} if sent.body is None else {"Content-Type": JSON_TYPE}
    authorised = {} if sent.token is None else {"Authorization": f"Bearer {sent.token}"}
    return {**typed, **authorised, **sent.headers}


def _bytes(body: Any) -> bytes | None:
    return body if body is None or isinstance(body, bytes) else json.dumps(body).encode()


def _unexpected(status: int, expected: int) -> str:
    redirect = ", a redirect, which is not followed" if 300 <= status < 400 and status != 304 else ""
    return f"is {status}{redirect}, not {expected}"
