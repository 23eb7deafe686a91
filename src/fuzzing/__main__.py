"""The command behind scripts/fuzz: one run of schemathesis, in a process of its own, and what it left."""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any, NoReturn
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen
from uuid import uuid4

import yaml

from contract.http_syntax import METHODS
from fuzzing import SAFE_METHODS
from fuzzing.clean_up import Notes, clean_up, undeletable
from fuzzing.status_coverage import status_coverage, summary

PROJECT = Path(__file__).resolve().parents[2]
CONTRACT = PROJECT / "openapi" / "products.yaml"
TOKEN_VARIABLE = "API_TOKEN"

_DESCRIPTION = "Runs schemathesis against a running API: every operation of the contract, every phase, every check."
_EPILOG = f"""\
The token is an administrator's. Without one only the operations that read are tried, as with --read-only. It is read
from the environment variable {TOKEN_VARIABLE} unless another place is named.

The exit status is 0 when all passed, 1 when there were failures or warnings or when something that the run
created could not be deleted, 2 when it could not begin or was ended before its time."""
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_SECONDS_TO_END = 2.0


class CannotRun(Exception):
    """Exception for a run that cannot start; the message says what to do."""


@dataclass(frozen=True)
class FuzzOptions:
    """`url` precedes the contract's paths. With `read_only` no request has a method that could change anything.

    `report` is schemathesis' NDJSON report; its JSON report and its configuration lie beside it. `junit` is left out
    when None. `max_examples` is schemathesis.toml's when None. `left_out` are the operationIds of what is not tried.
    """

    url: str
    token: str
    read_only: bool
    seed: int
    report: Path
    junit: Path | None = None
    max_examples: int | None = None
    left_out: Sequence[str] = ()

    @property
    def outcome(self) -> Path:
        return self.report.with_suffix(".json")

    @property
    def configuration(self) -> Path:
        return self.report.with_suffix(".toml")

    def arguments(self) -> list[str]:
        """Those of `st`."""
        words = ["--config-file", self.configuration, "run", CONTRACT, "--url", self.url, "--seed", self.seed]
        words += ["--report-ndjson-path", self.report, "--report-json-path", self.outcome]
        if self.junit is not None:
            words += ["--report-junit-path", self.junit]
        if self.max_examples is not None:
            words += ["--max-examples", self.max_examples]
        for operation_id in self.left_out:
            words += ["--exclude-operation-id", operation_id]
        if self.read_only:
            # Excluded, and not just left out: those would still be tried on the paths that do not declare them.
            changing = [method for method in map(str.upper, METHODS) if method not in SAFE_METHODS]
            words += ["--exclude-method-regex", f"^({'|'.join(changing)})$"]
        return [str(word) for word in words]


@dataclass(frozen=True)
class Outcome:
    """`exit_status` is schemathesis' own; `summary` is its JSON report, empty when it could not write one."""

    exit_status: int
    summary: Mapping[str, Any]

    def only_warns_of(self, kind: str) -> bool:
        """Whether the run came to its end with no failure, no error and no other warning."""
        if not self.summary or self.summary["failures"] or self.summary["errors"]:
            return False
        warnings = {name for name, labels in self.summary["warnings"].items() if labels}
        return self.exit_status == 1 and bool(self.summary["complete"]) and warnings == {kind}


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    # SIGINT, too: a process that a shell has put in the background would ignore it.
    for number in _SIGNALS:
        signal.signal(number, _interrupt)
    try:
        return _fuzz(options)
    except CannotRun as error:
        _say(f"error: {error}")
    except KeyboardInterrupt:
        _say("Interrupted.")
    return 2


