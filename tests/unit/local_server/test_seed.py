from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from local_aws import CannotStart
from local_aws.asgi import HttpResponse, read_body, send_response
from local_server.seed import Administrator, seed_once

PROBLEM = {"error": "Bad Request", "details": [{"field": "/price", "message": "must be at least 0.01"}]}


class FrontDoor:
    """Answers each creation with the next of `statuses`."""

    def __init__(self, *statuses: int) -> None:
        self._statuses = list(statuses)
        self.created: list[dict[str, Any]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert (b"authorization", b"Bearer t") in scope["headers"]
        self.created.append(json.loads(await read_body(receive, 1000)))
        await send_response(HttpResponse(self._statuses.pop(0), (), json.dumps(PROBLEM).encode()), send)


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    path = tmp_path / "catalogue.json"
    path.write_text('[{"name": "spoon"}, {"name": "fork"}]')
    return path


def test_every_product_is_created_in_order(catalogue: Path) -> None:
    door = FrontDoor(201, 409)
    asyncio.run(seed_once(Administrator(door, "/things", "t"), catalogue, None))
    assert [each["name"] for each in door.created] == ["spoon", "fork"]


def test_kept_data_is_seeded_once(catalogue: Path, tmp_path: Path) -> None:
    asyncio.run(seed_once(Administrator(FrontDoor(201, 201), "/things", "t"), catalogue, tmp_path))
    asyncio.run(seed_once(Administrator(FrontDoor(), "/things", "t"), catalogue, tmp_path))


def test_a_refused_product_stops_the_start_and_says_why(catalogue: Path, tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match=r"Product 2 .* 400 Bad Request; /price must be at least 0\.01"):
        asyncio.run(seed_once(Administrator(FrontDoor(201, 400), "/things", "t"), catalogue, tmp_path))
    assert not (tmp_path / "seeded").exists()
