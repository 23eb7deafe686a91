from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from joserfc.jwk import RSAKey
from starlette.types import ASGIApp

from cross_check.contract_document import ContractDocument
from local_aws.functions import Event, FunctionFailed
from local_aws.user_pool import UserPool
from local_server import project
from local_server.app import LocalApp

PORTAL, OTHER_PORTAL = "https://portal.example", "https://other-portal.example"
GROUP = "platform-admin"
PRODUCTS = "/v1.0/products"
PRODUCT = {
    "productId": "925212b3-5512-4dc2-9da6-129b2a517e9a",
    "name": "Entry",
    "description": "A site of one page.",
    "price": 95,
    "currency": "ZAR",
    "period": "per year",
    "features": ["One page"],
    "active": True,
    "createdAt": "2026-01-01T00:00:00.000000Z",
    "updatedAt": "2026-01-01T00:00:00.000000Z",
}
USUAL = {"Cache-Control": "public, max-age=300", "X-Content-Type-Options": "nosniff", "X-Request-Id": "r-1"}
ANSWER: dict[str, Any] = {"statusCode": 200, "headers": USUAL, "body": json.dumps({"products": [PRODUCT], "count": 1})}


class Stubs:
    """Functions that keep their events and give the answer that a test sets; FunctionFailed for None."""

    def __init__(self) -> None:
        self.answer: Callable[[Event], object] = lambda event: ANSWER
        self.calls: list[tuple[str, Event]] = []

    async def invoke(self, function_arn: str, event: Event, request_id: str, source_arn: str) -> object:
        self.calls.append((function_arn.split(":")[6], event))
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
def user_pool() -> UserPool:
    key = RSAKey.generate_key(2048)
    key.ensure_kid()
    return UserPool("http://cloud", key)


@pytest.fixture
def local_app(stubs: Stubs, user_pool: UserPool) -> LocalApp:
    document, body = ContractDocument.load(project.DOCUMENT), project.gateway_body(user_pool.arn)
    return LocalApp(document, body, stubs, user_pool, [PORTAL, OTHER_PORTAL])


class Client:
    """Requests to an application in this process."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def __call__(self, method: str, url: str, **options: Any) -> httpx.Response:
        return asyncio.run(self._request(method, url, **options))

    async def _request(self, method: str, url: str, **options: Any) -> httpx.Response:
        transport = httpx.ASGITransport(app=self._app)
        async with httpx.AsyncClient(transport=transport, base_url="http://cloud") as client:
            return await client.request(method, url, **options)


@pytest.fixture
def request_to(local_app: LocalApp) -> Client:
    return Client(local_app.app)


@pytest.fixture
def keeper(user_pool: UserPool) -> dict[str, str]:
    """The headers of an administrator."""
    return {"Authorization": f"Bearer {user_pool.token([GROUP])}"}
