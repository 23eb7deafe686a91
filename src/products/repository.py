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

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from botocore.exceptions import ClientError

from products import items
from products.dynamodb import OutcomeUnknown, Retries, cancellation_reasons
from products.errors import BrokenItem, Contended, KeyReused, NameTaken, StillRunning, Unavailable
from products.items import StoredProduct, attributes

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import DeleteTypeDef, QueryInputTypeDef, TransactWriteItemTypeDef, UpdateTypeDef

    from contract.messages import JSON
    from products.dynamodb import RetryBudget
    from products.items import IdempotencyRecord, Item
    from products.service import Change

INDEX = "ActiveProductsIndex"
# A filtered page is given up, to go on with the next, after so many queries of so many products each.
FILTERED_QUERIES, FILTERED_PRODUCTS = 5, 200
_POSITION = ("createdAt", "PK", "SK")  # of an item among the active ones of the index
_PRODUCT, _GUARD, _RECORD = range(3)  # the actions of a transaction, in their order
_IN_OPERANDS = 100  # how many values DynamoDB's IN takes
_NO_VERSION = -1

# The products, and where the next page starts: None on the last one. A filtered page may be empty and not the last.
Page: TypeAlias = "tuple[list[StoredProduct], dict[str, str] | None]"


class Repository:
    """The products in `table`. Every call is sent again while its `budget` lasts, and then raises Unavailable.

    `new_id` makes an id for each write.
    """

    def __init__(self, client: DynamoDBClient, table: str, new_id: Callable[[], str]) -> None:
        self._client = client
        self._table = table
        self._new_id = new_id

    def get(self, product_id: str, budget: RetryBudget) -> StoredProduct | None:
        """One strongly consistent GetItem."""
        key = items.product_key(product_id)
        answer = Retries(budget, self._table, repeatable=True).run(
            lambda: self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        )
        return StoredProduct(answer["Item"]) if "Item" in answer else None

    def active(
        self, limit: int, start: Mapping[str, str] | None, filters: Mapping[str, object], budget: RetryBudget
    ) -> Page:
        """At most `limit` active products from `start` on, oldest first: one Query, or a few if there are filters.

        `filters`: the values that fields must have. DynamoDB applies them to what a query has found, so that many
        products may be read for each that is shown.
        """
        query: QueryInputTypeDef = {
            "TableName": self._table,
            "IndexName": INDEX,
            "KeyConditionExpression": "#active = :true",
            "ExpressionAttributeNames": {"#active": "active"},
            "ExpressionAttributeValues": {":true": {"S": "true"}},
            "Limit": FILTERED_PRODUCTS if filters else limit + 1,  # One more shows if any follow.
        }
        if filters:
            query["FilterExpression"] = " AND ".join(f"#f{number} = :f{number}" for number in range(len(filters)))
            for number, (name, value) in enumerate(attributes(cast("Mapping[str, JSON]", filters)).items()):
                cast("dict[str, Any]", query["ExpressionAttributeNames"])[f"#f{number}"] = name
                cast("dict[str, Any]", query["ExpressionAttributeValues"])[f":f{number}"] = value
        found: list[StoredProduct] = []
        for _ in range(FILTERED_QUERIES if filters else 1):
            if start is not None:
                position = {name: start[name] for name in _POSITION}
                query["ExclusiveStartKey"] = attributes({"active": True, **position})
            answer = Retries(budget, self._table, repeatable=True).run(lambda: self._client.query(**query))
            found += map(StoredProduct, answer["Items"])
            if len(found) > limit:
                return found[:limit], _position(found[limit - 1].item)
            if "LastEvaluatedKey" not in answer:
                return found, None
            start = _position(answer["LastEvaluatedKey"])
        return found, dict(start or {})

    def add(
        self, product: StoredProduct, record: IdempotencyRecord | None, budget: RetryBudget
    ) -> tuple[StoredProduct, bool]:
        """One transaction: the product, the guard of its name, the record of its Idempotency-Key.

        The second value: whether the product is that of an earlier request with the same key. Raises KeyReused or
        NameTaken; StillRunning when other requests held the record until the time was up.
        """
        actions = [
            self._put(product.item, "attribute_not_exists(PK)"),
            self._put(items.guard(product.name, product.product_id), "attribute_not_exists(PK)"),
        ]
        if record is not None:
            free = "attribute_not_exists(PK) OR expiresAt <= :now"  # TTL deletes late, and may be off.
            actions.append(self._put(record.item(product), free, now=record.created_at))
        try:
            self._transact(actions, product.product_id, Retries(budget, self._table, repeatable=True))
        except Contended:
            if record is None:
                raise
            raise StillRunning from None
        except _Cancelled as cancelled:
            # The creation that was first: this one, its answer lost; one with the same key; or one with the same name.
            found = [reason.get("Item", {}) for reason in cancelled.reasons]
            if any(item.get("productId") == product.item["productId"] for item in found):
                return product, False
            if record is not None and cancelled.failed(_RECORD):
                if found[_RECORD].get("fingerprint") != {"S": record.fingerprint}:
                    raise KeyReused from None
                return StoredProduct(found[_RECORD]["product"]["M"]), True
            if cancelled.failed(_GUARD):
                raise self._name_taken(found[_GUARD], budget) from None
            raise cancelled.error from None
        return product, False

    def change(self, change: Change, budget: RetryBudget) -> StoredProduct:
        """The product as it is after the change. Raises what `change.admit` raises, NameTaken, or BrokenItem.

        The first call knows nothing of the product: one UpdateItem, under conditions that nearly every change meets.
        One that is refused brings the product back; then what stood in its way decides what comes next.
        """
        seen: StoredProduct | None = None
        write = _Write(change, self._new_id(), items.timestamp(change.at))
        while True:
            try:
                if seen is None or write.may_be_blind(seen):
                    return self._update(write, write.blind_condition(), budget)
                return self._change_seen(write, seen, budget)
            except _ConditionFailed as failed:
                # Somebody else's success was in the way. What is known now is never fresher, so there is no pause.
                budget.check()
                seen = change.admit(failed.stored)
            # A round of its own, a write of its own: DynamoDB takes a transaction's token for one set of actions only.
            write = _Write(change, self._new_id(), seen.time_of_change(change.at))

    def _change_seen(self, write: _Write, seen: StoredProduct, budget: RetryBudget) -> StoredProduct:
        """The change, if the product is still the one seen. Completes an older item, and moves the guard with the name.

        One UpdateItem when the guard is there and stays, or when there is no name to guard; else one transaction.
        """
        change, condition = write.change, _still(seen)
        name = cast("str", change.fields.get("name", seen.name))
        keeps_name = items.normalised(name) == items.normalised(seen.name)
        if seen.is_versioned and keeps_name:
            return self._update(write, condition, budget)
        if not name:
            if change.retires:
                return self._update(write, condition, budget, counted=False)
            raise BrokenItem(seen.key, "name")
        ours = "attribute_not_exists(PK) OR productId = :id"
        actions: list[TransactWriteItemTypeDef] = [
            {"Update": self._update_arguments(write, condition, counted=True)},
            self._put(items.guard(name, change.product_id), ours, id=change.product_id),
        ]
        if seen.is_versioned and seen.name and not keeps_name:
            former: DeleteTypeDef = {
                "TableName": self._table,
                "Key": items.guard_key(seen.name),
                "ConditionExpression": ours,
                "ExpressionAttributeValues": {":id": {"S": change.product_id}},
            }
            actions.append({"Delete": former})
        retries = Retries(budget, self._table, repeatable=True)
        try:
            self._transact(actions, write.write_id, retries)
        except _Cancelled as cancelled:
            if cancelled.failed(_PRODUCT):
                return _own_or_failed(write, cancelled.reasons[_PRODUCT].get("Item"), condition, retries)
            if not cancelled.failed(_GUARD):
                raise cancelled.error from None
            if change.retires:
                return self._update(write, condition, budget, counted=False)
            raise self._name_taken(cancelled.reasons[_GUARD].get("Item", {}), budget) from None
        # DynamoDB's answer to a transaction does not have the items' new values.
        counted = attributes({"entityType": "PRODUCT", "version": seen.version + 1})
        return StoredProduct({**seen.item, **write.attributes, **counted})

    def _update(
        self, write: _Write, condition: _Condition, budget: RetryBudget, *, counted: bool = True
    ) -> StoredProduct:
        """One UpdateItem. Raises _ConditionFailed with the product as it is."""
        arguments = self._update_arguments(write, condition, counted=counted)
        retries = Retries(budget, self._table, repeatable=condition.only_version is not None)
        try:
            answer = retries.run(lambda: self._client.update_item(**arguments, ReturnValues="ALL_NEW"))
        except OutcomeUnknown:
            stored = self.get(write.change.product_id, budget)
            if stored is None or stored.last_write_id != write.write_id:
                raise Unavailable from None
            return stored
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return _own_or_failed(write, cast("Any", error.response).get("Item"), condition, retries)
        return StoredProduct(answer["Attributes"])

    def _update_arguments(self, write: _Write, condition: _Condition, *, counted: bool) -> UpdateTypeDef:
        """The arguments of an UpdateItem. `counted`: also as a version; else the item stays in the one that it has."""
        assignments = [f"#{name} = :{name}" for name in write.attributes]
        values = {**condition.values, **{f":{name}": value for name, value in write.attributes.items()}}
        if counted:
            before = ""
            if condition.only_version is None:
                # The condition refuses an item without a version, but DynamoDB does not say that it comes first.
                before = "if_not_exists(#version, :zero) + "
                values[":zero"] = {"N": "0"}
            assignments += ["#entityType = :entityType", f"#version = {before}:count"]
            values |= {":entityType": {"S": "PRODUCT"}, ":count": {"N": str((condition.only_version or 0) + 1)}}
        expression, terms = "SET " + ", ".join(assignments), " AND ".join(condition.terms)
        return {
            "TableName": self._table,
            "Key": items.product_key(write.change.product_id),
            "UpdateExpression": expression,
            "ConditionExpression": terms,
            "ExpressionAttributeNames": {f"#{name}": name for name in re.findall(r"#(\w+)", expression + terms)},
            "ExpressionAttributeValues": values,
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }

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
            named = {f":{name}": value for name, value in attributes(values).items()}
            action["Put"]["ExpressionAttributeValues"] = named
        return action

    def _transact(self, actions: list[TransactWriteItemTypeDef], token: str, retries: Retries) -> None:
        try:
            retries.run(lambda: self._client.transact_write_items(TransactItems=actions, ClientRequestToken=token))
        except ClientError as error:
            if error.response["Error"]["Code"] != "TransactionCanceledException":
                raise
            raise _Cancelled(error) from None

    def _name_taken(self, guard: Item, budget: RetryBudget) -> NameTaken:
        """The refusal of a name, with the product that the guard of the name belongs to."""
        holder = guard.get("productId", {}).get("S")
        stored = None if holder is None else self.get(holder, budget)
        return NameTaken(holder, None if stored is None else stored.active)


