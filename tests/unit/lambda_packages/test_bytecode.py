from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from lambda_packages.build import compile_all
from lambda_packages.target import BuildError


def compiled(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True)
    source = folder / "spoon.py"
    source.write_text(text)
    return compile_all({"cutlery/spoon.py": source}, Path(sys.executable), folder / "out")["cutlery/spoon.py"]


def test_bytecode_runs_without_its_source_and_names_the_file_as_lambda_does(tmp_path: Path) -> None:
    path = compiled(tmp_path / "a", "def bend() -> str:\n    return __file__\n")
    spec = importlib.util.spec_from_file_location("spoon", path)
    assert spec
    assert spec.loader
    spoon = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(spoon)
    assert spoon.bend.__code__.co_filename == "/var/task/cutlery/spoon.py"


def test_bytecode_is_never_checked_against_a_source(tmp_path: Path) -> None:
    flags = compiled(tmp_path / "a", "x = 1")
    assert flags.read_bytes()[4:8] == b"\1\0\0\0"


def test_bytecode_does_not_depend_on_where_it_is_made(tmp_path: Path) -> None:
    text = 'KNIVES = {"bread", "butter", "fish"}\ndef f(x): return x in {"bread", "butter", "fish"}\n'
    first, second = compiled(tmp_path / "a", text), compiled(tmp_path / "b" / "c", text)
    assert first.read_bytes() == second.read_bytes()


def test_a_file_that_does_not_compile_stops_the_build(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="SyntaxError"):
        compiled(tmp_path / "a", "def")
