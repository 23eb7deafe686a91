"""The options of the command line."""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from deployment_validation import tokens
from deployment_validation.connection import BaseUrl, CannotRun
from deployment_validation.contract import LATENCY_TARGET

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = ROOT / "openapi" / "products.yaml"
GATEWAY_SETTINGS = CONTRACT.with_name("apigateway.yaml")
ENVIRONMENTS = ROOT / "terraform" / "environments"
LOCAL = "http://localhost:3000"
"""An origin that scripts/serve lets in by default."""


_DESCRIPTION = "Tells whether a deployment of the API works, by calling it, and holds every answer to the contract."
_EPILOG = f"""\
Without a token only reads are checked. A token comes from, in this order: --token-file; a login at Cognito, if
--user-pool-client-id is given, with the name and password in {tokens.USERNAME} and {tokens.PASSWORD}; {tokens.TOKEN}.
With one, some test products named "Deployment validation …" are made and retired again in every case, also on Ctrl-C.

The URL is the API's base, without the contract's paths: https://….execute-api.REGION.amazonaws.com/dev. Name the API
itself and not a cache in front of it. Times are held to {LATENCY_TARGET} of each operation, less the time of a
TCP handshake. SSL_CERT_FILE and HTTPS_PROXY are heeded.

exit status: 0 all checks passed; 1 a check failed; 2 it could not run, or was interrupted"""


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "scripts/validate_deployment.py",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("url", metavar="URL", help="the API's base; the contract's paths follow it")
    parser.add_argument("--read-only", action="store_true", help="check reads only, even when there is a token")
    _add_tokens(parser)
    _add_expectations(parser)
    parser.add_argument("--json", metavar="FILE", help="write the result as JSON; - is standard output")
    parser.add_argument("--junit", type=Path, metavar="FILE", help="write the result as JUnit's XML")
    return parser


def _add_tokens(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--token-file", type=Path, metavar="FILE", help="holds an administrator's token")
    parser.add_argument(
        "--token-without-group-file",
        type=Path,
        metavar="FILE",
        help=f"holds the token of a user who is no administrator (default: {tokens.TOKEN_WITHOUT_GROUP})",
    )
    parser.add_argument("--user-pool-client-id", metavar="ID", help="log in at Cognito through this app client")
    parser.add_argument("--region", help="of the user pool (default: AWS_REGION)")


def _add_expectations(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--contract", type=Path, default=CONTRACT, metavar="FILE", help="what to hold it to (default: this checkout's)"
    )
    parser.add_argument("--origin", help="an origin that may call it from a browser, the first of allowed_origins")
    parser.add_argument(
        "--environment",
        choices=environments(),
        help="take the origin from this environment's tfvars (default: the URL's last segment, if it is one's name)",
    )
    parser.add_argument(
        "--requests", type=_count, default=20, metavar="N", help="time N requests of each operation (default: 20)"
    )
    parser.add_argument(
        "--latency-slack",
        type=partial(_number, most=1000),
        metavar="FACTOR",
        help="multiply the latency targets by this (default: 1; for this machine: none is checked)",
    )
    parser.add_argument(
        "--timeout",
        type=partial(_number, most=600),
        default=30,
        metavar="SECONDS",
        help="wait so long for an answer (default: 30)",
    )


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


def origin(named: str | None, environment: str | None, base: BaseUrl) -> str | None:
    """The origin to call from: the named one, else the first of the environment, else one of serve. None: unknown.

    Without a name the environment is the URL's last segment: a stage has its environment's name. Raises CannotRun.
    """
    if named:
        return named
    if environment or base.last_segment in environments():
        return _first_origin(environment or base.last_segment)
    return LOCAL if base.is_local else None


def environments() -> Sequence[str]:
    """The names of the environments."""
    return sorted(path.name.partition(".")[0] for path in ENVIRONMENTS.glob("*.tfvars.json"))


def _first_origin(environment: str) -> str:
    """The first one: the gateway's own refusals can name one only, and that is the one."""
    file = ENVIRONMENTS / f"{environment}.tfvars.json"
    origins = json.loads(file.read_bytes()).get("allowed_origins")
    if not origins:
        raise CannotRun(f"terraform/environments/{file.name} names no allowed_origins: use --origin.")
    return str(origins[0])
