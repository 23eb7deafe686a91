"""The output folder is replaced file by file, and never half."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from contract_compiler.output import differences, write

FILES = {"operations.json": "{}\n", "operations/list_things.json": "1\n", "models.py": "é\n"}


def held(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text("utf-8") for path in folder.rglob("*") if path.is_file()}


def test_a_folder_is_made_with_everything_in_it(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "generated"
    assert write(folder, FILES) == sorted(FILES)
    assert held(folder) == FILES
    assert list(differences(folder, FILES)) == []


def written(file: Path) -> tuple[int, int]:
    """Which file it is and when it was written last. When it was read last is of no matter."""
    status = file.stat()
    return status.st_ino, status.st_mtime_ns


def test_only_what_changed_is_written(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    before = written(tmp_path / "models.py")
    assert write(tmp_path, FILES | {"operations.json": "[]\n"}) == ["operations.json"]
    assert written(tmp_path / "models.py") == before


def test_the_table_of_an_operation_that_is_no_more_goes(tmp_path: Path) -> None:
    write(tmp_path, FILES | {"operations/old.json": "2\n"})
    (tmp_path / "notes.txt").write_text("mine\n")
    assert write(tmp_path, FILES) == ["operations/old.json"]
    assert held(tmp_path) == FILES | {"notes.txt": "mine\n"}


def test_a_file_edited_by_hand_is_shown_as_a_diff(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    (tmp_path / "operations.json").write_text("{}\n// mine")
    assert "".join(differences(tmp_path, FILES)) == (
        f"--- {tmp_path}/operations.json (as it is)\n"
        f"+++ {tmp_path}/operations.json (as generated)\n"
        "@@ -1,2 +1 @@\n {}\n-// mine\n"
    )


def test_a_file_that_is_missing_or_not_generated_is_a_difference(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    (tmp_path / "models.py").unlink()
    (tmp_path / "extra.py").write_text("x = 1\n")
    (tmp_path / "empty.py").touch()
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "models.pyc").write_bytes(b"\xff")
    text = "".join(differences(tmp_path, FILES))
    assert "+é" in text
    assert f"--- {tmp_path}/extra.py (as it is)\n+++ (not generated)" in text
    assert f"--- {tmp_path}/empty.py (as it is)" in text
    assert "pyc" not in text


def test_a_failed_write_leaves_the_old_file_and_no_litter(tmp_path: Path) -> None:
    (tmp_path / "models.py").mkdir()
    with pytest.raises(OSError, match="directory"):
        write(tmp_path, FILES)
    assert held(tmp_path) == {}


def test_a_file_is_everybody_s_to_read_whatever_the_mask_is(tmp_path: Path) -> None:
    mask = os.umask(0o077)
    try:
        write(tmp_path, FILES)
    finally:
        os.umask(mask)
    assert {(tmp_path / name).stat().st_mode & 0o777 for name in FILES} == {0o644}


def test_no_other_file_of_the_folder_is_taken_for_a_temporary_one(tmp_path: Path) -> None:
    other = tmp_path / f".models.py.{os.getpid()}"
    other.write_text("mine\n")
    write(tmp_path, FILES)
    assert held(tmp_path) == FILES | {other.name: "mine\n"}
