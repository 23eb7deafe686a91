"""The deployed API as a client sees it: its address, the connection to it, and its answers, validated by openapi-core.

The connection is kept alive, and follows no redirect.
"""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import httpx

from cross_check.contract_document import DocumentOperation
from cross_check.second_validator import Exchange, SecondValidator
from deployment_validation import CannotRun
from deployment_validation.check_log import Check, CheckLog, Finding, Stop
from deployment_validation.contract import Contract, filled

Clock = Callable[[], float]
Pause = Callable[[float], None]
"""Waits for so many seconds."""

ALLOW_ORIGIN = "Access-Control-Allow-Origin"
_EXPOSE_HEADERS = "Access-Control-Expose-Headers"
# Readable from script without being exposed: https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name
_SAFELISTED = frozenset({"access-control-allow-origin", "cache-control", "content-length", "content-type"})

_CONNECT_SECONDS = 10.0
_HANDSHAKES = 3
_CAUSES = (
    (ssl.SSLError, "the TLS handshake failed"),
    (socket.gaierror, "there is no such host"),
    (ConnectionRefusedError, "the connection is refused"),
)
_REASONS = (
    (httpx.ConnectTimeout, "no connection in time"),
    (httpx.TimeoutException, "no answer in time"),
    (httpx.ConnectError, "no connection"),
    (httpx.NetworkError, "the connection broke"),
    (httpx.RemoteProtocolError, "the answer is no HTTP, or was cut off"),
)


class BaseUrl:
    """The address of an API, which the contract's paths follow. Raises CannotRun for what is none."""

    def __init__(self, text: str) -> None:
        try:
            parts = urlsplit(text)
            self.port = parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError:
            raise CannotRun("The URL cannot be read.") from None
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise CannotRun("The URL must begin with https:// or http:// and name a host.")
        if parts.username is not None or parts.query or parts.fragment:
            raise CannotRun("The URL must have no user, query or fragment: it is the API's base.")
        self.host = parts.hostname
        self.text = text.rstrip("/")
        self.path = parts.path.rstrip("/")
        self.is_local = self.host in ("localhost", "127.0.0.1", "::1")

    def distance(self, clock: Clock) -> float:
        """The seconds to the host and back: its fastest TCP handshake of some. 0 when it cannot be reached directly."""
        times = []
        with suppress(OSError):
            for _ in range(_HANDSHAKES):
                started = clock()
                socket.create_connection((self.host, self.port), _CONNECT_SECONDS).close()
                times.append(clock() - started)
        return min(times, default=0.0)


class NoAnswer(Exception):
    """Exception for a request that was not answered; the message says how, in words of this package."""


@dataclass(frozen=True)
class Answer:
    """`seconds` is from the request's first byte to the answer's last, the way there and back included."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    seconds: float

    def header(self, name: str) -> str | None:
        """All values of a header, joined as RFC 9110 (5.3) has it; None when it is absent."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return ", ".join(values) if values else None

    def listed(self, name: str) -> set[str]:
        """The elements of a header that is a list, in lower case."""
        return {each.strip().lower() for each in (self.header(name) or "").split(",")} - {""}

    @cached_property
    def content(self) -> Any:
        """The body's JSON, with exact numbers; None when it is none."""
        try:
            return json.loads(self.body, parse_float=Decimal)
        except (ValueError, RecursionError):
            return None

    def at(self, *steps: str) -> Any:
        """The value at a place of the body; None when there is nothing."""
        value = self.content
        for step in steps:
            value = value.get(step) if isinstance(value, dict) else None
        return value

    def members(self, *steps: str) -> list[Any]:
        """The elements of the list at a place of the body; none when there is no list."""
        value = self.at(*steps)
        return value if isinstance(value, list) else []

    def text(self, *steps: str) -> str | None:
        """The text at a place of the body; None when there is none."""
        value = self.at(*steps)
        return value if isinstance(value, str) else None


class Connection:
    """Sends requests to the API at `base`; waits `seconds` for each piece of an answer."""

    def __init__(self, base: BaseUrl, seconds: float, clock: Clock) -> None:
        self._base = base
        self._clock = clock
        timeout = httpx.Timeout(seconds, connect=min(seconds, _CONNECT_SECONDS))
        self._client = httpx.Client(timeout=timeout, headers={"User-Agent": "validate-deployment"})

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def send(self, method: str, path: str, headers: Mapping[str, str], **content: Any) -> Answer:
        """The answer to a request for a path below the base. Raises NoAnswer.

        `content` is what httpx takes: `params`, `content`.
        """
        started = self._clock()
        try:
            response = self._client.request(method, self._base.text + path, headers=headers, **content)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NoAnswer(_reason(error)) from None
        seconds = self._clock() - started
        pairs = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw)
        return Answer(response.status_code, pairs, response.content, seconds)


def _reason(error: BaseException) -> str:
    """The error in words that hold no value: the library's own may."""
    chain = [error]
    while cause := chain[-1].__cause__ or chain[-1].__context__:
        chain.append(cause)
    known = (words for each in chain for kind, words in _CAUSES if isinstance(each, kind))
    return next(known, next((words for kind, words in _REASONS if isinstance(error, kind)), type(error).__name__))


