"""The command behind scripts/package_lambdas.sh."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from lambda_packages.build import Package, build
from lambda_packages.target import ARCHITECTURES, LAMBDA_PYTHON, BuildError, Target, choose_interpreter

PROJECT = Path(__file__).resolve().parents[2]
_MEGABYTE = 1_000_000


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        python, path = choose_interpreter(options.python, _say)
        target = Target(options.arch, python)
        packages = build(PROJECT, target, path, options.out.resolve(), _say)
    except BuildError as error:
        _say(f"error: {error}")
        return 1
    print(_table(packages))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("scripts/package_lambdas.sh", description="Builds a zip for each Lambda function.")
    parser.add_argument("--arch", choices=ARCHITECTURES, default="arm64", help="architecture (default: arm64)")
    parser.add_argument("--python", metavar="X.Y", help=f"Python version (default: {LAMBDA_PYTHON})")
    parser.add_argument(
        "--out", type=Path, default=PROJECT / "dist", metavar="DIR", help="folder for the zips (default: dist)"
    )
    return parser


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _table(packages: Sequence[Package]) -> str:
    lines = [f"{'zip':<24}{'MB':>8}{'unpacked MB':>14}{'files':>8}  sha256"]
    for each in packages:
        sizes = f"{each.size / _MEGABYTE:>8.2f}{each.unpacked / _MEGABYTE:>14.2f}{each.files:>8}"
        lines.append(f"{each.zip:<24}{sizes}  {each.sha256[:16]}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
