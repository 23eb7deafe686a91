"""Reserves the names of the products from before this service. For operators; no function of the service has it.

An older product has no guard for its name, and no version: until its first write it gets neither. A guard is all that
a creation sees of a name, so until then a new product can take the name of an older one. Run this once, before the
first deployment takes traffic, and again after anything but this service has written products.

It reads the whole table once. Each product that lacks its guard gets it, and version 0 if it has none, in one
transaction, which happens only if the product is still as it was read and the name is free. So it may run while the
service does, and as often as wanted. No client sees a difference: the entity tag of an older product is "0" either way.
Where two products share a name, the active and then the older one gets the guard; the other is reported, and so is a
product that the service cannot read. Neither is changed: rename, retire or repair them by the service, and run again.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple, cast

from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session

from products import items
from products.dynamodb import cancellation_reasons
from products.items import StoredProduct

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import PutTypeDef, UpdateTypeDef

    from products.items import Item


class GuardState(Enum):
    """States of a product whose name is not, or was not, reserved for it."""

    UNGUARDED = "lacks its guard"
    BACKFILLED = "has its guard now"
    BROKEN = "is broken, see its"
    DUPLICATE = "has the name of"
    CHANGED = "has changed meanwhile, run again"


class UnguardedProduct(NamedTuple):
    """The state of one product. `about` names the other product of a duplicate, or the attribute that is broken."""

    product: StoredProduct
    state: GuardState
    about: str = ""

    def __str__(self) -> str:
        return f"{self.product.key}: {self.state.value} {self.about}".rstrip()


def unguarded_products(contents: Iterable[Item]) -> list[UnguardedProduct]:
    """A finding for each product among the items of a table that has no guard."""
    by_key = {item["PK"]["S"]: item for item in contents}
    guards = {key: item["productId"]["S"] for key, item in by_key.items() if key.startswith("NAME#")}
    products = [StoredProduct(item) for key, item in by_key.items() if key.startswith("PRODUCT#")]
    found = [UnguardedProduct(each, GuardState.BROKEN, attribute) for each in products if (attribute := _broken(each))]
    broken = {each.product.key for each in found}
    # The active one and then the older one of two with the same name comes first, and gets the guard.
    sound = [each for each in products if each.key not in broken]
    for product in sorted(sound, key=lambda each: (not each.active, each.created_at, each.key)):
        guard = items.guard_key(product.name)["PK"]["S"]
        owner = guards.setdefault(guard, "")
        if not owner:
            guards[guard] = product.product_id
            found.append(UnguardedProduct(product, GuardState.UNGUARDED))
        elif owner != product.product_id:
            found.append(UnguardedProduct(product, GuardState.DUPLICATE, owner))
    return found


class Backfill:
    """The writes of the guards.

    `client` tries again by itself: DynamoDB knows a repeated transaction by the token that botocore gives it.
    """

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def contents(self) -> Iterator[Item]:
        """All items of the table."""
        for page in self._client.get_paginator("scan").paginate(TableName=self._table, ConsistentRead=True):
            yield from page["Items"]

    def write(self, product: StoredProduct) -> UnguardedProduct:
        """One transaction: the guard, and what makes the product complete."""
        unchanged = "#version = :version" if product.is_versioned else "attribute_not_exists(#version)"
        values = items.attributes({"name": product.name, "type": "PRODUCT", "version": product.version})
        completion: UpdateTypeDef = {
            "TableName": self._table,
            "Key": items.product_key(product.product_id),
            "UpdateExpression": "SET #type = :type, #version = :version",
            "ConditionExpression": f"#name = :name AND {unchanged}",
            "ExpressionAttributeNames": {"#name": "name", "#type": "entityType", "#version": "version"},
            "ExpressionAttributeValues": {f":{name}": value for name, value in values.items()},
        }
        guard: PutTypeDef = {
            "TableName": self._table,
            "Item": items.guard(product.name, product.product_id),
            "ConditionExpression": "attribute_not_exists(PK) OR productId = :id",
            "ExpressionAttributeValues": {":id": {"S": product.product_id}},
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        try:
            self._client.transact_write_items(TransactItems=[{"Update": completion}, {"Put": guard}])
        except self._client.exceptions.TransactionCanceledException as error:
            holder = cancellation_reasons(error)[1].get("Item")
            if holder is None:
                return UnguardedProduct(product, GuardState.CHANGED)
            return UnguardedProduct(product, GuardState.DUPLICATE, holder["productId"]["S"])
        return UnguardedProduct(product, GuardState.BACKFILLED)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a line for each finding. The exit status: 0 when nothing is left that `--write` does not do, else 1."""
    opening, _, rest = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(
        "scripts/backfill_name_guards",
        description=opening,
        epilog=rest,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("table", help="the name of the table")
    region = os.environ.get("AWS_REGION")
    parser.add_argument("--region", default=region, required=region is None, help="where it is (default: $AWS_REGION)")
    parser.add_argument("--write", action="store_true", help="write them; without this it only says what it would do")
    options = parser.parse_args(arguments)
    client = Session().create_client("dynamodb", region_name=options.region)
    backfill = Backfill(cast("DynamoDBClient", client), options.table)
    states: set[GuardState] = set()
    try:
        for found in unguarded_products(backfill.contents()):
            writes = options.write and found.state is GuardState.UNGUARDED
            result = backfill.write(found.product) if writes else found
            print(result)
            states.add(result.state)
    except (BotoCoreError, ClientError) as error:
        print(f"DynamoDB cannot be used: {error}", file=sys.stderr)
        return 1
    if GuardState.UNGUARDED in states:
        print("Nothing was written. Use --write.")
    return 1 if states - {GuardState.UNGUARDED, GuardState.BACKFILLED} else 0


def _broken(product: StoredProduct) -> str | None:
    """The attribute that keeps the service from reading or writing the product."""
    texts = ("productId", "name", "description", "currency", "period", "createdAt")
    types = {**dict.fromkeys(texts, "S"), "price": "N", "features": "L"}
    if missing := next((name for name, its in types.items() if its not in product.item.get(name, {})), None):
        return missing
    if product.active is None:
        return "active"
    if product.key != items.product_key(product.product_id)["PK"]["S"]:
        return "productId"
    try:
        datetime.fromisoformat(product.updated_at)
    except ValueError:
        return "updatedAt"
    return None if product.updated_at.endswith("Z") else "updatedAt"


if __name__ == "__main__":
    sys.exit(main())
