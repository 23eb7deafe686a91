"""Somebody on call, with a shell, a runbook and a rehearsed deployment: runs every `sh` block of it, in order.

The AWS CLI is the real one and asks the mocked AWS; `terraform` is the real one in the rehearsal's copy of the stack.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from lambda_packages.target import Target, this_architecture, unpacked_wheels
from rehearsal.deployment import Deployment
from rehearsal.terraform import provider_mirror
from tests.unit.docs.commands import blocks

ROOT = Path(__file__).parents[3]
# The one about a laptop has commands of a laptop, which this suite runs anyway.
RUNBOOKS = sorted(set((ROOT / "docs/runbooks").glob("*.md")) - {ROOT / "docs/runbooks/product_lambda_dev_setup.md"})


def follow(runbook: Path, deployment: Deployment, tools: Path) -> subprocess.CompletedProcess[str]:
    """Ends at the first command that fails, with the block that it stands in at the end of what is printed."""
    script = ["set -euo pipefail"]
    for number, block in enumerate(blocks(runbook.read_text(), "sh"), 1):
        script += [f"echo {shlex.quote(f'== block {number}')}", block]
    return subprocess.run(
        ["bash", "-c", "\n".join(script)],
        cwd=ROOT,
        env=_environment(deployment, tools),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def make_tools(deployment: Deployment, folder: Path) -> Path:
    """A folder with `aws` and `terraform` for the rehearsed account and stack."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    cli = unpacked_wheels(
        ROOT / "scripts/toolchain/aws_cli.txt", Target(this_architecture(), version), ROOT / "build/lambda"
    )
    _tool(folder / "aws", f'PYTHONPATH={cli} exec {sys.executable} -m awscli "$@"')
    _tool(folder / "terraform", _terraform(deployment.stack.terraform.folder, deployment.url))
    return folder


def _terraform(folder: Path, url: str) -> str:
    """The stack's copy instead of the checkout's, and the gateway of the rehearsal as where the API answers."""
    mirror = provider_mirror(os.environ)
    more = ["-backend-config=use_path_style=true", *([f"-plugin-dir={mirror}"] if mirror else [])]
    return f"""
first=$1; shift
[ "$first" = -chdir=terraform ] || {{ echo "terraform is run in the folder terraform" >&2; exit 1; }}
case "$*" in
  init*) set -- "$@" {shlex.join(more)} ;;
  "output -raw api_url") printf %s {url}; exit ;;
esac
exec {shutil.which("terraform")} -chdir={folder} "$@"
"""


def _tool(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)


def _environment(deployment: Deployment, tools: Path) -> dict[str, str]:
    return {
        **deployment.stack.terraform.environment,
        "PATH": f"{tools}:{os.environ['PATH']}",
        "ENVIRONMENT": deployment.stack.environment,
        "AWS_PAGER": "",
    }
