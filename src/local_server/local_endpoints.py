"""What only the local cloud has, below /_local/: tokens on request, the user pool's keys, the judges' disagreements.

Nothing here is part of the product; on AWS none of these paths exist.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router

from local_aws.user_pool import LONGEST_LIFE_SECONDS, POOL, Identity


def local_endpoints(identity: Identity, report: Callable[[], dict[str, Any]]) -> Router:
    """POST /_local/token, GET /_local/<pool>/.well-known/jwks.json and GET /_local/disagreements."""

    async def token(request: Request) -> Response:
        """A token from `{"groups": [...], "expiresIn": seconds}`; both may be left out."""
        try:
            groups, seconds = _wanted(await request.body())
        except ValueError:
            return JSONResponse({"error": "send groups, a list of strings, and expiresIn, a number of seconds"}, 400)
        return JSONResponse({"idToken": identity.token(groups, seconds)}, headers={"Cache-Control": "no-store"})

    async def key_set(request: Request) -> Response:
        return JSONResponse(identity.key_set())

    async def disagreements(request: Request) -> Response:
        return JSONResponse(report())

    return Router(
        [
            Route("/_local/token", token, methods=["POST"]),
            Route(f"/_local/{POOL}/.well-known/jwks.json", key_set),
            Route("/_local/disagreements", disagreements),
        ]
    )


def _wanted(body: bytes) -> tuple[list[str], int]:
    wanted = json.loads(body or b"{}")
    if not isinstance(wanted, dict):
        raise ValueError
    groups, seconds = wanted.get("groups", []), wanted.get("expiresIn", LONGEST_LIFE_SECONDS)
    if not isinstance(groups, list) or not all(isinstance(group, str) for group in groups):
        raise ValueError
    if not isinstance(seconds, int) or abs(seconds) > LONGEST_LIFE_SECONDS:
        raise ValueError
    return groups, seconds
