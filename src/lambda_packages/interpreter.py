"""Finds the Python of a version on this machine: bytecode is good for one version only."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from lambda_packages.errors import BuildError
from lambda_packages.target import this_python

LAMBDA_PYTHON = "3.13"
_VERSION = "import sys; print('%d.%d' % sys.version_info[:2])"


def find(version: str) -> Path | None:
    """An interpreter of this version (major.minor): the one at hand, one on PATH, or one of pyenv's."""
    if version == this_python():
        return Path(sys.executable)
    return next((path for path in _candidates(version) if _is_version(path, version)), None)


def choose(asked: str | None, say: Callable[[str], None]) -> tuple[str, Path]:
    """Version and path of the interpreter to build for: the one asked for, else Lambda's, else the one at hand.

    Raises BuildError when the one asked for is not on this machine; says so when Lambda's is not.
    """
    found = find(asked or LAMBDA_PYTHON)
    if found:
        return asked or LAMBDA_PYTHON, found
    if asked:
        raise BuildError(f"python{asked} compiles the packages and is neither on PATH nor in pyenv")
    say(f"python{LAMBDA_PYTHON} was not found: these packages are for {this_python()}, and run on no other version")
    return this_python(), Path(sys.executable)


def _candidates(version: str) -> Iterator[Path]:
    on_path = shutil.which(f"python{version}")
    if on_path:
        yield Path(on_path)
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from sorted(pyenv.glob(f"versions/{version}*/bin/python{version}"), reverse=True)


def _is_version(path: Path, version: str) -> bool:
    """Asked, not read off the name: a pyenv shim on PATH may stand for a version that is not switched on."""
    try:
        answer = subprocess.run([path, "-c", _VERSION], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return answer.stdout.strip() == version
