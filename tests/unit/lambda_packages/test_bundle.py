from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lambda_packages.bundle import bundled
from lambda_packages.bytecode import compile_all
from lambda_packages.errors import BuildError
from lambda_packages.imports import Imports, Module

TEXTS = {
    "__init__": '"""Cutlery."""\nMADE_OF = "steel"',
    "fork": "from cutlery import MADE_OF\nfrom cutlery.tine import TINES\ndef f(): import cutlery.spoon as s; return s",
    "tine": "TINES = 4\ndef where():\n    raise LookupError",
    "spoon": "from cutlery.tine import TINES",
}


def modules(src: Path) -> list[Module]:
    """What importing cutlery.fork executes, of a package that is written here."""
    (src / "cutlery").mkdir(parents=True)
    for name, text in TEXTS.items():
        (src / "cutlery" / f"{name}.py").write_text(text)
    return Imports(own=[src], third_party=[]).at_start("cutlery.fork")


def ran(tmp_path: Path, program: str) -> str:
    """What a program prints that has the bundle, and what is imported late, in place of the sources."""
    task, interpreter = tmp_path / "task", Path(sys.executable)
    (task / "cutlery").mkdir(parents=True)
    (task / "cutlery" / "__init__.pyc").write_bytes(bundled(modules(tmp_path / "src"), interpreter))
    compile_all({"cutlery/spoon.py": tmp_path / "src" / "cutlery" / "spoon.py"}, interpreter, task)
    command = [interpreter, "-c", program]
    return subprocess.run(command, cwd=task, capture_output=True, text=True, check=True).stdout.strip()


def test_its_modules_are_imported_from_the_one_file(tmp_path: Path) -> None:
    program = "import sys, cutlery.fork as f; print(f.TINES, f.MADE_OF, sorted(n for n in sys.modules if 'cut' in n))"
    assert ran(tmp_path, program) == "4 steel ['cutlery', 'cutlery.fork', 'cutlery.tine']"


def test_what_is_imported_late_is_found_beside_it(tmp_path: Path) -> None:
    assert ran(tmp_path, "from cutlery.fork import f; print(f().TINES)") == "4"


def test_a_package_and_its_modules_know_who_they_are(tmp_path: Path) -> None:
    program = "import cutlery as c; print(c.__doc__, c.tine.__name__, c.tine.__package__, c.tine.__file__)"
    assert ran(tmp_path, program) == "Cutlery. cutlery.tine cutlery /var/task/cutlery/tine.py"


def test_a_traceback_names_files_and_lines_as_lambda_has_them(tmp_path: Path) -> None:
    program = "import traceback, cutlery\ntry: cutlery.tine.where()\nexcept LookupError: print(traceback.format_exc())"
    assert 'File "/var/task/cutlery/tine.py", line 3, in where' in ran(tmp_path, program)


def test_a_bundle_does_not_depend_on_where_it_is_made(tmp_path: Path) -> None:
    first, second = (bundled(modules(tmp_path / place), Path(sys.executable)) for place in ("a", "b/c"))
    assert first == second


def test_a_bundle_is_never_checked_against_a_source(tmp_path: Path) -> None:
    assert bundled(modules(tmp_path), Path(sys.executable))[4:8] == b"\1\0\0\0"


def test_a_module_that_does_not_compile_stops_the_build(tmp_path: Path) -> None:
    broken = modules(tmp_path)
    (tmp_path / "cutlery" / "tine.py").write_text("def")
    with pytest.raises(BuildError, match="SyntaxError"):
        bundled(broken, Path(sys.executable))
