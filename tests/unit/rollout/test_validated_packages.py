"""One digest tells one build from every other."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from rollout.validated_packages import OtherPackages, check, digest, main


@pytest.fixture
def build(tmp_path: Path) -> Path:
    zips = {name: name.encode() for name in ("one.zip", "two.zip")}
    for name, content in zips.items():
        (tmp_path / name).write_bytes(content)
    functions = {name: {"zip": name, "sha256": hashlib.sha256(content).hexdigest()} for name, content in zips.items()}
    (tmp_path / "packages.json").write_text(json.dumps({"functions": functions}))
    return tmp_path


def test_a_build_is_known_by_its_manifests_digest(build: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known = hashlib.sha256((build / "packages.json").read_bytes()).hexdigest()
    assert main(["digest", str(build)]) == 0
    assert capsys.readouterr().out == f"{known}\n"
    assert main(["check", str(build), "--digest", known]) == 0


def test_another_build_is_refused(build: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known = digest(build)
    (build / "packages.json").write_text((build / "packages.json").read_text() + "\n")
    assert main(["check", str(build), "--digest", known]) == 1
    assert f"not {known}" in capsys.readouterr().err


def test_a_zip_that_was_changed_added_or_lost_is_named(build: Path) -> None:
    known = digest(build)
    (build / "one.zip").write_bytes(b"changed")
    (build / "two.zip").rename(build / "three.zip")
    with pytest.raises(OtherPackages, match=r"lists them: one\.zip, three\.zip, two\.zip"):
        check(build, known)


def test_a_folder_without_a_manifest_is_no_build(tmp_path: Path) -> None:
    with pytest.raises(OtherPackages, match=r"there is no packages\.json"):
        digest(tmp_path)


@pytest.mark.parametrize("manifest", ["", "[]", "{}", '{"functions": {"one": {}}}'])
def test_a_manifest_that_lists_nothing_is_no_build(build: Path, manifest: str) -> None:
    (build / "packages.json").write_text(manifest)
    with pytest.raises(OtherPackages, match="no list of zips"):
        digest(build)
