from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from lambda_packages.target import BuildError, Target, unpacked_wheels

ARM = Target("arm64", "3.13")


@pytest.fixture
def requirements(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A requirement of the one wheel that there is, for arm64."""
    wheel = tmp_path / "index" / "spoon-1.0-cp310-abi3-manylinux_2_28_aarch64.whl"
    wheel.parent.mkdir()
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("spoon.py", "")
        archive.writestr("spoon-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: spoon\nVersion: 1.0\n")
        archive.writestr(
            "spoon-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: cp310-abi3-any\n"
        )
        archive.writestr("spoon-1.0.dist-info/RECORD", "")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel.parent))
    requirements = tmp_path / "spoons.txt"
    requirements.write_text(f"spoon==1.0 --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n")
    return requirements


def test_wheels_are_the_targets_whatever_this_machine_is(requirements: Path, tmp_path: Path) -> None:
    assert (unpacked_wheels(requirements, ARM, tmp_path / "store") / "spoon.py").is_file()


def test_wheels_are_unpacked_once_for_the_same_requirements(requirements: Path, tmp_path: Path) -> None:
    first = unpacked_wheels(requirements, ARM, tmp_path / "store")
    (first / "spoon.py").unlink()
    assert not (unpacked_wheels(requirements, ARM, tmp_path / "store") / "spoon.py").exists()
    assert [path.name for path in (tmp_path / "store").iterdir()] == [first.name]


def test_a_target_without_a_wheel_stops_the_build_and_leaves_nothing(requirements: Path, tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"no wheels for python3\.13-x86_64"):
        unpacked_wheels(requirements, Target("x86_64", "3.13"), tmp_path / "store")
    assert list((tmp_path / "store").iterdir()) == []


def test_a_wheel_that_is_not_the_one_pinned_stops_the_build(requirements: Path, tmp_path: Path) -> None:
    requirements.write_text(f"spoon==1.0 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(BuildError, match="no wheels"):
        unpacked_wheels(requirements, ARM, tmp_path / "store")
