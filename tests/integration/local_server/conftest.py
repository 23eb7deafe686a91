from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from joserfc.jwk import RSAKey

from local_aws.functions import FunctionFailed
from local_aws.proxy_event import Event
from local_aws.user_pool import Identity
from local_server.cloud import LocalCloud
from tests.unit.cross_check.things import document

PORTAL = "https://portal.example"
ANSWER: dict[str, Any] = {"statusCode": 200, "headers": {}, "body": '{"name": "spoon"}'}


class Stubs:
    """Functions that keep their events and give the answer that a test sets; FunctionFailed for None."""

    def __init__(self) -> None:
        self.answer: Callable[[Event], object] = lambda event: ANSWER
        self.calls: list[tuple[str, Event]] = []

    async def invoke(self, operation_id: str, event: Event, request_id: str) -> object:
        self.calls.append((operation_id, event))
        if (answer := self.answer(event)) is None:
            raise FunctionFailed("Exception")
        return answer

    @property
    def event(self) -> Event:
        return self.calls[-1][1]


@pytest.fixture
def stubs() -> Stubs:
    return Stubs()


@pytest.fixture(scope="session")
def identity() -> Identity:
    key = RSAKey.generate_key(2048)
    key.ensure_kid()
    return Identity("http://cloud", key)


@pytest.fixture
def cloud(stubs: Stubs, identity: Identity) -> LocalCloud:
    return LocalCloud.compose(document(), stubs, identity, origins=[PORTAL])


class Client:
    """Requests to a cloud in this process."""

    def __init__(self, cloud: LocalCloud) -> None:
        self._cloud = cloud

    def __call__(self, method: str, url: str, **options: Any) -> httpx.Response:
        return asyncio.run(self._request(method, url, **options))

    async def _request(self, method: str, url: str, **options: Any) -> httpx.Response:
        transport = httpx.ASGITransport(app=self._cloud.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://cloud") as client:
            return await client.request(method, url, **options)


@pytest.fixture
def request_to(cloud: LocalCloud) -> Client:
    return Client(cloud)


@pytest.fixture
def keeper(identity: Identity) -> dict[str, str]:
    """The headers of a user in the group `keepers`."""
    return {"Authorization": f"Bearer {identity.token(['keepers'])}"}