@dataclass(frozen=True)
class Sent:
    """The content of a request. `path` fills in the path's parameters; `body` is JSON, or bytes as they are."""

    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    token: str | None = None


NOTHING = Sent()


@dataclass
class Session:
    """One deployment as a validation sees it: from `origin`, if that is known.

    `token` is an administrator's, `token_without_group` one of a user without a group; each None if there is none.
    `first_seconds` has the time of the first answer of each operation that was called; `cors` collects, by operation,
    what its answers lack for a browser.
    """

    connection: Connection
    contract: Contract
    log: CheckLog
    pause: Pause
    origin: str | None = None
    token: str | None = None
    token_without_group: str | None = None
    first_seconds: dict[str, float] = field(default_factory=dict, init=False)
    cors: dict[str, list[Finding]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._openapi_core = SecondValidator(self.contract.content)

    def check_call(
        self, operation_id: str, name: str, status: int | tuple[int, ...], sent: Sent = NOTHING
    ) -> Answer | None:
        """Makes a check of one request: its answer has this status, or one of those. Returns it; None if it has not."""
        with self.log.check(operation_id, name) as check:
            return self.call(check, operation_id, status, sent)
        return None

    def call(self, check: Check, operation_id: str, status: int | tuple[int, ...], sent: Sent = NOTHING) -> Answer:
        """The answer of an operation, validated. Raises Stop unless it has the status, or one of those."""
        answer = self.request(check, operation_id, sent)
        self.validate(check, self.contract.operations[operation_id], answer, status)
        return answer

    def request(self, check: Check, operation_id: str, sent: Sent) -> Answer:
        """The answer of an operation, whatever it is. Raises Stop when there is none."""
        operation = self.contract.operations[operation_id]
        typed = {} if sent.body is None else {"Content-Type": "application/json"}
        authorised = {} if sent.token is None else {"Authorization": f"Bearer {sent.token}"}
        body = sent.body if sent.body is None or isinstance(sent.body, bytes) else json.dumps(sent.body).encode()
        headers = {**typed, **authorised, **sent.headers}
        path = filled(operation.path, sent.path)
        answer = self.send(check, operation.method, path, headers, params=sent.query, content=body)
        if answer.status != 401:  # The gateway's word: no function was called.
            self.first_seconds.setdefault(operation_id, answer.seconds)
        return answer

    def send(self, check: Check, method: str, path: str, headers: Mapping[str, str], **content: Any) -> Answer:
        """The answer to any request; `content` as the connection takes it. Raises Stop when there is none."""
        origin = {"Origin": self.origin} if self.origin else {}
        try:
            answer = self.connection.send(method, path, {**origin, **headers}, **content)
        except NoAnswer as reason:
            check.found("connection", "", "answer", str(reason))
            raise Stop from None
        check.answered(answer.header("X-Request-Id"))
        return answer

    def validate(
        self, check: Check, operation: DocumentOperation, answer: Answer, status: int | tuple[int, ...]
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
            found = self.cors.setdefault(operation.operation_id, [])
            found += cors_findings(self.contract, operation.operation_id, answer, self.origin)
        if answer.status not in expected:
            raise Stop

    def findings(self, operation: DocumentOperation, answer: Answer) -> Iterator[Finding]:
        """What of the answer is not valid against the contract of this operation. None of its values is in it."""
        bodiless = operation.method == "HEAD" or answer.status in (204, 304)
        exchange = Exchange(operation, _Asked(operation.method, operation.path), {}, answer, "")
        for error in self._openapi_core.of_response(exchange):
            if error.error == "ResponseNotFound":
                yield Finding("status", "", "responses", "is none that the contract declares for this operation")
                continue
            for broken, place in error.keywords or ((error.error, ""),):
                keyword = "required" if error.error in ("MissingRequiredHeader", "MissingData") else broken
                if place and not place.startswith("/"):
                    yield Finding("header", f"/{place.rstrip('/')}", keyword, "is not valid against the contract")
                elif not bodiless:
                    yield Finding("body", place.rstrip("/"), keyword, "is not valid against the contract")
        if bodiless and answer.body:
            yield Finding("body", "", "content", "is there, though the contract allows none")


@dataclass(frozen=True)
class _Asked:
    """As much of a request as says which operation answered it."""

    method: str
    path: str
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


def cors_findings(contract: Contract, operation_id: str, answer: Answer, origin: str) -> Iterator[Finding]:
    """Why a script of this allowed origin cannot read the answer, or all its headers that the contract declares.

    https://fetch.spec.whatwg.org/#http-cors-protocol
    """
    if answer.header(ALLOW_ORIGIN) != origin:
        yield header_finding(ALLOW_ORIGIN, answer, "does not name the origin")
    exposed = answer.listed(_EXPOSE_HEADERS)
    for name in contract.response_headers(operation_id, answer.status):
        if answer.header(name) is not None and name.lower() not in _SAFELISTED | exposed:
            yield header_finding(_EXPOSE_HEADERS, answer, f"does not list {name}")


def header_finding(name: str, answer: Answer, message: str) -> Finding:
    """An error in a header of an answer, which is absent or wrong."""
    keyword = "required" if answer.header(name) is None else "cors"
    return Finding("header", f"/{name}", keyword, f"{message} (status {answer.status})")
