"""What the workflows promise beyond their syntax: who may do what, what is deployed, and what happens when it fails."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.deployment.workflows.files import (
    FILES,
    GITHUB,
    PROJECT,
    WORKFLOWS,
    commands,
    jobs,
    load,
    local_action,
    run_blocks,
    steps,
)

JOBS = dict(jobs())
RUN = {name: job for name, job in JOBS.items() if "steps" in job}
CALLS = {name: job for name, job in JOBS.items() if "steps" not in job}
ENVIRONMENTS = ("dev", "sit", "prod")
PLAN, DEPLOY, CHECK = JOBS["deploy.plan"], JOBS["deploy.deploy"], JOBS["scheduled.check"]
ATTEST = JOBS["deploy-dev.attest"]
USES = re.compile(r"^ *(?:- )?uses: (?P<action>\S+)(?P<comment> +# v\d+\.\d+\.\d+)?$", re.MULTILINE)


def uses() -> Iterator[tuple[Path, re.Match[str]]]:
    for path in FILES:
        yield from ((path, match) for match in USES.finditer(path.read_text()))


def local_steps() -> Iterator[tuple[str, Path, dict[str, Any]]]:
    """Every step that calls one of our own actions, by where it is."""
    for path in FILES:
        for place, step in steps(path):
            if step.get("uses", "").startswith("./"):
                yield f"{path.parent.name}/{path.stem}.{place}", path, step


def step_of(job: Mapping[str, Any], action: str) -> tuple[int, dict[str, Any]]:
    """The one step of a job that calls this action of ours, and its place."""
    [found] = [(n, step) for n, step in enumerate(job["steps"]) if step.get("uses") == f"./.github/actions/{action}"]
    return found


def called(job: Mapping[str, Any]) -> dict[str, Any]:
    """The workflow that a job calls."""
    return load(PROJECT / job["uses"])


def test_each_environment_has_its_workflow_and_all_deploy_through_one() -> None:
    for environment in ENVIRONMENTS:
        job = CALLS[f"deploy-{environment}.deploy"]
        assert (job["uses"], job["with"]["environment"]) == ("./.github/workflows/deploy.yml", environment)


def test_a_pull_request_is_planned_and_never_applied() -> None:
    plan = CALLS["pull-request.plan"]
    assert (plan["uses"], plan["with"]["apply"]) == ("./.github/workflows/deploy.yml", False)
    assert DEPLOY["if"] == "inputs.apply"
    assert step_of(PLAN, "plan")[1]["with"]["keep"] == "${{ inputs.apply }}"


@pytest.mark.parametrize("name", CALLS)
def test_a_called_workflow_gets_what_it_takes_gives_what_is_asked_and_may_what_it_needs(name: str) -> None:
    job = CALLS[name]
    workflow = called(job)
    declared, given = workflow["on"]["workflow_call"].get("inputs", {}), job.get("with", {})
    assert set(given) <= set(declared)
    assert {key for key, each in declared.items() if each.get("required")} <= set(given)
    asked = re.findall(rf"needs\.{name.partition('.')[2]}\.outputs\.([\w-]+)", str(load_of(name)))
    assert set(asked) <= set(workflow["on"]["workflow_call"].get("outputs", {}))
    needed = {item for each in workflow["jobs"].values() for item in each["permissions"].items()}
    granted = set(job["permissions"].items())
    assert needed <= granted | {(permission, "read") for permission, _ in granted}


def load_of(name: str) -> dict[str, Any]:
    """The workflow of a job with this name."""
    return load(GITHUB / "workflows" / f"{name.partition('.')[0]}.yml")


def test_every_foreign_action_is_one_commit_with_its_version() -> None:
    found: dict[str, set[str]] = {}
    lines = sum(path.read_text().count("uses: ") for path in FILES)
    assert len(list(uses())) == lines
    for path, match in uses():
        if not match["action"].startswith("./"):
            name, _, commit = match["action"].partition("@")
            assert re.fullmatch(r"[0-9a-f]{40}", commit), (path, name)
            assert match["comment"], (path, name)
            found.setdefault(name, set()).add(commit)
    assert all(len(commits) == 1 for commits in found.values()), found


def test_our_own_actions_get_what_they_take_and_give_what_is_asked_of_them() -> None:
    for place, path, step in local_steps():
        action = local_action(step["uses"])
        inputs, given = action.get("inputs", {}), step.get("with", {})
        assert set(given) <= set(inputs), place
        assert {name for name, declared in inputs.items() if declared.get("required")} <= set(given), place
        if "id" in step:
            asked = set(re.findall(rf"steps\.{step['id']}\.outputs\.([\w-]+)", path.read_text()))
            assert asked <= set(action.get("outputs", {})), place


def test_every_action_of_ours_is_used() -> None:
    assert {step["uses"] for _, _, step in local_steps()} == {
        f"./.github/actions/{path.name}" for path in GITHUB.glob("actions/*")
    }


@pytest.mark.parametrize("block", run_blocks(), ids=lambda block: block.name)
def test_no_expression_is_written_into_a_script(block: Any) -> None:
    assert "${{" not in block.script
    assert block.step.get("shell", "bash") == "bash"


def test_a_pipe_fails_when_one_of_its_commands_does() -> None:
    for path in WORKFLOWS:
        assert load(path)["defaults"] == {"run": {"shell": "bash"}}
    for path in FILES:
        if path not in WORKFLOWS:
            assert all(step["shell"] == "bash" for _, step in steps(path) if "run" in step), path


@cache
def said_by(*command: str) -> str:
    done = subprocess.run([*command, "--help"], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, command
    return done.stdout


def test_every_script_exists_and_knows_its_options() -> None:
    called = [words for block in run_blocks() for words in commands(block.script)]
    assert {words[0] for words in called} >= {".ci/run", "scripts/fuzz", "scripts/validate_deployment.py"}
    for script, *words in called:
        assert os.access(PROJECT / script, os.X_OK), script
        subcommand = words[:1] if words and words[0] in {"find", "check", "digest"} else []
        for option in re.findall(r"--[a-z][a-z-]*", " ".join(words)):
            assert re.search(rf"(?<!\S){option}\b", said_by(script, *subcommand)), (script, option)


def test_a_job_may_do_nothing_but_what_it_says() -> None:
    for path in WORKFLOWS:
        assert load(path)["permissions"] == {}, path
    for name, job in JOBS.items():
        permissions = job["permissions"]
        assert set(permissions.values()) <= {"read", "write"}, name
        writes = {permission for permission, level in permissions.items() if level == "write"}
        place = job.get("uses", f"/{name.partition('.')[0]}.yml").rpartition("/")[2]
        published = {
            "publish.yml": {"contents", "pages", "id-token", "attestations"},
            "publish-package.yml": {"packages"},
            "deploy-dev.yml": {"id-token", "attestations"},
        }
        deploys = "environment" in job or place == "deploy.yml"
        assert writes <= published.get(place, {"id-token"} if deploys else {"pull-requests"}), name


def test_where_comments_can_be_written_nothing_of_the_pull_request_runs() -> None:
    writing = {name: job for name, job in JOBS.items() if job["permissions"].get("pull-requests") == "write"}
    assert writing
    for job in writing.values():
        assert all(
            "checkout" not in step.get("uses", "") and not step.get("uses", "").startswith("./")
            for step in job["steps"]
        )
        assert not any(list(commands(step.get("run", ""))) for step in job["steps"])


def test_there_is_no_secret_and_no_number_of_an_account() -> None:
    for path in [*FILES, GITHUB / "SETTINGS.md"]:
        text = path.read_text()
        assert not re.search(r"\bsecrets\s*[.\[]|\b[0-9]{12}\b|persist-credentials: true", text), path
    for path in WORKFLOWS:
        assert path.read_text().count("actions/checkout@") == path.read_text().count("persist-credentials: false"), path


def test_every_variable_is_documented_for_the_environments_that_need_it() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| ([^|]*) \|", (GITHUB / "SETTINGS.md").read_text(), re.MULTILINE)
    documented = {(name, environment) for name, cell in rows for environment in re.findall(r"`([a-z-]+)`", cell)}
    deploying = [job["with"] for job in CALLS.values() if job["uses"].endswith("/deploy.yml")]
    used = {(name, f"{inputs['environment']}-plan") for name in variables_of(PLAN) for inputs in deploying}
    used |= {
        (name, inputs["environment"])
        for inputs in deploying
        if inputs.get("apply", True)
        for step in DEPLOY["steps"]
        if step.get("if") != "inputs.writes != 'none'" or inputs["writes"] != "none"
        for name in variables_of(step)
    }
    assert variables_of(CHECK) == variables_of(PLAN)
    others = (
        job for name, job in JOBS.items() if job not in (PLAN, DEPLOY, CHECK, ATTEST) and not name.startswith("publish")
    )
    assert not any(map(variables_of, others))
    for name in ("NPM_REGISTRY", "ATTESTATIONS"):
        assert f"* `{name}`:" in (GITHUB / "SETTINGS.md").read_text()
    assert used == documented
    assert not any(re.search(r"\bvars\.", path.read_text()) for path in FILES if path not in WORKFLOWS)


def variables_of(part: Mapping[str, Any]) -> set[str]:
    """GitHub's variables that it reads."""
    return set(re.findall(r"\bvars\.(\w+)", str(part)))


