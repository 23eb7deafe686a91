from __future__ import annotations

import os
import zipfile
from pathlib import Path

from lambda_packages.build import write_zip


def test_a_zip_depends_on_nothing_but_its_content(tmp_path: Path) -> None:
    write_zip(tmp_path / "a.zip", {"b/c.txt": b"1", "a.txt": b"2"})
    umask = os.umask(0o077)
    write_zip(tmp_path / "deep" / "b.zip", {"a.txt": b"2", "b/c.txt": b"1"})
    os.umask(umask)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "deep" / "b.zip").read_bytes()


def test_everybody_may_read_what_is_inside(tmp_path: Path) -> None:
    write_zip(tmp_path / "a.zip", {"a.txt": b"2"})
    [entry] = zipfile.ZipFile(tmp_path / "a.zip").infolist()
    assert oct(entry.external_attr >> 16) == "0o100644"
    assert entry.date_time == (1980, 1, 1, 0, 0, 0)
