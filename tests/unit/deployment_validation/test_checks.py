from __future__ import annotations

import json
from itertools import count
from typing import Any

import pytest

from deployment_validation.api import Answer, BaseUrl, Connection, Session, cors_findings
from deployment_validation.check_log import CheckLog, Finding, Stop
from deployment_validation.contract import ROOT, Contract
from deployment_validation.gateway_checks import UNLISTED, unlisted_findings

ORIGIN = "https://portal.example"
PROBLEM = {"error": "Not Found", "message": "There is no such product."}
HEADERS = {
    "Content-Type": "application/json",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Request-Id": "r",
}


@pytest.fixture(scope="module")
def contract() -> Contract:
    return Contract(json.loads((ROOT / "generated" / "products.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def session(contract: Contract) -> Session:
    """It sends nothing here."""
    base = BaseUrl("http://127.0.0.1")
    connection = Connection(base, seconds=1, clock=lambda: 0)
    return Session(connection, contract, CheckLog(clock=lambda: 0), pause=lambda seconds: None)


def answer(status: int, body: Any = None, **changed: str | None) -> Answer:
    named = {name.replace("_", "-"): value for name, value in changed.items()}
    headers = tuple((name, value) for name, value in {**HEADERS, **named}.items() if value is not None)
    return Answer(status, headers, b"" if body is None else json.dumps(body).encode(), 0)


def test_a_check_that_stops_keeps_what_it_found() -> None:
    log = CheckLog(clock=lambda: next(ticks))
    ticks = iter(count())
    with log.check("getProduct", "it works") as check:
        check.answered("c6af9ac6-7b61-11e6")
        check.found("status", "", "status", "is 500, not 200")
        raise Stop
    [made] = log.made
    assert (made.outcome, made.milliseconds, made.request_id) == ("failed", 1000, "c6af9ac6-7b61-11e6")
    assert made.findings == [Finding("status", "", "status", "is 500, not 200")]


def test_the_same_finding_is_kept_once() -> None:
    log = CheckLog(clock=lambda: 0)
    with log.check("getProduct", "it works") as check:
        for _ in range(2):
            check.add([Finding("body", "/a", "type", "is not valid against the contract")] * 2)
    assert len(log.made[0].findings) == 1


@pytest.mark.parametrize("named", [None, "", "eyJ0.eyJz.c2ln", "x y", "a" * 65, "<script>"])
def test_a_request_id_that_looks_like_none_is_not_shown(named: str | None) -> None:
    log = CheckLog(clock=lambda: 0)
    with log.check("getProduct", "it works") as check:
        check.answered(named)
    assert log.made[0].request_id == ""


@pytest.mark.parametrize(
    ("spoilt", "finding"),
    [
        (answer(404, PROBLEM, X_Content_Type_Options=None), ("header", "/X-Content-Type-Options", "required")),
        (answer(404, PROBLEM, X_Content_Type_Options="x"), ("header", "/X-Content-Type-Options", "enum")),
        (answer(404, {**PROBLEM, "stack": "secret"}), ("body", "", "additionalProperties")),
        (answer(404, {**PROBLEM, "details": [{"in": "body"}]}), ("body", "/details/0", "required")),
        (answer(404, {**PROBLEM, "error": 1}), ("body", "/error", "type")),
        (answer(404), ("body", "", "required")),
        (answer(418, PROBLEM), ("status", "", "responses")),
        (answer(304, {}, ETag='"1"', Cache_Control="public, max-age=600"), ("body", "", "content")),
    ],
    ids=lambda value: "" if isinstance(value, Answer) else " ".join(value),
)
def test_what_breaks_the_contract_is_named_by_place_pointer_and_keyword(
    contract: Contract, session: Session, spoilt: Answer, finding: tuple[str, str, str]
) -> None:
    found = list(session.findings(contract.operations["getProduct"], spoilt))
    assert finding in {(each.place, each.pointer, each.keyword) for each in found}
    assert "secret" not in str(found)


def test_a_valid_answer_has_no_finding(contract: Contract, session: Session) -> None:
    assert list(session.findings(contract.operations["getProduct"], answer(404, PROBLEM))) == []


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"Access_Control_Allow_Origin": None}, "/Access-Control-Allow-Origin"),
        ({"Access_Control_Allow_Origin": "*"}, "/Access-Control-Allow-Origin"),
        ({"Access_Control_Expose_Headers": "X-Content-Type-Options"}, "/Access-Control-Expose-Headers"),
    ],
)
def test_an_answer_that_a_script_cannot_read_is_found(
    contract: Contract, changed: dict[str, str | None], pointer: str
) -> None:
    good = {
        "Access_Control_Allow_Origin": ORIGIN,
        "Access_Control_Expose_Headers": "x-content-type-options, X-Request-Id",
    }
    assert list(cors_findings(contract, "getProduct", answer(404, PROBLEM, **good), ORIGIN)) == []
    found = cors_findings(contract, "getProduct", answer(404, PROBLEM, **{**good, **changed}), ORIGIN)
    assert [each.pointer for each in found] == [pointer]


@pytest.mark.parametrize(
    ("allowed", "fixed", "faulty"),
    [
        (None, False, False),
        (UNLISTED, False, True),
        ("*", True, True),
        (ORIGIN, False, True),
        (ORIGIN, True, False),
    ],
)
def test_an_unlisted_origin_may_read_nothing(allowed: str | None, fixed: bool, faulty: bool) -> None:
    found = list(unlisted_findings(answer(404, Access_Control_Allow_Origin=allowed), fixed=fixed))
    assert bool(found) == faulty
