from __future__ import annotations

import pytest

from products.entity_tags import entity_tag, if_match, if_none_match


def test_a_version_is_a_strong_tag() -> None:
    assert entity_tag(3) == '"3"'


@pytest.mark.parametrize(
    ("header", "versions"),
    [
        (None, None),
        ("*", None),
        (" * ", None),
        ('"3"', {3}),
        ('"3", "4"', {3, 4}),
        ('"3",W/"4" ,\t"5"', {3, 5}),
        ('W/"3"', set()),
        ('"03"', set()),
        ('"-3"', set()),
        ('"٣"', set()),
        ('"3.0"', set()),
        ('""', set()),
        ('"*"', set()),
        ('"a,3"', set()),
        ('"0"', {0}),
        (f'"{"9" * 15}"', {10**15 - 1}),
        (f'"{"9" * 16}"', set()),
    ],
)
def test_if_match_admits_the_versions_of_its_strong_tags(header: str | None, versions: set[int] | None) -> None:
    assert if_match(header) == versions


@pytest.mark.parametrize(
    ("header", "matches"),
    [
        (None, False),
        ("*", True),
        ('"3"', True),
        ('W/"3"', True),
        ('"2", W/"3"', True),
        ('"2"', False),
        ('"33"', False),
        ('"03"', False),
    ],
)
def test_if_none_match_compares_weakly(header: str | None, matches: bool) -> None:
    assert if_none_match(header, 3) is matches
