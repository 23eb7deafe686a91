"""The calls to DynamoDB: as few as possible, each right when requests race and when answers get lost.

How a write whose answer was lost is told from one that never arrived: every write leaves its id in `lastWriteId`, and a
refused call brings back the item that refused it. An item with our id is our own success. A call is sent again only
where that cannot write twice:

* a transaction: DynamoDB knows its token for ten minutes, and its conditions hold for one version only;
* an update that one version only can meet: the first success moves the version on.

An update that any version meets is not sent again. One read shows whether it arrived; when that cannot tell, the answer
is 503: a second write could undo somebody else's, and an answer of success could be untrue.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from botocore.exceptions import ClientError

from products import changes, items
from products.errors import Contended, KeyReused, NameTaken, StillRunning, Unavailable
from products.items import StoredProduct
from products.retries import Attempts, OutcomeUnknown, Patience, cancellation_reasons

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import QueryInputTypeDef, TransactWriteItemTypeDef

    from products.changes import Change, Condition
    from products.idempotency import Claim
    from products.items import Item

INDEX = "ActiveProductsIndex"
_POSITION = ("createdAt", "PK", "SK")  # of an item among the active ones of the index
_PRODUCT, _GUARD, _RECORD = range(3)  # the actions of a transaction, in their order


class Creation(NamedTuple):
    """`replayed`: an earlier request with the same Idempotency-Key created it."""

    stored: StoredProduct
    replayed: bool


class StoredPage(NamedTuple):
    """`following`: where the next page starts; None on the last one."""

    products: list[StoredProduct]
    following: dict[str, str] | None


class Refused(Exception):
    """Nothing was written. `stored` is the product that does not meet the condition, None when there is none."""

    def __init__(self, stored: StoredProduct | None) -> None:
        super().__init__("the product is not as expected")
        self.stored = stored


class Repository:
    """The products in `table`. Every call is asked again while its `patience` lasts, and then raises Unavailable."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def get(self, product_id: str, patience: Patience) -> StoredProduct | None:
        """One strongly consistent GetItem."""
        key = items.product_key(product_id)
        answer = Attempts(patience, repeatable=True).run(
            lambda: self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        )
        return StoredProduct(answer["Item"]) if "Item" in answer else None

    def active(self, limit: int, start: Mapping[str, str] | None, patience: Patience) -> StoredPage:
        """One Query: at most `limit` active products from `start` on, oldest first. One more shows if any follow."""
        query: QueryInputTypeDef = {
            "TableName": self._table,
            "IndexName": INDEX,
            "KeyConditionExpression": "#active = :true",
            "ExpressionAttributeNames": {"#active": "active"},
            "ExpressionAttributeValues": {":true": {"S": "true"}},
            "Limit": limit + 1,
        }
        if start is not None:
            query["ExclusiveStartKey"] = items.attributes({"active": True, **{name: start[name] for name in _POSITION}})
        answer = Attempts(patience, repeatable=True).run(lambda: self._client.query(**query))
        found = answer["Items"]
        # DynamoDB ends a page at 1 MB, too; then a key says that more follow, instead of one item too many.
        follows = len(found) > limit or "LastEvaluatedKey" in answer
        page = [StoredProduct(item) for item in found[:limit]]
        return StoredPage(page, _position(page[-1]) if follows and page else None)

    def add(self, product: StoredProduct, claim: Claim | None, patience: Patience) -> Creation:
        """One transaction: the product, the guard of its name, the record of its claim.

        Raises KeyReused or NameTaken; StillRunning when other requests held the claim's items till the time was up.
        """
        actions = self._addition(product, claim)
        try:
            self._transact(actions, product.product_id, Attempts(patience, repeatable=True))
        except Contended:
            if claim is None:
                raise
            raise StillRunning from None
        except _Cancelled as cancelled:
            return _earlier(product, claim, cancelled)
        return Creation(product, replayed=False)

    def change(self, change: Change, condition: Condition, patience: Patience) -> StoredProduct:
        """One UpdateItem, for a product that has a guard and keeps its name.

        Returns the product as it is now. Raises Refused with the product as it is.
        """
        return self._update(change, condition, patience)

    def change_seen(self, change: Change, seen: StoredProduct, patience: Patience) -> StoredProduct:
        """The change, if the product is still the one seen. Completes an older item, and moves the guard with the name.

        One UpdateItem when the guard is there and stays, else one transaction. Raises Refused or NameTaken.
        """
        name = cast("str", change.fields.get("name", seen.name))
        if seen.is_complete and items.normalised(name) == items.normalised(seen.name):
            return self._update(change, changes.still(seen), patience)
        attempts = Attempts(patience, repeatable=True)
        try:
            self._transact(self._guarded_change(change, seen, name), change.write_id, attempts)
        except _Cancelled as cancelled:
            if cancelled.failed(_PRODUCT):
                return _own_or_refused(change, cancelled.reasons[_PRODUCT].item, seen.version, attempts)
            if cancelled.failed(_GUARD):
                raise NameTaken from None
            raise cancelled.error from None
        return change.applied_to(seen)

    def change_unguarded(self, change: Change, seen: StoredProduct, patience: Patience) -> StoredProduct:
        """One UpdateItem on an older item that cannot be completed, its name being another's. Raises Refused."""
        return self._update(change, changes.still(seen), patience, completing=False)

    def _update(
        self, change: Change, condition: Condition, patience: Patience, *, completing: bool = True
    ) -> StoredProduct:
        arguments = changes.update(self._table, change, condition, completing=completing)
        attempts = Attempts(patience, repeatable=condition.only_version is not None)
        try:
            answer = attempts.run(lambda: self._client.update_item(**arguments, ReturnValues="ALL_NEW"))
        except OutcomeUnknown:
            return self._arrived(change, patience)
        except ClientError as error:
            if _code(error) != "ConditionalCheckFailedException":
                raise
            return _own_or_refused(change, cast("Any", error.response).get("Item"), condition.only_version, attempts)
        return StoredProduct(answer["Attributes"])

    def _arrived(self, change: Change, patience: Patience) -> StoredProduct:
        stored = self.get(change.product_id, patience)
        if stored is None or stored.last_write_id != change.write_id:
            raise Unavailable
        return stored

    def _transact(self, actions: list[TransactWriteItemTypeDef], token: str, attempts: Attempts) -> None:
        try:
            attempts.run(lambda: self._client.transact_write_items(TransactItems=actions, ClientRequestToken=token))
        except ClientError as error:
            if _code(error) != "TransactionCanceledException":
                raise
            raise _Cancelled(error) from None

    def _addition(self, product: StoredProduct, claim: Claim | None) -> list[TransactWriteItemTypeDef]:
        actions = [
            self._put(product.item, "attribute_not_exists(PK)"),
            self._put(items.guard(product.name, product.product_id), "attribute_not_exists(PK)"),
        ]
        if claim is not None:
            free = "attribute_not_exists(PK) OR expiresAt <= :now"  # TTL deletes late, and may be off.
            actions.append(self._put(items.record(claim, product), free, now=claim.claimed_at))
        return actions

    def _guarded_change(self, change: Change, seen: StoredProduct, name: str) -> list[TransactWriteItemTypeDef]:
        ours = "attribute_not_exists(PK) OR productId = :id"
        actions: list[TransactWriteItemTypeDef] = [
            {"Update": changes.update(self._table, change, changes.still(seen))},
            self._put(items.guard(name, change.product_id), ours, id=change.product_id),
        ]
        if seen.is_complete:
            actions.append(
                {
                    "Delete": {
                        "TableName": self._table,
                        "Key": items.guard_key(seen.name),
                        "ConditionExpression": ours,
                        "ExpressionAttributeValues": {":id": {"S": change.product_id}},
                    }
                }
            )
        return actions

    def _put(self, item: Item, condition: str, **values: str | int) -> TransactWriteItemTypeDef:
        action: TransactWriteItemTypeDef = {
            "Put": {
                "TableName": self._table,
                "Item": item,
                "ConditionExpression": condition,
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        }
        if values:
            action["Put"]["ExpressionAttributeValues"] = {
                f":{name}": value for name, value in items.attributes(values).items()
            }
        return action


class _Cancelled(Exception):
    """A transaction was cancelled, not by a passing conflict. Its reasons stand in the order of its actions."""

    def __init__(self, error: ClientError) -> None:
        super().__init__("the transaction was cancelled")
        self.error = error
        self.reasons = cancellation_reasons(error)

    def failed(self, action: int) -> bool:
        """Whether the condition of that action failed."""
        return self.reasons[action].code == "ConditionalCheckFailed"


def _earlier(product: StoredProduct, claim: Claim | None, cancelled: _Cancelled) -> Creation:
    """Which creation was first: this very one, its answer lost; one with the same claim; or one with the same name."""
    owner = {"productId": product.item["productId"]}
    if any(reason.item and owner.items() <= reason.item.items() for reason in cancelled.reasons):
        return Creation(product, replayed=False)
    if claim is not None and cancelled.failed(_RECORD):
        record = cast("Item", cancelled.reasons[_RECORD].item)
        if record["fingerprint"] != {"S": claim.fingerprint}:
            raise KeyReused from None
        return Creation(items.recorded_product(record), replayed=True)
    if cancelled.failed(_GUARD):
        raise NameTaken from None
    raise cancelled.error from None


def _own_or_refused(change: Change, item: Item | None, only_version: int | None, attempts: Attempts) -> StoredProduct:
    """The product, if it is our own lost success that refused the change.

    Raises Unavailable when an answer was lost and the product is two versions on: one of the two may be our doing.
    """
    stored = StoredProduct(item) if item else None
    if stored and stored.last_write_id == change.write_id:
        return stored
    if stored and attempts.in_doubt and only_version is not None and stored.version > only_version + 1:
        raise Unavailable from None
    raise Refused(stored) from None


def _code(error: ClientError) -> str:
    return error.response["Error"]["Code"]


def _position(stored: StoredProduct) -> dict[str, str]:
    return {name: stored.item[name]["S"] for name in _POSITION}
