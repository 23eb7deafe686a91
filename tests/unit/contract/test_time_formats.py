"""Dates and times: the grammar of RFC 3339 to the letter, and only days and hours that there are."""

from __future__ import annotations

import pytest

from contract.schemas import Schema
from contract_compiler import formats

KEPT = {
    "date": ["2025-01-31", "2024-02-29", "0001-01-01"],
    "time": ["08:30:00Z", "08:30:00.123456+02:00", "23:59:60z"],
    "date-time": ["2025-01-31T08:30:00Z", "2025-01-31t08:30:00.5-23:59", "2016-12-31T23:59:60Z"],
}
UNREAL = {
    "date": ["2025-02-29", "2025-13-01", "2025-01-31\n", "2025-1-31", ""],
    "time": ["24:00:00Z", "08:60:00Z", "08:30:00", "08:30Z", "08:30:00.Z"],
    "date-time": ["2025-02-29T08:30:00Z", "2025-01-31T24:00:00Z", "2025-01-31 08:30:00Z", "2025-01-31T08:30:00+24:00"],
}
NO_DIGITS = "*+,-./:٣３ "


def schema(name: str) -> Schema:
    return Schema(formats.keywords("string", name) or {}, {})


def keeps(name: str, text: str) -> bool:
    return schema(name).is_valid(text)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in KEPT.items() for text in texts])
def test_a_real_date_or_time_is_kept(name: str, text: str) -> None:
    assert keeps(name, text)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in UNREAL.items() for text in texts])
def test_what_no_calendar_or_clock_has_is_refused(name: str, text: str) -> None:
    assert not keeps(name, text)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in KEPT.items() for text in texts])
def test_no_other_character_passes_for_a_digit(name: str, text: str) -> None:
    places = [place for place, character in enumerate(text) if character.isdigit()]
    spoilt = {text[:place] + other + text[place + 1 :] for place in places for other in NO_DIGITS}
    assert {each for each in spoilt if keeps(name, each)} == set()


def test_only_texts_have_a_format() -> None:
    assert schema("date-time").is_valid(1)


@pytest.mark.parametrize("text", ["2025-0*-31", "2025-02-30", "soon"])
def test_a_broken_date_is_told_once_as_a_broken_format(text: str) -> None:
    errors = schema("date").errors(text)
    assert errors == [((), "format", "must be a date (RFC 3339), such as 2025-01-31")]
