"""The compiled engine and openapi-core validate the same messages of our contract: every disagreement is explained.

At least 20,000 requests and 5,000 responses, always the same, in equal shares for every operation and kind.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from contract.operation import Operation
from contract_compiler.document import load
from contract_compiler.output import json_text
from cross_check.second_validator import SecondValidator
from tests.contract.differential.requests import KINDS, Requests
from tests.contract.differential.responses import Responses
from tests.contract.differential.tally import Tally
from tests.contract.differential.validators import Validators

ROOT = Path(__file__).resolve().parents[3]
DOCUMENT = load(ROOT / "openapi/products.yaml").value
TABLES = {table.operation_id: table for table in map(Operation.load, sorted((ROOT / "generated/operations").iterdir()))}
REQUESTS, RESPONSES = 20_000, 5_000
SEED = 1


@pytest.fixture(scope="module")
def validators() -> Validators:
    plain = json.loads(json_text(DOCUMENT, sort_keys=False))
    return Validators(DOCUMENT, TABLES, SecondValidator(plain))


@pytest.fixture
def tally(capsys: pytest.CaptureFixture[str]) -> Iterator[Tally]:
    found = Tally()
    yield found
    with capsys.disabled():
        print(found.report())


@pytest.mark.parametrize("name", TABLES)
def test_every_disagreement_about_a_request_is_explained(name: str, validators: Validators, tally: Tally) -> None:
    made = Requests(DOCUMENT, TABLES[name].path, TABLES[name].method, Random(f"{SEED} {name}"))
    for kind in KINDS:
        for _ in range(_share(REQUESTS)):
            tally.record(f"requests of {name}", kind, validators.of_request(name, *made.of(kind)))
    assert tally.unexplained == []
    assert tally.share_refused("valid") == 0
    assert tally.share_refused("nearly valid") > 0.4


@pytest.mark.parametrize("name", TABLES)
def test_every_disagreement_about_a_response_is_explained(name: str, validators: Validators, tally: Tally) -> None:
    made = Responses(DOCUMENT, TABLES[name].path, TABLES[name].method, Random(f"{SEED} {name}"))
    for kind in KINDS:
        for _ in range(_share(RESPONSES)):
            tally.record(f"responses of {name}", kind, validators.of_response(name, made.of(kind)))
    assert tally.unexplained == []
    assert tally.share_refused("valid") == 0
    assert tally.share_refused("nearly valid") > 0.4


def test_the_tables_are_those_of_the_contract(validators: Validators) -> None:
    assert TABLES.keys() == validators.operations.keys()


def _share(total: int) -> int:
    """How many of each kind an operation gets, for all operations to have the total at least."""
    return math.ceil(total / (len(TABLES) * len(KINDS)))
