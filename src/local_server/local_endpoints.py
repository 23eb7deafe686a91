"""What only this server has, below /_local/: tokens on request, the user pool's keys, the validators' disagreements.

Nothing here is part of the product; on AWS none of these paths exist.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local_aws.user_pool import LONGEST_LIFE_SECONDS, POOL, UserPool

DISAGREEMENTS = "/_local/disagreements"


def local_endpoints(user_pool: UserPool, report: Callable[[], dict[str, Any]]) -> list[Route]:
    """POST /_local/token, GET /_local/<pool>/.well-known/jwks.json and GET /_local/disagreements."""

    async def token(request: Request) -> Response:
        """A token from `{"groups": [...], "expiresIn": seconds}`; both may be left out."""
        try:
            groups, seconds = _wanted(await request.body())
        except ValueError:
            return JSONResponse({"error": "send groups, a list of strings, and expiresIn, a number of seconds"}, 400)
        return JSONResponse({"idToken": user_pool.token(groups, seconds)}, headers={"Cache-Control": "no-store"})

    async def key_set(request: Request) -> Response:
        return JSONResponse(user_pool.key_set())

    async def disagreements(request: Request) -> Response:
        return JSONResponse(report())

    async def nothing(request: Request) -> Response:
        return JSONResponse({"error": "there is no such path"}, 404)

    return [
        Route("/_local/token", token, methods=["POST"]),
        Route(f"/_local/{POOL}/.well-known/jwks.json", key_set),
        Route(DISAGREEMENTS, disagreements),
        Route("/_local/{path:path}", nothing),
    ]


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
