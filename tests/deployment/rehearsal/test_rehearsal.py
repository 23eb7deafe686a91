"""The whole deployment without AWS: one that has to pass, and one of a stack that is wrong in many places."""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from local_aws.packaged_functions import Packages
from local_server import project
from rehearsal.deployment import Deployment, announce
from rehearsal.rehearsal import Options, rehearse, write_report
from rehearsal.steps import Step, Steps
from tests.deployment.rehearsal.on_call import RUNBOOKS, follow, make_tools

PRODUCT = {
    "name": "Rehearsed",
    "description": "A product of the rehearsal's own test.",
    "price": 79.77,
    "period": "per year",
    "features": ["One domain"],
}


@dataclass
class Rehearsal:
    """What came of one; `live` is what was seen while it ran."""

    options: Options
    steps: Steps
    live: dict[str, Any] = field(default_factory=dict)

    def step(self, name: str) -> Step:
        return next(each for each in self.steps.taken if each.name == name)

    def run(self, look: Callable[[Deployment], None]) -> Rehearsal:
        try:
            rehearse(self.options, self.steps, look)
        finally:
            write_report(self.steps, self.options)
        return self


@pytest.fixture(scope="module")
def rehearsal(packages: Packages, tmp_path_factory: pytest.TempPathFactory) -> Rehearsal:
    """Everything, validation and fuzzing included."""
    options = Options(tmp_path_factory.mktemp("reports"), "dev", packages=packages)
    rehearsal = Rehearsal(options, Steps(print))

    def look(deployment: Deployment) -> None:
        session = options.folder / "session.json"
        rehearsal.live |= {"words": announce(deployment, session), "session": json.loads(session.read_text())}
        rehearsal.live["mode"] = stat.S_IMODE(session.stat().st_mode)
        rehearsal.live["statuses"] = [_create(deployment, token) for token in _tokens(deployment)]
        rehearsal.live["log"] = deployment.account.logs.lines(deployment.log_groups["access"])[-1]

    return rehearsal.run(look)


def test_a_rehearsal_passes(rehearsal: Rehearsal) -> None:
    assert [step.name for step in rehearsal.steps.taken if not step.passed] == []
    assert "The rehearsal passed." in rehearsal.steps.report()


def test_the_validation_and_the_fuzzing_had_something_to_check(rehearsal: Rehearsal) -> None:
    assert rehearsal.step("validate the deployment").figures["checks"] > 20
    assert rehearsal.step("fuzz it").figures["cases"] > 400


def test_a_second_plan_changes_nothing_and_destroy_leaves_nothing(rehearsal: Rehearsal) -> None:
    operations = len(json.loads((project.ROOT / "generated/operations.json").read_text())["operations"])
    assert rehearsal.step("terraform apply").figures["added"] > 10 * operations
    assert rehearsal.step("terraform plan, again").figures == {"changes": 0}
    assert rehearsal.step("terraform destroy").figures == {"left": 0}


def test_a_release_under_traffic_had_traffic(rehearsal: Rehearsal) -> None:
    assert rehearsal.step("release again, under traffic").figures["requests meanwhile"] > 20


def test_an_administrator_may_write_and_somebody_else_may_not(rehearsal: Rehearsal) -> None:
    assert rehearsal.live["statuses"] == [201, 403, 401]


def test_what_is_kept_says_how_to_reach_it(rehearsal: Rehearsal) -> None:
    session = rehearsal.live["session"]
    assert session["url"].endswith("/dev")
    assert session["url"] in rehearsal.live["words"]
    assert session["token"] in rehearsal.live["words"]
    assert rehearsal.live["mode"] == 0o600


def test_requests_are_in_the_access_log_in_the_stacks_own_format(rehearsal: Rehearsal) -> None:
    line = json.loads(rehearsal.live["log"])
    assert (line["httpMethod"], line["resourcePath"], line["status"]) == ("POST", "/v1.0/products", "401")
    assert line["responseType"] == "UNAUTHORIZED"


@pytest.fixture(scope="module")
def followed(packages: Packages, tmp_path_factory: pytest.TempPathFactory) -> Rehearsal:
    """One in which somebody on call follows the runbooks."""
    options = Options(tmp_path_factory.mktemp("reports"), "dev", packages=packages, validate=False, fuzz=None)
    rehearsal = Rehearsal(options, Steps(print))

    def look(deployment: Deployment) -> None:
        tools = make_tools(deployment, tmp_path_factory.mktemp("tools"))
        rehearsal.live |= {runbook.stem: follow(runbook, deployment, tools) for runbook in RUNBOOKS}

    return rehearsal.run(look)


@pytest.mark.failover
@pytest.mark.parametrize("runbook", [each.stem for each in RUNBOOKS])
def test_the_commands_of_a_runbook_run_as_they_are_written(followed: Rehearsal, runbook: str) -> None:
    ended = followed.live[runbook]
    assert ended.returncode == 0, ended.stdout[-4000:]


