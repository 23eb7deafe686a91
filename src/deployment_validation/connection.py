"""The connection to a deployment, and the answers that come over it: kept alive, no redirect followed."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import httpx

Clock = Callable[[], float]
_CONNECT_SECONDS = 10.0
_HANDSHAKES = 3
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
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


class NoAnswer(Exception):
    """Exception for a request that was not answered; the message says how, in words of this package."""


class BaseUrl:
    """Where an API is: the contract's paths follow it. Raises CannotRun for what is no such address."""

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
        self.last_segment = parts.path.rstrip("/").rpartition("/")[2]

    @property
    def is_local(self) -> bool:
        return self.host in _LOOPBACK

    @property
    def is_private(self) -> bool:
        """Whether nobody on the way can read what is sent there."""
        return self.is_local or self.text.startswith("https:")

    def distance(self, clock: Clock) -> float:
        """The seconds to the host and back: its fastest TCP handshake of some. 0 when it cannot be reached directly."""
        times = []
        with suppress(OSError):
            for _ in range(_HANDSHAKES):
                started = clock()
                socket.create_connection((self.host, self.port), _CONNECT_SECONDS).close()
                times.append(clock() - started)
        return min(times, default=0.0)


class Connection:
    """Sends requests to the API at `base`; waits `seconds` for each piece of an answer."""

    def __init__(self, base: BaseUrl, seconds: float, clock: Clock) -> None:
        self._base = base
        self._clock = clock
        timeout = httpx.Timeout(seconds, connect=min(seconds, _CONNECT_SECONDS))
        self._client = httpx.Client(timeout=timeout, headers={"User-Agent": "validate-deployment"})

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
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
    known = (words for cause in _chain(error) for kind, words in _CAUSES if isinstance(cause, kind))
    return next(known, next((words for kind, words in _REASONS if isinstance(error, kind)), type(error).__name__))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


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

    def at(self, *steps: str | int) -> Any:
        """What stands at a place of the body; None when there is nothing."""
        value = self.content
        for step in steps:
            try:
                value = value[step]
            except (LookupError, TypeError):
                return None
        return value

    def members(self, *steps: str | int) -> list[Any]:
        """The elements of the list at a place of the body; none when there is no list."""
        value = self.at(*steps)
        return value if isinstance(value, list) else []

    def text(self, *steps: str | int) -> str | None:
        """The text at a place of the body; None when there is none."""
        value = self.at(*steps)
        return value if isinstance(value, str) else None


class CannotRun(Exception):
    """Exception for a validation that cannot run. The message is one line for a person, without values."""
