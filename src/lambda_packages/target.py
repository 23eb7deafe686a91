"""The machine that a package is for: the wheels for it, and the Python on this machine that compiles for it."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

LAMBDA_PYTHON = "3.13"
_MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}
ARCHITECTURES = tuple(_MACHINES)
# Lambda's Python images stand on Amazon Linux 2023, glibc 2.34: every manylinux up to that one runs there.
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
_GLIBC_MINORS = range(34, 16, -1)


class BuildError(Exception):
    """Exception for a package that cannot be built. The message names what is at fault, and what to do about it."""


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


def find_interpreter(version: str) -> Path | None:
    """An interpreter of this version (major.minor): the one at hand, one on PATH, or one of pyenv's."""
    if version == this_python():
        return Path(sys.executable)
    on_path = shutil.which(f"python{version}")
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    candidates = [Path(on_path)] if on_path else []
    candidates += sorted(pyenv.glob(f"versions/{version}*/bin/python{version}"), reverse=True)
    # Asked, not read off the name: a pyenv shim on PATH may stand for a version that is not switched on.
    return next((path for path in candidates if _version(path) == version), None)


def _version(interpreter: Path) -> str:
    command = [str(interpreter), "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""


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


def unpacked_wheels(requirements: Path, target: Target, store: Path) -> Path:
    """The folder below `store` that holds these requirements, with hashes, for this target.

    Made when it is not there yet: renamed into place when complete, so that an interrupted install is never taken for a
    whole one. Raises BuildError.
    """
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()[:16]
    folder = store / f"{requirements.stem}-{target}-{digest}"
    if not folder.is_dir():
        store.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=store) as unfinished:
            made = Path(unfinished, "wheels")
            install_wheels(["--no-deps", "--require-hashes", "--requirement", str(requirements)], target, made)
            try:
                made.rename(folder)
            except OSError:
                if not folder.is_dir():  # Somebody else was quicker.
                    raise
    return folder


def install_wheels(wanted: Sequence[str], target: Target, folder: Path) -> None:
    """Installs what pip's arguments `wanted` ask for, as wheels for the target, never built here. Raises BuildError."""
    platforms = [option for tag in target.platforms for option in ("--platform", tag)]
    command = [
        sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", "--no-compile",
        "--only-binary=:all:", "--implementation", "cp", "--python-version", target.python, *platforms,
        "--target", str(folder), *wanted,
    ]  # fmt: skip
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        reason = next((line for line in answer.stderr.splitlines() if line.startswith("ERROR")), answer.stderr)
        raise BuildError(f"no wheels for {target}: {reason.strip()}")
