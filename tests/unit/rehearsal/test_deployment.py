"""What is left running says how to reach it, and its tokens are for its owner alone."""

from __future__ import annotations

import json
import os
import signal
import stat
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rehearsal.deployment import announce, keep_running

AWS = SimpleNamespace(region="eu-west-1", endpoint="http://127.0.0.1:2")
ACCOUNT = SimpleNamespace(
    aws=AWS,
    endpoints={"AWS_ENDPOINT_URL": AWS.endpoint},
    administrator=SimpleNamespace(token=lambda: "good"),
    somebody=SimpleNamespace(token=lambda: "plain"),
)
DEPLOYMENT: Any = SimpleNamespace(account=ACCOUNT, url="http://127.0.0.1:1/dev")


def test_a_person_and_a_program_learn_the_same(tmp_path: Path) -> None:
    session = tmp_path / "session.json"
    words = announce(DEPLOYMENT, session)
    assert json.loads(session.read_text()) == {
        "url": DEPLOYMENT.url,
        "pid": os.getpid(),
        "region": "eu-west-1",
        "endpoints": ACCOUNT.endpoints,
        "token": "good",
        "tokenWithoutGroup": "plain",
    }
    for fact in (f"{DEPLOYMENT.url}/v1.0/products", "TOKEN=good", str(session), AWS.endpoint, f"kill {os.getpid()}"):
        assert fact in words
    assert stat.S_IMODE(session.stat().st_mode) == 0o600


def test_an_interruption_ends_it_and_takes_the_tokens_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> None:
        assert [each.name for each in tmp_path.iterdir()] == ["session.json"]
        raise KeyboardInterrupt

    monkeypatch.setattr(signal, "pause", interrupted)
    keep_running(DEPLOYMENT, tmp_path)
    assert list(tmp_path.iterdir()) == []
