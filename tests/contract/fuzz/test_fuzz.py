"""schemathesis against the local gateway: every check, every phase, nothing left out."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import yaml
from schemathesis.core.result import Ok

from tests.contract.fuzz.reached import Reached, expected, reached, table, total
from tests.served import ROOT, Served, served

CONTRACT = ROOT / "openapi" / "products.yaml"
CONFIG = Path(__file__).with_name("schemathesis.toml")
LARGE_BODY = b" " * 100_000


@dataclass(frozen=True)
class Run:
    """`exit_status` is schemathesis' own; `provoked`, what was answered to the requests that were added to its own."""

    cloud: Served
    exit_status: int
    reached: Reached
    provoked: Reached


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return dict(yaml.safe_load(CONTRACT.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def run(document: Mapping[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    folder = tmp_path_factory.mktemp("fuzz")
    with served(folder) as cloud:
        administrator = cloud.token(document["components"]["securitySchemes"]["administrator"]["x-allowed-groups"][0])
        status = _schemathesis(cloud, administrator, folder / "report.ndjson")
        yield Run(cloud, status, reached(folder / "report.ndjson", document), _provoke(cloud, administrator))


def _schemathesis(cloud: Served, administrator: str, report: Path) -> int:
    program = Path(sys.executable).with_name("st")
    command = [program, "--config-file", CONFIG, "run", CONTRACT, "--url", cloud.url, "--report-ndjson-path", report]
    environment = {**os.environ, "ADMINISTRATOR_TOKEN": administrator, "PYTHONPATH": str(ROOT)}
    return subprocess.run([str(word) for word in command], cwd=ROOT, env=environment, check=False).returncode


def _provoke(cloud: Served, administrator: str) -> Reached:
    """Sends what schemathesis does not: a token without the group, and a body that is too large. Held to its checks."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for result in schemathesis.openapi.from_path(CONTRACT).get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()
        raw = operation.definition.raw
        if raw["security"]:
            counts[raw["operationId"]][_status(operation, cloud, cloud.token(), b"{}")] += 1
        if "requestBody" in raw:
            counts[raw["operationId"]][_status(operation, cloud, administrator, LARGE_BODY)] += 1
    return dict(counts)


def _status(operation: Any, cloud: Served, token: str, body: bytes) -> str:
    path_parameters = {parameter.name: parameter.definition["example"] for parameter in operation.path_parameters}
    content = {"body": body, "media_type": "application/json"} if operation.body else {}
    case = operation.Case(path_parameters=path_parameters, **content)
    response = case.call_and_validate(base_url=cloud.url, headers={"Authorization": f"Bearer {token}"})
    return str(response.status_code)


def test_schemathesis_finds_no_failure_and_has_no_warning(run: Run) -> None:
    print(f"\nAnswers to schemathesis, {total(run.reached)} in all:\n{table(run.reached)}")
    print(f"\nProvoked besides:\n{table(run.provoked)}")
    assert run.exit_status == 0


def test_every_declared_status_that_a_client_can_provoke_was_reached(run: Run, document: Mapping[str, Any]) -> None:
    seen = {(each, status) for counts in (run.reached, run.provoked) for each in counts for status in counts[each]}
    assert expected(document) - seen == set()


def test_the_two_judges_of_every_exchange_agree(run: Run) -> None:
    report = run.cloud.disagreements()
    assert report["count"] == 0, report["disagreements"][:3]
    assert report["judged"] > total(run.reached) / 2
