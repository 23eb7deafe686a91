"""scripts/benchmark."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from lambda_packages.target import Target, choose_interpreter, this_architecture
from tests.performance.benchmark import cold, warm
from tests.performance.benchmark.subjects import PROJECT, Subjects

_RESULTS = PROJECT / "build" / "benchmark"


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when every bar is met, 1 when one is not."""
    options = _options(arguments)
    out = options.json or _RESULTS / f"{options.what}.json"
    met = (_cold if options.what == "cold" else _warm)(options.rounds, out)
    _say(f"JSON: {out}")
    return 0 if met else 1


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("scripts/benchmark", description="What the contract's checks cost, side by side.")
    parser.add_argument("what", choices=("cold", "warm"), help="process starts, or requests to a running function")
    parser.add_argument("--rounds", type=int, default=20, help="samples of each subject, interleaved (default: 20)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="default: build/benchmark/cold.json or warm.json")
    return parser.parse_args(arguments)


def _cold(rounds: int, out: Path) -> bool:
    subjects, path = _subjects()
    chosen = subjects.cold()
    return cold.show(chosen, cold.measure(chosen, path, rounds, _say), out)


def _warm(rounds: int, out: Path) -> bool:
    subjects, path = _subjects()
    return warm.show(warm.measure(subjects.warm(warm.OPERATIONS), path, rounds, _say), out)


def _subjects() -> tuple[Subjects, Path]:
    """And the interpreter that they are for: Lambda's, if this machine has it."""
    version, path = choose_interpreter(None, _say)
    return Subjects(Target(this_architecture(), version), path, _say), path


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
