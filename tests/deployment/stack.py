"""A copy of all that Terraform reads, in which it can be initialised, run, and given other contracts."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rehearsal.terraform import Terraform

PROJECT = Path(__file__).parents[2]
ENVIRONMENTS = ("dev", "sit", "prod")
USER_POOL = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_Example01"
_READ = (
    "terraform",
    "openapi",
    "generated/operations.json",
    "generated/apigateway.json",
    "generated/handler_permissions.json",
)


class Stack:
    """The stack below `root`. Its packages are empty files: nothing here is deployed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.terraform = Terraform.at(root / "terraform", TF_VAR_package_dir=str(root / "packages"))

    @classmethod
    def copied_to(cls, root: Path, project: Path = PROJECT) -> Stack:
        for name in _READ:
            _copy(project / name, root / name)
        (root / "packages").mkdir()
        for operation in json.loads((root / "generated/operations.json").read_text())["operations"]:
            (root / "packages" / f"{operation['module']}.zip").touch()
        return cls(root)

    def test(self, environment: str, *names: str) -> str:
        """Run these of Terraform's tests with the settings of an environment; what it printed."""
        return self.terraform.run("test", *_options(environment, names))

    def plan(self, environment: str) -> dict[str, Any]:
        """The plan for an environment of a mocked AWS, as Terraform describes plans in JSON."""
        output = self.terraform.run("test", "-json", "-verbose", *_options(environment, ["environment"]))
        messages = (json.loads(line) for line in output.splitlines() if line.startswith("{"))
        return next(message["test_plan"] for message in messages if message["type"] == "test_plan")


def planned(plan: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """The values of every resource of this kind."""
    return [change["change"]["after"] for change in plan["resource_changes"] if change["type"] == kind]


def _options(environment: str, names: Iterable[str]) -> list[str]:
    return [
        f"-var-file=environments/{environment}.tfvars.json",
        *(f"-filter=tests/{name}.tftest.hcl" for name in names),
    ]


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns(".terraform*", "*.tfstate*"))
    else:
        shutil.copy(source, target)
