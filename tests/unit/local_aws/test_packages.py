from __future__ import annotations

import platform
from pathlib import Path

import pytest

from local_aws.errors import CannotStart
from local_aws.packages import packages_for_this_machine


def test_only_linux_runs_what_lambda_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    with pytest.raises(CannotStart, match="leave --packaged out"):
        packages_for_this_machine(tmp_path, tmp_path)


def test_a_checkout_that_cannot_be_packaged_cannot_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    with pytest.raises(CannotStart, match="There are no packages to serve: Lambda runs on no riscv64"):
        packages_for_this_machine(tmp_path, tmp_path)
