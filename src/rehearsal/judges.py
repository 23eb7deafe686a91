"""The judges of a deployment, run against the rehearsed one as they are against AWS."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from local_aws.processes import run_to_end
from local_server import project
from rehearsal.deployment import Deployment
from rehearsal.steps import Step, StepFailed


def validate(deployment: Deployment, step: Step, folder: Path) -> None:
    """`scripts/validate_deployment.py`. Raises StepFailed."""
    report = folder / "validation.json"
    _run(deployment, "validate_deployment.py", deployment.url, "--json", str(report))
    step.figures["checks"] = json.loads(report.read_text(encoding="utf-8"))["counts"]["passed"]


def fuzz(deployment: Deployment, step: Step, folder: Path, *options: str) -> None:
    """`scripts/fuzz`. Raises StepFailed."""
    summary = folder / "fuzz.txt"
    _run(
        deployment, "fuzz", deployment.url, "--report", str(folder / "fuzz.ndjson"), "--summary", str(summary), *options
    )
    step.figures["cases"] = _cases(summary.read_text(encoding="utf-8"))
    if step.figures["cases"] == 0:
        raise StepFailed("scripts/fuzz has tried nothing")


def _run(deployment: Deployment, script: str, *arguments: str) -> None:
    account = deployment.account
    environment = {
        **os.environ,
        "API_TOKEN": account.administrator.token(),
        "API_TOKEN_WITHOUT_GROUP": account.somebody.token(),
        "NO_PROXY": "127.0.0.1",
    }
    ended = run_to_end([project.ROOT / "scripts" / script, *arguments], project.ROOT, environment)
    if ended.status != 0:
        raise StepFailed(f"scripts/{script} ended with {ended.status}:\n{ended.output}")


def _cases(summary: str) -> int:
    found = re.search(r"^cases +(\d+)", summary, re.MULTILINE)
    return int(found[1]) if found else 0
