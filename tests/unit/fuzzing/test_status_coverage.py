"""The statuses of a run are counted by operation, wherever the API is deployed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from fuzzing.status_coverage import status_coverage, table, total
from tests.contract.fuzz.declared_statuses import expected

DOCUMENT: dict[str, Any] = {
    "paths": {
        "/things": {"get": {"operationId": "listThings", "responses": {"200": {}, "500": {}}}},
        "/things/{id}": {
            "parameters": [],
            "get": {"operationId": "getThing", "responses": {"200": {}, "404": {}}},
            "put": {"operationId": "putThing", "requestBody": {}, "responses": {"200": {}, "409": {}, "503": {}}},
            "delete": {"operationId": "deleteThing", "responses": {"204": {}, "409": {}}},
        },
    }
}


def report(path: Path, *answers: tuple[str, str, int | None]) -> Path:
    interactions = {
        str(number): {"request": {"method": method, "uri": uri}, "response": status and {"status_code": status}}
        for number, (method, uri, status) in enumerate(answers)
    }
    lines = [{"Initialize": {}}, {"ScenarioFinished": {"recorder": {"interactions": interactions}}}]
    path.write_text("\n".join(json.dumps(line) for line in lines))
    return path


@pytest.mark.parametrize("base_path", ["", "/dev"])
def test_an_answer_counts_for_the_operation_that_was_called(tmp_path: Path, base_path: str) -> None:
    url = f"https://api.example.com{base_path}"
    file = report(
        tmp_path / "report",
        ("GET", f"{url}/things?limit=1", 200),
        ("GET", f"{url}/things/a%2Fb", 404),
        ("PUT", f"{url}/things/1", 200),
        ("PUT", f"{url}/things/1", None),
        ("GET", f"{url}/elsewhere", 404),
    )
    counts = status_coverage(file, DOCUMENT, base_path)
    assert counts == {
        "listThings": Counter({"200": 1}),
        "getThing": Counter({"404": 1}),
        "putThing": Counter({"200": 1}),
    }
    assert total(counts) == 3


@pytest.mark.parametrize("in_order", [list, lambda paths: list(reversed(list(paths)))])
def test_an_answer_counts_once_for_the_most_concrete_path(
    tmp_path: Path, in_order: Callable[[Iterable[str]], list[str]]
) -> None:
    names = {"/things/{id}": "getThing", "/things/count": "countThings", "/{kind}/count": "count"}
    names |= {"/things/{id}/parts": "listParts", "/things/count/{part}": "countParts"}
    document = {"paths": {path: {"get": {"operationId": names[path]}} for path in in_order(names)}}
    sent = ("/things/count", "/things/1", "/others/count", "/things/count/parts")
    file = report(tmp_path / "report", *(("GET", f"https://api.example.com{path}", 200) for path in sent))
    once = Counter({"200": 1})
    assert status_coverage(file, document) == dict.fromkeys(("countThings", "getThing", "count", "countParts"), once)


def test_a_405_counts_for_every_operation_of_its_path(tmp_path: Path) -> None:
    file = report(tmp_path / "report", ("PATCH", "https://api.example.com/things/1", 405))
    assert status_coverage(file, DOCUMENT) == {
        "getThing": Counter({"405": 1}),
        "putThing": Counter({"405": 1}),
        "deleteThing": Counter({"405": 1}),
    }


def test_what_only_a_fault_brings_about_is_not_expected() -> None:
    assert expected(DOCUMENT) == {
        ("listThings", "200"),
        ("getThing", "200"),
        ("getThing", "404"),
        ("putThing", "200"),
        ("putThing", "409"),
        ("deleteThing", "204"),
    }


def test_the_table_has_a_line_for_each_operation_and_a_column_for_each_status() -> None:
    counts = {"getThing": Counter({"200": 12}), "putThing": Counter({"412": 3})}
    assert table(counts).splitlines() == [
        f"{'':<16}   200   412",
        f"{'getThing':<16}    12     -",
        f"{'putThing':<16}     -     3",
    ]
