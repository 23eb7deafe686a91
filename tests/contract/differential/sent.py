"""A request before it is put together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.contract.differential.spelling import Pairs


@dataclass(frozen=True)
class Sent:
    """`path` holds the parameters percent-encoded, `query` and `cookies` pairs percent-encoded as well."""

    path: Mapping[str, str]
    query: Pairs
    headers: Pairs
    cookies: Pairs
    body: bytes = b""
