"""Operations that no rule of the catalogue speaks of: called where they only read, named where they cannot be."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, cast

import pytest

from deployment_validation.api import Answer, Connection, Session
from deployment_validation.check_log import CheckLog
from deployment_validation.contract import Contract
from deployment_validation.read_checks import check_other_reads

TEXT: Any = {"type": "string"}
PROBLEM: Any = {"description": "No.", "content": {"application/json": {"schema": {"type": "object"}}}}
Answering = Callable[[str, str, Mapping[str, str]], tuple[int, Any]]


class Wire:
    """Stands for the connection: answers each request by a function, and keeps what was sent."""

    def __init__(self, answering: Answering) -> None:
        self.sent: list[tuple[str, str, dict[str, str], Any]] = []
        self._answering = answering

    def send(self, method: str, path: str, headers: Mapping[str, str], **content: Any) -> Answer:
        self.sent.append((method, path, dict(headers), content.get("params")))
        status, body = self._answering(method, path, headers)
        types = (("Content-Type", "application/json"), ("ETag", '"1"'))
        return Answer(status, types, b"" if body is None else json.dumps(body).encode(), 0)


def operation(method: str = "get", path: str = "/things", **more: Any) -> Contract:
    """A contract with one operation, `it`."""
    ok = {"description": "It.", "content": {"application/json": {"schema": {"type": "array", "items": TEXT}}}}
    responses = {"200": ok, "304": {"description": "As before."}, "404": PROBLEM, "500": PROBLEM}
    item = {method: {"operationId": "it", "responses": responses, **more}}
    return Contract({"openapi": "3.0.3", "info": {"title": "T", "version": "1.0.0"}, "paths": {path: item}})


def parameter(place: str, schema: Any = TEXT, **more: Any) -> Any:
    return {"name": "id", "in": place, "required": True, "schema": schema, **more}


def run(
    contract: Contract, answering: Answering = lambda *_: (200, ["a"]), token: str | None = None
) -> tuple[Wire, CheckLog]:
    """What was sent, and what came of it."""
    wire, log = Wire(answering), CheckLog(clock=lambda: 0)
    list(check_other_reads(Session(cast(Connection, wire), contract, log, lambda _: None, token=token)))
    return wire, log


def test_a_list_is_called_and_what_is_unchanged_is_asked_for_again() -> None:
    def answering(method: str, path: str, headers: Mapping[str, str]) -> tuple[int, Any]:
        return (304, None) if "If-None-Match" in headers else (200, ["a"])

    wire, log = run(operation(), answering)
    assert [(method, path) for method, path, *_ in wire.sent] == [("GET", "/things"), ("GET", "/things")]
    assert {check.outcome for check in log.made} == {"passed"}
    _, log = run(operation())
    assert [(check.name, check.outcome) for check in log.made][-1] == ("what is unchanged is a 304", "failed")


@pytest.mark.parametrize(("status", "outcome"), [(200, "passed"), (404, "passed"), (500, "failed"), (403, "failed")])
def test_an_id_is_known_or_a_404(status: int, outcome: str) -> None:
    contract = operation(path="/things/{id}", parameters=[parameter("path")])
    wire, log = run(contract, lambda *_: (status, ["a"] if status == 200 else {}))
    assert wire.sent[0][1].startswith("/things/")
    assert "{" not in wire.sent[0][1]
    assert log.made[0].outcome == outcome


def test_a_list_is_no_404() -> None:
    _, log = run(operation(), lambda *_: (404, {}))
    assert log.made[0].outcome == "failed"


def test_an_answer_is_validated() -> None:
    _, log = run(operation(), lambda *_: (200, [1]))
    assert [(each.pointer, each.keyword) for each in log.made[0].findings] == [("/0", "type")]


@pytest.mark.parametrize(
    ("declared", "value"),
    [
        (parameter("query", example="x y"), "x y"),
        (parameter("query", examples={"one": {"value": 7}}), "7"),
        (parameter("query", {**TEXT, "enum": ["b", "c"]}), "b"),
        (parameter("query", {"type": "boolean", "default": True}), "true"),
    ],
)
def test_a_parameter_that_must_be_sent_has_the_contracts_own_value(declared: Any, value: str) -> None:
    wire, _ = run(operation(parameters=[declared]))
    assert wire.sent[0][3] == {"id": value}
    wire, _ = run(operation(parameters=[{**declared, "in": "header"}]))
    assert wire.sent[0][2]["id"] == value


@pytest.mark.parametrize("more", [{"x-illustration": "T-1"}, {"schema": {**TEXT, "x-illustration": "T-1"}}])
def test_an_id_that_nothing_has_may_be_an_illustration(more: Any) -> None:
    declared = parameter("path", {**TEXT, "pattern": "^T-[0-9]+$"}) | more
    wire, _ = run(operation(path="/things/{id}", parameters=[declared]))
    assert wire.sent[0][1] == "/things/T-1"


@pytest.mark.parametrize(
    ("path", "declared"),
    [
        ("/things", parameter("query")),
        ("/things", parameter("cookie", example="x")),
        ("/things", parameter("query", example=["x"])),
        ("/things", parameter("query", **{"x-illustration": "x"})),
        ("/things/{id}", parameter("path", {**TEXT, "pattern": "^T-[0-9]+$"})),
        ("/things/{id}", parameter("path", {"type": "integer"})),
    ],
)
def test_what_the_contract_gives_no_value_for_is_not_called_and_named(path: str, declared: Any) -> None:
    wire, log = run(operation(path=path, parameters=[declared]))
    assert wire.sent == []
    assert log.not_called == {"it": f"the contract has no example of {declared['in']} id"}


def test_a_read_that_needs_a_token_is_called_with_one_only() -> None:
    secured = operation(security=[{"user": []}])
    wire, log = run(secured)
    assert (wire.sent, log.not_called) == ([], {"it": "it needs a token"})
    wire, log = run(secured, token="t")
    assert (wire.sent[0][2]["Authorization"], log.not_called) == ("Bearer t", {})


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_what_may_write_is_never_called(method: str) -> None:
    wire, _ = run(operation(method), token="t")
    assert wire.sent == []


def test_the_answer_to_head_is_that_to_get_without_its_body() -> None:
    head = operation("head", responses={"200": {**PROBLEM, "headers": {"X-A": {"required": True, "schema": TEXT}}}})
    _, log = run(head, lambda *_: (200, None))
    assert [(each.place, each.pointer) for each in log.made[0].findings] == [("header", "/X-A")]
    _, log = run(head, lambda *_: (200, {}))
    assert ("body", "content") in [(each.place, each.keyword) for each in log.made[0].findings]


def test_options_is_called_where_the_contract_has_it() -> None:
    wire, log = run(operation("options", responses={"204": {"description": "Allowed."}}), lambda *_: (204, None))
    assert [method for method, *_ in wire.sent] == ["OPTIONS"]
    assert log.made[0].outcome == "passed"
