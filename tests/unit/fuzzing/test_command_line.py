"""What schemathesis is told, and what is made of its end."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import psutil
import pytest

from fuzzing import __main__ as command_line
from fuzzing.__main__ import FuzzOptions, Outcome, main

SUMMARY: dict[str, Any] = {
    "complete": True,
    "failures": [],
    "errors": [],
    "warnings": {"missing_test_data": ["GET /things/{id}"], "missing_auth": []},
}


def settings(*, read_only: bool) -> FuzzOptions:
    return FuzzOptions("https://api.example.com/dev", "", read_only, 7, Path("report.ndjson"))


def test_a_run_that_reads_excludes_every_method_that_changes_anything() -> None:
    arguments = settings(read_only=True).arguments()
    assert arguments[arguments.index("--exclude-method-regex") + 1] == "^(PUT|POST|DELETE|PATCH)$"
    assert "--exclude-method-regex" not in settings(read_only=False).arguments()


def test_a_run_can_be_repeated_by_its_seed() -> None:
    arguments = settings(read_only=False).arguments()
    assert arguments[arguments.index("--seed") + 1] == "7"


@pytest.mark.parametrize(
    ("change", "excused"),
    [
        ({}, True),
        ({"failures": [{"title": "wrong"}]}, False),
        ({"errors": [{}]}, False),
        ({"complete": False}, False),
        ({"warnings": {"missing_test_data": ["one"], "missing_auth": ["one"]}}, False),
        ({"warnings": {"missing_test_data": []}}, False),
    ],
)
def test_only_one_warning_and_nothing_else_is_told_apart(change: dict[str, Any], excused: bool) -> None:
    assert Outcome(1, {**SUMMARY, **change}).only_warns_of("missing_test_data") is excused


def test_a_run_without_a_report_only_warns_of_nothing() -> None:
    assert not Outcome(1, {}).only_warns_of("missing_test_data")


def test_what_is_left_out_is_excluded_by_its_name() -> None:
    arguments = replace(settings(read_only=False), left_out=["createMark"]).arguments()
    assert arguments[arguments.index("--exclude-operation-id") + 1] == "createMark"


@pytest.fixture
def _signals() -> Iterator[None]:
    """As they were: the command takes them over."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def url() -> Iterator[str]:
    """An address where something answers."""
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


IMPATIENT = """\
#!{python}
import os, signal
parent = os.getppid()
signal.signal(signal.SIGINT, lambda *_: os.kill(parent, signal.SIGTERM))
with open("{folder}/pid", "w") as file:
    file.write(str(os.getpid()))
os.kill(parent, signal.SIGINT)
while True:
    signal.pause()
"""


@pytest.mark.usefixtures("_signals")
def test_a_second_interruption_leaves_no_schemathesis_running(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "st").write_text(IMPATIENT.format(python=sys.executable, folder=tmp_path))
    (tmp_path / "st").chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setattr(command_line, "_SECONDS_TO_END", 1)
    assert main([url, "--read-only", "--report", str(tmp_path / "report.ndjson")]) == 2
    pid = int((tmp_path / "pid").read_text())
    try:
        assert not psutil.pid_exists(pid)
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
