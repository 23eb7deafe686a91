"""The rules of the catalogue: what a product may become, and what a caller is told of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, NamedTuple, cast

from products import changes, items
from products.changes import Change
from products.errors import BrokenItem, Inactive, NameTaken, NotFound
from products.idempotency import claim
from products.repository import Refused

if TYPE_CHECKING:
    from contract.messages import JSON
    from generated.product_types import Product, ProductCreate, ProductUpdate
    from products.items import StoredProduct
    from products.preconditions import Preconditions
    from products.repository import Repository
    from products.retries import Patience

CENT = Decimal("0.01")

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
    """The operations.

    `now` is the time in UTC, `new_id` makes a UUID, `patience` starts the time that one operation may take. `is_sound`
    tells whether a list with this product would keep the contract.
    """

    def __init__(
        self,
        repository: Repository,
        *,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
        patience: Callable[[], Patience],
        is_sound: Callable[[Product], bool],
    ) -> None:
        self._repository = repository
        self._now = now
        self._new_id = new_id
        self._patience = patience
        self._is_sound = is_sound

    def active(self, limit: int, start: Mapping[str, str] | None) -> Page:
        """At most `limit` active products from `start` on, oldest first. Unreadable ones are reported and left out."""
        page = self._repository.active(limit, start, self._patience())
        readable = {stored.key: product for stored in page.products if (product := _readable(stored)) is not None}
        return Page(readable, page.following)

    def without_unsound(self, page: Page) -> Page:
        """The page as it is when products in it break the contract: they are reported and left out."""
        sound = {key: product for key, product in page.products.items() if self._is_sound(product)}
        for key in page.products.keys() - sound.keys():
            logger.error("a stored product breaks the contract", extra={"item": key})
        return page._replace(products=sound)

    def get(self, product_id: str) -> Versioned:
        """The product, as of every write answered before. Raises NotFound, or BrokenItem after reporting it."""
        stored = self._repository.get(product_id, self._patience())
        if stored is None or not stored.active:
            raise NotFound
        return _shown(stored)

    def create(self, body: ProductCreate, caller: str, key: str | None) -> Created:
        """A new, active product. With a `key` of the `caller`, only the first of equal requests within a day creates.

        Raises NameTaken, KeyReused or StillRunning.
        """
        now = self._now()
        product = items.new_product(self._new_id(), _rounded(body), items.timestamp(now))
        claimed = claim(key, caller, cast("Mapping[str, JSON]", body), now) if key is not None else None
        stored, replayed = self._repository.add(product, claimed, self._patience())
        return Created(*_shown(stored), replayed)

    def update(self, product_id: str, body: ProductUpdate, preconditions: Preconditions) -> Versioned:
        """Changes the fields in `body`, if the product meets the preconditions.

        An inactive product is changed only by a body that restores it.
        Raises NotFound, PreconditionFailed or NameTaken.
        """
        return _shown(self._write(product_id, _rounded(body), preconditions))

    def delete(self, product_id: str, preconditions: Preconditions) -> None:
        """Makes the product inactive, if it meets the preconditions.

        Raises NotFound or PreconditionFailed.

        One that is inactive already is left as it is. If it was retired from the very version named, the caller's wish
        has come true, most likely by a request of theirs whose answer was lost: RFC 9110, 13.1.1 allows success then.
        """
        try:
            self._write(product_id, {"active": False}, preconditions)
        except Inactive as found:
            preconditions.check_write(found.version, written_from=found.version - 1)

    def _write(self, product_id: str, fields: Mapping[str, JSON], preconditions: Preconditions) -> StoredProduct:
        """Writes blindly first; then, where the product itself was in the way, in the knowledge of what it is."""
        patience, now = self._patience(), self._now()
        change = Change(product_id, self._new_id(), fields, items.timestamp(now))
        needs_active = fields.get("active") is not True
        seen: StoredProduct | None = None
        while True:
            try:
                if seen is not None and _must_be_seen(seen, fields):
                    return self._change_seen(change, seen, patience)
                condition = changes.expected(change, preconditions, active=needs_active)
                return self._repository.change(change, condition, patience)
            except Refused as refusal:
                # Somebody else's success was in the way. What is known now is never fresher, so there is no pause.
                patience.check()
                seen = _writable(refusal.stored, preconditions, needs_active=needs_active)
            # A round of its own, a write of its own: DynamoDB takes a transaction's token for one set of actions only.
            change = change._replace(write_id=self._new_id(), at=seen.time_of_change(now))

    def _change_seen(self, change: Change, seen: StoredProduct, patience: Patience) -> StoredProduct:
        try:
            return self._repository.change_seen(change, seen, patience)
        except NameTaken:
            if change.fields != {"active": False}:
                raise
        # An older product can have the name of a newer one. Retiring it must not depend on its name.
        return self._repository.change_unguarded(change, seen, patience)


def _must_be_seen(seen: StoredProduct, fields: Mapping[str, JSON]) -> bool:
    """Whether the write needs to know the product: to make an older one like ours, or to free the name it had."""
    return not seen.has_our_time or fields.get("name", seen.name) != seen.name


def _writable(stored: StoredProduct | None, preconditions: Preconditions, *, needs_active: bool) -> StoredProduct:
    """The product, if a write may have it as it is. Raises NotFound, Inactive or PreconditionFailed."""
    if stored is None:
        raise NotFound from None
    if needs_active and not stored.active:
        raise Inactive(stored.version) from None
    preconditions.check_write(stored.version)
    return stored


def _rounded(body: ProductCreate | ProductUpdate) -> dict[str, JSON]:
    """The body with its price in whole cents, halves up."""
    fields = cast("dict[str, JSON]", body)
    if "price" not in fields:
        return fields
    price = Decimal(cast("Decimal | int", fields["price"]))
    return {**fields, "price": price.quantize(CENT, ROUND_HALF_UP)}


def _readable(stored: StoredProduct) -> Product | None:
    try:
        return stored.product()
    except BrokenItem as broken:
        _report(broken)
        return None


def _shown(stored: StoredProduct) -> Versioned:
    try:
        return Versioned(stored.product(), stored.version)
    except BrokenItem as broken:
        _report(broken)
        raise


def _report(broken: BrokenItem) -> None:
    logger.error("a stored product is broken", extra={"item": broken.item, "attribute": broken.attribute})
