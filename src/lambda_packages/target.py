"""The machine that a package is for."""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass

from lambda_packages.errors import BuildError

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
