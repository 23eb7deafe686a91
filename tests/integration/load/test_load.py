"""`scripts/load` against a running API."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.served import ROOT, Served, served


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("served")) as api:
        yield api


def load(url: str, *options: str, token: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "API_TOKEN": token}
    command = [sys.executable, "-m", "load", url, "--rate", "5", "--seconds", "3", *options]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_a_run_reports_every_operation_and_retires_its_products(running: Served, tmp_path: Path) -> None:
    done = load(running.url, "--output", str(tmp_path), "--seed", "1", token=running.token("platform-admin"))
    # Whether the targets are held depends on this machine.
    assert done.returncode in (0, 1), done.stderr
    written = json.loads((tmp_path / "load.json").read_text())
    assert sum(row["requests"] for row in written["rows"]) == 15
    assert "listProducts" in done.stdout
    assert "retire them by hand" not in done.stderr
    assert (tmp_path / "load.html").exists()


def test_it_reads_without_a_token_only_when_it_is_told_to(running: Served, tmp_path: Path) -> None:
    refused = load(running.url)
    assert (refused.returncode, "--read-only" in refused.stderr) == (2, True)
    assert load(running.url, "--read-only", "--output", str(tmp_path)).returncode in (0, 1)
    written = json.loads((tmp_path / "load.json").read_text())
    assert {row["operation_id"] for row in written["rows"]} <= {"listProducts", "getProduct"}


@pytest.mark.parametrize(
    ("url", "token", "said"),
    [("http://127.0.0.1:9", "token", "answered nothing"), ("ftp://127.0.0.1", "token", "is no http or https URL")],
)
def test_what_cannot_be_run_says_why(url: str, token: str, said: str) -> None:
    done = load(url, token=token)
    assert (done.returncode, said in done.stderr) == (2, True)


def test_a_token_that_may_not_write_ends_the_run_at_once(running: Served) -> None:
    done = load(running.url, token=running.token("customer"))
    assert (done.returncode, "createProduct answered 403, not 201" in done.stderr) == (2, True), done.stderr
