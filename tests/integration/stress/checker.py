"""Reads the whole table and proves that nothing was lost and nothing doubled.

The truth of a table is its items, their history, and what its clients were told. The checker takes the three and finds
every contradiction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, cast

from products.items import StoredProduct, guard_key, normalised
from products.repository import INDEX
from tests.integration.products.api import Table
from tests.integration.stress import history
from tests.integration.stress.journal import Journal
from tests.integration.stress.ledger import Ledger

KINDS = PRODUCT, GUARD, RECORD = "PRODUCT#", "NAME#", "IDEMPOTENCY#"


class Proof(NamedTuple):
    """What was looked at. `acknowledged`: writes that success was told of; `in_doubt`: those that nobody knows of."""

    products: int
    guards: int
    records: int
    versions: int
    acknowledged: int
    in_doubt: int


class Contents(NamedTuple):
    """The items of a table by their partition keys."""

    products: dict[str, StoredProduct]
    guards: Mapping[str, Mapping[str, Any]]
    records: Mapping[str, Mapping[str, Any]]
    others: list[str]
    indexed: list[dict[str, Any]]

    @classmethod
    def read(cls, table: Table) -> Contents:
        items = {item["PK"]["S"]: item for item in table.items()}
        of_kind = {kind: {key: item for key, item in items.items() if key.startswith(kind)} for kind in KINDS}
        return cls(
            products={key: StoredProduct(item) for key, item in of_kind[PRODUCT].items()},
            guards=of_kind[GUARD],
            records=of_kind[RECORD],
            others=[key for key in items if not key.startswith(KINDS)],
            indexed=[item for active in ("true", "false") for item in _indexed(table, active)],
        )


class Checker:
    """Proves a table, as often as asked. It must ask when nobody writes."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._journal = Journal(table)

    def prove(self, ledger: Ledger) -> Proof:
        """Fails with every contradiction between the items of the table, its history and the ledger."""
        contents, versions = Contents.read(self._table), self._journal.versions()
        found = [
            *contradictions(contents),
            *_creations(contents, ledger),
            *_histories(contents, versions, ledger),
        ]
        assert not found, "\n".join(found)
        return Proof(
            products=len(contents.products),
            guards=len(contents.guards),
            records=len(contents.records),
            versions=sum(stored.version for stored in contents.products.values()),
            acknowledged=sum(
                len(told.writes) + len(told.retired) + told.retirements for told in ledger.products.values()
            ),
            in_doubt=sum(told.in_doubt for told in ledger.products.values()) + len(ledger.in_doubt),
        )


def contradictions(contents: Contents) -> Iterator[str]:
    """Those between the items of a table."""
    yield from (f"{key} is no item of this service" for key in contents.others)
    yield from _products(contents)
    yield from _guards(contents)
    yield from _records(contents)
    yield from _index(contents)


def _histories(contents: Contents, versions: Mapping[str, list[StoredProduct]], ledger: Ledger) -> Iterator[str]:
    for product_id, told in ledger.products.items():
        if told.acknowledged and f"{PRODUCT}{product_id}" not in contents.products:
            yield f"{product_id} is missing"
    for key, stored in contents.products.items():
        states = versions.get(key, [stored])
        if states[-1].item != stored.item:
            yield f"{key} is not as its last write left it"
        told = ledger.products[stored.product_id]
        in_doubt = stored.item["period"]["S"] in ledger.in_doubt
        yield from (f"{key}: {each}" for each in history.contradictions(states, told, created_in_doubt=in_doubt))


def _products(contents: Contents) -> Iterator[str]:
    for key, stored in contents.products.items():
        product = stored.product(history.PROPERTIES)
        if broken := history.OPERATION.invalid_property("Product", cast("Any", product)):
            yield f"{key} is broken: {broken}"
            continue
        if key != f"{PRODUCT}{product['productId']}":
            yield f"{key} is not the key of its product"
        if product["price"] != history.cents(product["price"]):
            yield f"{key} has a price in fractions of a cent"
    names = Counter(stored.name.casefold() for stored in contents.products.values())
    yield from (f"{count} products share a name" for count in names.values() if count > 1)


def _guards(contents: Contents) -> Iterator[str]:
    wanted = {guard_key(stored.name)["PK"]["S"]: stored for stored in contents.products.values() if stored.is_versioned}
    for key in wanted.keys() - contents.guards.keys():
        yield f"the name of {wanted[key].key} has no guard"
    for key, guard in contents.guards.items():
        owner = contents.products.get(f"{PRODUCT}{guard['productId']['S']}")
        if owner is None:
            yield f"a guard points to {guard['productId']['S']}, which is not there"
        elif not owner.is_versioned or key != f"{GUARD}{normalised(owner.name)}":
            yield f"a guard points to {owner.key}, which does not point back"


def _records(contents: Contents) -> Iterator[str]:
    owners = Counter(record["productId"]["S"] for record in contents.records.values())
    yield from (f"{count} records share {owner}" for owner, count in owners.items() if count > 1)
    for record in contents.records.values():
        first = StoredProduct(record["product"]["M"])
        if f"{PRODUCT}{record['productId']['S']}" not in contents.products:
            yield f"a record points to {record['productId']['S']}, which is not there"
        if (first.product_id, first.version) != (record["productId"]["S"], 1):
            yield f"the record of {record['productId']['S']} holds another answer"


def _index(contents: Contents) -> Iterator[str]:
    indexed = {item["PK"]["S"]: item for item in contents.indexed}
    if len(indexed) < len(contents.indexed):
        yield "the index has an item twice"
    for key in indexed.keys() | contents.products.keys():
        stored = contents.products.get(key)
        if stored is None or indexed.get(key) != stored.item:
            yield f"the index and the table differ in {key}"


def _creations(contents: Contents, ledger: Ledger) -> Iterator[str]:
    made = Counter(stored.item["period"]["S"] for stored in contents.products.values())
    yield from (f"'{period}' made {count} products" for period, count in made.items() if count > 1)
    yield from (f"nobody created '{period}'" for period in made.keys() - ledger.created.keys())
    for period, answers in ledger.created.items():
        if any(answer != answers[0] for answer in answers):
            yield f"'{period}' was answered in different ways"


def _indexed(table: Table, active: str) -> Iterator[dict[str, Any]]:
    pages = table.client.get_paginator("query").paginate(
        TableName=table.name,
        IndexName=INDEX,
        KeyConditionExpression="#active = :active",
        ExpressionAttributeNames={"#active": "active"},
        ExpressionAttributeValues={":active": {"S": active}},
    )
    for page in pages:
        yield from page["Items"]
