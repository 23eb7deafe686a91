"""The machine that a package is for, and the Python on this one that compiles for it."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path


class BuildError(Exception):
    """Exception for a package that cannot be built. The message names what is at fault, and what to do about it."""


_MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}
# Lambda's Python images stand on Amazon Linux 2023, glibc 2.34: every manylinux up to that one runs there.
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
_GLIBC_MINORS = range(34, 16, -1)
ARCHITECTURES = tuple(_MACHINES)


@dataclass(frozen=True)
class Target:
    """`architecture` as Lambda names it (arm64, x86_64); `python` as major.minor."""

    architecture: str
    python: str

    def __str__(self) -> str:
        return f"python{self.python}-{self.architecture}"

    @property
    def platforms(self) -> list[str]:
        """The wheel platform tags that run there, newest first (PEP 600)."""
        machine = _MACHINES[self.architecture]
        return [*(f"manylinux_2_{minor}_{machine}" for minor in _GLIBC_MINORS), f"manylinux2014_{machine}"]


def this_architecture() -> str:
    """This machine's architecture as Lambda names it. Raises BuildError when Lambda has no such machine."""
    machine = platform.machine().lower()
    for architecture, name in _MACHINES.items():
        if machine in {architecture, name}:
            return architecture
    raise BuildError(f"Lambda runs on no {machine} machine; name one of {', '.join(ARCHITECTURES)}")


def this_python() -> str:
    """The version of the interpreter at hand, as major.minor."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


LAMBDA_PYTHON = "3.13"
_VERSION = "import sys; print('%d.%d' % sys.version_info[:2])"


def find_interpreter(version: str) -> Path | None:
    """An interpreter of this version (major.minor): the one at hand, one on PATH, or one of pyenv's."""
    if version == this_python():
        return Path(sys.executable)
    return next((path for path in _candidates(version) if _is_version(path, version)), None)


def choose_interpreter(asked: str | None, say: Callable[[str], None]) -> tuple[str, Path]:
    """Version and path of the interpreter to build for: the one asked for, else Lambda's, else the one at hand.

    Raises BuildError when the one asked for is not on this machine; says so when Lambda's is not.
    """
    found = find_interpreter(asked or LAMBDA_PYTHON)
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
