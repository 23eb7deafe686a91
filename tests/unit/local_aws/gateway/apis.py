"""Small deployed APIs, and what is around them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import httpx

from local_aws.functions import Event
from local_aws.gateway.gateway import Gateway
from local_aws.gateway.stage import ApiIdentity, Stage

API = ApiIdentity("a1b2c3", "123456789012", "eu-west-1")
POOL = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_Example01"
FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:things:live"
URI = f"arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/{FUNCTION}/invocations"
INTEGRATION = "x-amazon-apigateway-integration"
ANY = "x-amazon-apigateway-any-method"
RESPONSES = "x-amazon-apigateway-gateway-responses"
VALIDATOR = "x-amazon-apigateway-request-validator"
VALIDATORS = "x-amazon-apigateway-request-validators"

Json = dict[str, Any]


def proxy(**method: Any) -> Json:
    """A method with a Lambda proxy integration."""
    return {INTEGRATION: {"type": "aws_proxy", "httpMethod": "POST", "uri": URI}, **method}


def mock(status: int = 200, template: str = "", headers: Mapping[str, str] | None = None, **integration: Any) -> Json:
    """A method with a mock integration. `headers` are mapping expressions."""
    mappings = {f"method.response.header.{name}": value for name, value in (headers or {}).items()}
    answer = {
        "statusCode": str(status),
        "responseParameters": mappings,
        "responseTemplates": {"application/json": template},
    }
    return {
        "responses": {str(status): {"description": "It is.", "headers": {name: {} for name in headers or {}}}},
        INTEGRATION: {
            "type": "mock",
            "requestTemplates": {"application/json": f'{{"statusCode":{status}}}'},
            "responses": {"default": answer},
            **integration,
        },
    }


def api(paths: Json, **more: Any) -> Json:
    return {"openapi": "3.0.3", "info": {"title": "Things", "version": "1"}, "paths": paths, **more}


def secured(**paths: Any) -> Json:
    """An API whose method POST /things needs a token."""
    method = proxy(security=[{"keeper": []}])
    scheme = {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "x-amazon-apigateway-authtype": "cognito_user_pools",
        "x-amazon-apigateway-authorizer": {"type": "cognito_user_pools", "providerARNs": [POOL]},
    }
    return api({"/things": {"post": method}, **paths}, components={"securitySchemes": {"keeper": scheme}})


class Functions:
    """Keeps what it is asked, and gives the answer that a test sets, calls for it, or raises it.

    NotImplemented takes too long.
    """

    def __init__(self) -> None:
        self.answer: object = {"statusCode": 200, "body": "{}"}
        self.calls: list[tuple[str, Event, str, str]] = []

    async def invoke(self, function_arn: str, event: Event, request_id: str, source_arn: str) -> object:
        self.calls.append((function_arn, event, request_id, source_arn))
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer is NotImplemented:
            with suppress(TimeoutError):  # Given up, so that a gateway that never does is seen.
                await asyncio.wait_for(asyncio.Event().wait(), 5)
        return self.answer(event) if callable(self.answer) else self.answer

    @property
    def event(self) -> Event:
        return self.calls[-1][1]


CLAIMS = {"sub": "u-1", "cognito:groups": "keepers", "group": "a claim that somebody added"}


class Tokens:
    """Knows the token `good` of the pool, and no other. Raises `failure` when a test sets one."""

    def __init__(self) -> None:
        self.failure: Exception | None = None
        self.asked: list[tuple[str, str]] = []

    def claims(self, user_pool_arn: str, token: str) -> Mapping[str, str] | None:
        self.asked.append((user_pool_arn, token))
        if self.failure is not None:
            raise self.failure
        return CLAIMS if (user_pool_arn, token) == (POOL, "good") else None


class Deployed:
    """A body deployed to the stage `dev`, and requests to it."""

    def __init__(self, body: Json, **stage: Any) -> None:
        self.functions = Functions()
        self.tokens = Tokens()
        self.log: list[str] = []
        self._settings = {"access_log": self.log.append, "api": API, **stage}
        self._app = Gateway(body, Stage("dev", **self._settings), self.functions, self.tokens)

    def __call__(self, method: str, path: str, **options: Any) -> httpx.Response:
        return asyncio.run(self._request(method, f"/dev{path}", **options))

    def at(self, url: str) -> httpx.Response:
        """GET of a whole path, its stage included."""
        return self.request("GET", url)

    def request(self, method: str, url: str, **options: Any) -> httpx.Response:
        """The same, by any method."""
        return asyncio.run(self._request(method, url, **options))

    async def _request(self, method: str, path: str, **options: Any) -> httpx.Response:
        transport = httpx.ASGITransport(app=self._app)
        async with httpx.AsyncClient(transport=transport, base_url="http://host.example") as client:
            # A path that begins with two slashes would be a host.
            return await client.request(method, f"http://host.example{path}", **options)
