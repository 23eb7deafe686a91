"""The command behind scripts/package_lambdas.sh."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from lambda_packages.build import build
from lambda_packages.target import ARCHITECTURES, LAMBDA_PYTHON, BuildError, Target, choose_interpreter

PROJECT = Path(__file__).resolve().parents[2]


def main(arguments: Sequence[str] | None = None) -> int:
    """Builds the packages, prints a table of them, and returns the exit status: 0, or 1 when they cannot be built."""
    parser = argparse.ArgumentParser("scripts/package_lambdas.sh", description="Builds a zip for each Lambda function.")
    parser.add_argument("--arch", choices=ARCHITECTURES, default="arm64", help="architecture (default: arm64)")
    parser.add_argument("--python", metavar="X.Y", help=f"Python version (default: {LAMBDA_PYTHON})")
    parser.add_argument(
        "--out", type=Path, default=PROJECT / "dist", metavar="DIR", help="folder for the zips (default: dist)"
    )
    options = parser.parse_args(arguments)
    try:
        python, path = choose_interpreter(options.python, _say)
        packages = build(PROJECT, Target(options.arch, python), path, options.out.resolve(), _say)
    except BuildError as error:
        _say(f"error: {error}")
        return 1
    print(f"{'zip':<24}{'MB':>8}{'unpacked MB':>14}{'files':>8}  sha256")
    for each in packages:
        sizes = f"{each.size / 1e6:>8.2f}{each.unpacked / 1e6:>14.2f}{each.files:>8}"
        print(f"{each.zip:<24}{sizes}  {each.sha256[:16]}")
    return 0


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
