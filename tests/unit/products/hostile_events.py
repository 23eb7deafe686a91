"""Events that no gateway sends, made of true ones: wrong types, nulls, missing keys, bad base64, in any place."""

from __future__ import annotations

import base64
import json
import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from copy import deepcopy
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any, cast

import pytest

from contract.messages import Response
from contract.operation import Operation
from contract.strict_json import loads
from products import bootstrap
from products.bootstrap import Dependencies, Settings
from products.cursors import Cursors
from products.dynamodb import RetryBudget
from products.items import StoredProduct, new_product
from products.repository import Page, Repository
from products.service import Catalogue, Change

ROOT = Path(__file__).parents[3]
# Those on products, of which there is a fake repository here.
OPERATIONS: list[Mapping[str, Any]] = [
    each
    for each in json.loads((ROOT / "generated/operations.json").read_bytes())["operations"]
    if each["path"].startswith("/v1.0/products")
]
AT = "2026-02-01T09:30:00.000000Z"
BODY: dict[str, Any] = {
    "name": "Entry",
    "description": "A single page.",
    "price": 95,
    "currency": "ZAR",
    "period": "per year",
    "features": ["One domain"],
}
STORED = new_product("PROD-001", cast("Any", BODY), AT)
ENVIRONMENT = {"PRODUCTS_TABLE": "unused", "AWS_REGION": "eu-west-1", "CURSOR_SIGNING_KEYS": "unused-unused-unused"}

HOSTILE: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 10**400, "", " ", "x", "\x00", "\r\nX-Any: 1", "\ud800", "%zz", "%ff", "é", "🎉",
    "PROD-002", "W/", '"1"', "*", "null", "[]", "e30=", "e30", "====", "A" * 70_000, [], [None], [[]], ["x", 1], [{}],
    {}, {"x": None}, {"": ""}, {"x": {"x": {"x": []}}}, {"http": {}}, {"elb": {}}, {"claims": 1},
    {"claims": {"sub": [], "cognito:groups": 7}},
)  # fmt: skip


class FakeRepository:
    """Has one product, and writes whatever it is told."""

    def get(self, product_id: str, _budget: RetryBudget) -> StoredProduct | None:
        return STORED if product_id == "PROD-001" else None

    def active(self, _limit: int, _start: Any, _filters: Any, _budget: RetryBudget) -> Page:
        return [STORED], None

    def add(self, product: StoredProduct, _record: Any, _budget: RetryBudget) -> tuple[StoredProduct, bool]:
        return product, False

    def change(self, change: Change, budget: RetryBudget) -> StoredProduct:
        return change.admit(self.get(change.product_id, budget))


class Functions:
    """The handlers, and what each of them may answer."""

    def __init__(self) -> None:
        settings = Settings({**ENVIRONMENT, "ALLOWED_ORIGINS": "https://portal.example"})
        self.handlers: dict[str, Any] = {}
        self.operations: dict[str, Operation] = {}
        with pytest.MonkeyPatch.context() as patched:
            for name, value in ENVIRONMENT.items():
                patched.setenv(name, value)
            for operation in OPERATIONS:
                module = import_module(f"products.handlers.{operation['module']}")
                service = _pages if operation["module"] == "list_products" else _catalogue
                respond = getattr(module, operation["module"])
                name = operation["operationId"]
                self.handlers[name] = bootstrap.compose(
                    respond, service, settings, cast("Any", None), bootstrap.retry_budget
                )
                self.operations[name] = Operation.load(ROOT / f"generated/operations/{operation['module']}.json")

    def answer(self, name: str, event: Any) -> int:
        """The status of the answer, which is a valid one that can be sent."""
        answer = self.handlers[name](event, None)
        assert answer.keys() == {"statusCode", "headers", "body", "isBase64Encoded"}
        text = json.dumps(answer)
        assert json.loads(text) == answer
        body = loads(answer["body"].encode()) if answer["body"] else None
        self.operations[name].responses.check(Response(answer["statusCode"], body, answer["headers"]))
        return int(answer["statusCode"])


