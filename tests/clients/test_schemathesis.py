"""schemathesis as a client team runs it, with the settings of docs/clients.md and nothing else that is ours."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.clients.conftest import run
from tests.served import Served

PROGRAM = Path(sys.executable).with_name("schemathesis")
FEW = ("--max-examples", "10")


@pytest.fixture
def folder(tmp_path: Path, code: dict[str, str]) -> Path:
    (tmp_path / "schemathesis.toml").write_text(code["schemathesis.toml"], encoding="utf-8")
    return tmp_path


def test_schemathesis_finds_no_failure_with_the_documented_settings(
    catalogue: Served, token: str, folder: Path
) -> None:
    authorized = ("-H", f"Authorization: Bearer {token}")
    said = run(PROGRAM, "run", f"{catalogue.url}/openapi.json", *authorized, *FEW, cwd=folder, timeout=600)
    assert "Operations:       5 selected / 5 total" in said
