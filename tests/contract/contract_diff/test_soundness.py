"""What is called compatible is compatible: no value shows otherwise.

Random schemas are edited at random and compared both ways. Wherever the comparison finds that every value which the one
schema allows is allowed by the other, values are tried; by the validator of the run time.
`--hypothesis-profile=long` looks at many more pairs, and at others each time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any, Literal, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.messages import JSON
from contract.schemas import Schema
from contract_compiler.diagnostics import InvalidDocument
from contract_compiler.document import Node
from contract_compiler.lint import readable
from contract_diff.flat_schemas import DocumentSchemas, PlacedSchema
from contract_diff.schema_changes import Subset, serious
from tests.contract.contract_diff.mutations import mutated
from tests.contract.differential.schema_strategies import objects, schemas
from tests.contract.differential.values import Values

Document: TypeAlias = "dict[str, Any]"
Direction: TypeAlias = Literal["request", "response"]

LONG = settings.get_current_profile_name() == "long"
EXAMPLES = 4_000 if LONG else 120
SETTINGS = settings(
    max_examples=EXAMPLES,
    derandomize=not LONG,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
VALUES = 15  # of each kind, for a pair
RECURSIVE = ("First", "Second")
ROOT = {"$ref": "#/components/schemas/Root"}


@dataclass(frozen=True)
class Pair:
    """Two contracts, one an edit of the other."""

    one: Document
    other: Document
    rng: Random

    def both_ways(self) -> Iterator[tuple[Document, Document]]:
        yield self.one, self.other
        yield self.other, self.one


@st.composite
def pairs(draw: st.DrawFn) -> Pair:
    components = {"Root": draw(schemas(*RECURSIVE))}
    components |= {name: draw(objects(schemas(*RECURSIVE), one_way=True)) for name in RECURSIVE}
    material, rng = draw(schemas(*RECURSIVE)), Random(draw(st.integers(0, 2**32)))
    edited = dict(components)
    for _ in range(rng.choice([1, 1, 2, 3])):
        name = rng.choice(["Root", "Root", *RECURSIVE])
        edited[name] = mutated(edited[name], material, rng)
    return Pair(document(components), document(edited), rng)


def document(components: Document) -> Document:
    info = {"title": "Random", "version": "1.0.0"}
    return {"openapi": "3.0.3", "info": info, "paths": {}, "components": {"schemas": components}}


def is_readable(found: Document) -> bool:
    try:
        readable(Node(found, (), found))
    except InvalidDocument:
        return False
    return True


def values(one: Document, other: Document, direction: Direction, rng: Random) -> Iterator[JSON]:
    """Some that the one schema allows, most of them, and some that are just outside either of the two."""
    for _ in range(VALUES):
        yield Values(one, rng, direction).of(ROOT)
        yield Values(one, rng, direction, spoil=rng.randint(1, 4)).of(ROOT)
        yield Values(other, rng, direction, spoil=rng.randint(1, 4)).of(ROOT)


def compiled(found: Document, direction: Direction) -> PlacedSchema:
    root = Node(found, (), found)
    return DocumentSchemas(root).enforced(root["components"]["schemas"]["Root"], direction)


def opened(schema: Any) -> Any:
    """The schema with every object open."""
    if isinstance(schema, list):
        return [opened(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: value for key, value in schema.items() if (key, value) != ("additionalProperties", False)}
    if isinstance(kept.get("properties"), dict):
        kept["properties"] = {name: each is False or each for name, each in kept["properties"].items()}
    return {key: opened(value) for key, value in kept.items()}


def search(check: Any) -> Counter[str]:
    """Hands pairs to `check`, and counts what it says of them."""
    tally: Counter[str] = Counter()

    @SETTINGS
    @given(pairs(), st.sampled_from(["request", "response"]))
    def run(pair: Pair, direction: Direction) -> None:
        if is_readable(pair.one) and is_readable(pair.other) and pair.one != pair.other:
            for one, other in pair.both_ways():
                tally[check(one, other, direction, pair.rng)] += 1

    run()
    return tally


def test_what_is_shown_to_hold_holds() -> None:
    def check(one: Document, other: Document, direction: Direction, rng: Random) -> str:
        known, demanded = compiled(one, direction), compiled(other, direction)
        if Subset().gaps(known, demanded):
            return "not shown"
        schemas_of_both = [Schema(each.value, each.document.definitions) for each in (known, demanded)]
        tried = [value for value in values(one, other, direction, rng) if schemas_of_both[0].is_valid(value)]
        assert all(schemas_of_both[1].is_valid(value) for value in tried)
        return "shown" if tried else "untried"

    tally = search(check)
    assert tally["shown"] > EXAMPLES / 3
    assert tally["not shown"] > EXAMPLES / 10


def test_an_answer_that_is_compatible_is_understood_by_whoever_ignores_new_fields() -> None:
    def check(old: Document, new: Document, direction: Direction, rng: Random) -> str:
        before, after = compiled(old, "response"), compiled(new, "response")
        if any(f"'{keyword}'" in repr((old, new)) for keyword in ("oneOf", "not")):
            return "of another kind"  # What is open may match more than one, and no longer not match.
        if serious(Subset(before.document).gaps(after, before)):
            return "not shown"
        answers = Schema(after.value, after.document.definitions)
        client = Schema(opened(before.value), opened(before.document.definitions))
        tried = [value for value in values(new, old, "response", rng) if answers.is_valid(value)]
        assert all(client.is_valid(value) for value in tried)
        return "shown" if tried else "untried"

    assert search(check)["shown"] > EXAMPLES / 3


@pytest.mark.parametrize("edit", ["maximum", "items"])
def test_a_wrong_answer_would_be_found(edit: str) -> None:
    """The search is as good as its values: a claim that is false by one step is refuted."""
    wide: Document = {
        "maximum": {"type": "integer", "minimum": 0, "maximum": 4},
        "items": {"type": "array", "items": {"type": "boolean"}, "maxItems": 3},
    }[edit]
    narrow = {**wide, "maximum": 3} if edit == "maximum" else {**wide, "maxItems": 2}
    one, other = document({"Root": wide}), document({"Root": narrow})
    demanded_schema = Schema(compiled(other, "request").value, {})
    rng = Random(0)
    assert not all(demanded_schema.is_valid(value) for _ in range(5) for value in values(one, other, "request", rng))
