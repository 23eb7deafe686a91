"""The requests that are measured, as API Gateway hands them to a function."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from local_aws.asgi import HttpRequest
from local_aws.functions import Event
from local_aws.gateway.call import Call
from local_aws.gateway.lambda_proxy import proxy_event
from local_aws.gateway.stage import Stage
from tests.performance.benchmark.database import PRODUCT_ID

_COLLECTION, _MEMBER = "/v1.0/products", "/v1.0/products/{productId}"
_NEW = {
    "name": "WordPress Professional",
    "description": "Managed WordPress hosting with daily backups and a free certificate.",
    "price": 289.14,
    "period": "per month",
    "features": ["10 GB of storage", "Unmetered traffic", "Free certificate", "Daily backups"],
}
_ADMINISTRATOR = {"sub": "3f0c", "cognito:groups": "platform-admin", "token_use": "id"}
_HEADERS = {
    "accept": "application/json",
    "content-type": "application/json",
    "host": "api.example.com",
    "origin": "https://portal.example.com",
    "user-agent": "Mozilla/5.0",
    "x-forwarded-for": "203.0.113.7",
    "x-forwarded-proto": "https",
}


def create() -> Event:
    return _event("POST", body=_NEW)


def refused_create() -> Event:
    """Wrong in three places."""
    return _event("POST", body={**_NEW, "price": -1, "features": [], "colour": "red"})


def get() -> Event:
    return _event("GET", PRODUCT_ID)


def list_of(limit: int) -> Event:
    return _event("GET", query=f"limit={limit}")


def update() -> Event:
    return _event("PUT", PRODUCT_ID, body={"price": 299.14})


def delete() -> Event:
    return _event("DELETE", PRODUCT_ID)


def _event(method: str, product_id: str = "", query: str = "", body: Mapping[str, Any] | None = None) -> Event:
    path = f"{_COLLECTION}/{product_id}" if product_id else _COLLECTION
    content = b"" if body is None else json.dumps(body).encode()
    headers = {name: value for name, value in _HEADERS.items() if content or name != "content-type"}
    if method != "GET":
        headers["authorization"] = "Bearer eyJ0eXAi.eyJzdWIi.c2lnbmVk"
    request = HttpRequest(method, path, query, tuple(headers.items()), content, "203.0.113.7")
    parameters = {"productId": product_id} if product_id else {}
    claims = None if method == "GET" else _ADMINISTRATOR
    call = Call(request, Stage("local"), request.path, parameters, claims, request_id="8ba4-11")
    return proxy_event(call, _MEMBER if product_id else _COLLECTION, request.headers)


FIRST_REQUESTS = {
    "list_products": list_of(20),
    "get_product": get(),
    "create_product": create(),
    "update_product": update(),
    "delete_product": delete(),
}
