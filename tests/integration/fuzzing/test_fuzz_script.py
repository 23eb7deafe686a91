"""scripts/fuzz against a served catalogue: what it leaves behind, what it sends, when it refuses to run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any
from urllib.request import urlopen

import pytest

from tests.integration.deployment_validation.front import HandOn, Passing, Reply, front
from tests.served import ROOT, Served, served


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("cloud")) as started:
        yield started


def _started(token: str, *arguments: str, errors: IO[str] | None = None) -> subprocess.Popen[str]:
    environment = {**os.environ, "API_TOKEN": token, "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-m", "fuzzing", *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=errors or subprocess.PIPE, text=True
    )


def _run(token: str, *arguments: str) -> tuple[int, str]:
    """The exit status, and all that was said."""
    with _started(token, *arguments) as process:
        output, errors = process.communicate()
    return process.returncode, output + errors


def _products(cloud: Served) -> list[dict[str, Any]]:
    with urlopen(f"{cloud.url}/v1.0/products?limit=100") as answer:
        return list(json.load(answer)["products"])


def _sent(report: Path) -> set[str]:
    """The methods of all requests."""
    scenarios = (json.loads(line).get("ScenarioFinished") for line in report.read_text().splitlines())
    recorders = (scenario["recorder"].get("interactions", {}) for scenario in scenarios if scenario)
    return {interaction["request"]["method"] for each in recorders for interaction in each.values()}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_retires_what_it_has_created(cloud: Served, tmp_path: Path, number: signal.Signals) -> None:
    before = _products(cloud)
    report = tmp_path / "report.ndjson"
    token = cloud.token("platform-admin")
    with (tmp_path / "errors").open("w+") as errors:
        with _started(token, cloud.url, "--clean-up", "--report", str(report), errors=errors) as process:
            assert process.stdout is not None
            assert any("Examples" in line for line in process.stdout)
            process.send_signal(number)
            process.stdout.read()
        errors.seek(0)
        said = errors.read()
    assert (tmp_path / "report.created").read_text().split()
    assert (process.returncode, "Interrupted." in said) == (2, True), said
    assert _products(cloud) == before


def test_a_creation_whose_answer_is_lost_is_found_and_retired(cloud: Served, tmp_path: Path) -> None:
    before = _products(cloud)
    lost: list[str] = []

    def lose_the_first_creation(request: Passing, hand_on: HandOn) -> Reply | None:
        reply = hand_on(request)
        sent = {name.lower(): value for name, value in request.headers.items()}
        key = sent.get("idempotency-key", "")
        # schemathesis sends again what a closed connection has not answered; only the clean-up is to hear of it.
        if "schemathesis" not in sent.get("user-agent", "") or reply.status != 201 or key not in (lost or [key]):
            return reply
        lost.append(key)
        return None

    with front(cloud.url, lose_the_first_creation) as losing:
        arguments = ["--clean-up", "--max-examples", "1", "--report", str(tmp_path / "report.ndjson")]
        status, said = _run(cloud.token("platform-admin"), losing.url, *arguments)
    assert lost
    assert (status, "and 1 without an answer" in said) == (1, True), said
    assert _products(cloud) == before


def test_without_a_token_only_what_reads_is_sent(cloud: Served, tmp_path: Path) -> None:
    report, summary = tmp_path / "report.ndjson", tmp_path / "summary.txt"
    files = {"--report": report, "--summary": summary, "--junit": tmp_path / "junit.xml"}
    options = [str(word) for option in files.items() for word in option]
    status, said = _run("", cloud.url, "--max-examples", "1", *options)
    assert status == 0, said
    assert "No token in API_TOKEN: only the operations that read are tried" in said
    assert {"GET"} <= _sent(report) <= {"GET", "HEAD", "OPTIONS", "TRACE", "QUERY"}
    assert summary.read_text() in said
    assert (tmp_path / "junit.xml").stat().st_size > 0


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["http://127.0.0.1:1"], "does not answer"),
        (["http://[1"], "does not answer"),
        (["ftp://127.0.0.1"], "must begin with http"),
        (["http://127.0.0.1:1", "--token-variable", "NOT_SET"], "variable NOT_SET holds no token"),
        (["http://127.0.0.1:1", "--token-file", "no/such/file"], "no/such/file cannot be read"),
    ],
)
def test_what_cannot_begin_says_why_and_exits_with_2(arguments: list[str], reason: str) -> None:
    status, said = _run("", *arguments)
    assert (status, reason in said) == (2, True), said
