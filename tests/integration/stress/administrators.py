"""Administrators who do a bit of everything to a few products, at random, and repeat what was not answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from random import Random
from typing import Any

from tests.integration.products.api import ENTRY, Answer
from tests.integration.stress.witness import Witness, is_in_doubt

NAMES = [f"{kind} {number}" for kind in ("Site", "Shop", "Mail", "Backup") for number in range(15)]
_TRIES = 5
_orders, _prices = count(), count(1)

Call = Callable[[], Answer | None]


def order(name: str, **fields: Any) -> dict[str, Any]:
    """The body of a creation that no other creation shares."""
    return {**ENTRY, "name": name, "period": f"order-{next(_orders)}", **fields}


class Administrator:
    """Acts on whatever products there are. The seed decides what is tried, never what comes of it."""

    def __init__(self, witness: Witness, seed: str, names: Sequence[str] = NAMES) -> None:
        self._witness = witness
        self._names = names
        self._random = Random(seed)
        self._actions = {
            self._create: 3,
            self._create_without_a_key: 2,
            self._change: 4,
            self._change_what_was_read: 4,
            self._rename: 2,
            self._retire: 1,
            self._retire_what_was_read: 1,
            self._restore: 4,
            self._read: 1,
            self._browse: 1,
        }

    def act(self) -> None:
        (action,) = self._random.choices(list(self._actions), list(self._actions.values()))
        known = self._witness.ledger.product_ids
        action(self._random.choice(known) if known else "PROD-404")

    def _create(self, _: str) -> None:
        body = order(self._name(), price=next(_prices))
        _persist(lambda: self._witness.create(body, Idempotency_Key=body["period"]))

    def _create_without_a_key(self, _: str) -> None:
        self._witness.create(order(self._name(), price=next(_prices)))

    def _change(self, product_id: str) -> None:
        self._witness.update(product_id, {"price": next(_prices)})

    def _change_what_was_read(self, product_id: str) -> None:
        read = self._witness.get(product_id)
        if read is not None and read.status == 200:
            change = {"price": next(_prices), "currency": self._random.choice(("ZAR", "EUR"))}
            _persist(lambda: self._witness.update(product_id, change, If_Match=read.etag))

    def _rename(self, product_id: str) -> None:
        self._witness.update(product_id, {"name": self._name()})

    def _retire(self, product_id: str) -> None:
        _persist(lambda: self._witness.delete(product_id))

    def _retire_what_was_read(self, product_id: str) -> None:
        read = self._witness.get(product_id)
        if read is not None and read.status == 200:
            _persist(lambda: self._witness.delete(product_id, If_Match=read.etag))

    def _restore(self, product_id: str) -> None:
        self._witness.update(product_id, {"active": True})

    def _read(self, product_id: str) -> None:
        self._witness.get(product_id)

    def _browse(self, _: str) -> None:
        self._witness.list(limit=self._random.randint(1, 100))

    def _name(self) -> str:
        return self._random.choice(self._names)


def _persist(call: Call) -> None:
    """Calls until there is an answer, a few times."""
    for _ in range(_TRIES):
        if not is_in_doubt(call()):
            return
