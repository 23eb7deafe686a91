"""The rules of the catalogue: what a product may become, and what a caller is shown of it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, cast

from products import items
from products.errors import BrokenItem, Inactive, NotFound
from products.items import IdempotencyRecord
from products.repository import Repository

if TYPE_CHECKING:
    from contract.messages import JSON
    from generated.product_types import Product, ProductCreate, ProductUpdate
    from products.bootstrap import Dependencies
    from products.items import StoredProduct
    from products.preconditions import Preconditions
    from products.repository import Page

CENT = Decimal("0.01")
SCHEMA = "Product"  # the contract's name for what is shown of a product

logger = logging.getLogger(__name__)


class Change:
    """A change that a caller wants of a product. `fields` are the contract's; `at` is its time by this process's clock.

    It happens to an active product that meets the preconditions, or to an inactive one that it restores. One that only
    `retires` depends on nothing else: not on a name that another product has by now, nor on attributes that are broken.
    """

    def __init__(
        self,
        product_id: str,
        fields: Mapping[str, JSON],
        at: datetime,
        preconditions: Preconditions,
        *,
        retires: bool = False,
    ) -> None:
        self.product_id = product_id
        self.fields = fields
        self.at = at
        self.preconditions = preconditions
        self.retires = retires
        self.needs_active = fields.get("active") is not True

    def admit(self, stored: StoredProduct | None) -> StoredProduct:
        """The product that stood in the way (None: there is none), if it may be changed as it is.

        Raises NotFound, Inactive, PreconditionFailed or BrokenItem.
        """
        if stored is None:
            raise NotFound("product")
        if self.needs_active and stored.active is False:
            raise Inactive(stored.version)
        if self.needs_active and stored.active is None and not self.retires:
            raise BrokenItem(stored.key, "active")
        self.preconditions.check_write(stored.version)
        return stored


class Catalogue:
    """The operations on products, for one operation of the contract, which says what a product is.

    A stored product that is not valid against the contract is broken. What is returned here is not checked: a product
    is validated once, with the response that shows it. So a handler gives that response a `fallback` that calls
    `raise_if_broken`, or `without_broken` for a list; these report what is broken (key and attribute, no value). An
    answer that does not show the product, such as a 202 or 204, reports nothing; where it should, as a 304 or 412 to a
    reader should, the handler calls `raise_if_broken` before it. Of its own accord the catalogue reports only a product
    that is too broken for the change wanted of it, and raises BrokenItem.
    """

    def __init__(self, repository: Repository, given: Dependencies) -> None:
        self._repository = repository
        self._operation = given.operation
        self._properties = given.operation.property_names(SCHEMA)
        self._now = given.now
        self._new_id = given.new_id
        self._retry_budget = given.retry_budget

    @classmethod
    def of(cls, given: Dependencies) -> Catalogue:
        """The catalogue of a function."""
        return cls(Repository(given.client, given.table, given.new_id), given)

    def active(self, limit: int, start: Mapping[str, str] | None, filters: Mapping[str, object]) -> Page:
        """At most `limit` active products from `start` on, oldest first, whose fields have the values in `filters`.

        They may be broken: see `without_broken`.
        """
        return self._repository.active(limit, start, filters, self._retry_budget())

    def get(self, product_id: str) -> StoredProduct:
        """The product, as of every write answered before. It may be broken: see `raise_if_broken`. Raises NotFound."""
        stored = self._repository.get(product_id, self._retry_budget())
        if stored is None or stored.active is False:
            raise NotFound("product")
        return stored

    def create(self, body: ProductCreate, caller: str, key: str | None) -> tuple[StoredProduct, bool]:
        """A new, active product. With a `key` of the `caller`, only the first of equal requests within a day creates.

        The second value: whether the product is the answer to an earlier request with the key, as it was given then.
        Such an earlier answer may be broken by now: see `raise_if_broken`. Raises NameTaken, KeyReused or StillRunning.
        """
        now = self._now()
        product = items.new_product(self._new_id(), _rounded(body), items.timestamp(now))
        record = None if key is None else IdempotencyRecord(key, caller, cast("Mapping[str, JSON]", body), now)
        return self._repository.add(product, record, self._retry_budget())

    def update(self, product_id: str, body: ProductUpdate, preconditions: Preconditions) -> StoredProduct:
        """Changes the fields in `body`, if the product meets the preconditions.

        An inactive product is changed only by a body that restores it. The product may be broken where the change does
        not need it whole: see `raise_if_broken`. Raises NotFound, PreconditionFailed or NameTaken, or BrokenItem where
        it does.
        """
        return self._change(Change(product_id, _rounded(body), self._now(), preconditions))

    def delete(self, product_id: str, preconditions: Preconditions) -> None:
        """Makes the product inactive, if it meets the preconditions. Raises NotFound or PreconditionFailed.

        One that is inactive already is left as it is. If it was retired from the very version named, the caller's wish
        has come true, most likely by a request of theirs whose answer was lost: RFC 9110, 13.1.1 allows success then.
        """
        try:
            self._change(Change(product_id, {"active": False}, self._now(), preconditions, retires=True))
        except Inactive as found:
            preconditions.check_write(found.version, written_from=found.version - 1)

    def _change(self, change: Change) -> StoredProduct:
        try:
            return self._repository.change(change, self._retry_budget())
        except BrokenItem as broken:
            _report(broken)
            raise

    def shown(self, stored: StoredProduct) -> Product:
        """The product as callers see it. It is validated with the response only: see `raise_if_broken`."""
        return stored.product(self._properties)

    def raise_if_broken(self, stored: StoredProduct) -> None:
        """Reports the product and raises BrokenItem if it is not valid against the contract.

        For a `fallback`, or before an answer that does not show the product.
        """
        if broken := self._reported(stored):
            raise broken

    def without_broken(self, products: Iterable[StoredProduct]) -> list[StoredProduct]:
        """The products that are valid against the contract. Reports the others."""
        return [each for each in products if not self._reported(each)]

    def _reported(self, stored: StoredProduct) -> BrokenItem | None:
        attribute = self._operation.invalid_property(SCHEMA, cast("JSON", self.shown(stored)))
        if attribute is None:
            return None
        broken = BrokenItem(stored.key, attribute)
        _report(broken)
        return broken


def _rounded(body: ProductCreate | ProductUpdate) -> dict[str, JSON]:
    """The body with its price in whole cents, halves up."""
    fields = cast("dict[str, JSON]", body)
    if not isinstance(price := fields.get("price"), (Decimal, int)):
        return fields
    return {**fields, "price": Decimal(price).quantize(CENT, ROUND_HALF_UP)}


def _report(broken: BrokenItem) -> None:
    logger.error("a stored product is broken", extra={"item": broken.item, "attribute": broken.attribute})
