from __future__ import annotations

from pathlib import Path

import pytest

from deployment_validation import CannotRun
from deployment_validation import __main__ as command_line
from deployment_validation.api import BaseUrl


@pytest.fixture(autouse=True)
def _environments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_line, "ENVIRONMENTS", tmp_path)
    (tmp_path / "dev.tfvars.json").write_text('{"allowed_origins": ["https://a.example", "https://b.example"]}')
    (tmp_path / "prod.tfvars.json").write_text('{"region": "r",\n"allowed_origins": [\n"https://p.example"\n]}\n')
    (tmp_path / "empty.tfvars.json").write_text("{}")


@pytest.mark.parametrize(
    ("named", "environment", "url", "expected"),
    [
        ("https://n.example", "prod", "https://api.example/dev", "https://n.example"),
        (None, "prod", "https://api.example/dev", "https://p.example"),
        (None, None, "https://api.example/dev", "https://a.example"),
        (None, None, "http://127.0.0.1:1/dev/", "https://a.example"),
        (None, None, "http://127.0.0.1:1", "http://localhost:3000"),
        (None, None, "https://api.example", None),
    ],
)
def test_the_origin_is_the_one_that_is_known_best(
    named: str | None, environment: str | None, url: str, expected: str | None
) -> None:
    assert command_line.allowed_origin(named, environment, BaseUrl(url)) == expected


def test_an_environment_without_origins_is_said_so() -> None:
    with pytest.raises(CannotRun, match=r"empty\.tfvars\.json names no allowed_origins"):
        command_line.allowed_origin(None, "empty", BaseUrl("https://api.example"))


def test_every_environment_of_this_project_has_an_origin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert list(command_line.environments()) == ["dev", "prod", "sit"]
    for name in command_line.environments():
        found = command_line.allowed_origin(None, name, BaseUrl("https://api.example"))
        assert found
        assert found.startswith("https://")
