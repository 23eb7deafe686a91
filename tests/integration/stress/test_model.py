"""The service against a model of its requirements: whatever is done in whatever order, both give the same answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any, NamedTuple, cast

import pytest
from hypothesis import seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from local_aws.database import create_table
from products import bootstrap
from products.backfill_name_guards import Backfill, unguarded_products
from tests.integration.products.api import Answer, Api, Table
from tests.integration.stress.checker import Contents, contradictions
from tests.integration.stress.conftest import Figures
from tests.integration.stress.model import Model, Versions, rounded
from tests.integration.stress.pace import api_at

RUNS, STEPS = 200, 50
SETTINGS = settings(max_examples=40, stateful_step_count=STEPS, deadline=None, database=None)
DAY = timedelta(days=1, seconds=1)

NAMES = st.sampled_from(["Entry", "ENTRY", "Basic", "basic", "Plus", "Plus (2)", "Shop & Mail"])
PRICES = st.integers(10, 999_999_990).map(lambda thousandths: thousandths / 1000)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "name": NAMES,
    "description": st.sampled_from(["Ten letters or more.", "Zehn Zeichen, für alle Fälle — 漢字\nzweite Zeile"]),
    "price": PRICES,
    "period": st.sampled_from(["per domain/year", "once-off + R2500/year"]),
    "features": st.lists(st.sampled_from(["One domain", "SSL, für alle", "10 GB of space"]), min_size=1, max_size=3),
    "currency": st.sampled_from(["ZAR", "EUR"]),
}
CURRENCY = FIELDS["currency"]
BODIES = st.fixed_dictionaries(
    {name: field for name, field in FIELDS.items() if field is not CURRENCY}, optional={"currency": CURRENCY}
)
CHANGES = st.fixed_dictionaries({}, optional={**FIELDS, "active": st.booleans()}).filter(bool)
KEYS = st.sampled_from([None, None, "key-1", "key-2"])
NUMBERS = st.integers(0, 9)  # of a product; the last one is of none


class Precondition(NamedTuple):
    """The header If-Match, and the versions that it admits; None for all of them."""

    header: str | None
    versions: Versions


PRECONDITIONS: st.SearchStrategy[Callable[[int], Precondition]] = st.sampled_from(
    [
        lambda _: Precondition(None, None),
        lambda _: Precondition("*", None),
        lambda version: Precondition(f'"{version}"', frozenset({version})),
        lambda version: Precondition(f'"{version - 1}"', frozenset({version - 1})),
        lambda version: Precondition(f'"9999", "{version}"', frozenset({9999, version})),
        lambda version: Precondition(f'W/"{version}", "abc"', frozenset()),
    ]
)


class Memory(NamedTuple):
    """The header If-None-Match, and whether it names the present version."""

    header: str | None
    is_fresh: bool


MEMORIES: st.SearchStrategy[Callable[[int], Memory]] = st.sampled_from(
    [
        lambda _: Memory(None, False),
        lambda _: Memory("*", True),
        lambda version: Memory(f'"9999", W/"{version}"', True),
        lambda version: Memory(f'"{version + 1}"', False),
    ]
)


class Clock:
    def __init__(self) -> None:
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def forward(self, time: timedelta) -> None:
        self._ahead += time


class Comparison(RuleBasedStateMachine):
    """Does everything twice: to the service and to the model. `done` counts it."""

    def __init__(self, api: Api, table: Table, clock: Clock, done: Counter[str]) -> None:
        super().__init__()
        self._api = api
        self._table = table
        self._clock = clock
        self._done = done
        self._model = Model()
        self._steps = 0

    @initialize(names=st.lists(st.sampled_from(["Entry", "basic", "Plus"]), unique=True))
    def older_products_get_their_guards(self, names: list[str]) -> None:
        for number, name in enumerate(names):
            self._table.put_older(
                f"PROD-00{number}", name={"S": name}, createdAt={"S": f"2025-01-0{number + 1}T00:00:00Z"}
            )
        for finding in unguarded_products(self._table.items()):
            Backfill(self._table.client, self._table.name).write(finding.product)
        for product in self._api.list().body["products"]:
            self._model.created(product, {}, None, version=0)
        self._steps += 1

    @rule(body=BODIES, key=KEYS)
    def create(self, body: dict[str, Any], key: str | None) -> None:
        replayed = key in self._model.answers
        complete = {"currency": "ZAR", **body}
        status = self._model.create(complete, key)
        answer = self._answered(status, self._api.create(body, **_headers(Idempotency_Key=key)))
        if status != 201:
            return
        assert ("Idempotent-Replayed" in answer.headers) == replayed
        if replayed:
            assert answer.product == self._model.answers[str(key)][1]
        else:
            assert answer.product.items() >= {**rounded(complete), "active": True}.items()
            assert answer.etag == '"1"'
            self._model.created(answer.product, complete, key)

    @rule(number=NUMBERS, body=CHANGES, precondition=PRECONDITIONS)
    def update(self, number: int, body: dict[str, Any], precondition: Callable[[int], Precondition]) -> None:
        product_id, version = self._product(number)
        header, versions = precondition(version)
        before = dict(self._model.products.get(product_id, {}))
        status = self._model.update(product_id, body, versions)
        answer = self._answered(status, self._api.update(product_id, body, **_headers(If_Match=header)))
        if status == 200:
            assert answer.product["updatedAt"] >= before["updatedAt"]
            self._model.changed(product_id, answer.product["updatedAt"])
            self._is_as_modelled(answer)

    @rule(number=NUMBERS, precondition=PRECONDITIONS)
    def delete(self, number: int, precondition: Callable[[int], Precondition]) -> None:
        product_id, version = self._product(number)
        header, versions = precondition(version)
        self._answered(
            self._model.delete(product_id, versions), self._api.delete(product_id, **_headers(If_Match=header))
        )

    @rule(number=NUMBERS, memory=MEMORIES)
    def get(self, number: int, memory: Callable[[int], Memory]) -> None:
        product_id, version = self._product(number)
        header, is_fresh = memory(version)
        status = self._model.get(product_id, is_fresh=is_fresh)
        answer = self._answered(status, self._api.get(product_id, **_headers(If_None_Match=header)))
        if status == 200:
            self._is_as_modelled(answer)

    @rule(limit=st.integers(1, 9))
    def walk(self, limit: int) -> None:
        query: dict[str, Any] = {"limit": limit}
        found: list[dict[str, Any]] = []
        while True:
            page = self._api.list(**query).body
            assert page["count"] == len(page["products"]) <= limit
            found += page["products"]
            if "nextToken" not in page:
                break
            query["nextToken"] = page["nextToken"]
        assert found == self._model.shown()
        self._steps += 1

    @rule()
    def a_day_passes(self) -> None:
        self._clock.forward(DAY)
        self._model.a_day_later()
        self._steps += 1

    def teardown(self) -> None:
        self._done["runs"] += self._steps >= STEPS
        self._done["steps"] += self._steps
        assert list(contradictions(Contents.read(self._table))) == []
        self._table.client.delete_table(TableName=self._table.name)
        create_table(self._table.client, self._table.name)

    def _product(self, number: int) -> tuple[str, int]:
        """A product and its version, or one that is not there."""
        known = list(self._model.versions.items())
        return known[number % len(known)] if known and number < 9 else ("PROD-404", 0)

    def _answered(self, status: int, answer: Answer) -> Answer:
        self._steps += 1
        self._done[f"answers {answer.status}"] += 1
        assert answer.status == status
        return answer

    def _is_as_modelled(self, answer: Answer) -> None:
        product_id = answer.product["productId"]
        assert answer.product == self._model.products[product_id]
        assert answer.etag == f'"{self._model.versions[product_id]}"'


def _headers(**headers: str | None) -> dict[str, Any]:
    return {name: value for name, value in headers.items() if value is not None}


def test_the_service_does_what_its_model_does(
    table: Table, endpoint: str, monkeypatch: pytest.MonkeyPatch, figures: Figures
) -> None:
    clock, done = Clock(), Counter[str]()
    monkeypatch.setattr(bootstrap, "utc_now", clock)
    with api_at(table, endpoint, seconds=10) as api:
        machine = partial(Comparison, api, table, clock, done)
        for number in count():  # Hypothesis ends some runs before the last step.
            run_state_machine_as_test(seed(number)(cast("Any", machine)), settings=SETTINGS)
            if done["runs"] >= RUNS:
                break
    figures(**dict(sorted(done.items())), divergences=0)