def _catalogue(given: Dependencies) -> Catalogue:
    return Catalogue(cast("Repository", FakeRepository()), given)


def _pages(given: Dependencies) -> Any:
    from products.handlers.list_products import Pages

    return Pages(_catalogue(given), Cursors.of(given))


def compiled(operation: Mapping[str, Any]) -> dict[str, Any]:
    """The operation's table, as Operation takes it."""
    table = ROOT / f"generated/operations/{operation['module']}.json"
    return dict(json.loads(table.read_bytes(), parse_float=Decimal))


def true_event(operation: Mapping[str, Any]) -> dict[str, Any]:
    """A request that the operation takes."""
    has_body = compiled(operation)["requestBody"] is not None
    headers = {"Accept": "*/*", "Origin": "https://portal.example", "Authorization": "Bearer e30.e30.e30"}
    headers |= {"Content-Type": "application/json"} if has_body else {}
    identified = "{productId}" in operation["path"]
    is_list = operation["operationId"] == "listProducts"
    return {
        "resource": operation["path"],
        "path": operation["path"].replace("{productId}", "PROD-001"),
        "httpMethod": operation["method"],
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": {"limit": "5"} if is_list else None,
        "multiValueQueryStringParameters": {"limit": ["5"]} if is_list else None,
        "pathParameters": {"productId": "PROD-001"} if identified else None,
        "stageVariables": None,
        "requestContext": {
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "path": operation["path"].replace("{productId}", "PROD-001"),
            "authorizer": {"claims": {"sub": "8d1f", "cognito:groups": "platform-admin"}},
        },
        "body": base64.b64encode(json.dumps(BODY).encode()).decode() if has_body else None,
        "isBase64Encoded": has_body,
    }


def spoilt(event: Any, rng: Random) -> Any:
    """The event with one to four things wrong, or something else altogether."""
    if rng.random() < 0.02:
        return deepcopy(rng.choice(HOSTILE))
    event = deepcopy(event)
    for _ in range(rng.randint(1, 4)):
        holder = rng.choice([*_holders(event)])
        keys = [*holder] if isinstance(holder, dict) else [*range(len(holder))]
        if not keys or rng.random() < 0.1:
            if isinstance(holder, dict):
                holder[rng.choice(["x", "", "If-Match", "if-none-match", "limit", "nextToken", "\ud800", "elb"])] = (
                    _any(rng)
                )
            else:
                holder.append(_any(rng))
        elif rng.random() < 0.2:
            del holder[rng.choice(keys)]
        else:
            holder[rng.choice(keys)] = _any(rng)
    return event


def _any(rng: Random) -> Any:
    return deepcopy(rng.choice(HOSTILE))


def _holders(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        yield value
        for member in value.values() if isinstance(value, dict) else value:
            yield from _holders(member)


class Lines(logging.Handler):
    """Counts what the functions log."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        frames = getattr(record, "frames", None)
        self.counts[" ".join([record.getMessage(), *(frames or ())[-2:]])] += 1


def answered(number: int, seed: int) -> tuple[Counter[int], Counter[str]]:
    """The statuses and the log lines of so many hostile events, in equal shares for the functions."""
    functions, rng, statuses, lines = Functions(), Random(seed), Counter[int](), Lines()
    logger = logging.getLogger("contract")
    level, propagates = logger.level, logger.propagate
    logger.addHandler(lines)
    logger.setLevel(logging.INFO)
    logger.propagate = False  # A hundred thousand lines are nobody's to read.
    try:
        for operation in OPERATIONS:
            event = true_event(operation)
            for _ in range(number // len(OPERATIONS)):
                statuses[functions.answer(operation["operationId"], spoilt(event, rng))] += 1
    finally:
        logger.removeHandler(lines)
        logger.setLevel(level)
        logger.propagate = propagates
    return statuses, lines.counts
