"""Ways in which a deployment can be wrong, and what a validation has to say of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from tests.integration.deployment_validation.front import HandOn, Passing, Reply

ITEM, COLLECTION = "/v1.0/products/", "/v1.0/products"


@dataclass
class Clock:
    """A clock that stands still but for what a sabotage adds."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Sabotage:
    """`reply` spoils one exchange; `operation`, `place` and `pointer` are what must be named for it."""

    reply: Callable[[Passing, HandOn, Clock, str], Reply]
    operation: str
    place: str
    pointer: str
    keyword: str
    arguments: tuple[str, ...] = ("--read-only", "--requests", "0")


def _dropped_header(request: Passing, hand_on: HandOn, clock: Clock, token: str) -> Reply:
    return hand_on(request).without("x-content-type-options")


def _wrong_status(request: Passing, hand_on: HandOn, clock: Clock, token: str) -> Reply:
    reply = hand_on(request)
    return replace(reply, status=200) if (request.method, reply.status) == ("POST", 201) else reply


def _missing_cors(request: Passing, hand_on: HandOn, clock: Clock, token: str) -> Reply:
    reply = hand_on(request)
    return reply.without("access-control-allow-origin") if request.method == "GET" else reply


def _open_write(request: Passing, hand_on: HandOn, clock: Clock, token: str) -> Reply:
    open_to_all = request.method in ("POST", "DELETE")
    return hand_on(replace(request, headers={**request.headers, "authorization": token}) if open_to_all else request)


def _stale_contract(request: Passing, hand_on: HandOn, clock: Clock, token: str) -> Reply:
    reply = hand_on(request)
    return reply.with_headers(x_contract_version="0.9.0") if "x-contract-version" in reply.headers else reply


def _slow_answer(request: Passing, hand_on: HandOn, clock: Clock, token: str) -> Reply:
    clock.now += 0.35 if request.method == "GET" and request.path.startswith(ITEM) else 0
    return hand_on(request)


def _leaked_field(request: Passing, hand_on: HandOn, clock: Clock, token: str) -> Reply:
    reply = hand_on(request)
    if (request.method, request.path, reply.status) != ("GET", COLLECTION, 200):
        return reply
    products = [{**each, "PK": f"PRODUCT#{each['productId']}"} for each in reply.content["products"]]
    return reply.with_content({**reply.content, "products": products})


def _broken_pagination(request: Passing, hand_on: HandOn, clock: Clock, token: str) -> Reply:
    first = [(name, value) for name, value in parse_qsl(request.query) if name != "nextToken" or "." in value]
    return hand_on(replace(request, query=urlencode(first)))


def _wrong_error_shape(request: Passing, hand_on: HandOn, clock: Clock, token: str) -> Reply:
    reply = hand_on(request)
    unknown_route = reply.status == 404 and not request.path.startswith(COLLECTION)
    return reply.with_content({"message": "Missing Authentication Token"}) if unknown_route else reply


def _lost_etag(request: Passing, hand_on: HandOn, clock: Clock, token: str) -> Reply:
    return hand_on(request).without("etag")


def _ignored_if_match(request: Passing, hand_on: HandOn, clock: Clock, token: str) -> Reply:
    return hand_on(request.without("if-match") if request.method == "GET" else request)


def _ignored_if_none_match(request: Passing, hand_on: HandOn, clock: Clock, token: str) -> Reply:
    return hand_on(request.without("if-none-match") if request.method == "PUT" else request)


SABOTAGES = {
    "If-Match ignored by a read": Sabotage(_ignored_if_match, "getProduct", "status", "", "status"),
    "If-None-Match ignored by a write": Sabotage(
        _ignored_if_none_match, "updateProduct", "status", "", "status", ("--requests", "0")
    ),
    "dropped header": Sabotage(_dropped_header, "listProducts", "header", "/X-Content-Type-Options", "required"),
    "wrong status": Sabotage(_wrong_status, "createProduct", "status", "", "status", ("--requests", "0")),
    "missing CORS": Sabotage(_missing_cors, "getProduct", "header", "/Access-Control-Allow-Origin", "required"),
    "open write": Sabotage(_open_write, "createProduct", "status", "", "status"),
    "stale contract version": Sabotage(_stale_contract, "gateway", "header", "/X-Contract-Version", "const"),
    "slow answer": Sabotage(
        _slow_answer, "getProduct", "latency", "", "p95", ("--read-only", "--requests", "2", "--latency-slack", "3")
    ),
    "leaked field": Sabotage(_leaked_field, "listProducts", "body", "/products/0", "additionalProperties"),
    "broken pagination": Sabotage(_broken_pagination, "listProducts", "body", "/products", "uniqueItems"),
    "wrong error shape": Sabotage(_wrong_error_shape, "gateway", "body", "", "required"),
    "lost ETag": Sabotage(_lost_etag, "getProduct", "header", "/ETag", "required"),
}


def named(findings: Iterable[dict[str, Any]]) -> set[tuple[str, str, str]]:
    """The place, pointer and keyword of each finding."""
    return {(each["in"], each["pointer"], each["keyword"]) for each in findings}
