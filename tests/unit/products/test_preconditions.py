from __future__ import annotations

from typing import Any

import pytest

from products.errors import PreconditionFailed
from products.preconditions import Preconditions, entity_tag

CURRENT = 3
MET, NOT_MODIFIED, FAILED = "met", "not modified", "failed"


def sent(if_match: str | None = None, if_none_match: str | None = None) -> Preconditions:
    headers: dict[str, Any] = {"If-Match": if_match, "If-None-Match": if_none_match}
    return Preconditions({name: value for name, value in headers.items() if value is not None})


def read(preconditions: Preconditions) -> str:
    """What a reader of version 3 is answered."""
    try:
        return NOT_MODIFIED if preconditions.not_modified(CURRENT) else MET
    except PreconditionFailed:
        return FAILED


def may_be_written(preconditions: Preconditions, version: int = CURRENT) -> bool:
    try:
        preconditions.check_write(version)
    except PreconditionFailed:
        return False
    return True


def test_a_version_is_a_strong_tag() -> None:
    assert entity_tag(3) == '"3"'


@pytest.mark.parametrize(
    ("header", "matches"),
    [
        (None, True),
        ("*", True),
        (" * ", True),
        ("*,", True),
        ('"3"', True),
        ('"2", "3"', True),
        (',"2",,\t"3" ,', True),
        ('W/"3", "3"', True),
        ("", False),
        (",", False),
        ('"2"', False),
        ('W/"3"', False),
        ('"2",W/"3"', False),
        ('"03"', False),
        ('"-3"', False),
        ('"٣"', False),
        ('"3.0"', False),
        ('""', False),
        ('"*"', False),
        ('"a,3"', False),
    ],
)
def test_if_match_compares_strongly(header: str | None, matches: bool) -> None:
    assert read(sent(if_match=header)) == (MET if matches else FAILED)
    assert may_be_written(sent(if_match=header)) is matches


@pytest.mark.parametrize(
    ("header", "matches"),
    [
        (None, False),
        ("", False),
        (",", False),
        ("*", True),
        (",*", True),
        ('"3"', True),
        ('W/"3"', True),
        ('"3",', True),
        (', "2" ,, W/"3"', True),
        ('"2"', False),
        ('"33"', False),
        ('"03"', False),
        ('"*"', False),
    ],
)
def test_if_none_match_compares_weakly(header: str | None, matches: bool) -> None:
    assert read(sent(if_none_match=header)) == (NOT_MODIFIED if matches else MET)
    assert may_be_written(sent(if_none_match=header)) is not matches


@pytest.mark.parametrize(
    ("if_match", "if_none_match", "answer"),
    [
        ('"2"', '"3"', FAILED),
        ('"2"', "*", FAILED),
        ('"3"', '"3"', NOT_MODIFIED),
        ("*", "*", NOT_MODIFIED),
        ('"3"', '"2"', MET),
    ],
)
def test_if_match_comes_before_if_none_match(if_match: str, if_none_match: str, answer: str) -> None:
    assert read(sent(if_match, if_none_match)) == answer
    assert may_be_written(sent(if_match, if_none_match)) is (answer == MET)


@pytest.mark.parametrize("if_match", [None, "", "*", '"3"', '"2", "3"', 'W/"3"', '"2"'])
@pytest.mark.parametrize("if_none_match", [None, "", "*", '"3"', '"2", W/"3"', '"2"'])
def test_the_database_is_asked_for_the_versions_that_may_be_written(
    if_match: str | None, if_none_match: str | None
) -> None:
    preconditions = sent(if_match, if_none_match)
    for version in range(5):
        admitted = preconditions.admitted is None or version in preconditions.admitted
        assert (admitted and version not in preconditions.excluded) is may_be_written(preconditions, version)


@pytest.mark.parametrize(
    ("if_match", "if_none_match", "said"),
    [
        ('"2"', None, "Read the resource again"),
        ('W/"2"', None, "Read the resource again"),
        ('W/"3"', None, "without W/"),
        ('"2", W/"3"', None, "without W/"),
        (None, 'W/"3"', "If-None-Match"),
        ("*", "*", "If-None-Match"),
    ],
)
def test_a_refusal_says_which_precondition_is_not_met(
    if_match: str | None, if_none_match: str | None, said: str
) -> None:
    with pytest.raises(PreconditionFailed) as refused:
        sent(if_match, if_none_match).check_write(CURRENT)
    assert refused.value.status == 412
    assert said in str(refused.value.message)


@pytest.mark.parametrize(("if_match", "passes"), [('"3"', True), ('"2"', True), ('"1"', False), ('W/"2"', False)])
def test_a_write_that_has_happened_may_name_the_version_before_it(if_match: str, passes: bool) -> None:
    if passes:
        sent(if_match).check_write(CURRENT, written_from=CURRENT - 1)
    else:
        with pytest.raises(PreconditionFailed):
            sent(if_match).check_write(CURRENT, written_from=CURRENT - 1)


@pytest.mark.parametrize("digits", ["9" * 15, "9" * 16, "9" * 400])
def test_no_tag_is_too_long_to_be_compared(digits: str) -> None:
    assert sent(if_match=f'"{digits}"').admitted == ({int(digits)} if len(digits) == 15 else frozenset())
