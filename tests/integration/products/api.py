"""The catalogue as its clients see it, and its table as DynamoDB does."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from local_aws.asgi import HttpRequest
from local_aws.gateway.call import Call
from local_aws.gateway.lambda_proxy import proxy_event
from local_aws.gateway.stage import Stage
from products import bootstrap
from products.bootstrap import Settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from products.dynamodb import RetryBudget
    from products.items import Item

REGION = "eu-west-1"
ORIGIN = "https://portal.example"
SIGNING_KEY = "integration-tests-sign-with-this"
COLLECTION = "/v1.0/products"
PRODUCT = f"{COLLECTION}/{{productId}}"
OPERATIONS = json.loads((Path(__file__).parents[3] / "generated/operations.json").read_bytes())["operations"]
ADMINISTRATOR = {"sub": "8d1f", "cognito:groups": "platform-admin"}

ENTRY = {
    "name": "Entry",
    "description": "A single-page site on a domain of your own.",
    "price": 95,
    "period": "per domain/year",
    "features": ["One domain", "1 GB of disk space"],
}


class Answer(NamedTuple):
    """`body` is the parsed JSON, its numbers exact; None when there is none."""

    status: int
    headers: dict[str, str]
    body: Any

    @property
    def product(self) -> dict[str, Any]:
        product: dict[str, Any] = self.body["product"]
        return product

    @property
    def etag(self) -> str:
        return self.headers["ETag"]


class Table(NamedTuple):
    """The table behind the catalogue."""

    client: DynamoDBClient
    name: str

    def items(self) -> list[dict[str, Any]]:
        pages = self.client.get_paginator("scan").paginate(TableName=self.name, ConsistentRead=True)
        return [dict(item) for page in pages for item in page["Items"]]

    def item(self, partition: str) -> dict[str, Any] | None:
        key = {"PK": {"S": partition}, "SK": {"S": "METADATA"}}
        found = self.client.get_item(TableName=self.name, Key=key, ConsistentRead=True).get("Item")
        return None if found is None else dict(found)

    def put(self, item: Item) -> None:
        self.client.put_item(TableName=self.name, Item=item)

    def put_older(self, product_id: str = "PROD-001", **attributes: Any) -> None:
        """A product from before this service: without version, updatedAt, guard. None leaves an attribute out."""
        item: dict[str, Any] = {
            "PK": {"S": f"PRODUCT#{product_id}"},
            "SK": {"S": "METADATA"},
            "productId": {"S": product_id},
            "name": {"S": "Entry"},
            "description": {"S": "A single-page site on a domain of your own."},
            "price": {"N": "95"},
            "currency": {"S": "ZAR"},
            "period": {"S": "per domain/year"},
            "features": {"L": [{"S": "One domain"}]},
            "active": {"S": "true"},
            "createdAt": {"S": "2025-01-15T08:00:00+00:00"},
        } | attributes
        self.put({name: value for name, value in item.items() if value is not None})

    @contextmanager
    def calls(self) -> Iterator[list[str]]:
        """The names of the operations that go out inside the `with` block."""
        names: list[str] = []

        def count(request: Any, **_: Any) -> None:
            names.append(request.headers["X-Amz-Target"].decode().rpartition(".")[2])

        self.client.meta.events.register("before-send.dynamodb", count)
        try:
            yield names
        finally:
            self.client.meta.events.unregister("before-send.dynamodb", count)


class Api:
    """Every function on one table, each called with a true proxy event."""

    def __init__(
        self, table: Table, client: Any = None, budget: Callable[[], RetryBudget] = bootstrap.retry_budget
    ) -> None:
        settings = Settings(
            {
                "PRODUCTS_TABLE": table.name,
                "AWS_REGION": REGION,
                "ALLOWED_ORIGINS": ORIGIN,
                "CURSOR_SIGNING_KEYS": SIGNING_KEY,
            }
        )
        self.functions: dict[str, Any] = {}
        for operation in OPERATIONS:
            name = operation["module"]
            # A handler reads the environment at its import, and the tests set it before.
            module = import_module(f"products.handlers.{name}")
            respond = getattr(module, name)
            _, service, _ = respond.__annotations__.values()  # By its name, as the module has it.
            made = getattr(module, service)
            made_by = getattr(made, "of", made)
            self.functions[name] = bootstrap.compose(respond, made_by, settings, client or table.client, budget)

    def list(self, **query: Any) -> Answer:
        return self._call("list_products", "GET", COLLECTION, query=query)

    def get(self, product_id: str, **headers: str) -> Answer:
        return self._call("get_product", "GET", PRODUCT, product_id, headers=headers)

    def create(self, body: Any = ENTRY, claims: Mapping[str, str] | None = ADMINISTRATOR, **headers: str) -> Answer:
        return self._call("create_product", "POST", COLLECTION, body=body, claims=claims, headers=headers)

    def update(
        self, product_id: str, body: Any, claims: Mapping[str, str] | None = ADMINISTRATOR, **headers: str
    ) -> Answer:
        return self._call("update_product", "PUT", PRODUCT, product_id, body=body, claims=claims, headers=headers)

    def delete(self, product_id: str, claims: Mapping[str, str] | None = ADMINISTRATOR, **headers: str) -> Answer:
        return self._call("delete_product", "DELETE", PRODUCT, product_id, claims=claims, headers=headers)

    def call(self, operation_id: str, resource_id: str | None = None, **sent: Any) -> Answer:
        """Any operation of the contract, by an administrator unless `claims` say otherwise; see `_call`.

        `resource_id` stands for the parameter of its path.
        """
        operation = next(each for each in OPERATIONS if each["operationId"] == operation_id)
        route = (operation["module"], operation["method"], operation["path"], resource_id)
        return self._call(*route, **{"claims": ADMINISTRATOR, **sent})

    def _call(
        self,
        function: str,
        method: str,
        resource: str,
        resource_id: str | None = None,
        *,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
        claims: Mapping[str, str] | None = None,
    ) -> Answer:
        lines = [(name.replace("_", "-").lower(), value) for name, value in (headers or {}).items()]
        if body is not None:
            lines.append(("content-type", "application/json"))
        request = HttpRequest(
            method=method,
            path=re.sub(r"\{\w+\}", resource_id or "", resource),
            query=urlencode(query or {}),
            headers=tuple(lines),
            body=b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode(),
            client="127.0.0.1",
        )
        parameters = {} if resource_id is None else dict.fromkeys(re.findall(r"\{(\w+)\}", resource), resource_id)
        call = Call(request, Stage("local"), request.path, parameters, claims, request_id="request-1")
        event = proxy_event(call, resource, request.headers)
        return _read(self.functions[function](event, None))


def _read(answer: Mapping[str, Any]) -> Answer:
    body = json.loads(answer["body"], parse_float=Decimal) if answer["body"] else None
    return Answer(answer["statusCode"], answer["headers"], body)
