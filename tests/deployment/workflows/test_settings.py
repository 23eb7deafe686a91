"""What is set on GitHub by code: the environments that the workflows name, rules of checks that there are."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.deployment.workflows.files import GITHUB, PROJECT, jobs, load

ENVIRONMENTS = json.loads((GITHUB / "settings/environments.json").read_text())
RULESETS = {each["name"]: each for each in json.loads((GITHUB / "settings/rulesets.json").read_text())}

# Answers what is asked, and keeps what is sent.
GH = """\
#!/usr/bin/env bash
set -eu
echo "$*" >>"$STORE/calls"
case "$*" in
  *PUT*environments/*) cat >"$STORE/${4##*/}.json" ;;
  *"--input -"*) cat >/dev/null ;;
  *orgs/owner/teams/leads) echo '{"id": 7}' ;;
  *deployment-branch-policies) echo '{"branch_policies": []}' ;;
  *rulesets*) echo '[{"id": 5, "name": "main"}, {"id": 6, "name": "another"}]' ;;
esac
"""


@pytest.fixture
def applied(tmp_path: Path, runner_tools: None) -> Path:
    """A folder with the calls that a first run makes."""
    program = tmp_path / "gh"
    program.write_text(GH)
    program.chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    command = [str(PROJECT / "scripts/github_settings"), "owner/repository", "leads"]
    subprocess.run(command, env={"PATH": path, "STORE": str(tmp_path)}, check=True, capture_output=True)
    return tmp_path


def sent(applied: Path, environment: str) -> Any:
    return json.loads((applied / f"{environment}.json").read_text())


def test_sit_and_prod_wait_for_somebody_else_and_take_main_only(applied: Path) -> None:
    for environment in ("sit", "prod"):
        assert sent(applied, environment) == {
            "reviewers": [{"type": "Team", "id": 7}],
            "prevent_self_review": True,
            "deployment_branch_policy": {"protected_branches": False, "custom_branch_policies": True},
        }
    assert sent(applied, "dev-plan")["deployment_branch_policy"] is None
    calls = (applied / "calls").read_text()
    for environment, settings in ENVIRONMENTS.items():
        policy = f"POST repos/owner/repository/environments/{environment}/deployment-branch-policies"
        assert (policy in calls) == settings["main_only"]


def test_a_ruleset_that_is_there_is_set_anew_and_another_is_made(applied: Path) -> None:
    calls = (applied / "calls").read_text()
    assert "PUT repos/owner/repository/rulesets/5 " in calls
    assert "POST repos/owner/repository/rulesets " in calls
    assert "rulesets/6" not in calls


def test_every_environment_is_set_and_every_other_one_than_a_pull_requests_takes_main_only() -> None:
    used = {f"{environment}{kind}" for environment in ("dev", "sit", "prod") for kind in ("", "-plan")}
    assert set(ENVIRONMENTS) == used | {"github-pages"}
    assert [name for name, each in ENVIRONMENTS.items() if not each["main_only"]] == ["dev-plan"]


def test_every_check_that_main_requires_is_a_job_of_a_pull_request() -> None:
    pull_request = load(GITHUB / "workflows/pull-request.yml")["jobs"]
    names = {
        f"{pull_request['verify']['name']} / {job['name']}"
        for name, job in jobs()
        if name.startswith("test-and-package.")
    }
    [rule] = [rule for rule in RULESETS["main"]["rules"] if rule["type"] == "required_status_checks"]
    required = {check["context"] for check in rule["parameters"]["required_status_checks"]}
    assert required
    assert required <= names