class _Condition:
    """The terms of a condition and their values.

    `only_version`: the one version that a product can have to meet it; None when several will do.
    """

    def __init__(self, terms: Sequence[str], values: Mapping[str, Any], only_version: int | None) -> None:
        self.terms = terms
        self.values = values
        self.only_version = only_version


class _Write:
    """One try at a change. No other write has `write_id`; `at` becomes updatedAt, None leaves that as it is.

    `attributes` are what it sets, all but the version.
    """

    def __init__(self, change: Change, write_id: str, at: str | None) -> None:
        self.change = change
        self.write_id = write_id
        self.at = at
        time = {} if at is None else {"updatedAt": at}
        self.attributes = attributes({**change.fields, **time, "lastWriteId": write_id})

    def may_be_blind(self, seen: StoredProduct) -> bool:
        """Whether what was seen can meet the conditions of a blind write.

        An older item cannot, which the write completes; nor one whose old name it frees; nor a broken one.
        """
        fields = self.change.fields
        is_active = seen.active is True or not self.change.needs_active
        return seen.has_our_time and is_active and ("name" not in fields or fields["name"] == seen.name)

    def blind_condition(self) -> _Condition:
        """A versioned product that meets the preconditions, active if so wanted, that has the change's name already.

        Its last change is not this one, and not later than this one if this one has a time.
        """
        terms = ["attribute_type(#version, :number)", "#lastWriteId <> :lastWriteId"]
        values: dict[str, Any] = {":number": {"S": "N"}}
        if self.at is not None:
            no_text = "attribute_not_exists(#updatedAt) OR NOT attribute_type(#updatedAt, :text)"
            terms.append(f"({no_text} OR #updatedAt <= :updatedAt)")
            values[":text"] = {"S": "S"}
        if self.change.needs_active:
            terms.append("#active = :true")
            values[":true"] = {"S": "true"}
        if "name" in self.change.fields:
            terms.append("#name = :name")
        admitted, excluded = self.change.preconditions.admitted, self.change.preconditions.excluded
        versions = sorted(excluded if admitted is None else admitted or {_NO_VERSION})
        if versions:
            names = [f":v{number}" for number in range(len(versions))]
            values |= {name: {"N": str(version)} for name, version in zip(names, versions, strict=True)}
            groups = [names[start : start + _IN_OPERANDS] for start in range(0, len(names), _IN_OPERANDS)]
            any_of = " OR ".join(f"#version IN ({', '.join(group)})" for group in groups)
            terms.append(f"NOT ({any_of})" if admitted is None else f"({any_of})")
        only_version = versions[0] if admitted is not None and len(versions) == 1 else None
        return _Condition(terms, values, only_version)


