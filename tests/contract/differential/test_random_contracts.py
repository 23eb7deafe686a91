"""The compiled engine and openapi-core agree on messages of any contract.

Hypothesis makes the documents; the messages to match and to break them are made from a seed. CI looks at a few hundred
documents, always the same. `--hypothesis-profile=long` looks at many more, and at others each time.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from contract.operation import Operation
from contract_compiler.diagnostics import InvalidDocument
from contract_compiler.output import json_text
from tests.contract.differential.compiled import compiled
from tests.contract.differential.documents import METHOD, OPERATION, STYLES, documents
from tests.contract.differential.foreign import for_any_document
from tests.contract.differential.requests import KINDS, Requests
from tests.contract.differential.responses import Responses
from tests.contract.differential.tally import Tally
from tests.contract.differential.validators import Validators

LONG = settings.get_current_profile_name() == "long"
SETTINGS = settings(
    max_examples=5_000 if LONG else 300,
    derandomize=not LONG,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
ROUNDS = 3
# All of OpenAPI 3.0's Schema Object that restricts a value, and what of it changes when it does.
KEYWORDS = {
    "multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", "maxLength", "minLength", "pattern",
    "maxItems", "minItems", "uniqueItems", "maxProperties", "minProperties", "required", "enum", "type", "allOf",
    "oneOf", "anyOf", "not", "items", "properties", "additionalProperties", "format", "default", "nullable",
    "discriminator", "mapping", "readOnly", "writeOnly", "$ref",
}  # fmt: skip


def test_every_disagreement_by_a_random_contract_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    tally, used = Tally(), set[object]()

    @SETTINGS
    @given(documents(), st.integers(0, 2**32 - 1))
    def agree(document: dict[str, Any], seed: int) -> None:
        unexplained = _disagreements(document, Random(seed), tally)
        used.update(_used(document))
        assert unexplained == [], json_text(document)

    try:
        agree()
    finally:
        with capsys.disabled():
            print(tally.report())
    assert used >= KEYWORDS | STYLES
    # Some schemas have no valid value at all, or none that a header can spell.
    assert tally.share_refused("valid") < 0.25


def _used(node: Any) -> Iterator[object]:
    """Every key in a document, and every style of a parameter together with its explode."""
    if isinstance(node, list):
        for each in node:
            yield from _used(each)
    elif isinstance(node, dict):
        yield from node
        yield node.get("style"), node.get("explode")
        for each in node.values():
            yield from _used(each)


def _disagreements(document: dict[str, Any], rng: Random, tally: Tally) -> list[str]:
    """The unexplained disagreements about some messages."""
    validators = Validators(
        document, _compiled(document), for_any_document(json.loads(json_text(document, sort_keys=False)))
    )
    path = validators.operations[OPERATION].path
    requests, responses = Requests(document, path, METHOD, rng), Responses(document, path, METHOD, rng)
    before = len(tally.unexplained)
    for kind in KINDS * ROUNDS:
        tally.record("requests", kind, validators.of_request(OPERATION, *requests.of(kind)))
        tally.record("responses", kind, validators.of_response(OPERATION, responses.of(kind)))
    return tally.unexplained[before:]


def _compiled(document: dict[str, Any]) -> dict[str, Operation]:
    """The engine's operations. A document that the compiler refuses is not looked at, and seldom made."""
    try:
        return compiled(document)
    except InvalidDocument:
        reject()
