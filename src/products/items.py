"""The items of the table: products, the guards of their names, the records of idempotent creations. No calls."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    from contract.messages import JSON
    from generated.product_types import Product

    Item = Mapping[str, AttributeValueTypeDef]

SORT_KEY = "METADATA"
IDEMPOTENCY_SECONDS = 24 * 60 * 60
_ACTIVE = {"true": True, "false": False}  # `active` is a key of the index, and DynamoDB has no BOOL keys.


class StoredProduct:
    """A product as the table holds it: this service's, or an older one that lacks what this service added.

    Nothing is checked: a broken item can be named, passed over, retired, or repaired by a write. A text that it lacks
    is "".
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
    def is_versioned(self) -> bool:
        """Whether this service wrote or backfilled it. What it did not has no guard for its name."""
        return "N" in self.item.get("version", {})

    @property
    def version(self) -> int:
        """The number of this service's writes to it; 0 for one that is older."""
        return int(Decimal(self.item["version"]["N"])) if self.is_versioned else 0

    @property
    def last_write_id(self) -> str:
        return self._text("lastWriteId")

    @property
    def active(self) -> bool | None:
        """None for a broken item, which says neither."""
        return _ACTIVE.get(self._text("active"))

    @property
    def name(self) -> str:
        return self._text("name")

    @property
    def created_at(self) -> str:
        return _utc(self._text("createdAt"))

    @property
    def updated_at(self) -> str:
        return _utc(self._text("updatedAt" if "updatedAt" in self.item else "createdAt"))

    @property
    def has_our_time(self) -> bool:
        """Whether this service wrote the time of the last change: then it sorts as text as it does in time."""
        try:
            is_ours = timestamp(datetime.fromisoformat(self.updated_at)) == self.updated_at
        except ValueError:
            return False
        return is_ours and self.is_versioned and self.last_write_id != ""

    def time_of_change(self, moment: datetime) -> str | None:
        """The updatedAt of a change at `moment`; None if the product's is later and stays: it never goes back.

        Clocks differ, and a change that comes first may take effect last.
        """
        try:
            latest = max(moment, datetime.fromisoformat(self.updated_at))
        except (TypeError, ValueError):  # A time without a zone, or none at all: this write repairs it.
            latest = moment
        at = timestamp(latest)
        return None if self.has_our_time and at == self.updated_at else at

    def product(self, properties: Iterable[str]) -> Product:
        """What the item has of these properties of the contract's product.

        For the contract to check: a broken item makes an invalid product.
        """
        item = self.item if "updatedAt" in self.item else {**self.item, "updatedAt": self.item.get("createdAt", {})}
        product = shown(item, properties)
        if isinstance(active := product.get("active"), str):
            product["active"] = _ACTIVE.get(active, active)
        for name in ("createdAt", "updatedAt"):
            moment = product.get(name)
            if isinstance(moment, str) and moment[-1:] != "Z":
                product[name] = _utc(moment)
        return cast("Product", product)

    def _text(self, attribute: str) -> str:
        return self.item.get(attribute, {}).get("S", "")


class IdempotencyRecord:
    """A caller's Idempotency-Key, and what the request was that came with it: creating `body`.

    `caller` is the subject of the token. `digest` names key, caller and operation: keys of two callers never meet.
    `fingerprint` names the body; `created_at` is in epoch seconds.
    """

    def __init__(self, key: str, caller: str, body: Mapping[str, JSON], now: datetime) -> None:
        self.digest = _sha256("\0".join((caller, "createProduct", key)))
        self.fingerprint = _sha256(json.dumps(attributes(body), sort_keys=True))
        self.created_at = int(now.timestamp())

    def item(self, product: StoredProduct) -> Item:
        """The item of the creation: whose it was, and its answer, kept as it was first given."""
        expires_at = self.created_at + IDEMPOTENCY_SECONDS
        return {
            **_key(f"IDEMPOTENCY#{self.digest}"),
            **attributes({"entityType": "IDEMPOTENCY", "fingerprint": self.fingerprint, "expiresAt": expires_at}),
            "productId": product.item["productId"],
            "product": {"M": product.item},
        }


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


def product_key(product_id: str) -> dict[str, AttributeValueTypeDef]:
    return _key(f"PRODUCT#{product_id}")


def guard_key(name: str) -> dict[str, AttributeValueTypeDef]:
    return _key(f"NAME#{normalised(name)}")


def _key(partition: str) -> dict[str, AttributeValueTypeDef]:
    return {"PK": {"S": partition}, "SK": {"S": SORT_KEY}}


def normalised(name: str) -> str:
    """The name with compatibility forms, case and runs of spaces folded: equal for two that are one to a customer."""
    import unicodedata  # Most functions start without it.

    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return " ".join(folded.split())


def attributes(fields: Mapping[str, JSON]) -> dict[str, AttributeValueTypeDef]:
    """Fields of the contract as attributes of the table. Equal values make equal attributes, however they are spelt."""
    return {
        name: {"S": "true" if value else "false"} if name == "active" else _attribute(value)
        for name, value in fields.items()
    }


def _attribute(value: JSON) -> AttributeValueTypeDef:
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, (int, Decimal)):
        return {"N": plain(value)}
    if isinstance(value, list):
        return {"L": [_attribute(element) for element in value]}
    if isinstance(value, dict):
        return {"M": {name: _attribute(element) for name, element in value.items()}}
    if value is None:
        return {"NULL": True}
    raise TypeError("no attribute has this type")


def shown(item: Item, properties: Iterable[str]) -> dict[str, JSON]:
    """The properties of the contract that an item of any kind has. They are validated with the response."""
    values: dict[str, JSON] = {}
    for name in properties:
        if (attribute := item.get(name)) is not None:
            # A list of 100 products has 1,100 of these, and most are texts.
            values[name] = attribute["S"] if "S" in attribute else _value(attribute)
    return values


def _value(attribute: AttributeValueTypeDef) -> JSON:
    """The attribute as a value of the contract; None for what no value of the contract makes, a set for one."""
    if "N" in attribute:
        return Decimal(plain(attribute["N"]))
    if "L" in attribute:
        return [element["S"] if "S" in element else _value(element) for element in attribute["L"]]
    if "M" in attribute:
        return {name: _value(cast("AttributeValueTypeDef", element)) for name, element in attribute["M"].items()}
    return attribute["BOOL"] if "BOOL" in attribute else attribute.get("S")


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
    return f"{moment[:-6]}Z" if moment[-6:] == "+00:00" else moment


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
