"""One request of a declared operation together with its response, as they went over the wire.

Nobody's classes: whatever has these fields is a request or a response. So both the local gateways and the validation of
a deployment hand in their own, and share no code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from cross_check.contract_document import DocumentOperation

Headers = tuple[tuple[str, str], ...]
"""Names and values in the order in which they were sent; a name may stand several times."""


class Request(Protocol):
    """`path` is still percent-encoded, `query` is without its question mark; names of `headers` are in lower case."""

    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def query(self) -> str: ...
    @property
    def headers(self) -> Headers: ...
    @property
    def body(self) -> bytes: ...


class Response(Protocol):
    """Names of `headers` are in any case."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Headers: ...
    @property
    def body(self) -> bytes: ...


@dataclass(frozen=True)
class Exchange:
    """`path_parameters` are still percent-encoded."""

    operation: DocumentOperation
    request: Request
    path_parameters: Mapping[str, str]
    response: Response
    request_id: str
