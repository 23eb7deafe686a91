"""The command behind scripts/fuzz."""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from http.client import HTTPException
from pathlib import Path
from typing import Any, NoReturn
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen
from uuid import uuid4

import yaml

from fuzzing.clean_up import Notes, clean_up, undeletable
from fuzzing.run import CONTRACT, PROJECT, FuzzOptions, Outcome, run
from fuzzing.status_coverage import status_coverage, summary

TOKEN_VARIABLE = "API_TOKEN"
_DESCRIPTION = "Runs schemathesis against a running API: every operation of the contract, every phase, every check."
_EPILOG = f"""\
The token is an administrator's. Without one only the operations that read are tried, as with --read-only. It is read
from the environment variable {TOKEN_VARIABLE} unless another place is named.

The exit status is 0 when all passed, 1 when there were failures or warnings or when something that the run
created could not be deleted, 2 when it could not begin or was ended before its time."""


_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class CannotRun(Exception):
    """Exception for a run that cannot start; the message says what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    # SIGINT, too: a process that a shell has put in the background would ignore it.
    for number in _SIGNALS:
        signal.signal(number, _interrupt)
    try:
        return _fuzz(options, _settings(options))
    except CannotRun as error:
        _say(f"error: {error}")
    except KeyboardInterrupt:
        _say("Interrupted.")
    return 2


def _fuzz(options: argparse.Namespace, wanted: FuzzOptions) -> int:
    document = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
    _get(wanted.url + next(iter(document["paths"])))
    if wanted.read_only and not options.read_only:
        _say(f"No token in {TOKEN_VARIABLE}: only the operations that read are tried; those that write need one.")
    _say(f"{wanted.url}: {'operations that read' if wanted.read_only else 'every operation'}, seed {wanted.seed}")
    if options.clean_up and (kept := undeletable(document)):
        _say(f"Not tried, for the contract has no DELETE of what they create: {', '.join(kept)}")
        wanted = replace(wanted, left_out=kept)
    notes = Notes(uuid4().hex[:6], wanted.report.with_suffix(".created"), options.clean_up)
    wanted.report.parent.mkdir(parents=True, exist_ok=True)
    for stale in (notes.created, wanted.report, wanted.outcome):  # Not to be taken for this run's.
        stale.unlink(missing_ok=True)
    left: list[str] = []
    try:
        outcome = run(wanted, notes)
    finally:
        if options.clean_up:
            left = _clean_up(wanted, notes, document)
    _conclude(options, wanted, outcome, document)
    if wanted.read_only and outcome.only_warns_of("missing_test_data"):
        labels = outcome.summary["warnings"]["missing_test_data"]
        if _are_empty(wanted.url, labels):
            _say(f"Nothing is there, and nothing may be written: that {', '.join(labels)} finds nothing is no failure.")
            return 0
    status = outcome.exit_status if outcome.exit_status in (0, 1) else 2
    return status or (1 if left else 0)


def _get(url: str) -> bytes:
    """What a URL answers; empty for an error, which the run will show. Raises CannotRun."""
    if not url.lower().startswith(("http://", "https://")):
        raise CannotRun("the URL must begin with http:// or https://")
    try:
        with urlopen(url, timeout=30) as answer:
            return bytes(answer.read())
    except HTTPError as error:
        error.close()
        return b""
    except (OSError, HTTPException, ValueError) as error:
        raise CannotRun(f"{url} does not answer: {getattr(error, 'reason', error)}") from error


def _are_empty(url: str, labels: Iterable[str]) -> bool:
    """Whether each of these operations (`GET /things/{id}`) reads one of a list in which there is nothing."""
    collections = {label.partition(" ")[2].partition("/{")[0] for label in labels}
    with suppress(ValueError, AttributeError):
        pages = [json.loads(_get(url + path)) for path in collections]
        lists = [[each for each in page.values() if isinstance(each, list)] for page in pages]
        return all(each and not any(each) for each in lists)
    return False


def _clean_up(wanted: FuzzOptions, notes: Notes, document: Mapping[str, Any]) -> list[str]:
    """What could not be deleted. Another Ctrl-C does not end it."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    _say(f"Deleting what the run has created: {len(notes.locations())}, and {len(notes.lost())} without an answer")
    left = clean_up(wanted.url, wanted.token, document, notes)
    if left:
        _say(f"{len(left)} COULD NOT BE DELETED, and may still be shown to visitors: {' '.join(left)}")
    return left


def _conclude(options: argparse.Namespace, wanted: FuzzOptions, outcome: Outcome, document: Mapping[str, Any]) -> None:
    base_path = urlsplit(wanted.url).path
    answers = status_coverage(wanted.report, document, base_path) if wanted.report.exists() else {}
    text = summary(outcome.summary, answers)
    print(f"\n{text}", flush=True)
    if options.summary is not None:
        options.summary.write_text(f"{text}\n", encoding="utf-8")


def _interrupt(number: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _say(line: str) -> None:
    with suppress(OSError):  # A terminal that is gone must not end the cleaning up.
        print(line, file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    style = argparse.RawDescriptionHelpFormatter
    made = argparse.ArgumentParser("scripts/fuzz", description=_DESCRIPTION, epilog=_EPILOG, formatter_class=style)
    made.add_argument("url", metavar="URL", help="what precedes the contract's paths, a stage included")
    made.add_argument("--read-only", action="store_true", help="no request that could change anything")
    made.add_argument(
        "--clean-up",
        action="store_true",
        help="write only what this run creates; delete it at its end, however it ends",
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


def _settings(options: argparse.Namespace) -> FuzzOptions:
    """Raises CannotRun."""
    token = "" if options.read_only else _token(options)
    report = (options.report or PROJECT / "build" / "fuzz" / "report.ndjson").resolve()
    return FuzzOptions(
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


if __name__ == "__main__":
    sys.exit(main())
