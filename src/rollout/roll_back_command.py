"""The command behind scripts/roll_back."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from rollout.live import Live, live
from rollout.roll_back import RollBack

EPILOG = """\
Before a deployment:  terraform -chdir=terraform show -json | scripts/roll_back record FILE
To undo it:           scripts/roll_back to FILE

The aliases go back to the versions that they were at, all traffic at once, and the stage to the deployment that it
served. One that Terraform has deleted meanwhile is made again from the same definition. Terraform's state stays as it
is: the next apply goes forward again. Credentials and region are those of the AWS CLI.

The exit status is 0 when all is back, 1 when something could not be put back, 2 when it could not begin."""


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        return _record(options.file) if options.action == "record" else _roll_back(options.file)
    except OSError as error:
        _say(f"error: {options.file}: {error.strerror}")
    except (ValueError, KeyError, TypeError):
        _say("error: standard input is no output of terraform show -json, or the file no record")
    except (BotoCoreError, ClientError) as error:
        _say(f"error: {error}")
    return 2


def _record(file: Path) -> int:
    found = live(json.load(sys.stdin), boto3.client("lambda"), boto3.client("apigateway"))
    file.write_text(found.to_json(), encoding="utf-8")
    _say(f"{len(found.aliases)} aliases and {'the' if found.api else 'no'} API are in {file}")
    return 0


def _roll_back(file: Path) -> int:
    before = Live.from_json(file.read_text(encoding="utf-8"))
    if before == Live():
        _say("Nothing was deployed before: there is nothing to go back to.")
        return 1
    roll_back = RollBack(boto3.client("codedeploy"), boto3.client("lambda"), boto3.client("apigateway"), _say)
    left = roll_back.to(before)
    _say(f"NOT BACK: {', '.join(left)}" if left else "All is back at what was served before.")
    return 1 if left else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "scripts/roll_back",
        description="Has a stack serve again what it served before a deployment.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "action", choices=["record", "to"], help="note what is served now, or go back to what was noted"
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="the record")
    return parser


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