def test_every_job_has_an_end_and_a_runner_of_one_version() -> None:
    for name, job in RUN.items():
        assert 0 < job["timeout-minutes"] <= 60, name
        assert job["runs-on"] == "ubuntu-24.04", name


def test_a_deployment_is_never_cancelled_for_another() -> None:
    for environment in ENVIRONMENTS:
        assert load(GITHUB / f"workflows/deploy-{environment}.yml")["concurrency"]["cancel-in-progress"] is False


def test_a_deployment_names_its_environment_and_applies_the_plan_of_its_run() -> None:
    assert (DEPLOY["environment"], PLAN["environment"]) == (
        "${{ inputs.environment }}",
        "${{ inputs.environment }}-plan",
    )
    _, restore = step_of(DEPLOY, "restore-plan")
    assert restore["with"]["digest"] == "${{ needs.plan.outputs.digest }}"
    assert PLAN["outputs"]["digest"] == "${{ steps.plan.outputs.digest }}"


def test_whatever_fails_after_the_apply_is_rolled_back() -> None:
    order = [step_of(DEPLOY, action)[0] for action in ("packages", "restore-plan", "apply", "validate", "roll-back")]
    assert order == sorted(order)
    _, roll_back = step_of(DEPLOY, "roll-back")
    assert {"failure()", "cancelled()", "steps.restore.outcome"} <= set(re.findall(r"[\w.]+(?:\(\))?", roll_back["if"]))
    assert roll_back["with"]["record"] == "${{ steps.restore.outputs.record }}"


