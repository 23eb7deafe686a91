"""The requirements of the catalogue as plain dicts."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

Body = Mapping[str, Any]
Versions = frozenset[int] | None


class Model:
    """`products` as they are shown, oldest first, and `versions`, by id. `answers`: those to each Idempotency-Key.

    Each method returns the status of the answer, and does what that status means. What a server makes up, ids and
    times, is told by `created` and `changed`.
    """

    def __init__(self) -> None:
        self.products: dict[str, dict[str, Any]] = {}
        self.versions: dict[str, int] = {}
        self.answers: dict[str, tuple[Body, dict[str, Any]]] = {}

    def create(self, body: Body, key: str | None) -> int:
        if key in self.answers:
            return 201 if self.answers[key][0] == body else 422
        return 409 if self._is_taken(body["name"], None) else 201

    def created(self, product: dict[str, Any], body: Body, key: str | None, version: int = 1) -> None:
        self.products[product["productId"]] = product
        self.versions[product["productId"]] = version
        if key is not None:
            self.answers[key] = body, product

    def update(self, product_id: str, body: Body, versions: Versions) -> int:
        if not self._is_shown(product_id) and not (product_id in self.products and body.get("active") is True):
            return 404
        if versions is not None and self.versions[product_id] not in versions:
            return 412
        if "name" in body and self._is_taken(body["name"], product_id):
            return 409
        self._change(product_id, body)
        return 200

    def changed(self, product_id: str, updated_at: str) -> None:
        self.products[product_id]["updatedAt"] = updated_at

    def delete(self, product_id: str, versions: Versions) -> int:
        if product_id not in self.products:
            return 404
        version = self.versions[product_id]
        is_active = self.products[product_id]["active"]
        if versions is not None and versions.isdisjoint({version} if is_active else {version, version - 1}):
            return 412
        if is_active:
            self._change(product_id, {"active": False})
        return 204

    def get(self, product_id: str, *, is_fresh: bool) -> int:
        if not self._is_shown(product_id):
            return 404
        return 304 if is_fresh else 200

    def shown(self) -> list[dict[str, Any]]:
        return [product for product in self.products.values() if product["active"]]

    def a_day_later(self) -> None:
        self.answers.clear()

    def _is_shown(self, product_id: str) -> bool:
        return product_id in self.products and self.products[product_id]["active"] is True

    def _is_taken(self, name: str, by: str | None) -> bool:
        return any(
            product["name"].casefold() == name.casefold()
            for product_id, product in self.products.items()
            if product_id != by
        )

    def _change(self, product_id: str, fields: Body) -> None:
        self.products[product_id] = {**self.products[product_id], **rounded(fields)}
        self.versions[product_id] += 1


def rounded(fields: Body) -> dict[str, Any]:
    """The fields with their price as it is stored."""
    if "price" not in fields:
        return dict(fields)
    return {**fields, "price": Decimal(str(fields["price"])).quantize(Decimal("0.01"), ROUND_HALF_UP)}