def test_the_report_is_there_for_programs_too(rehearsal: Rehearsal) -> None:
    report = json.loads((rehearsal.options.folder / "report.json").read_text())
    assert report["passed"] is True
    assert [step["name"] for step in report["steps"]] == [step.name for step in rehearsal.steps.taken]


@pytest.fixture(scope="module")
def with_a_canary(packages: Packages, tmp_path_factory: pytest.TempPathFactory) -> Rehearsal:
    """One of prod, where CodeDeploy shifts the traffic."""
    options = Options(tmp_path_factory.mktemp("reports"), "prod", packages=packages, validate=False, fuzz=None)
    return Rehearsal(options, Steps(print)).run(lambda deployment: None)


@pytest.mark.failover
def test_a_bad_release_never_comes_to_serve_and_a_good_one_does(with_a_canary: Rehearsal) -> None:
    step = with_a_canary.step("shift to bad releases")
    assert step.passed, step.problem
    ended = dict(line.removeprefix("a release that ").split(": ", 1) for line in step.details)
    for bad in ("raises", "answers invalid responses", "times out", "is slow"):
        assert ended[bad].startswith("stopped in minute "), step.details
    assert ended["is good"].startswith("serves after "), step.details


@pytest.mark.failover
def test_each_fault_sets_off_its_alarms_and_no_other(with_a_canary: Rehearsal) -> None:
    step = with_a_canary.step("make things go wrong")
    assert step.passed, step.problem


# What is done to the stack, and the step that has to notice it.
SABOTAGE = {
    "a function may do more": (
        "generated/handler_permissions.json",
        lambda text: json.dumps(json.loads(text) | {"getProduct": _with_deletion(json.loads(text)["getProduct"])}),
        "check the roles' permissions",
    ),
    "a metric looks for other words": (
        "terraform/cloudwatch.tf",
        lambda text: text.replace('\\"handler failed\\"', '\\"handler has failed\\"'),
        "make things go wrong",
    ),
    "something is new every time": (
        "terraform/alarms.tf",
        lambda text: text.replace('the client got a 500"', 'the client got a 500 ${timestamp()}"'),
        "terraform plan, again",
    ),
    "something is left behind": (
        "terraform/cloudwatch.tf",
        lambda text: text.replace(
            'resource "aws_cloudwatch_log_group" "access" {',
            'resource "aws_cloudwatch_log_group" "access" {\n  skip_destroy = true',
        ),
        "terraform destroy",
    ),
    "the list may not be called": (
        "terraform/lambda.tf",
        lambda text: text.replace(
            '"/${var.environment}/${each.value.method}"',
            '"/${var.environment}/${each.key == "listProducts" ? "PATCH" : each.value.method}"',
        ),
        "release again, under traffic",
    ),
}


@pytest.fixture(scope="module")
def sabotaged(packages: Packages, tmp_path_factory: pytest.TempPathFactory) -> Rehearsal:
    root = tmp_path_factory.mktemp("sabotaged")
    for name in ("terraform", "openapi", "generated"):
        shutil.copytree(project.ROOT / name, root / name, ignore=shutil.ignore_patterns(".terraform*"))
    for file, change, _ in SABOTAGE.values():
        _rewrite(root / file, change)
    reports = tmp_path_factory.mktemp("reports")
    options = Options(reports, "dev", root=root, packages=packages, validate=False, fuzz=None)
    return Rehearsal(options, Steps(print)).run(lambda deployment: None)


@pytest.mark.failover
@pytest.mark.parametrize("sabotage", SABOTAGE)
def test_a_stack_that_is_wrong_turns_the_rehearsal_red(sabotaged: Rehearsal, sabotage: str) -> None:
    _, _, name = SABOTAGE[sabotage]
    assert not sabotaged.step(name).passed
    assert not sabotaged.steps.passed


@pytest.mark.failover
def test_what_goes_wrong_is_told(sabotaged: Rehearsal) -> None:
    assert "getProduct may dynamodb:DeleteItem on table" in sabotaged.step("check the roles' permissions").problem
    assert (
        "counted nothing and not ['HandlerFailures', 'ServerErrors']" in sabotaged.step("make things go wrong").problem
    )
    assert 'handler-failures"]: update alarm_description' in sabotaged.step("terraform plan, again").problem
    assert "/access" in sabotaged.step("terraform destroy").problem


def _create(deployment: Deployment, token: str | None) -> int:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    url = deployment.url + project.collection()
    return httpx.post(url, json=PRODUCT, headers=headers, timeout=60, trust_env=False).status_code


def _tokens(deployment: Deployment) -> list[str | None]:
    return [deployment.account.administrator.token(), deployment.account.somebody.token(), None]


def _with_deletion(need: dict[str, Any]) -> dict[str, Any]:
    return {**need, "dynamodb": {"table": [*need["dynamodb"]["table"], "dynamodb:DeleteItem"]}}


def _rewrite(path: Path, change: Callable[[str], str]) -> None:
    before = path.read_text()
    after = change(before)
    assert after != before, f"the sabotage of {path.name} finds nothing to change"
    path.write_text(after)
