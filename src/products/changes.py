"""Changes of a product, and the conditions under which they happen, as DynamoDB's expressions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from products.items import StoredProduct, attributes, product_key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef, UpdateTypeDef

    from contract.messages import JSON
    from products.items import Item
    from products.preconditions import Preconditions

_MOST_OPERANDS = 100  # of IN
_NO_VERSION = -1


class Change(NamedTuple):
    """One write of one product. `fields` are the contract's; no other write has `write_id`.

    `at` becomes updatedAt; None leaves that as it is.
    """

    product_id: str
    write_id: str
    fields: Mapping[str, JSON]
    at: str | None

    def written(self) -> dict[str, AttributeValueTypeDef]:
        """The attributes that the change sets, all but the version."""
        time = {} if self.at is None else {"updatedAt": self.at}
        return attributes({**self.fields, **time, "lastWriteId": self.write_id})

    def applied_to(self, seen: StoredProduct) -> StoredProduct:
        """What becomes of `seen`, for an answer of DynamoDB that does not say so."""
        version = attributes({"entityType": "PRODUCT", "version": seen.version + 1})
        return StoredProduct({**seen.item, **self.written(), **version})


class Condition(NamedTuple):
    """`only_version`: the one version that a product can have to meet it; None when several will do."""

    terms: tuple[str, ...]
    values: Item
    only_version: int | None


def expected(change: Change, preconditions: Preconditions, *, active: bool) -> Condition:
    """A complete product that meets the preconditions, active if so wanted, that has the change's name already.

    Its last change is not this one, and not later than this one if this one has a time.
    """
    terms = ["attribute_exists(#version)", "#lastWriteId <> :lastWriteId"]
    if change.at is not None:
        terms.append("(attribute_not_exists(#updatedAt) OR #updatedAt <= :updatedAt)")
    values = attributes({"true": True} if active else {})
    if active:
        terms.append("#active = :true")
    if "name" in change.fields:
        terms.append("#name = :name")
    admitted = preconditions.admitted
    versions = preconditions.excluded if admitted is None else admitted or {_NO_VERSION}
    if versions:
        listed = {f"v{number}": version for number, version in enumerate(versions)}
        values |= attributes(listed)
        terms.append(("NOT " if admitted is None else "") + _is_one_of("#version", [f":{name}" for name in listed]))
    only_version = next(iter(admitted)) if admitted is not None and len(admitted) == 1 else None
    return Condition(tuple(terms), _named(values), only_version)


def still(seen: StoredProduct) -> Condition:
    """The product as it was seen: in that version, or without one."""
    terms = ("attribute_exists(#PK)", "#lastWriteId <> :lastWriteId")
    if not seen.is_complete:
        return Condition((*terms, "attribute_not_exists(#version)"), {}, 0)
    return Condition((*terms, "#version = :seen"), _named(attributes({"seen": seen.version})), seen.version)


def update(table: str, change: Change, condition: Condition, *, completing: bool = True) -> UpdateTypeDef:
    """The arguments of an UpdateItem. Completing, it also counts the version, which an older item has not."""
    sets = change.written()
    assignments = [f"#{name} = :{name}" for name in sets]
    if completing:
        sets |= attributes({"entityType": "PRODUCT", "zero": 0, "one": 1})
        assignments += ["#entityType = :entityType", "#version = if_not_exists(#version, :zero) + :one"]
    expression, terms = "SET " + ", ".join(assignments), " AND ".join(condition.terms)
    return {
        "TableName": table,
        "Key": product_key(change.product_id),
        "UpdateExpression": expression,
        "ConditionExpression": terms,
        "ExpressionAttributeNames": {f"#{name}": name for name in re.findall(r"#(\w+)", expression + terms)},
        "ExpressionAttributeValues": {**_named(sets), **condition.values},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }


def _is_one_of(name: str, operands: list[str]) -> str:
    lists = [operands[start : start + _MOST_OPERANDS] for start in range(0, len(operands), _MOST_OPERANDS)]
    return "(" + " OR ".join(f"{name} IN ({', '.join(each)})" for each in lists) + ")"


def _named(values: Item) -> Item:
    return {f":{name}": value for name, value in values.items()}
