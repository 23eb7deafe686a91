"""`scripts/load`: the command line."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from load.report import report
from load.traffic import PROJECT, Mix, MixError, Sample, Traffic

TOKEN_VARIABLE = "API_TOKEN"


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 every target held, 1 one was missed, 2 it could not be run."""
    parser = argparse.ArgumentParser(
        "scripts/load",
        description="Holds a rate of requests against the API at URL, in the mix of src/load/mix.json, and compares the"
        " latencies with the contract's x-latency-target-ms. It writes only to products of its own, and retires them.",
        epilog="Exit status: 0 every target was held, 1 one was missed, 2 it could not be run.",
    )
    parser.add_argument("url", help="where the API answers, up to and without /v1.0")
    parser.add_argument("--rate", type=float, default=100, help="requests a second (default: 100)")
    parser.add_argument("--seconds", type=float, default=60, help="for how long (default: 60)")
    parser.add_argument("--token-file", type=Path, help=f"holds an administrator's token (default: ${TOKEN_VARIABLE})")
    parser.add_argument("--read-only", action="store_true", help="leave the writes out; needs no token")
    parser.add_argument(
        "--output", type=Path, default=PROJECT / "build" / "load", help="folder of load.json, load.html"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the order of requests (default: another each time)")
    options = parser.parse_args(arguments)
    if not 0 < options.rate <= 10_000 or not 1 <= options.seconds <= 3600:
        parser.error("--rate takes up to 10000 requests a second, --seconds 1 to 3600")
    if urlsplit(options.url).scheme not in ("http", "https") or not urlsplit(options.url).hostname:
        parser.error(f"{options.url} is no http or https URL")
    token = options.token_file.read_text().strip() if options.token_file else os.environ.get(TOKEN_VARIABLE)
    if not token and not options.read_only:
        parser.error(f"the writes need an administrator's token: --token-file, ${TOKEN_VARIABLE}, or --read-only")
    try:
        mix = Mix.read(reads_only=options.read_only)
        if mix.left_out:
            print(f"Not sent, for src/load/mix.json gives them no share: {', '.join(mix.left_out)}", file=sys.stderr)
        return _run(options, mix, token)
    except (MixError, ConnectionError) as error:
        print(f"scripts/load: {error}", file=sys.stderr)
        return 2


def _run(options: argparse.Namespace, mix: Mix, token: str | None) -> int:
    def progress(second: int, samples: list[Sample]) -> None:
        if second % 5 == 0:
            failed = sum(each.failed for each in samples)
            print(f"  {second} s: {len(samples)} answers, {failed} failed", file=sys.stderr, flush=True)

    traffic = Traffic(options.url, mix, token, options.seed or int.from_bytes(os.urandom(4)))
    try:
        traffic.prepare()
        traffic.hold(options.rate, options.seconds, progress)
    finally:
        if left := traffic.retire():
            print(f"These products are still active, retire them by hand: {' '.join(left)}", file=sys.stderr)
    made = report(options.url, options.rate, mix, traffic.samples)
    text, page = made.write(options.output)
    failures = made.failures()
    print("\n".join([made.table(), *failures, f"JSON: {text}", f"picture: {page}"]))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
