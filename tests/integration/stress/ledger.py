"""What the clients of a table were told: the half of the truth that the table itself cannot tell."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, NamedTuple


class Acknowledged(NamedTuple):
    """A write that was answered with success: the version that it made, the fields it set, what the answer showed."""

    version: int
    fields: Mapping[str, Any]
    product: Mapping[str, Any]


@dataclass
class Told:
    """What all clients together know of one product.

    `found`: its version when they found it, if none of them created it. `in_doubt`: how many writes nobody knows of,
    whether they happened. `retired`: the versions that acknowledged retirements made. `retirements`: how many more were
    acknowledged; some of them found nothing left to retire.
    """

    found: int = 0
    writes: list[Acknowledged] = field(default_factory=list)
    in_doubt: int = 0
    retired: set[int] = field(default_factory=set)
    retirements: int = 0

    @property
    def acknowledged(self) -> int:
        return len(self.writes) + len(self.retired) + self.retirements


class Ledger:
    """What any number of clients were told, in any number of threads.

    Each creation is known by its `period`, which no two creations share and no update changes. A client that repeats a
    creation repeats the period. No two writes set the same price, unless one repeats the other.

    `created`: the answers to each creation that was tried; those `in_doubt` had none at least once.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self.answers: Counter[str] = Counter()
        self.created: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
        self.in_doubt: set[str] = set()
        self.products: defaultdict[str, Told] = defaultdict(Told)

    @property
    def product_ids(self) -> list[str]:
        with self._lock:
            return list(self.products)

    def answered(self, operation: str, status: int) -> None:
        with self._lock:
            self.answers[f"{operation} {status}"] += 1

    def found(self, product_id: str, period: str, version: int) -> None:
        """A product that no client created is there."""
        with self._lock:
            self.created[period]
            self.products[product_id].found = version

    def creation_tried(self, period: str) -> None:
        with self._lock:
            self.created[period]

    def creation(self, fields: Mapping[str, Any], product: Mapping[str, Any]) -> None:
        with self._lock:
            answers = self.created[fields["period"]]
            answers.append(product)
            if len(answers) == 1:
                self.products[product["productId"]].writes.append(Acknowledged(1, fields, product))

    def creation_in_doubt(self, period: str) -> None:
        with self._lock:
            self.in_doubt.add(period)

    def update(self, product_id: str, write: Acknowledged) -> None:
        with self._lock:
            self.products[product_id].writes.append(write)

    def retirement(self, product_id: str, version: int | None) -> None:
        """`version` is the one that the client retired, if it named one."""
        with self._lock:
            told = self.products[product_id]
            if version is None:
                told.retirements += 1
            else:
                told.retired.add(version + 1)

    def write_in_doubt(self, product_id: str) -> None:
        with self._lock:
            self.products[product_id].in_doubt += 1