class _ConditionFailed(Exception):
    """Exception for a write that was refused. `stored` is the product that refused it, None when there is none."""

    def __init__(self, stored: StoredProduct | None) -> None:
        super().__init__("the product is not as expected")
        self.stored = stored


class _Cancelled(Exception):
    """Exception for a transaction that was cancelled, not by a passing conflict.

    Its reasons stand in the order of its actions.
    """

    def __init__(self, error: ClientError) -> None:
        super().__init__("the transaction was cancelled")
        self.error = error
        self.reasons = cancellation_reasons(error)

    def failed(self, action: int) -> bool:
        """Whether the condition of that action failed."""
        return self.reasons[action].get("Code") == "ConditionalCheckFailed"


def _still(seen: StoredProduct) -> _Condition:
    """The product as it was seen: in that version, or without one."""
    terms = ("attribute_exists(#PK)", "#lastWriteId <> :lastWriteId")
    if "version" not in seen.item:
        return _Condition([*terms, "attribute_not_exists(#version)"], {}, seen.version)
    return _Condition([*terms, "#version = :seen"], {":seen": seen.item["version"]}, seen.version)


def _own_or_failed(write: _Write, item: Item | None, condition: _Condition, retries: Retries) -> StoredProduct:
    """The product, if it is our own lost success that refused the change.

    Raises Unavailable when an answer was lost and the product is two versions on: one of the two may be our doing.
    """
    stored = StoredProduct(item) if item else None
    if stored and stored.last_write_id == write.write_id:
        return stored
    expected = condition.only_version
    if stored and retries.in_doubt and expected is not None and stored.version - 1 > expected >= 0:
        raise Unavailable from None
    raise _ConditionFailed(stored) from None


def _position(item: Mapping[str, Any]) -> dict[str, str]:
    return {name: item[name]["S"] for name in _POSITION}
