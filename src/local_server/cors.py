"""What a browser is told about other origins (the Fetch standard's CORS protocol)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

Headers = tuple[tuple[str, str], ...]
PREFLIGHT_SECONDS = 600

# Readable from script without being exposed: https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name
_SAFELISTED = frozenset({"cache-control", "content-length", "content-type"})


@dataclass(frozen=True)
class Cors:
    """The policy of one API. `origins` are compared as they are written; an unlisted one gets no CORS header."""

    origins: Collection[str]

    def headers(self, origin: str | None, response_headers: Headers) -> Headers:
        """What to add to a response of the gateway's own with these headers."""
        if origin not in self.origins:
            return (("Vary", "Origin"),)
        exposed = (name for name, _ in response_headers if name.lower() not in _SAFELISTED)
        return (*self._allow(origin), ("Access-Control-Expose-Headers", ", ".join(exposed)))

    def preflight(self, origin: str | None, methods: Iterable[str], headers: Iterable[str]) -> Headers:
        """What to answer when a browser asks whether it may send these methods and headers to a path."""
        if origin not in self.origins:
            return (("Vary", "Origin"),)
        return (
            *self._allow(origin),
            ("Access-Control-Allow-Methods", ", ".join(methods)),
            ("Access-Control-Allow-Headers", ", ".join(headers)),
            ("Access-Control-Max-Age", str(PREFLIGHT_SECONDS)),
        )

    def _allow(self, origin: str | None) -> Headers:
        return (("Access-Control-Allow-Origin", str(origin)), ("Vary", "Origin"))
