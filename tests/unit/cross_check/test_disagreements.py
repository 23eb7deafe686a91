from __future__ import annotations

import logging

import pytest

from cross_check.disagreements import Disagreements
from cross_check.second_validator import CRASH, Exchange, OpenapiCoreError, SecondValidator
from tests.unit.cross_check.things import exchange


class FixedOpinion(SecondValidator):
    def __init__(self, request: list[OpenapiCoreError], response: list[OpenapiCoreError]) -> None:
        self._request, self._response = request, response

    def of_request(self, exchange: Exchange) -> list[OpenapiCoreError]:
        return self._request

    def of_response(self, exchange: Exchange) -> list[OpenapiCoreError]:
        return self._response


FAULT = OpenapiCoreError("InvalidParameter", (("maximum", "limit"),))


def observed(
    status: int, *, request: list[OpenapiCoreError] | None = None, response: list[OpenapiCoreError] | None = None
) -> Disagreements:
    disagreements = Disagreements(FixedOpinion(request or [], response or []))
    disagreements.observe(exchange(status=status))
    return disagreements


@pytest.mark.parametrize("status", [200, 204, 304, 404, 409, 412, 422])
def test_a_request_that_both_accept_is_no_disagreement(status: int) -> None:
    assert observed(status).report() == {"exchanges": 1, "count": 0, "disagreements": []}


@pytest.mark.parametrize("status", [400, 413, 415])
def test_a_request_that_both_refuse_is_no_disagreement(status: int) -> None:
    assert observed(status, request=[FAULT]).report()["count"] == 0


@pytest.mark.parametrize("status", [200, 404])
def test_a_request_that_only_openapi_core_refuses_is_one(status: int) -> None:
    [found] = observed(status, request=[FAULT]).report()["disagreements"]
    assert (found["direction"], found["operation_id"], found["status"]) == ("request", "listThings", status)
    assert found["errors"] == ({"error": "InvalidParameter", "keywords": (("maximum", "limit"),)},)


@pytest.mark.parametrize(("status", "count"), [(400, 1), (415, 1), (413, 0)])
def test_a_request_that_only_the_function_refuses_is_one_unless_it_is_known(status: int, count: int) -> None:
    assert observed(status).report()["count"] == count


@pytest.mark.parametrize("status", [401, 403, 500, 502, 504])
def test_a_request_that_the_function_never_validated_is_not_compared(status: int) -> None:
    assert observed(status, request=[FAULT]).report()["count"] == 0


def test_a_crash_counts_even_where_the_verdicts_agree() -> None:
    assert observed(400, request=[OpenapiCoreError(CRASH)]).report()["count"] == 1


@pytest.mark.parametrize("status", [200, 401, 500])
def test_a_response_that_openapi_core_refuses_is_one(status: int) -> None:
    [found] = observed(status, response=[FAULT]).report()["disagreements"]
    assert found["direction"] == "response"


def test_a_disagreement_is_logged_as_an_error(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        observed(200, request=[FAULT])
    assert caplog.messages == ["openapi-core disagrees with the function"]
