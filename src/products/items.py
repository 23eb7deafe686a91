"""The items of the table: products, the guards of their names, the records of idempotent creations. No calls."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from products.errors import BrokenItem

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    from contract.messages import JSON
    from generated.product_types import Product
    from products.idempotency import Claim

    Item = Mapping[str, AttributeValueTypeDef]

SORT_KEY = "METADATA"
_MISSING: AttributeValueTypeDef = {}
# The types of a product's attributes. Only an older item may lack one: updatedAt.
_TYPES = {
    **dict.fromkeys(
        ("productId", "name", "description", "currency", "period", "active", "createdAt", "updatedAt"), "S"
    ),
    "price": "N",
    "features": "L",
}


class StoredProduct:
    """A product as the table holds it: this service's, or an older one that lacks what this service added.

    Nothing is checked before it is asked for, so that a broken item can be named, passed over, or repaired by a write.
    """

    __slots__ = ("item",)

    def __init__(self, item: Item) -> None:
        self.item = item

    @property
    def key(self) -> str:
        return self.item["PK"].get("S", "")

    @property
    def product_id(self) -> str:
        return self._text("productId")

    @property
    def is_complete(self) -> bool:
        """Whether this service has written or adopted it. What it has not has no guard for its name."""
        return "version" in self.item

    @property
    def version(self) -> int:
        """How many writes of this service it has seen; 0 for one that is older."""
        return int(Decimal(self._digits("version"))) if "version" in self.item else 0

    @property
    def last_write_id(self) -> str | None:
        return self.item.get("lastWriteId", {}).get("S")

    @property
    def active(self) -> bool:
        return self._text("active") == "true"

    @property
    def name(self) -> str:
        return self._text("name")

    @property
    def updated_at(self) -> str:
        return _utc(self._text("updatedAt" if "updatedAt" in self.item else "createdAt"))

    @property
    def has_our_time(self) -> bool:
        """Whether this service wrote the time of the last change: then it sorts as text as it does in time."""
        return self.is_complete and self.last_write_id is not None

    def time_of_change(self, moment: datetime) -> str | None:
        """The updatedAt of a change at `moment`; None if the product's is later and stays: it never goes back.

        Clocks differ, and a change that comes first may take effect last.
        """
        at = timestamp(self._not_before(moment))
        return None if self.has_our_time and at == self.updated_at else at

    def _not_before(self, moment: datetime) -> datetime:
        try:
            return max(moment, datetime.fromisoformat(self.updated_at))
        except (TypeError, ValueError):  # A time without a zone, or none at all: this write repairs it.
            return moment

    def product(self) -> Product:
        """The product as the contract shows it. Raises BrokenItem when an attribute is missing or of another type."""
        item = self.item
        created_at = item.get("createdAt", _MISSING)
        try:
            return {
                "productId": item["productId"]["S"],
                "name": item["name"]["S"],
                "description": item["description"]["S"],
                "price": Decimal(plain(item["price"]["N"])),
                "currency": item["currency"]["S"],
                "period": item["period"]["S"],
                "features": [feature["S"] for feature in item["features"]["L"]],
                "active": item["active"]["S"] == "true",
                "createdAt": _utc(created_at["S"]),
                "updatedAt": _utc(item.get("updatedAt", created_at)["S"]),
            }
        except KeyError:
            raise BrokenItem(self.key, self._broken_attribute()) from None

    def _broken_attribute(self) -> str:
        """The first attribute that keeps the product from being shown."""
        present = {name: kind for name, kind in _TYPES.items() if name in self.item or name != "updatedAt"}
        return next((name for name, kind in present.items() if kind not in self.item.get(name, _MISSING)), "features")

    def _text(self, attribute: str) -> str:
        try:
            return self.item[attribute]["S"]
        except KeyError:
            raise BrokenItem(self.key, attribute) from None

    def _digits(self, attribute: str) -> str:
        try:
            return self.item[attribute]["N"]
        except KeyError:
            raise BrokenItem(self.key, attribute) from None


def new_product(product_id: str, fields: Mapping[str, JSON], at: str) -> StoredProduct:
    """Version 1 of a product. `fields` are the contract's; its first write is named after the product."""
    own: dict[str, JSON] = {
        "entityType": "PRODUCT",
        "productId": product_id,
        "active": True,
        "createdAt": at,
        "updatedAt": at,
        "version": 1,
        "lastWriteId": product_id,
    }
    return StoredProduct({**product_key(product_id), **attributes({**fields, **own})})


def guard(name: str, product_id: str) -> Item:
    """The item that reserves a name for a product."""
    return {**guard_key(name), **attributes({"entityType": "NAME", "productId": product_id})}


def record(claim: Claim, product: StoredProduct) -> Item:
    """The record of an idempotent creation: whose it was, and its answer, kept as it was first given."""
    return {
        **record_key(claim),
        **attributes({"entityType": "IDEMPOTENCY", "fingerprint": claim.fingerprint, "expiresAt": claim.expires_at}),
        "productId": product.item["productId"],
        "product": {"M": product.item},
    }


def recorded_product(item: Item) -> StoredProduct:
    return StoredProduct(cast("Item", item["product"]["M"]))


def product_key(product_id: str) -> dict[str, AttributeValueTypeDef]:
    return _key(f"PRODUCT#{product_id}")


def guard_key(name: str) -> dict[str, AttributeValueTypeDef]:
    return _key(f"NAME#{normalised(name)}")


def record_key(claim: Claim) -> dict[str, AttributeValueTypeDef]:
    return _key(f"IDEMPOTENCY#{claim.digest}")


def _key(partition: str) -> dict[str, AttributeValueTypeDef]:
    return {"PK": {"S": partition}, "SK": {"S": SORT_KEY}}


def normalised(name: str) -> str:
    """What two names share that are the same to a customer: compatibility forms, case and runs of spaces folded."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return " ".join(folded.split())


def attributes(fields: Mapping[str, JSON]) -> dict[str, AttributeValueTypeDef]:
    """Fields of the contract as attributes of the table. Equal values make equal attributes, however they are spelt."""
    return {name: _attribute(value) for name, value in fields.items()}


def _attribute(value: JSON) -> AttributeValueTypeDef:
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, bool):
        return {"S": "true" if value else "false"}  # `active` is a key of the index, and DynamoDB has no BOOL keys.
    if isinstance(value, list):
        return {"L": [_attribute(element) for element in value]}
    if isinstance(value, (int, Decimal)):
        return {"N": plain(value)}
    raise TypeError("no attribute of a product has this type")


def plain(number: int | Decimal | str) -> str:
    """The number in digits: exact, no exponent, no zeros at the end of a fraction. DynamoDB's own spelling."""
    digits = str(number)
    if "E" in digits or "e" in digits:
        digits = format(Decimal(digits), "f")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def timestamp(moment: datetime) -> str:
    """RFC 3339 in UTC with microseconds. All are of one length, so they sort as text as they do in time."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _utc(moment: str) -> str:
    return moment.removesuffix("+00:00") + "Z" if moment.endswith("+00:00") else moment
