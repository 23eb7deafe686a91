"""The compiled engine and openapi-core judge the same messages of our contract: every disagreement is explained."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from contract.operation import Operation
from contract_compiler.document import load
from contract_compiler.json_text import json_text
from local_cloud.second_opinion import SecondOpinion
from tests.contract.differential.judges import Judges
from tests.contract.differential.requests import KINDS, Requests
from tests.contract.differential.responses import Responses
from tests.contract.differential.tally import Tally

ROOT = Path(__file__).resolve().parents[3]
DOCUMENT = load(ROOT / "openapi/products.yaml").value
TABLES = {table.operation_id: table for table in map(Operation.load, sorted((ROOT / "generated/operations").iterdir()))}
REQUESTS, RESPONSES = 20_000, 5_000
SEED = 1


@pytest.fixture(scope="module")
def judges() -> Judges:
    plain = json.loads(json_text(DOCUMENT, sort_keys=False))
    return Judges(DOCUMENT, TABLES, SecondOpinion(plain))


@pytest.fixture
def tally(capsys: pytest.CaptureFixture[str]) -> Iterator[Tally]:
    found = Tally()
    yield found
    with capsys.disabled():
        print(found.report())


def test_every_disagreement_about_a_request_is_explained(judges: Judges, tally: Tally) -> None:
    share = REQUESTS // (len(judges.operations) * len(KINDS)) + 1
    for name, operation in judges.operations.items():
        made = Requests(DOCUMENT, operation.path, operation.method, Random(f"{SEED} {name}"))
        for kind in KINDS:
            for _ in range(share):
                tally.record(name, kind, judges.of_request(name, *made.of(kind)))
    assert tally.unexplained == []
    assert tally.total >= REQUESTS


def test_every_disagreement_about_a_response_is_explained(judges: Judges, tally: Tally) -> None:
    share = RESPONSES // (len(judges.operations) * len(KINDS)) + 1
    for name, operation in judges.operations.items():
        made = Responses(DOCUMENT, operation.path, operation.method, Random(f"{SEED} {name}"))
        for kind in KINDS:
            for _ in range(share):
                tally.record(name, kind, judges.of_response(name, made.of(kind)))
    assert tally.unexplained == []
    assert tally.total >= RESPONSES


def test_the_tables_are_those_of_the_contract(judges: Judges) -> None:
    assert TABLES.keys() == judges.operations.keys()
