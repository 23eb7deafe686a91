"""The rules of the catalogue: what a product may become, and what a caller is shown of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, NamedTuple, cast

from products import items
from products.errors import BrokenItem, Inactive, NotFound
from products.repository import Change, Repository

if TYPE_CHECKING:
    from contract.messages import JSON
    from contract.operation import Operation
    from generated.product_types import Product, ProductCreate, ProductUpdate
    from products.bootstrap import Dependencies
    from products.dynamodb import RetryBudget
    from products.items import StoredProduct
    from products.preconditions import Preconditions

CENT = Decimal("0.01")
SCHEMA = "Product"  # the contract's name for what is shown of a product

logger = logging.getLogger(__name__)


class Versioned(NamedTuple):
    """A product and its version: how many writes have made it what it is."""

    product: Product
    version: int


class Page(NamedTuple):
    """`products` by the keys of their items; `following`: where the next page starts, None on the last one."""

    products: Mapping[str, Product]
    following: dict[str, str] | None


class Created(NamedTuple):
    """`replayed`: the answer to an earlier request with the same Idempotency-Key, as it was given then."""

    product: Product
    version: int
    replayed: bool


class Catalogue:
    """The operations on products, for one `operation` of the contract, which says what a product is.

    `now` is the time in UTC, `new_id` makes a UUID, `retry_budget` starts the time that one request may take.
    A stored product that is not valid against the contract is broken: it is reported (key and attribute, no value), and
    left out of a list, or a BrokenItem is raised.
    """

    def __init__(
        self,
        repository: Repository,
        operation: Operation,
        *,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
        retry_budget: Callable[[], RetryBudget],
    ) -> None:
        self._repository = repository
        self._operation = operation
        self._properties = operation.property_names(SCHEMA)
        self._now = now
        self._new_id = new_id
        self._retry_budget = retry_budget

    @classmethod
    def of(cls, given: Dependencies) -> Catalogue:
        """The catalogue of a function."""
        return cls(
            Repository(given.client, given.table, given.new_id),
            given.operation,
            now=given.now,
            new_id=given.new_id,
            retry_budget=given.retry_budget,
        )

    def active(self, limit: int, start: Mapping[str, str] | None, filters: Mapping[str, object]) -> Page:
        """At most `limit` active products from `start` on, oldest first, whose fields have the values in `filters`.

        They are not held to the contract, which the page as a whole is: see `without_broken`.
        """
        page = self._repository.active(limit, start, filters, self._retry_budget())
        products = {stored.key: stored.product(self._properties) for stored in page.products}
        return Page(products, page.following)

    def without_broken(self, page: Page) -> Page:
        """The page without its broken products."""
        broken = {key for key, product in page.products.items() if self._report_if_broken(key, product)}
        return page._replace(products={key: page.products[key] for key in page.products if key not in broken})

    def get(self, product_id: str) -> Versioned:
        """The product, as of every write answered before. Raises NotFound or BrokenItem."""
        stored = self._repository.get(product_id, self._retry_budget())
        if stored is None or stored.active is False:
            raise NotFound("product")
        return self._shown(stored)

    def create(self, body: ProductCreate, caller: str, key: str | None) -> Created:
        """A new, active product. With a `key` of the `caller`, only the first of equal requests within a day creates.

        Raises NameTaken, KeyReused or StillRunning.
        """
        now = self._now()
        product = items.new_product(self._new_id(), _rounded(body), items.timestamp(now))
        sent = cast("Mapping[str, JSON]", body)
        record = items.IdempotencyRecord.of(key, caller, sent, now) if key is not None else None
        stored, replayed = self._repository.add(product, record, self._retry_budget())
        return Created(*self._shown(stored), replayed)

    def update(self, product_id: str, body: ProductUpdate, preconditions: Preconditions) -> Versioned:
        """Changes the fields in `body`, if the product meets the preconditions.

        An inactive product is changed only by a body that restores it.
        Raises NotFound, PreconditionFailed, NameTaken or BrokenItem.
        """
        return self._shown(self._change(product_id, _rounded(body), preconditions))

    def delete(self, product_id: str, preconditions: Preconditions) -> None:
        """Makes the product inactive, if it meets the preconditions. Raises NotFound or PreconditionFailed.

        One that is inactive already is left as it is. If it was retired from the very version named, the caller's wish
        has come true, most likely by a request of theirs whose answer was lost: RFC 9110, 13.1.1 allows success then.
        """
        try:
            self._change(product_id, {"active": False}, preconditions, retires=True)
        except Inactive as found:
            preconditions.check_write(found.version, written_from=found.version - 1)

    def _change(
        self, product_id: str, fields: Mapping[str, JSON], preconditions: Preconditions, *, retires: bool = False
    ) -> StoredProduct:
        """The outcome for the product. One that only `retires` it depends on nothing: not on a name that another
        product has by now, nor on attributes that are broken.
        """
        needs_active = fields.get("active") is not True

        def admit(stored: StoredProduct | None) -> StoredProduct:
            if stored is None:
                raise NotFound("product")
            if needs_active and stored.active is False:
                raise Inactive(stored.version)
            if needs_active and stored.active is None and not retires:
                raise BrokenItem(stored.key, "active")
            preconditions.check_write(stored.version)
            return stored

        change = Change(product_id, fields, self._now(), preconditions, needs_active, admit, whatever_its_name=retires)
        try:
            return self._repository.change(change, self._retry_budget())
        except BrokenItem as broken:
            _report(broken)
            raise

    def _shown(self, stored: StoredProduct) -> Versioned:
        product = stored.product(self._properties)
        if broken := self._report_if_broken(stored.key, product):
            raise broken
        return Versioned(product, stored.version)

    def _report_if_broken(self, key: str, product: Product) -> BrokenItem | None:
        attribute = self._operation.invalid_property(SCHEMA, cast("JSON", product))
        if attribute is None:
            return None
        broken = BrokenItem(key, attribute)
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
