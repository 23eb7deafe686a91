from __future__ import annotations

import logging

import pytest

from cross_check.disagreements import Disagreements
from cross_check.exchange import Exchange
from cross_check.second_opinion import CRASH, Fault
from tests.unit.cross_check.things import exchange


class FixedOpinion:
    def __init__(self, request: list[Fault], response: list[Fault]) -> None:
        self._request, self._response = request, response

    def of_request(self, exchange: Exchange) -> list[Fault]:
        return self._request

    def of_response(self, exchange: Exchange) -> list[Fault]:
        return self._response


FAULT = Fault("InvalidParameter", (("maximum", "limit"),))


def judged(status: int, *, request: list[Fault] | None = None, response: list[Fault] | None = None) -> Disagreements:
    disagreements = Disagreements(FixedOpinion(request or [], response or []), lambda exchange: status == 413)
    disagreements.observe(exchange(status=status))
    return disagreements


@pytest.mark.parametrize("status", [200, 204, 304, 404, 409, 412, 422])
def test_a_request_that_both_accept_is_no_disagreement(status: int) -> None:
    assert judged(status).report() == {"judged": 1, "count": 0, "disagreements": []}


@pytest.mark.parametrize("status", [400, 413, 415])
def test_a_request_that_both_refuse_is_no_disagreement(status: int) -> None:
    assert judged(status, request=[FAULT]).report()["count"] == 0


@pytest.mark.parametrize("status", [200, 404])
def test_a_request_that_only_openapi_core_refuses_is_one(status: int) -> None:
    [found] = judged(status, request=[FAULT]).report()["disagreements"]
    assert (found["judged"], found["operation_id"], found["status"]) == ("request", "listThings", status)
    assert found["faults"] == ({"error": "InvalidParameter", "keywords": (("maximum", "limit"),)},)


@pytest.mark.parametrize(("status", "count"), [(400, 1), (415, 1), (413, 0)])
def test_a_request_that_only_the_function_refuses_is_one_unless_it_is_known(status: int, count: int) -> None:
    assert judged(status).report()["count"] == count


@pytest.mark.parametrize("status", [401, 403, 500, 502, 504])
def test_a_request_that_the_function_never_judged_is_not_compared(status: int) -> None:
    assert judged(status, request=[FAULT]).report()["count"] == 0


def test_a_crash_counts_even_where_the_verdicts_agree() -> None:
    assert judged(400, request=[Fault(CRASH)]).report()["count"] == 1


@pytest.mark.parametrize("status", [200, 401, 500])
def test_a_response_that_openapi_core_refuses_is_one(status: int) -> None:
    [found] = judged(status, response=[FAULT]).report()["disagreements"]
    assert found["judged"] == "response"


def test_a_disagreement_is_logged_as_an_error(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        judged(200, request=[FAULT])
    assert caplog.messages == ["openapi-core disagrees with the function"]