def test_a_build_counts_as_validated_only_after_all_else_has_passed() -> None:
    names = [str(step.get("with", {}).get("name")) for step in DEPLOY["steps"]]
    [kept] = [n for n, name in enumerate(names) if name.startswith("validated-")]
    assert kept == len(names) - 1
    assert "if" not in DEPLOY["steps"][kept]


def test_each_environment_is_written_as_far_as_it_may_be() -> None:
    writes = {environment: CALLS[f"deploy-{environment}.deploy"]["with"]["writes"] for environment in ENVIRONMENTS}
    assert writes == {"dev": "all", "sit": "clean-up", "prod": "two"}


def test_what_is_attested_is_the_build_and_nothing_of_ours_runs_where_it_is_signed() -> None:
    download, attest = ATTEST["steps"]
    assert download["with"]["name"] == "packages-${{ needs.verify.outputs.digest }}"
    assert attest["uses"].startswith("actions/attest-build-provenance@")
    assert attest["with"]["subject-path"] == f"{download['with']['path']}/*"


def test_sit_is_put_under_load_before_its_build_counts_as_validated_and_whatever_fails_there_is_rolled_back() -> None:
    loads = {environment: CALLS[f"deploy-{environment}.deploy"]["with"].get("load", 0) for environment in ENVIRONMENTS}
    assert loads["sit"] > 0
    assert loads["dev"] == loads["prod"] == 0
    [load_step] = [n for n, step in enumerate(DEPLOY["steps"]) if "scripts/load" in step.get("run", "")]
    assert step_of(DEPLOY, "validate")[0] < load_step < step_of(DEPLOY, "roll-back")[0]


