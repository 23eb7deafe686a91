"""The versions of one product against what its clients were told: the version is the number of accepted writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

from contract.operation import Operation
from products.items import StoredProduct
from tests.integration.stress.ledger import Acknowledged, Told

OPERATION = Operation.load(Path(__file__).parents[3] / "generated/operations/get_product.json")
PROPERTIES = OPERATION.property_names("Product")


def contradictions(versions: Sequence[StoredProduct], told: Told, *, created_in_doubt: bool) -> Iterator[str]:
    """`versions` has every state of the product in order, the present one last. Its creation may be `in doubt`."""
    yield from _order(versions)
    yield from _doubles(versions)
    by_number = {stored.version: stored for stored in versions}
    for write in told.writes:
        yield from _acknowledged(write, by_number)
    yield from _retired(told, by_number)
    yield from _unknown(by_number, told, created_in_doubt)


def cents(price: Decimal) -> Decimal:
    return price.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _order(versions: Sequence[StoredProduct]) -> Iterator[str]:
    for before, after in pairwise(versions):
        # What is done to an older product without completing it leaves it at version 0.
        if after.version not in (before.version + 1, 0):
            yield f"version {before.version} became {after.version}"
        if before.updated_at > after.updated_at:
            yield f"version {after.version} is older than the one before"


def _doubles(versions: Sequence[StoredProduct]) -> Iterator[str]:
    writes = Counter(stored.last_write_id for stored in versions if stored.last_write_id)
    yield from (f"one write happened {count} times" for count in writes.values() if count > 1)
    prices = [stored.item["price"]["N"] for stored in versions]
    set_to = Counter([*prices[:1], *(after for before, after in pairwise(prices) if before != after)])
    yield from (f"the price was set to {price} {count} times" for price, count in set_to.items() if count > 1)


def _acknowledged(write: Acknowledged, versions: Mapping[int, StoredProduct]) -> Iterator[str]:
    made, before = versions.get(write.version), versions.get(write.version - 1)
    if made is None:
        yield f"the acknowledged version {write.version} is missing"
        return
    if made.product(PROPERTIES) != write.product:
        yield f"version {write.version} is not what was acknowledged"
    if before and not before.active and not write.fields.get("active"):
        yield f"version {write.version} changed an inactive product"
    start = before.product(PROPERTIES) if before else made.product(PROPERTIES)
    if {**start, **_as_stored(write.fields), "updatedAt": made.updated_at} != made.product(PROPERTIES):
        yield f"version {write.version} is not the version before it with its change"


def _retired(told: Told, versions: Mapping[int, StoredProduct]) -> Iterator[str]:
    for version in told.retired:
        if version not in versions or versions[version].active:
            yield f"version {version} is not the acknowledged retirement"
    if told.retirements and all(stored.active for stored in versions.values()):
        yield "an acknowledged retirement is missing"


def _unknown(versions: Mapping[int, StoredProduct], told: Told, created_in_doubt: bool) -> Iterator[str]:
    """Every version that nobody was told of is a write in doubt, or a retirement that was told without its version."""
    numbers = [write.version for write in told.writes]
    if len(set(numbers)) < len(numbers):
        yield "two writes were told that they made the same version"
    unknown = versions.keys() - {*range(told.found + 1), *numbers, *told.retired} - ({1} if created_in_doubt else set())
    retirements = [version for version in unknown if not versions[version].active]
    if len(unknown) - min(len(retirements), told.retirements) > told.in_doubt:
        yield f"versions {sorted(unknown)} are too many for {told.retirements} retirements, {told.in_doubt} in doubt"


def _as_stored(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {**fields, "price": cents(Decimal(str(fields["price"])))} if "price" in fields else dict(fields)
