"""Every error that the service can meet, at every call, for as long as it asks."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

from tests.integration.products.api import Answer, Api, Table
from tests.integration.products.faults import (
    FakeTime,
    Fault,
    FaultyClient,
    answer_lost,
    cancelled,
    refused,
    request_lost,
    unreachable,
)
from tests.integration.stress.administrators import order
from tests.integration.stress.checker import Checker
from tests.integration.stress.conftest import Figures
from tests.integration.stress.ledger import Ledger
from tests.integration.stress.witness import Witness

MOST_CALLS = 12  # of one request: more would be a storm
FAULTS: dict[str, tuple[Fault, set[int]]] = {
    "throttled": (refused("ThrottlingException"), {503}),
    "over its provision": (refused("ProvisionedThroughputExceededException"), {503}),
    "over its limit": (refused("RequestLimitExceeded"), {503}),
    "internal error": (refused("InternalServerError", 500), {503}),
    "down": (refused("ServiceUnavailable", 503), {503}),
    "conflict": (refused("TransactionConflictException"), {503}),
    "conflicting transaction": (cancelled("TransactionConflict", "None"), {503}),
    "throttled transaction": (cancelled("ThrottlingError", "None"), {503}),
    "in progress": (refused("TransactionInProgressException"), {503}),
    "unreachable": (unreachable, {503}),
    "timeout": (answer_lost, {503, 200, 204}),  # What the first try has done refuses the second, and shows itself.
    "broken connection": (request_lost, {503}),
    "item too large or malformed": (refused("ValidationException"), {500}),
    "collection too large": (refused("ItemCollectionSizeLimitExceededException"), {500}),
    "access denied": (refused("AccessDeniedException"), {500}),
    "no table": (refused("ResourceNotFoundException"), {500}),
    "another token": (refused("IdempotentParameterMismatchException"), {500}),
    "expired credentials": (refused("ExpiredTokenException"), {500}),
}

Request = Callable[[Witness, str], Answer | None]
REQUESTS: list[Request] = [
    lambda witness, _: witness.list(),
    lambda witness, product_id: witness.get(product_id),
    lambda witness, product_id: witness.create(order(f"Beside {product_id}", price=2)),
    lambda witness, product_id: witness.update(product_id, {"price": 3}),
    lambda witness, product_id: witness.update(product_id, {"currency": "EUR"}, If_Match='"1"'),
    lambda witness, product_id: witness.update(product_id, {"name": f"Once {product_id}"}),
    lambda witness, product_id: witness.delete(product_id),
    lambda witness, product_id: witness.delete(product_id, If_Match='"1"'),
]


def test_every_error_at_every_call(api: Api, table: Table, ledger: Ledger, checker: Checker, figures: Figures) -> None:
    calls = 0
    for (name, (fault, statuses)), (number, request) in product(FAULTS.items(), enumerate(REQUESTS)):
        entry = Witness(api, ledger).create(order(f"{name} {number}".title(), price=1))
        assert entry is not None
        client = FaultyClient(table.client, forever=fault)
        answer = request(Witness(Api(table, client, FakeTime().budget), ledger), entry.product["productId"])
        assert answer is not None
        assert answer.status in statuses, name
        assert 1 <= len(client.sent) <= (MOST_CALLS if 503 in statuses else 1)
        calls += len(client.sent)
    figures(checker.prove(ledger), ledger, errors=len(FAULTS), requests=len(FAULTS) * len(REQUESTS), calls=calls)
