"""The command line: `python -m deployment_validation URL`."""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
import traceback
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from deployment_validation import CannotRun, reports, tokens
from deployment_validation.api import BaseUrl, Clock, Pause
from deployment_validation.check_log import ValidationResult
from deployment_validation.contract import CONTRACT, LATENCY_TARGET, ROOT, Contract
from deployment_validation.validation import Plan, interruptible, validate

PASSED, FAILED, COULD_NOT_RUN = 0, 1, 2

ENVIRONMENTS = ROOT / "terraform" / "environments"
LOCAL = "http://localhost:3000"
"""An origin that scripts/serve lets in by default."""

_NO_TOKEN = (
    "No token, so nothing was written: createProduct, updateProduct and deleteProduct were only asked without one."
)
_READ_ONLY = "Read-only: createProduct, updateProduct and deleteProduct were only asked without a token."
_NO_ORIGIN = "No origin is known that may call from a browser, so CORS was half checked: use --environment or --origin."
_NO_TARGETS = (
    "Latency is measured and fails nothing: the targets are not for this machine. --latency-slack holds it to them."
)
_DESCRIPTION = "Tells whether a deployment of the API works, by calling it, and holds every answer to the contract."
_EPILOG = f"""\
Without a token only reads are checked. A token comes from, in this order: --token-file; a login at Cognito, if
--user-pool-client-id is given, with the name and password in {tokens.USERNAME} and {tokens.PASSWORD}; {tokens.TOKEN}.
With one, some test products named "Deployment validation …" are made and retired again in every case, also on Ctrl-C.

The URL is the API's base, without the contract's paths: https://….execute-api.REGION.amazonaws.com/dev. Name the API
itself and not a cache in front of it. Times are held to {LATENCY_TARGET} of each operation, less the time of a
TCP handshake. SSL_CERT_FILE and HTTPS_PROXY are heeded.

exit status: 0 all checks passed; 1 a check failed; 2 it could not run, or was interrupted"""


def main(arguments: Sequence[str] | None = None, clock: Clock = time.perf_counter, pause: Pause = time.sleep) -> int:
    """Validates and reports. The exit status: 0 passed, 1 a check failed, 2 it could not run."""
    chosen = _parser().parse_args(arguments)
    try:
        findings = validate(_plan(chosen), clock, pause)
        _report(findings, chosen)
    except CannotRun as error:
        return _could_not(str(error))
    except KeyboardInterrupt as error:
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
    token = without_group = None
    if not chosen.read_only and chosen.user_pool_client_id and not chosen.token_file:
        token = tokens.from_cognito(chosen.user_pool_client_id, chosen.region)
    elif not chosen.read_only:
        token = tokens.given(chosen.token_file, tokens.TOKEN)
    if token and not (base.is_local or base.text.startswith("https:")):
        raise CannotRun("A token is not sent over http to another machine: use https, or --read-only.")
    if token:
        without_group = tokens.given(chosen.token_without_group_file, tokens.TOKEN_WITHOUT_GROUP)
    origin = allowed_origin(chosen.origin, chosen.environment, base)
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
        token_without_group=without_group,
        requests=chosen.requests,
        slack=slack,
        seconds=chosen.timeout,
        notes=tuple(note for note in silent if note),
    )


def allowed_origin(named: str | None, environment: str | None, base: BaseUrl) -> str | None:
    """The origin to call from: the named one, else the first of the environment, else one of serve. None: unknown.

    Without a name the environment is the URL's last segment: a stage has its environment's name. The first: the
    gateway's own refusals can name one only, and that is the one. Raises CannotRun.
    """
    if named:
        return named
    environment = environment or base.path.rpartition("/")[2]
    if environment not in environments():
        return LOCAL if base.is_local else None
    file = ENVIRONMENTS / f"{environment}.tfvars.json"
    origins = json.loads(file.read_bytes()).get("allowed_origins")
    if not origins:
        raise CannotRun(f"terraform/environments/{file.name} names no allowed_origins: use --origin.")
    return str(origins[0])


def environments() -> Sequence[str]:
    """The names of the environments."""
    return sorted(path.name.partition(".")[0] for path in ENVIRONMENTS.glob("*.tfvars.json"))


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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "scripts/validate_deployment.py",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("url", metavar="URL", help="the API's base; the contract's paths follow it")
    add("--read-only", action="store_true", help="check reads only, even when there is a token")
    add("--token-file", type=Path, metavar="FILE", help="holds an administrator's token")
    add(
        "--token-without-group-file",
        type=Path,
        metavar="FILE",
        help=f"holds the token of a user who is no administrator (default: {tokens.TOKEN_WITHOUT_GROUP})",
    )
    add("--user-pool-client-id", metavar="ID", help="log in at Cognito through this app client")
    add("--region", help="of the user pool (default: AWS_REGION)")
    contract = "what to hold it to (default: this checkout's)"
    add("--contract", type=Path, default=CONTRACT, metavar="FILE", help=contract)
    add("--origin", help="an origin that may call it from a browser, the first of allowed_origins")
    add(
        "--environment",
        choices=environments(),
        help="take the origin from this environment's tfvars (default: the URL's last segment, if it is one's name)",
    )
    requests = "time N requests of each operation (default: 20)"
    add("--requests", type=_count, default=20, metavar="N", help=requests)
    slack = "multiply the latency targets by this (default: 1; for this machine: none is checked)"
    add("--latency-slack", type=partial(_number, most=1000), metavar="FACTOR", help=slack)
    timeout = "wait so long for an answer (default: 30)"
    add("--timeout", type=partial(_number, most=600), default=30, metavar="SECONDS", help=timeout)
    add("--json", metavar="FILE", help="write the result as JSON; - is standard output")
    add("--junit", type=Path, metavar="FILE", help="write the result as JUnit's XML")
    return parser


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 1000):
        raise argparse.ArgumentTypeError("a number from 0 to 1000")
    return int(text)


def _number(text: str, most: float) -> float:
    """Raises ArgumentTypeError unless it is above 0 and at most so much."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 < number <= most:
        raise argparse.ArgumentTypeError(f"a number above 0, up to {most:g}")
    return number


if __name__ == "__main__":
    interruptible()
    sys.exit(main())
