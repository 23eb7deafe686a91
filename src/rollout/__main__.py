"""The command line: `terraform output -json canary_deployments | python -m rollout`."""

from __future__ import annotations

import json
import sys

import boto3

from rollout.shift import Shift, Target


def main() -> int:
    """Shift what standard input names. 0: all of it arrived; 1: CodeDeploy rolled something back."""
    targets = {name: Target(**target) for name, target in json.load(sys.stdin).items()}
    if not targets:
        _say("Nothing to shift: in this environment Terraform moves the aliases itself.")
        return 0
    shift = Shift(boto3.client("codedeploy"), boto3.client("lambda"), boto3.client("cloudwatch"), _say)
    rolled_back = shift.run(targets)
    return 1 if rolled_back else 0


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
