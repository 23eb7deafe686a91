from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lambda_packages.imports import Imports
from lambda_packages.target import BuildError

Reach = Callable[[str], set[str]]


@pytest.fixture
def reach(tmp_path: Path) -> Reach:
    """The names that a module `app.main` with this text can reach."""
    write(tmp_path / "wheels" / "lib" / "__init__.py", "from . import core\nimport optional_extra")
    write(tmp_path / "wheels" / "lib" / "core.py", "from .deep.er import thing\nfrom ..beyond import nothing")
    write(tmp_path / "wheels" / "lib" / "deep" / "er.py", "import json\nfrom .. import fast")
    write(tmp_path / "wheels" / "lib" / "fast.cpython-313-aarch64-linux-gnu.so", "")
    write(tmp_path / "wheels" / "lib" / "unused.py", "")
    write(tmp_path / "wheels" / "single.py", "")
    write(tmp_path / "src" / "app" / "other.py", "")

    def reach(text: str) -> set[str]:
        write(tmp_path / "src" / "app" / "main.py", text)
        imports = Imports(own=[tmp_path / "src"], third_party=[tmp_path / "wheels"])
        return {module.name for module in imports.reachable("app.main")}

    return reach


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


LIB = {"lib", "lib.core", "lib.deep.er", "lib.fast"}


def test_imports_are_followed_through_packages_and_extensions(reach: Reach) -> None:
    assert reach("import lib") == {"app.main", *LIB}


@pytest.mark.parametrize("text", ["from app import other", "import app.other", "from . import other"])
def test_a_name_from_a_package_may_be_a_module(reach: Reach, text: str) -> None:
    assert reach(text) == {"app.main", "app.other"}


def test_an_import_inside_a_function_counts(reach: Reach) -> None:
    assert reach("def f():\n    try:\n        import single\n    except ImportError:\n        pass") == {
        "app.main",
        "single",
    }


@pytest.mark.parametrize("test", ["TYPE_CHECKING", "typing.TYPE_CHECKING"])
def test_an_import_for_the_type_checker_does_not_count(reach: Reach, test: str) -> None:
    assert reach(f"if {test}:\n    import pydantic\nelse:\n    import single") == {"app.main", "single"}


@pytest.mark.parametrize(
    ("test", "counts"),
    [
        ("sys.platform == 'emscripten'", False),
        ('sys.platform == "win32"', False),
        ("sys.platform == 'linux'", True),
        ("sys.platform != 'win32'", True),
        ("sys.platform == 'win32' or True", True),
        ("platform == 'win32'", True),
    ],
)
def test_an_import_for_another_system_than_lambdas_does_not_count(reach: Reach, test: str, counts: bool) -> None:
    found = reach(f"if {test}:\n    import single\nelse:\n    import lib")
    assert found == {"app.main", *LIB, *(["single"] if counts else [])}


def test_the_standard_library_is_not_packed(reach: Reach) -> None:
    assert reach("import json, os.path\nfrom collections import abc") == {"app.main"}


@pytest.mark.parametrize("text", ["import pydantic", "from pydantic import BaseModel", "def f():\n    import pydantic"])
def test_an_import_of_ours_that_does_not_ship_stops_the_build(reach: Reach, text: str) -> None:
    with pytest.raises(BuildError, match=r"app\.main imports pydantic"):
        reach(text)


def test_a_handler_that_is_missing_stops_the_build(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"no module app\.absent"):
        Imports(own=[tmp_path], third_party=[]).reachable("app.absent")
