from __future__ import annotations

from typing import Any

import pytest

from contract.problems import (
    MAX_LISTED_CHARACTERS,
    PROBLEMS,
    Refusal,
    Violation,
    invalid_request,
    problem_body,
)


@pytest.mark.parametrize("status", sorted(PROBLEMS))
def test_each_status_has_a_title_and_a_sentence(status: int) -> None:
    body: Any = problem_body(Refusal(status), "r-1")
    assert body == {"error": PROBLEMS[status][0], "message": PROBLEMS[status][1], "requestId": "r-1"}
    assert body["message"].endswith(".")


def test_a_refusal_may_have_words_and_details_of_its_own() -> None:
    refusal = Refusal(409, "Taken.", details=[Violation("body", "/name", "is taken")], headers={"Retry-After": "1"})
    assert problem_body(refusal, "r-1") == {
        "error": "Conflict",
        "message": "Taken.",
        "requestId": "r-1",
        "details": [{"in": "body", "field": "/name", "message": "is taken"}],
    }
    assert refusal.headers == {"Retry-After": "1"}


@pytest.mark.parametrize("status", [200, 302, 418])
def test_a_status_without_words_is_no_refusal(status: int) -> None:
    with pytest.raises(ValueError, match=str(status)):
        Refusal(status)


@pytest.mark.parametrize(("count", "errors"), [(1, "1 validation error"), (2, "2 validation errors")])
def test_an_invalid_request_counts_its_errors(count: int, errors: str) -> None:
    refusal = invalid_request([Violation("body", f"/{index}", "is wrong") for index in range(count)])
    assert (refusal.status, refusal.message) == (400, f"The request has {errors}.")
    assert len(refusal.details) == count


def test_no_more_violations_are_listed_than_an_answer_can_hold() -> None:
    long = "/" + "x" * (MAX_LISTED_CHARACTERS // 3)
    refusal = invalid_request([Violation("body", long, "is wrong")] * 5)
    assert refusal.message == "The request has 5 validation errors. The first 2 are listed."
    assert len(refusal.details) == 2


@pytest.mark.parametrize(("spare", "listed"), [(1, 2), (0, 2), (-1, 1)])
def test_an_answer_lists_what_fits_to_the_last_character(spare: int, listed: int) -> None:
    first, message = "/" + "x" * 99, "is wrong"
    second = "y" * (MAX_LISTED_CHARACTERS - len(first) - 2 * len(message) - spare)
    refusal = invalid_request([Violation("body", first, message), Violation("body", second, message)])
    assert len(refusal.details) == listed