def test_every_environment_is_checked_every_day_as_it_was_deployed_and_nothing_is_changed() -> None:
    assert set(load(GITHUB / "workflows/scheduled.yml")["on"]) == {"schedule", "workflow_dispatch"}
    assert CHECK["strategy"]["matrix"]["environment"] == list(ENVIRONMENTS)
    assert CHECK["strategy"]["fail-fast"] is False
    assert CHECK["environment"] == "${{ matrix.environment }}-plan"
    assert step_of(CHECK, "plan")[1]["with"]["keep"] is False
    [find] = [step for step in CHECK["steps"] if step.get("id") == "find"]
    [found] = commands(find["run"])
    assert found[-1] == "--last"
    for name in ("commit", "digest", "run"):
        assert f"steps.find.outputs.{name}" in str(CHECK["steps"])
    [validation] = [
        words for step in CHECK["steps"] for words in commands(step.get("run", "")) if "validate_d" in words[0]
    ]
    assert "--read-only" in validation


@pytest.mark.parametrize(("environment", "before", "by"), [("sit", "dev", "--run"), ("prod", "sit", "--release")])
def test_what_is_promoted_is_built_once_and_known_by_its_digest(environment: str, before: str, by: str) -> None:
    find, deploy = JOBS[f"deploy-{environment}.find"], CALLS[f"deploy-{environment}.deploy"]
    [call] = [words for step in find["steps"] for words in commands(step.get("run", ""))]
    assert call[:4] == ["scripts/validated_packages", "find", before, by]
    for name in ("digest", "run", "commit"):
        assert deploy["with"][name] == f"${{{{ needs.find.outputs.{name} }}}}"
    for job in (PLAN, DEPLOY):
        assert step_of(job, "packages")[1]["with"] == {"digest": "${{ inputs.digest }}", "run": "${{ inputs.run }}"}
        [checkout] = [step for step in job["steps"] if "checkout" in step.get("uses", "")]
        assert checkout["with"]["ref"] == "${{ inputs.commit }}"
        assert "package_lambdas" not in str(job)


def test_what_is_started_by_hand_is_started_by_hand_only_and_confirmed() -> None:
    asked = {path.stem: load(path)["on"] for path in WORKFLOWS}
    assert set(asked["deploy-sit"]) == set(asked["deploy-prod"]) == {"workflow_dispatch"}
    for environment in ("sit", "prod"):
        inputs = asked[f"deploy-{environment}"]["workflow_dispatch"]["inputs"]
        assert "confirmation" in inputs
        assert all(each["required"] for each in inputs.values())
    assert asked["deploy-dev"] == {"push": {"branches": ["main"]}}
    assert set(asked["pull-request"]) == {"pull_request"}


def test_an_ignored_finding_has_its_reason() -> None:
    texts = {path: path.read_text() for path in [*FILES, GITHUB / "dependabot.yml"]}
    assert not [path for path, text in texts.items() if re.search(r"zizmor: *ignore|shellcheck disable", text)]
    settings = (GITHUB / "zizmor.yml").read_text()
    for match in re.finditer(r"^  [a-z-]+:$", settings, re.MULTILINE):
        assert settings[: match.start()].splitlines()[-1].lstrip().startswith("#"), match[0]
