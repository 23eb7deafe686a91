"""The Postman collection, run as it is imported: every request gets its documented answer at first try."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from publishing.document import BUNDLE, environments, published
from publishing.release_assets import collection
from tests.clients.conftest import run
from tests.served import Served, served


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Served]:
    (tmp_path / "data").mkdir()
    with served(tmp_path / "data") as running:
        yield running


def requests(items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for item in items:
        yield from requests(item["item"]) if "item" in item else [item]


def test_every_request_gets_the_answer_that_is_documented(
    tools: Path, release: Path, fresh: Served, tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    run(tools / ".bin" / "newman", "run", release / "products.postman_collection.json", "--reporters", "json",
        "--reporter-json-export", report, "--env-var", f"baseUrl={fresh.url}",
        "--env-var", f"bearerToken={fresh.token('platform-admin')}")  # fmt: skip
    executions = json.loads(report.read_text())["run"]["executions"]
    statuses = {each["item"]["name"]: each["response"]["code"] for each in executions}
    documented = json.loads((release / "products.json").read_text())["paths"]
    expected = {
        operation["summary"]: next(int(status) for status in operation["responses"] if status < "3")
        for item in documented.values()
        for operation in item.values()
    }
    assert statuses == expected


def test_the_collection_is_the_same_each_time(tools: Path, release: Path) -> None:
    document = published(json.loads(BUNDLE.read_text(encoding="utf-8")), environments())
    assert collection(document) == json.loads((release / "products.postman_collection.json").read_text())


def test_what_may_be_left_out_is_switched_off(release: Path) -> None:
    content = json.loads((release / "products.postman_collection.json").read_text())
    for request in (each["request"] for each in requests(content["item"])):
        optional = [*request["url"]["query"], *(each for each in request["header"] if each["key"].startswith(("I",)))]
        assert all(each["disabled"] for each in optional)
