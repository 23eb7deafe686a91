"""The catalogue over HTTP, as a client anywhere sees it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, cast

import httpx

from tests.integration.products.api import COLLECTION, Answer
from tests.integration.stress.witness import NoAnswer


class FarAway:
    """The catalogue behind the gateway at `url`, for the administrator with this `token`."""

    def __init__(self, url: str, token: str) -> None:
        self._client = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"})

    def close(self) -> None:
        self._client.close()

    def list(self, **query: Any) -> Answer:
        return self._send("GET", COLLECTION, params=query)

    def get(self, product_id: str, **headers: str) -> Answer:
        return self._send("GET", f"{COLLECTION}/{product_id}", headers=_spelt(headers))

    def create(self, body: Any, **headers: str) -> Answer:
        return self._send("POST", COLLECTION, json=body, headers=_spelt(headers))

    def update(self, product_id: str, body: Any, **headers: str) -> Answer:
        return self._send("PUT", f"{COLLECTION}/{product_id}", json=body, headers=_spelt(headers))

    def delete(self, product_id: str, **headers: str) -> Answer:
        return self._send("DELETE", f"{COLLECTION}/{product_id}", headers=_spelt(headers))

    def _send(self, method: str, path: str, **arguments: Any) -> Answer:
        try:
            response = self._client.request(method, path, **arguments)
        except httpx.TransportError:
            raise NoAnswer from None
        body = json.loads(response.text, parse_float=Decimal) if response.content else None
        return Answer(response.status_code, cast("dict[str, str]", response.headers), body)


def _spelt(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
