"""The command behind scripts/fuzz."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from http.client import HTTPException
from typing import Any, NoReturn
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen
from uuid import uuid4

import yaml

from fuzzing.clean_up import retire
from fuzzing.notes import Notes
from fuzzing.options import TOKEN_VARIABLE, CannotRun, parser, settings
from fuzzing.reached import reached
from fuzzing.run import CONTRACT, Outcome, Settings, run
from fuzzing.summary import summary

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    # SIGINT, too: a process that a shell has put in the background would ignore it.
    for number in _SIGNALS:
        signal.signal(number, _interrupt)
    try:
        return _fuzz(options, settings(options))
    except CannotRun as error:
        _say(f"error: {error}")
    except KeyboardInterrupt:
        _say("Interrupted.")
    return 2


def _fuzz(options: argparse.Namespace, wanted: Settings) -> int:
    document = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
    empty = _is_empty(_first_page(wanted.url, document))
    _announce(options, wanted)
    notes = Notes(uuid4().hex[:6], wanted.report.with_suffix(".created"), options.clean_up)
    _make_room(notes, wanted)
    left: list[str] = []
    try:
        outcome = run(wanted, notes)
    finally:
        if options.clean_up:
            left = _clean_up(wanted, notes, document)
    _conclude(options, wanted, outcome, document)
    if wanted.read_only and empty and outcome.only_warns_of("missing_test_data"):
        _say("The catalogue is empty and nothing may be written: that getProduct finds nothing is no failure.")
        return 0
    status = outcome.exit_status if outcome.exit_status in (0, 1) else 2
    return status or (1 if left else 0)


def _first_page(url: str, document: Mapping[str, Any]) -> bytes:
    """What the contract's first path answers; empty for an error, which the run will judge. Raises CannotRun."""
    if not url.lower().startswith(("http://", "https://")):
        raise CannotRun("the URL must begin with http:// or https://")
    try:
        with urlopen(url + next(iter(document["paths"])), timeout=30) as answer:
            return bytes(answer.read())
    except HTTPError as error:
        error.close()
        return b""
    except (OSError, HTTPException, ValueError) as error:
        raise CannotRun(f"{url} does not answer: {getattr(error, 'reason', error)}") from error


def _is_empty(page: bytes) -> bool:
    try:
        return bool(json.loads(page)["products"] == [])
    except (ValueError, KeyError, TypeError):
        return False


def _announce(options: argparse.Namespace, wanted: Settings) -> None:
    if wanted.read_only and not options.read_only:
        _say(f"No token in {TOKEN_VARIABLE}: only the operations that read are tried; those that write need one.")
    _say(f"{wanted.url}: {'operations that read' if wanted.read_only else 'every operation'}, seed {wanted.seed}")


def _make_room(notes: Notes, wanted: Settings) -> None:
    """What an earlier run left is not taken for this one's."""
    wanted.report.parent.mkdir(parents=True, exist_ok=True)
    for stale in (notes.created, wanted.report, wanted.outcome):
        stale.unlink(missing_ok=True)


def _clean_up(wanted: Settings, notes: Notes, document: Mapping[str, Any]) -> list[str]:
    """The ids of the products that could not be retired. Another Ctrl-C does not end it."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    created = notes.created_ids()
    _say(f"Retiring {len(created)} products that the run has created")
    left = retire(wanted.url, wanted.token, document, created)
    if left:
        _say(f"{len(left)} COULD NOT BE RETIRED, and may still be shown to visitors: {' '.join(left)}")
    return left


def _conclude(options: argparse.Namespace, wanted: Settings, outcome: Outcome, document: Mapping[str, Any]) -> None:
    base_path = urlsplit(wanted.url).path
    answers = reached(wanted.report, document, base_path) if wanted.report.exists() else {}
    text = summary(outcome.summary, answers)
    print(f"\n{text}", flush=True)
    if options.summary is not None:
        options.summary.write_text(f"{text}\n", encoding="utf-8")


def _interrupt(number: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _say(line: str) -> None:
    with suppress(OSError):  # A terminal that is gone must not end the cleaning up.
        print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
