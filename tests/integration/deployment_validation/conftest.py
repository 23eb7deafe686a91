from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from deployment_validation.__main__ import main
from deployment_validation.tokens import TOKEN, TOKEN_WITHOUT_GROUP
from local_server.project import CATALOGUE
from tests.integration.deployment_validation.sabotages import Clock
from tests.served import Served, served


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One sound deployment for all tests, with some pages of products: every answer is validated twice."""
    with served(tmp_path_factory.mktemp("cloud"), "--no-seed") as cloud:
        headers = {"Authorization": f"Bearer {cloud.token('platform-admin')}"}
        for product in json.loads(CATALOGUE.read_text(encoding="utf-8"))[:3]:
            httpx.post(f"{cloud.url}/v1.0/products", json=product, headers=headers, trust_env=False).raise_for_status()
        yield cloud


@dataclass(frozen=True)
class Tokens:
    administrator: str
    token_without_group: str


@pytest.fixture(scope="session")
def tokens(cloud: Served) -> Tokens:
    return Tokens(cloud.token("platform-admin"), cloud.token("somebody"))


@dataclass(frozen=True)
class Result:
    """What a run came to: exit status, what it printed, the JSON report."""

    status: int
    printed: str
    report: dict[str, Any]

    @property
    def failed(self) -> list[dict[str, Any]]:
        return [check for check in self.report["checks"] if check["outcome"] == "failed"]


class Validate:
    """Runs a validation in this process, on a clock that stands still."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.clock = Clock()
        self.files = folder / "report.json", folder / "junit.xml"
        self._capture = capture

    def __call__(self, url: str, *arguments: str) -> Result:
        report, junit = self.files
        words = [url, "--json", str(report), "--junit", str(junit), *arguments]
        status = main(words, self.clock, pause=lambda seconds: None)
        printed = self._capture.readouterr()
        content = json.loads(report.read_text()) if report.exists() else {}
        return Result(status, printed.out + printed.err, content)


@pytest.fixture
def validate(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tokens: Tokens
) -> Validate:
    monkeypatch.setenv(TOKEN, tokens.administrator)
    monkeypatch.setenv(TOKEN_WITHOUT_GROUP, tokens.token_without_group)
    return Validate(tmp_path, capsys)


@pytest.fixture
def left_over(cloud: Served) -> Iterator[None]:
    """After the test no product of a validation may be in the catalogue."""
    yield
    page = httpx.get(f"{cloud.url}/v1.0/products", params={"limit": "100"}, trust_env=False).json()
    assert "nextToken" not in page
    assert [each["name"] for each in page["products"] if each["name"].startswith("Deployment validation")] == []
