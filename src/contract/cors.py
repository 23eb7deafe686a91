"""CORS headers of an answer (Fetch standard, HTTP-network-or-cache: the CORS protocol).

A REST API with proxy integration adds none to a function's answers, so the function does; preflights are the gateway's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

# https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name, and those that no script may, or needs to, read.
_NOT_EXPOSED = frozenset(
    {
        "access-control-allow-origin",
        "cache-control",
        "content-language",
        "content-length",
        "content-type",
        "expires",
        "last-modified",
        "pragma",
        "set-cookie",
    }
)


class Cors:
    """The origins that may read an operation's answers, and the headers that they may read.

    `allowed_origins` are compared exactly, scheme and port included. None allowed: no answer carries a CORS header.
    """

    def __init__(self, allowed_origins: Collection[str], header_names: Iterable[str]) -> None:
        self._allowed = frozenset(allowed_origins)
        self._exposed = ", ".join(name for name in header_names if name.lower() not in _NOT_EXPOSED)

    def added_to(self, headers: Mapping[str, str], origin: str | None) -> dict[str, str]:
        """Returns the answer's headers for a request from this origin (None: not from a browser's script).

        Where any origin is allowed, every answer varies by it: a shared cache must not give one origin's to another.
        """
        if not self._allowed:
            return dict(headers)
        varies = next((name for name in headers if name.lower() == "vary"), None)
        varying = {"Vary": "Origin"} if varies is None else {varies: f"{headers[varies]}, Origin"}
        answer = {**headers, **varying}
        if origin in self._allowed:
            answer["Access-Control-Allow-Origin"] = str(origin)
            if self._exposed:
                answer["Access-Control-Expose-Headers"] = self._exposed
        return answer
