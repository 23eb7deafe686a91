"""Fills an empty catalogue: with the items of a table that is older than the service, then as an administrator does.

The product that the contract's examples name, `PROD-001`, is one of those items: the service makes no such id.
"""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import httpx
from starlette.types import ASGIApp

from local_aws import CannotStart
from local_server.project import TABLE

MARKER = "seeded"
CREATED, NAME_TAKEN = 201, 409
_NUMBER = "0000000"
_BATCH = 25  # BatchWriteItem takes no more.
_ID = re.compile(r"(?<=PRODUCT#)[0-9a-f-]{36}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


@dataclass(frozen=True)
class Administrator:
    """Somebody with a `token` who may create products at `path` of `app`."""

    app: ASGIApp
    path: str
    token: str

    async def create(self, products: list[dict[str, Any]]) -> None:
        """Creates all but those whose names are taken. Raises CannotStart at the first refusal."""
        headers = {"Authorization": f"Bearer {self.token}"}
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=headers) as client:
            for number, product in enumerate(products, 1):
                response = await client.post(self.path, json=product)
                if response.status_code not in (CREATED, NAME_TAKEN):
                    problem = response.json()
                    details = (f"{each['field']} {each['message']}" for each in problem.get("details", ()))
                    reasons = "; ".join((f"{response.status_code} {problem['error']}", *details))
                    raise CannotStart(f"Product {number} of the catalogue cannot be created: {reasons}.")


async def seed_once(administrator: Administrator, catalogue: Path, kept: Path | None, more: int = 0) -> None:
    """Seeds from the file `catalogue`, unless the data that is kept in the folder `kept` was seeded before.

    `more` is a number of made-up products to add.
    """
    if kept and (kept / MARKER).exists():
        return
    items = catalogue.with_name("existing_items.json")
    for item in json.loads(items.read_text(encoding="utf-8")) if items.exists() else ():
        boto3.client("dynamodb").put_item(TableName=TABLE, Item=item)
    products = json.loads(catalogue.read_text(encoding="utf-8"))
    await administrator.create(products)
    if more:
        await _multiply(administrator, products[0], more)
    if kept:
        (kept / MARKER).touch()


async def _multiply(administrator: Administrator, product: dict[str, Any], count: int) -> None:
    """Creates one product by the service, and copies the items that it has put in the table.

    So the items are as the service writes them, whatever it writes, and ten thousand take seconds.
    """
    client = boto3.client("dynamodb")

    def items() -> list[dict[str, Any]]:
        return [item for page in client.get_paginator("scan").paginate(TableName=TABLE) for item in page["Items"]]

    before = items()
    await administrator.create([{**product, "name": f"Sample {_NUMBER}"}])
    made = [item for item in items() if item not in before]
    text = json.dumps(made)
    created = datetime.fromisoformat(_only(_TIME, text))
    copies = (
        text.replace(_NUMBER, f"{number:0{len(_NUMBER)}}")
        .replace(_only(_ID, text), str(uuid.uuid4()))
        .replace(_only(_TIME, text), f"{created + timedelta(microseconds=number):%Y-%m-%dT%H:%M:%S.%fZ}")
        for number in range(1, count)
    )
    requests = [{"PutRequest": {"Item": item}} for copy in copies for item in json.loads(copy)]
    for first in range(0, len(requests), _BATCH):
        rest: dict[str, Any] = {TABLE: requests[first : first + _BATCH]}
        while rest:
            rest = client.batch_write_item(RequestItems=rest)["UnprocessedItems"]


def _only(pattern: re.Pattern[str], text: str) -> str:
    """The only text of a kind that is in the items of one new product."""
    [found] = set(pattern.findall(text))
    return str(found)
