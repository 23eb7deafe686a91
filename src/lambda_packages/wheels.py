"""Third-party code for a target: wheels from a requirements file with hashes, never built here."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from lambda_packages.target import BuildError, Target


def unpack(requirements: Path, target: Target, store: Path) -> Path:
    """The folder below `store` that holds these requirements for this target; made when it is not there yet."""
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()[:16]
    folder = store / f"{requirements.stem}-{target}-{digest}"
    if not folder.is_dir():
        _make(folder, requirements, target)
    return folder


def install(wanted: Sequence[str], target: Target, folder: Path) -> None:
    """Installs what pip's arguments `wanted` ask for, as wheels for the target. Raises BuildError."""
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


def _make(folder: Path, requirements: Path, target: Target) -> None:
    """Renamed into place when complete, so that an interrupted install is never taken for a whole one."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder.parent) as unfinished:
        made = Path(unfinished, "wheels")
        install(["--no-deps", "--require-hashes", "--requirement", str(requirements)], target, made)
        try:
            made.rename(folder)
        except OSError:
            if not folder.is_dir():  # Somebody else was quicker.
                raise
