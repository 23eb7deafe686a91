from __future__ import annotations

from typing import Any

import pytest

from cross_check.disagreements import is_known
from cross_check.second_validator import Exchange
from tests.unit.cross_check.things import creation, exchange, refusal

BEYOND_SCHEMA = {("query", "token")}


def refused(query: str, *places: tuple[str, str]) -> Exchange:
    return exchange(query=query, status=400, answer=refusal(*places))


@pytest.mark.parametrize(
    "known",
    [
        refused("color=red", ("query", "/color")),
        refused("token=a&token=b", ("query", "/token")),
        refused("limit=%2B7", ("query", "/limit")),
        refused("token=forged", ("query", "/token")),
        refused("a~b=1&limit=1_0", ("query", "/a~0b"), ("query", "/limit")),
        creation("{}", status=413),
        creation("{}", status=415, media_type="application/json; charset"),
    ],
    ids=["undeclared", "repeated", "spelling", "signed", "two at once", "length", "media type parameter"],
)
def test_each_known_difference_explains_its_refusal(known: Exchange) -> None:
    assert is_known(known, BEYOND_SCHEMA)


@pytest.mark.parametrize(
    "surprise",
    [
        refused("color=red", ("query", "/color"), ("body", "/name")),
        refused("", ("header", "/Idempotency-Key")),
        refused(""),
        creation("{}", status=415),
        exchange(status=400, answer={"message": "no details"}),
        exchange(status=400, answer=["no problem"]),
        exchange(status=400, answer={"details": [{"in": "query"}]}),
        exchange(status=400, answer={"details": None}),
    ],
)
def test_a_refusal_with_one_place_unexplained_is_a_surprise(surprise: Exchange) -> None:
    assert not is_known(surprise, BEYOND_SCHEMA)


def test_a_signed_parameter_is_only_known_where_it_was_named() -> None:
    answer: Any = refusal(("query", "/token"))
    assert not is_known(exchange(query="token=x", status=400, answer=answer))
