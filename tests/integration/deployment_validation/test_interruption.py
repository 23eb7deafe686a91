"""Ctrl-C, or a workflow that is cancelled, leaves no test product behind."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.integration.deployment_validation.conftest import Tokens
from tests.integration.deployment_validation.front import HandOn, Passing, Reply, front
from tests.integration.deployment_validation.sabotages import COLLECTION
from tests.served import ROOT, Served

SCRIPT = ROOT / "scripts" / "validate_deployment.py"


@dataclass
class Holding:
    """Holds the first answer that `when` chooses back until `release` is set; `held` says that it does."""

    when: Callable[[Passing, Reply], bool]
    held: threading.Event = field(default_factory=threading.Event)
    release: threading.Event = field(default_factory=threading.Event)

    def __call__(self, request: Passing, hand_on: HandOn) -> Reply | None:
        reply = hand_on(request)
        if self.held.is_set() or not self.when(request, reply):
            return reply
        self.held.set()
        self.release.wait(60)
        return None


def _is_created(request: Passing, reply: Reply) -> bool:
    return (request.method, reply.status) == ("POST", 201)


def _is_changed(request: Passing, reply: Reply) -> bool:
    return (request.method, reply.status) == ("PUT", 200)


@pytest.mark.usefixtures("left_over")
@pytest.mark.parametrize(
    ("number", "when"),
    [(signal.SIGINT, _is_created), (signal.SIGTERM, _is_changed)],
    ids=["Ctrl-C before the first product is known", "SIGTERM in the middle of its life"],
)
def test_an_interrupted_validation_retires_its_products(
    cloud: Served, tokens: Tokens, tmp_path: Path, number: signal.Signals, when: Callable[[Passing, Reply], bool]
) -> None:
    holding = Holding(when)
    with front(cloud.url, holding) as held:
        environment = {**os.environ, "API_TOKEN": tokens.administrator, "NO_PROXY": "127.0.0.1"}
        command = [str(SCRIPT), held.url, "--requests", "0", "--json", str(tmp_path / "report.json")]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
            assert holding.held.wait(60)
            process.send_signal(number)
            printed, _ = process.communicate(timeout=60)
            holding.release.set()
    assert process.returncode == 2
    assert printed.decode().splitlines() == ["Interrupted. No test product is left active."]
    created = [request for request, status in held.passed if (request.method, status) == ("POST", 201)]
    deleted = [request.path for request, status in held.passed if (request.method, status) == ("DELETE", 204)]
    assert created
    assert all(path.startswith(COLLECTION) for path in deleted)
    assert deleted
