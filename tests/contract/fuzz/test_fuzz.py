"""schemathesis against the local gateway: every check, every phase, nothing left out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen
from uuid import uuid4

import pytest
import schemathesis
import yaml
from schemathesis.core.result import Ok

from fuzzing.__main__ import CONTRACT
from fuzzing.status_coverage import StatusCoverage, status_coverage, table, total
from tests.contract.fuzz.declared_statuses import expected
from tests.served import ROOT, Served, served

LARGE_BODY = b" " * 100_000
# The same seed, the same run.
SEED = "20250115"


@dataclass(frozen=True)
class Run:
    """`exit_status` is the script's own; `provoked`, what was answered to the requests that were added to its own."""

    cloud: Served
    administrator: str
    exit_status: int
    covered: StatusCoverage
    provoked: StatusCoverage


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return dict(yaml.safe_load(CONTRACT.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def run(document: Mapping[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    folder = tmp_path_factory.mktemp("fuzz")
    report = folder / "report.ndjson"
    with served(folder) as cloud:
        administrator = cloud.token(document["components"]["securitySchemes"]["administrator"]["x-allowed-groups"][0])
        status = _fuzz(cloud, administrator, report)
        answers, provoked = status_coverage(report, document), _provoke(cloud, administrator)
        yield Run(cloud, administrator, status, answers, provoked)


def _fuzz(cloud: Served, administrator: str, report: Path, *arguments: str) -> int:
    command = [sys.executable, "-m", "fuzzing", cloud.url, "--seed", SEED, "--report", str(report), *arguments]
    environment = {**os.environ, "API_TOKEN": administrator, "PYTHONPATH": str(ROOT / "src")}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def _provoke(cloud: Served, administrator: str) -> StatusCoverage:
    """Sends what schemathesis does not, or only by chance, and holds the answers to its checks.

    That is a token without the group, a body that is too large, and the id of nothing.
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for result in schemathesis.openapi.from_path(CONTRACT).get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()
        raw = operation.definition.raw
        if raw["security"]:
            counts[raw["operationId"]][_status(operation, cloud, cloud.token(), b"{}")] += 1
        if "requestBody" in raw:
            counts[raw["operationId"]][_status(operation, cloud, administrator, LARGE_BODY)] += 1
        elif "404" in raw["responses"]:
            unknown = {parameter.name: str(uuid4()) for parameter in operation.path_parameters}
            counts[raw["operationId"]][_status(operation, cloud, administrator, path_parameters=unknown)] += 1
    return dict(counts)


def _status(
    operation: Any, cloud: Served, token: str, body: bytes = b"", path_parameters: Mapping[str, str] | None = None
) -> str:
    declared = {parameter.name: parameter.definition for parameter in operation.path_parameters}
    known = {name: each.get("example", each.get("x-illustration")) for name, each in declared.items()}
    content = {"body": body, "media_type": "application/json"} if operation.body else {}
    case = operation.Case(path_parameters=path_parameters or known, **content)
    response = case.call_and_validate(base_url=cloud.url, headers={"Authorization": f"Bearer {token}"})
    return str(response.status_code)


def _shown(cloud: Served) -> list[dict[str, Any]]:
    """Every product that a visitor sees, with its version."""
    products: list[dict[str, Any]] = []
    query = "?limit=100"
    while query:
        with urlopen(f"{cloud.url}/v1.0/products{query}") as answer:
            page = json.load(answer)
        products += page["products"]
        query = f"?limit=100&nextToken={page['nextToken']}" if "nextToken" in page else ""
    return products


def test_schemathesis_finds_no_failure_and_has_no_warning(run: Run) -> None:
    print(f"\nProvoked besides:\n{table(run.provoked)}")
    assert run.exit_status == 0


def test_every_declared_status_that_a_client_can_provoke_was_reached(run: Run, document: Mapping[str, Any]) -> None:
    seen = {(each, status) for counts in (run.covered, run.provoked) for each in counts for status in counts[each]}
    assert expected(document) - seen == set()


def test_the_two_validators_of_every_exchange_agree(run: Run) -> None:
    report = run.cloud.disagreements()
    assert report["count"] == 0, report["disagreements"][:3]
    assert report["exchanges"] > total(run.covered) / 2


def test_a_second_run_that_cleans_up_changes_nothing_that_was_there(
    run: Run, document: Mapping[str, Any], tmp_path: Path
) -> None:
    before = _shown(run.cloud)
    report = tmp_path / "report.ndjson"
    status = _fuzz(run.cloud, run.administrator, report, "--clean-up", "--max-examples", "10")
    answers = status_coverage(report, document)
    assert (status, _shown(run.cloud)) == (0, before)
    assert min(answers["createProduct"]["201"], answers["updateProduct"]["200"], answers["deleteProduct"]["204"]) > 5
