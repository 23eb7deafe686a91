"""The rehearsal, step by step: deploy, validate as against AWS, make things go wrong, destroy."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from local_aws.packaged_functions import Packages, packages_for_this_machine
from local_server import project
from rehearsal.deployment import Deployment, packages_that_differ, running
from rehearsal.faults import rehearse_faults
from rehearsal.mock_account import mock_account
from rehearsal.moto_server import MockedAws
from rehearsal.releases import release_again, try_releases
from rehearsal.role_permissions import check_role_permissions
from rehearsal.steps import Step, StepFailed, Steps, fail_if
from rehearsal.terraform import Stack, managed, run_to_end

DEFAULT_FOLDER = project.ROOT / "build" / "rehearsal"
REPORT = "report.json"


@dataclass(frozen=True)
class Options:
    """`folder` is where reports go, `root` where the stack is read. `fuzz` are options of scripts/fuzz; None leaves it
    out. `packages` are packages that are built already.
    """

    folder: Path
    environment: str
    root: Path = project.ROOT
    packages: Packages | None = None
    port: int = 0
    validate: bool = True
    fuzz: tuple[str, ...] | None = ()


def rehearse(options: Options, steps: Steps, keep: Callable[[Deployment], None] = lambda deployment: None) -> None:
    """Runs every step, from packages to an empty account; `keep` is called with what runs, and the end waits for it.

    Raises CannotStart, StepFailed; a failed check that others do not depend on shows in `steps` only.
    """
    options.folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as resources:
        scratch = Path(resources.enter_context(TemporaryDirectory(prefix="rehearsal-")))
        with steps.step("start AWS, mocked, and DynamoDB"):
            account = resources.enter_context(mock_account(options.root, options.environment))
        with steps.step("package the functions") as step:
            packages = _packages(options, scratch / "packages")
            step.figures["zips"] = len(list(packages.folder.glob("*.zip")))
        with steps.step("terraform init"):
            variables = {
                **account.endpoints,
                # prod's plan is refused when nobody is notified of alarms.
                "TF_VAR_alarm_emails": '["on-call@example.com"]',
                "TF_VAR_package_dir": str(packages.folder),
                "TF_VAR_cognito_user_pool_arn": account.user_pool.arn,
            }
            stack = Stack(options.root, scratch, options.environment, variables)
            stack.init()
        with steps.step("terraform apply") as step:
            step.figures |= stack.apply()
            fail_if(account.not_mocked, "asked of AWS and not mocked")
        with steps.check("terraform plan, again") as step:
            changes = stack.changes()
            step.figures["changes"] = len(changes)
            fail_if(changes, "a second plan has changes")
        with steps.step("start what was deployed") as step:
            deployment = resources.enter_context(running(account, stack, packages.runtime, options.port))
            fail_if(packages_that_differ(deployment, packages.folder), "deployed code is not what was packaged")
            step.figures["functions"] = len(deployment.names)
        if options.validate:
            with steps.check("validate the deployment") as step:
                validate(deployment, step, options.folder)
        if options.fuzz is not None:
            with steps.check("fuzz it") as step:
                fuzz(deployment, step, options.folder, *options.fuzz)
        with steps.check("check the roles' permissions") as step:
            check_role_permissions(deployment, step)
        with steps.check("release again, under traffic") as step:
            release_again(deployment, packages.folder, step)
        if deployment.state["outputs"]["canary_deployments"]["value"]:
            with steps.check("shift to bad releases") as step:
                try_releases(deployment, packages.folder, step)
        with steps.check("make things go wrong") as step:
            rehearse_faults(deployment, step)
        keep(deployment)
        with steps.check("terraform destroy") as step:
            stack.destroy()
            left = leftovers(account.aws, account.state())
            step.figures["left"] = len(left)
            fail_if(left, "left over")


def _packages(options: Options, folder: Path) -> Packages:
    """In a folder of this rehearsal's own: the second release changes them."""
    if options.packages is None:
        return packages_for_this_machine(project.ROOT, folder)
    shutil.copytree(options.packages.folder, folder)
    return replace(options.packages, folder=folder)


def validate(deployment: Deployment, step: Step, folder: Path) -> None:
    """`scripts/validate_deployment.py`. Raises StepFailed."""
    report = folder / "validation.json"
    _run(deployment, "validate_deployment.py", "--json", str(report))
    step.figures["checks"] = json.loads(report.read_text(encoding="utf-8"))["counts"]["passed"]


def fuzz(deployment: Deployment, step: Step, folder: Path, *options: str) -> None:
    """`scripts/fuzz`. Raises StepFailed."""
    report, summary = folder / "fuzz.ndjson", folder / "fuzz.txt"
    _run(deployment, "fuzz", "--report", str(report), "--summary", str(summary), *options)
    cases = re.search(r"^cases +(\d+)", summary.read_text(encoding="utf-8"), re.MULTILINE)
    step.figures["cases"] = int(cases[1]) if cases else 0
    if step.figures["cases"] == 0:
        raise StepFailed("scripts/fuzz has tried nothing")


def _run(deployment: Deployment, script: str, *arguments: str) -> None:
    environment = {
        **os.environ,
        "API_TOKEN": deployment.account.administrator.token(),
        "API_TOKEN_WITHOUT_GROUP": deployment.account.somebody.token(),
        "NO_PROXY": "127.0.0.1",
    }
    ended = run_to_end([project.ROOT / "scripts" / script, deployment.url, *arguments], project.ROOT, environment)
    if ended.returncode != 0:
        raise StepFailed(f"scripts/{script} ended with {ended.returncode}:\n{ended.stdout}")


# Service, operation, and where in its answer the names are.
_LISTS = (
    ("apigateway", "get_rest_apis", "items", "name"),
    ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    ("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
    ("codedeploy", "list_applications", "applications", None),
    ("iam", "list_roles", "Roles", "RoleName"),
    ("lambda", "list_functions", "Functions", "FunctionName"),
    ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    ("logs", "describe_metric_filters", "metricFilters", "filterName"),
    ("sns", "list_topics", "Topics", "TopicArn"),
)


def leftovers(aws: MockedAws, state: Mapping[str, Any]) -> list[str]:
    """Names of all that the services list and that Terraform's state still has. Nothing else lives in this account."""
    return [f"state: {name}" for name in managed(state)] + [
        f"{service}: {each if key is None else each[key]}"
        for service, operation, where, key in _LISTS
        for each in getattr(aws.client(service), operation)()[where]
    ]


def write_report(steps: Steps, options: Options) -> None:
    """The facts, for a program: build/rehearsal/report.json."""
    facts = {"environment": options.environment, **steps.facts()}
    (options.folder / REPORT).write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
