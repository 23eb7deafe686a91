from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lambda_packages import __main__ as command
from lambda_packages.build import Package
from lambda_packages.target import Target, this_python


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Target, Path]]:
    """What the command has had built."""
    built: list[tuple[Target, Path]] = []

    def build(project: Path, target: Target, interpreter: Path, out: Path, say: Any) -> list[Package]:
        built.append((target, out))
        return [Package("get_spoon", "spoons.handler", "get_spoon.zip", 6_840_000, 15_500_000, 182, "ab" * 32)]

    monkeypatch.setattr(command, "build", build)
    return built


def test_packages_are_for_arm64_unless_told_otherwise(built: list[tuple[Target, Path]], tmp_path: Path) -> None:
    assert command.main(["--python", this_python()]) == 0
    assert command.main(["--python", this_python(), "--arch", "x86_64", "--out", str(tmp_path)]) == 0
    assert built == [
        (Target("arm64", this_python()), command.PROJECT / "dist"),
        (Target("x86_64", this_python()), tmp_path),
    ]


def test_a_table_of_sizes_is_shown(built: list[tuple[Target, Path]], capsys: pytest.CaptureFixture[str]) -> None:
    command.main(["--python", this_python()])
    assert capsys.readouterr().out.splitlines()[1].split() == ["get_spoon.zip", "6.84", "15.50", "182", "ab" * 8]


def test_what_cannot_be_built_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--python", "3.99"]) == 1
    assert capsys.readouterr().err.startswith("error: python3.99 ")
