"""Packages that run on this machine, and what Lambda's own image has beside them."""

from __future__ import annotations

import platform
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lambda_packages import interpreter, wheels
from lambda_packages.build import build
from lambda_packages.errors import BuildError
from lambda_packages.target import Target, this_architecture
from local_aws.errors import CannotStart
from local_aws.lambda_process import Runtime

_RUNTIME_REQUIREMENTS = Path("scripts/toolchain/runtime.txt")
Say = Callable[[str], None]


@dataclass(frozen=True)
class Packages:
    """`folder` holds the zips and their manifest; `runtime` runs them."""

    folder: Path
    runtime: Runtime


def packages_for_this_machine(project: Path, folder: Path, say: Say = lambda line: None) -> Packages:
    """Builds a checkout's packages in `folder`, for this machine, whatever they are deployed to. Raises CannotStart."""
    if platform.system() != "Linux":
        raise CannotStart("Packages hold what Lambda's Linux runs, and nothing else can: leave --packaged out.")
    try:
        version, path = interpreter.choose(None, say)
        target = Target(this_architecture(), version)
        build(project, target, path, folder, say)
        return Packages(folder, _runtime(project, target, path))
    except BuildError as error:
        raise CannotStart(f"There are no packages to serve: {error}") from None


def _runtime(project: Path, target: Target, path: Path) -> Runtime:
    return Runtime(path, wheels.unpack(project / _RUNTIME_REQUIREMENTS, target, project / "build" / "lambda"))