def _fuzz(options: argparse.Namespace) -> int:
    document = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
    token = "" if options.read_only else _token(options)
    wanted = FuzzOptions(
        url=options.url.rstrip("/"),
        token=token,
        read_only=not token,
        seed=random.SystemRandom().getrandbits(32) if options.seed is None else options.seed,
        report=(options.report or PROJECT / "build" / "fuzz" / "report.ndjson").resolve(),
        junit=options.junit.resolve() if options.junit else None,
        max_examples=options.max_examples,
        left_out=undeletable(document) if options.clean_up else (),
    )
    _get(wanted.url + next(iter(document["paths"])))
    if wanted.read_only and not options.read_only:
        _say(f"No token in {TOKEN_VARIABLE}: only the operations that read are tried; those that write need one.")
    _say(f"{wanted.url}: {'operations that read' if wanted.read_only else 'every operation'}, seed {wanted.seed}")
    if wanted.left_out:
        _say(f"Not tried, for the contract has no DELETE of what they create: {', '.join(wanted.left_out)}")
    notes = Notes(uuid4().hex[:6], wanted.report.with_suffix(".created"), options.clean_up)
    wanted.report.parent.mkdir(parents=True, exist_ok=True)
    for stale in (notes.created, wanted.report, wanted.outcome):  # Not to be taken for this run's.
        stale.unlink(missing_ok=True)
    wanted.configuration.write_text(configuration(document), encoding="utf-8")
    left: list[str] = []
    try:
        outcome = _run(wanted, notes)
    finally:
        if options.clean_up:
            left = _clean_up(wanted, notes, document)

    base_path = urlsplit(wanted.url).path
    answers = status_coverage(wanted.report, document, base_path) if wanted.report.exists() else {}
    text = summary(outcome.summary, answers)
    print(f"\n{text}", flush=True)
    if options.summary is not None:
        options.summary.write_text(f"{text}\n", encoding="utf-8")
    if wanted.read_only and outcome.only_warns_of("missing_test_data"):
        labels = outcome.summary["warnings"]["missing_test_data"]
        if _are_empty(wanted.url, labels):
            _say(f"Nothing is there, and nothing may be written: that {', '.join(labels)} finds nothing is no failure.")
            return 0
    status = outcome.exit_status if outcome.exit_status in (0, 1) else 2
    return status or (1 if left else 0)


def _token(options: argparse.Namespace) -> str:
    """Raises CannotRun when a place was named and holds none: a run that was to write would silently only read."""
    variable = options.token_variable or TOKEN_VARIABLE
    place = options.token_file or f"variable {variable}"
    try:
        file: Path | None = options.token_file
        token = (file.read_text(encoding="utf-8") if file else os.environ.get(variable, "")).strip()
    except OSError as error:
        raise CannotRun(f"{place} cannot be read: {error.strerror}") from error
    if not token and (options.token_file or options.token_variable):
        raise CannotRun(f"{place} holds no token")
    return token


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


def configuration(document: Mapping[str, Any]) -> str:
    """schemathesis' configuration: schemathesis.toml, and the token for each scheme of the contract that takes one."""
    schemes = document.get("components", {}).get("securitySchemes", {})
    bearers = [name for name, each in schemes.items() if str(each.get("scheme")).lower() == "bearer"]
    tables = [f'\n[auth.openapi."{name}"]\nbearer = "${{FUZZ_TOKEN}}"\n' for name in bearers]
    return "".join((Path(__file__).with_name("schemathesis.toml").read_text(encoding="utf-8"), *tables))


def _run(wanted: FuzzOptions, notes: Notes) -> Outcome:
    """Runs schemathesis to its end; what it says goes to standard output. An interruption, too, waits for it to end."""
    command = [str(Path(sys.executable).with_name("st")), *wanted.arguments()]
    path = os.pathsep.join((str(PROJECT / "src"), str(PROJECT)))
    # Unbuffered: in a pipe, too, its progress is seen while it runs.
    given = {"FUZZ_TOKEN": wanted.token or "none", "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(command, cwd=PROJECT, env={**os.environ, **notes.environment(), **given})
    try:
        exit_status = process.wait()
    finally:
        # What it would still create could not be cleaned up.
        for number in (signal.SIGINT, signal.SIGKILL):
            if process.poll() is None:
                process.send_signal(number)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(_SECONDS_TO_END)
    report = json.loads(wanted.outcome.read_text(encoding="utf-8")) if wanted.outcome.exists() else {}
    return Outcome(exit_status, report)


def _clean_up(wanted: FuzzOptions, notes: Notes, document: Mapping[str, Any]) -> list[str]:
    """What could not be deleted. Another Ctrl-C does not end it."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    _say(f"Deleting what the run has created: {len(notes.locations())}, and {len(notes.lost())} without an answer")
    left = clean_up(wanted.url, wanted.token, document, notes)
    if left:
        _say(f"{len(left)} COULD NOT BE DELETED, and may still be shown to visitors: {' '.join(left)}")
    return left


def _are_empty(url: str, labels: Iterable[str]) -> bool:
    """Whether each of these operations (`GET /things/{id}`) reads one of a list in which there is nothing."""
    collections = {label.partition(" ")[2].partition("/{")[0] for label in labels}
    with suppress(ValueError, AttributeError):
        pages = [json.loads(_get(url + path)) for path in collections]
        lists = [[each for each in page.values() if isinstance(each, list)] for page in pages]
        return all(each and not any(each) for each in lists)
    return False


def _interrupt(number: int, frame: object) -> NoReturn:
    # The second Ctrl-C of an impatient person must not leave schemathesis running while the clean-up begins.
    for each in _SIGNALS:
        signal.signal(each, signal.SIG_IGN)
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


if __name__ == "__main__":
    sys.exit(main())
