"""Fills an empty catalogue: with the items of a table that is older than the service, then as an administrator does.

The product that the contract's examples name, `PROD-001`, is one of those items: the service makes no such id.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import httpx

from local_aws.asgi import App
from local_aws.errors import CannotStart
from local_server.project import TABLE

MARKER = "seeded"
CREATED, NAME_TAKEN = 201, 409


async def seed(app: App, path: str, token: str, products: list[dict[str, Any]]) -> None:
    """Creates the products at `path`, but those whose names are taken. Raises CannotStart at the first refusal."""
    headers = {"Authorization": f"Bearer {token}"}
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=headers) as client:
        for number, product in enumerate(products, 1):
            response = await client.post(path, json=product)
            if response.status_code not in (CREATED, NAME_TAKEN):
                raise CannotStart(f"Product {number} of the catalogue cannot be created: {_reasons(response)}.")


async def seed_once(app: App, path: str, token: str, catalogue: Path, kept: Path | None) -> None:
    """Seeds from the file `catalogue`, unless the data that is kept in the folder `kept` was seeded before."""
    if kept and (kept / MARKER).exists():
        return
    _put(catalogue.with_name("existing_items.json"))
    await seed(app, path, token, json.loads(catalogue.read_text(encoding="utf-8")))
    if kept:
        (kept / MARKER).touch()


def _put(items: Path) -> None:
    """Puts the items of the file, in DynamoDB's JSON, in the table, where there is such a file."""
    for item in json.loads(items.read_text(encoding="utf-8")) if items.exists() else ():
        boto3.client("dynamodb").put_item(TableName=TABLE, Item=item)


def _reasons(response: httpx.Response) -> str:
    problem = response.json()
    details = (f"{each['field']} {each['message']}" for each in problem.get("details", ()))
    return "; ".join((f"{response.status_code} {problem['error']}", *details))
