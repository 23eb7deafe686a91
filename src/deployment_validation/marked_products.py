"""The products that a validation makes: named for it, and retired in every case."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from uuid import uuid4

from deployment_validation.api import Pause, Sent, Session
from deployment_validation.check_log import OpenCheck
from deployment_validation.connection import Answer, Connection, NoAnswer
from deployment_validation.contract import CREATE, Contract

MARK = "Deployment validation"
_TRIES = 5
_SHOWN_ID = re.compile(r"[0-9A-Za-z-]{1,64}")


class MarkedProducts:
    """Creates products, and knows each that there may be, even when the answer that would name it never came."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._mark = f"{MARK} {uuid4()}"
        self._made = 0
        self._ids: set[str] = set()
        self._open: list[tuple[str, dict[str, Any]]] = []

    def new_body(self) -> dict[str, Any]:
        """A new product with a name of its own."""
        self._made += 1
        return {
            "name": f"{self._mark} {self._made}",
            "description": "Made by scripts/validate_deployment.py to check this deployment, and retired at its end.",
            "price": 79.77,
            "period": "per validation",
            "features": ["Nothing for sale"],
        }

    def create(self, session: Session, check: OpenCheck, status: int, body: dict[str, Any], key: str) -> Answer:
        """The answer of createProduct, which has to have this status. Raises Stop."""
        attempt = (key, body)
        self._open.append(attempt)
        sent = Sent(headers={"Idempotency-Key": key}, body=body, token=session.token)
        answer = session.api.call(check, CREATE, status, sent, self._notice)
        if status >= 400 or answer.text("product", "productId"):
            self._open.remove(attempt)
        return answer

    def _notice(self, answer: Answer) -> None:
        if product_id := answer.text("product", "productId"):
            self._ids.add(product_id)

    def retire(self, check: OpenCheck, connection: Connection, token: str, pause: Pause) -> None:
        """Leaves no product of this validation active, or finds those that stay. Checks nothing else."""
        cleaner = _Cleaner(self._contract, connection, token, pause)
        for key, body in self._open:
            self._ids |= cleaner.ids_of(key, body) or cleaner.ids_named(self._mark)
        for product_id in sorted(self._ids):
            if not cleaner.retires(product_id):
                shown = product_id if _SHOWN_ID.fullmatch(product_id) else "with an unusual id"
                check.found("status", "", "clean-up", f"the test product {shown} is still active: retire it by hand")


class _Cleaner:
    """Cleans up by whatever answers come, good or bad."""

    def __init__(self, contract: Contract, connection: Connection, token: str, pause: Pause) -> None:
        self._contract = contract
        self._connection = connection
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._pause = pause

    def ids_of(self, key: str, body: dict[str, Any]) -> set[str]:
        """The id of the product that a request with this key made, or makes now: it is repeated."""
        for _ in self._tries():
            headers = {**self._headers, "Idempotency-Key": key}
            answer = self._answer("POST", self._contract.collection, headers, content=json.dumps(body).encode())
            if answer and (product_id := answer.text("product", "productId")):
                return {product_id}
            if answer and answer.status in range(400, 500) and answer.header("Retry-After") is None:
                break
        return set()

    def ids_named(self, mark: str) -> set[str]:
        """The ids of the listed products whose name begins so."""
        ids: set[str] = set()
        query: dict[str, str] = {"limit": str(self._contract.largest_page)}
        seen: set[str] = set()
        while answer := self._answer("GET", self._contract.collection, {}, params=query):
            listed = (each for each in answer.members("products") if isinstance(each, dict))
            ids |= {str(each.get("productId")) for each in listed if str(each.get("name")).startswith(mark)}
            token = answer.text("nextToken")
            if token is None or token in seen:
                break
            seen.add(token)
            query["nextToken"] = token
        return ids

    def retires(self, product_id: str) -> bool:
        """Whether the product is not to be read any more."""
        path = self._contract.product(product_id)
        for _ in self._tries():
            self._answer("DELETE", path, self._headers)
            answer = self._answer("GET", path, {"Cache-Control": "no-cache"})
            if answer and answer.status == 404:
                return True
        return False

    def _tries(self) -> Iterator[int]:
        for number in range(_TRIES):
            if number:
                self._pause(1)
            yield number

    def _answer(self, method: str, path: str, headers: dict[str, str], **content: Any) -> Answer | None:
        with suppress(NoAnswer):
            return self._connection.send(method, path, headers, **content)
        return None
