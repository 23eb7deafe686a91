"""The command line: `python -m deployment_validation URL`."""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from deployment_validation import options, reports, tokens
from deployment_validation.api import Pause
from deployment_validation.check_log import ValidationResult
from deployment_validation.connection import BaseUrl, CannotRun, Clock
from deployment_validation.contract import Contract
from deployment_validation.validation import Interrupted, Plan, interruptible, validate

PASSED, FAILED, COULD_NOT_RUN = 0, 1, 2

_NO_TOKEN = (
    "No token, so nothing was written: createProduct, updateProduct and deleteProduct were only asked without one."
)
_READ_ONLY = "Read-only: createProduct, updateProduct and deleteProduct were only asked without a token."
_NO_ORIGIN = "No origin is known that may call from a browser, so CORS was half checked: use --environment or --origin."
_NO_TARGETS = (
    "Latency is measured and fails nothing: the targets are not for this machine. --latency-slack holds it to them."
)


def main(arguments: Sequence[str] | None = None, clock: Clock = time.perf_counter, pause: Pause = time.sleep) -> int:
    """Validates and reports. The exit status: 0 passed, 1 a check failed, 2 it could not run."""
    chosen = options.parser().parse_args(arguments)
    try:
        findings = validate(_plan(chosen), clock, pause)
        _report(findings, chosen)
    except CannotRun as error:
        return _could_not(str(error))
    except Interrupted as error:
        return _could_not("Interrupted.", error)
    except Exception as error:  # The error's own words may hold a value.
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(place.filename).name}:{place.lineno}"
        return _could_not(f"This script failed: {type(error).__name__} in {where}.", error)
    return PASSED if findings.passed else FAILED


def _could_not(reason: str, error: BaseException | None = None) -> int:
    """Says why, and what the error's notes say of the test products."""
    print(reason, *getattr(error, "__notes__", ()), file=sys.stderr)
    return COULD_NOT_RUN


def _plan(chosen: argparse.Namespace) -> Plan:
    base = BaseUrl(chosen.url)
    token = None if chosen.read_only else _token(chosen)
    if token and not base.is_private:
        raise CannotRun("A token is not sent over http to another machine: use https, or --read-only.")
    origin = options.origin(chosen.origin, chosen.environment, base)
    slack = chosen.latency_slack or (None if base.is_local else 1)
    silent = (
        None if token else _READ_ONLY if chosen.read_only else _NO_TOKEN,
        None if origin else _NO_ORIGIN,
        None if slack else _NO_TARGETS,
    )
    return Plan(
        base=base,
        contract=Contract.load(chosen.contract),
        origin=origin,
        token=token,
        token_without_group=tokens.given(chosen.token_without_group_file, tokens.TOKEN_WITHOUT_GROUP)
        if token
        else None,
        requests=chosen.requests,
        slack=slack,
        seconds=chosen.timeout,
        notes=tuple(note for note in silent if note),
    )


def _token(chosen: argparse.Namespace) -> str | None:
    if chosen.user_pool_client_id and not chosen.token_file:
        return tokens.from_cognito(chosen.user_pool_client_id, chosen.region)
    return tokens.given(chosen.token_file, tokens.TOKEN)


def _report(findings: ValidationResult, chosen: argparse.Namespace) -> None:
    print(reports.text(findings), end="", file=sys.stderr if chosen.json == "-" else sys.stdout)
    if chosen.json == "-":
        print(reports.as_json(findings), end="")
    elif chosen.json:
        _write(Path(chosen.json), reports.as_json(findings))
    if chosen.junit:
        _write(chosen.junit, reports.as_junit(findings))


def _write(file: Path, content: str) -> None:
    try:
        file.write_text(content, encoding="utf-8")
    except OSError as error:
        raise CannotRun(f"The report {file} cannot be written ({error.strerror}).") from None


if __name__ == "__main__":
    interruptible()
    sys.exit(main())
