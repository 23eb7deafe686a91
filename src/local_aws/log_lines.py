"""Logs as lines for a person: what Lambda's JSON format has as keys stands behind the message."""

from __future__ import annotations

import logging
import sys

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_QUIET = ("asyncio", "botocore", "connexion", "httpx", "urllib3", "uvicorn", "werkzeug")


class LineFormatter(logging.Formatter):
    """`14:03:07 ERROR contract: response breaks the contract  places=['body /price type']`."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:
        extra = [f"{key}={value}" for key, value in vars(record).items() if key not in _STANDARD]
        return "  ".join((super().formatMessage(record), " ".join(extra))).rstrip()


def log_to_standard_error(*quiet: str) -> None:
    """From here on, one line for each record; of the loggers `quiet`, and of libraries, warnings only."""
    handler = logging.StreamHandler()
    handler.setFormatter(LineFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in (*_QUIET, *quiet):
        logging.getLogger(name).setLevel(logging.WARNING)


def say(line: str) -> None:
    """What is being done before there is anything to log."""
    print(line, file=sys.stderr, flush=True)


def say_of(function: str, line: str) -> None:
    """A line of a function's own log, JSON as Lambda writes it."""
    say(f"{function}: {line}")
