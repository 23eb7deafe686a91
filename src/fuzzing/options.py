"""What the command line of scripts/fuzz asks for."""

from __future__ import annotations

import argparse
import os
import random
from pathlib import Path

from fuzzing.run import PROJECT, Settings

TOKEN_VARIABLE = "API_TOKEN"
DESCRIPTION = "Runs schemathesis against a running API: every operation of the contract, every phase, every check."
EPILOG = f"""\
The token is an administrator's. Without one only the operations that read are tried, as with --read-only. It is read
from the environment variable {TOKEN_VARIABLE} unless another place is named.

The exit status is 0 when all passed, 1 when there were failures or warnings or when a product could not be retired, 2
when the run could not begin or was ended before its time."""


class CannotRun(Exception):
    """The message says why, and what to do."""


def parser() -> argparse.ArgumentParser:
    style = argparse.RawDescriptionHelpFormatter
    made = argparse.ArgumentParser("scripts/fuzz", description=DESCRIPTION, epilog=EPILOG, formatter_class=style)
    made.add_argument("url", metavar="URL", help="what precedes the contract's paths, a stage included")
    made.add_argument("--read-only", action="store_true", help="no request that could change anything")
    made.add_argument(
        "--clean-up",
        action="store_true",
        help="write only products of this run; retire them at its end, however it ends",
    )
    token = made.add_mutually_exclusive_group()
    token.add_argument("--token-variable", metavar="NAME", help="environment variable that holds the token")
    token.add_argument("--token-file", type=Path, metavar="FILE", help="file that holds the token")
    made.add_argument("--report", type=Path, metavar="FILE", help="NDJSON report (default: build/fuzz/report.ndjson)")
    made.add_argument("--junit", type=Path, metavar="FILE", help="JUnit report")
    made.add_argument("--summary", type=Path, metavar="FILE", help="the end of the output, as a file")
    made.add_argument("--seed", type=int, metavar="N", help="of an earlier run, to repeat it (default: a new one)")
    made.add_argument("--max-examples", type=int, metavar="N", help="generated cases for each operation")
    return made


def settings(options: argparse.Namespace) -> Settings:
    """Raises CannotRun."""
    token = "" if options.read_only else _token(options)
    report = (options.report or PROJECT / "build" / "fuzz" / "report.ndjson").resolve()
    return Settings(
        url=options.url.rstrip("/"),
        token=token,
        read_only=not token,
        seed=random.SystemRandom().getrandbits(32) if options.seed is None else options.seed,
        report=report,
        outcome=report.with_suffix(".json"),
        junit=options.junit.resolve() if options.junit else None,
        max_examples=options.max_examples,
    )


def _token(options: argparse.Namespace) -> str:
    """Raises CannotRun when a place was named and holds none: a run that was to write would silently only read."""
    place = options.token_file or f"variable {options.token_variable or TOKEN_VARIABLE}"
    try:
        token = _content(options).strip()
    except OSError as error:
        raise CannotRun(f"{place} cannot be read: {error.strerror}") from error
    if not token and (options.token_file or options.token_variable):
        raise CannotRun(f"{place} holds no token")
    return token


def _content(options: argparse.Namespace) -> str:
    if options.token_file is not None:
        return str(options.token_file.read_text(encoding="utf-8"))
    return os.environ.get(options.token_variable or TOKEN_VARIABLE, "")
