"""The checkout's packages, built once for this machine and unpacked, with the interpreter that they are for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from local_aws.packaged_functions import Packages, packages_for_this_machine
from tests.integration.products.api import ORIGIN, REGION, SIGNING_KEY

ROOT = Path(__file__).resolve().parents[3]
OPERATIONS = json.loads((ROOT / "generated/operations.json").read_bytes())["operations"]
FUNCTIONS = tuple(sorted(each["module"] for each in OPERATIONS))
VARIABLES = {
    "PRODUCTS_TABLE": "products-packaged",
    "ALLOWED_ORIGINS": ORIGIN,
    "CURSOR_SIGNING_KEYS": SIGNING_KEY,
    "AWS_REGION": REGION,
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
}


class Unpacked(NamedTuple):
    """A function's zip, unpacked in `folder`."""

    folder: Path
    interpreter: Path

    def run(self, program: str, *arguments: str, variables: Mapping[str, str] = VARIABLES) -> Any:
        """What a program prints, as JSON, that can import from the zip and the standard library alone."""
        command: list[str | Path] = [self.interpreter, "-S", "-s", "-c", program, *arguments]
        environment = {**variables, "PYTHONPATH": str(self.folder), "HOME": str(self.folder)}
        told = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert told.returncode == 0, told.stderr
        return json.loads(told.stdout)


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Packages:
    return packages_for_this_machine(ROOT, tmp_path_factory.mktemp("packages"))


@pytest.fixture(scope="session")
def unpack(packages: Packages, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Unpacked]:
    unpacked = tmp_path_factory.mktemp("unpacked")

    def unpack(function: str) -> Unpacked:
        if not (unpacked / function).is_dir():
            with zipfile.ZipFile(packages.folder / f"{function}.zip") as archive:
                archive.extractall(unpacked / function)
        return Unpacked(unpacked / function, packages.runtime.interpreter)

    return unpack


@pytest.fixture(scope="session")
def whole_botocore() -> Callable[..., Any]:
    """Runs a program with this interpreter's own botocore, uncut."""

    def run(program: str) -> Any:
        environment = {**VARIABLES, "HOME": os.devnull}
        told = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True)
        return json.loads(told.stdout)

    return run
