from __future__ import annotations

import platform

import pytest

from lambda_packages.target import BuildError, Target, this_architecture


def test_wheels_may_need_no_newer_glibc_than_lambda_has() -> None:
    platforms = Target("arm64", "3.13").platforms
    assert platforms[0] == "manylinux_2_34_aarch64"
    assert {"manylinux_2_28_aarch64", "manylinux_2_17_aarch64", "manylinux2014_aarch64"} <= set(platforms)
    assert "manylinux_2_35_aarch64" not in platforms


@pytest.mark.parametrize(
    ("machine", "architecture"), [("x86_64", "x86_64"), ("aarch64", "arm64"), ("arm64", "arm64"), ("ARM64", "arm64")]
)
def test_a_machine_has_lambdas_name(monkeypatch: pytest.MonkeyPatch, machine: str, architecture: str) -> None:
    monkeypatch.setattr(platform, "machine", lambda: machine)
    assert this_architecture() == architecture


def test_a_machine_that_lambda_has_not_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    with pytest.raises(BuildError, match="riscv64"):
        this_architecture()
