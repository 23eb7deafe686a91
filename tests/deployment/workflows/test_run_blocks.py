"""The scripts inside the workflows, run as GitHub runs them, with stand-ins for Terraform and AWS."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.deployment.workflows.files import GITHUB, PROJECT, load, steps

# Keeps what is uploaded in a folder; writes what it is asked for.
AWS = """\
#!/usr/bin/env bash
set -eu
words=(); for word in "$@"; do [[ $word == --* ]] || words+=("$word"); done
name() { case $1 in s3://*) echo "$STORE/${1//\\//_}" ;; *) echo "$1" ;; esac; }
case "${words[0]} ${words[1]}" in
  "s3 cp") cp "$(name "${words[2]}")" "$(name "${words[3]}")" ;;
  "s3 rm") rm "$(name "${words[2]}")" ;;
  "ssm get-parameter") echo "password of ${words[2]}" ;;
  "cognito-idp initiate-auth") cp "${words[2]#file://}" "$STORE/login" && echo "${TOKEN:-token}" ;;
esac
"""
TERRAFORM = """\
#!/usr/bin/env bash
set -eu
echo "$*" >>"$STORE/terraform"
case "$2" in
  init) [ -f terraform/.terraform.lock.hcl ] || echo "locked" >terraform/.terraform.lock.hcl ;;
  plan) echo "the plan" >terraform/stack.tfplan; exit "${PLAN_STATUS:-0}" ;;
  show) echo "Plan: 1 to add" ;;
  output) echo '{}' ;;
esac
"""


@dataclass
class Runner:
    """A job's machine: a checkout, and the files that GitHub reads afterwards."""

    folder: Path
    programs: Path
    variables: dict[str, str] = field(default_factory=dict)

    def run(self, script: str, **environment: str) -> subprocess.CompletedProcess[str]:
        path = f"{self.programs}{os.pathsep}{os.environ['PATH']}"
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=self.folder,
            env={"PATH": path, **self.variables, **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def output(self) -> dict[str, str]:
        return dict(line.split("=", 1) for line in Path(self.variables["GITHUB_OUTPUT"]).read_text().splitlines())

    @property
    def summary(self) -> str:
        return Path(self.variables["GITHUB_STEP_SUMMARY"]).read_text()

    def stand_in(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)


@pytest.fixture
def runner(tmp_path: Path, runner_tools: None) -> Runner:
    folder, programs = tmp_path / "checkout", tmp_path / "programs"
    shutil.copytree(PROJECT / "terraform/environments", folder / "terraform/environments")
    (tmp_path / "store").mkdir()
    files = {name: str(tmp_path / name.lower()) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    for file in files.values():
        Path(file).touch()
    made = Runner(folder, programs, {**files, "STORE": str(tmp_path / "store"), "RUNNER_TEMP": str(tmp_path)})
    made.stand_in("../programs/aws", AWS)
    made.stand_in("../programs/terraform", TERRAFORM)
    made.stand_in("scripts/roll_back", '#!/usr/bin/env bash\n[ "$1" = record ] && cat >"$2"\necho "said of $*" >&2\n')
    return made


def action(name: str) -> list[str]:
    """The scripts of an action's steps."""
    return [step["run"] for _, step in steps(GITHUB / "actions" / name / "action.yml") if "run" in step]


def planned(runner: Runner) -> dict[str, str]:
    for script in action("plan"):
        done = runner.run(script, ENVIRONMENT="sit", KEEP="true", NAME="7-1.tar")
        assert done.returncode == 0, done.stderr
    return runner.output


@pytest.mark.parametrize(
    ("environment", "region"), [("dev", "eu-west-1"), ("sit", "eu-west-1"), ("prod", "af-south-1")]
)
def test_the_region_is_the_environments(runner: Runner, environment: str, region: str) -> None:
    assert runner.run(action("aws")[0], ENVIRONMENT=environment, ROLE="arn").returncode == 0
    assert runner.output == {"region": region}


def test_a_role_that_is_not_set_says_where_to_look(runner: Runner) -> None:
    done = runner.run(action("aws")[0], ENVIRONMENT="dev", ROLE="")
    assert (done.returncode, "SETTINGS.md" in done.stdout) == (1, True)


def test_the_plan_that_was_kept_is_the_plan_that_is_restored(runner: Runner) -> None:
    kept = planned(runner)
    assert kept["plan"] == "s3://bbws-terraform-state-sit/product-lambda/sit/plans/7-1.tar"
    assert "Plan: 1 to add" in runner.summary
    assert kept["digest"] in runner.summary
    for name in ("stack.tfplan", ".terraform.lock.hcl"):
        (runner.folder / "terraform" / name).unlink()
    for script in action("restore-plan"):
        done = runner.run(script, ENVIRONMENT="sit", PLAN=kept["plan"], DIGEST=kept["digest"])
        assert done.returncode == 0, done.stderr
    assert (runner.folder / "terraform/stack.tfplan").read_text() == "the plan\n"
    assert (runner.folder / runner.output["record"]).read_text() == "Plan: 1 to add\n"


def test_another_plan_is_not_applied(runner: Runner) -> None:
    kept = planned(runner)
    [stored] = Path(runner.variables["STORE"]).glob("s3*")
    stored.write_bytes(stored.read_bytes() + b"\0")
    done = runner.run(action("restore-plan")[0], ENVIRONMENT="sit", PLAN=kept["plan"], DIGEST=kept["digest"])
    assert (done.returncode != 0, "did NOT match" in done.stderr) == (True, True)


def test_a_plan_that_is_only_shown_locks_nothing(runner: Runner) -> None:
    assert runner.run(action("plan")[0], ENVIRONMENT="dev", KEEP="false").returncode == 0
    assert "-lock=false" in (Path(runner.variables["STORE"]) / "terraform").read_text()


@pytest.mark.parametrize(("status", "changes"), [("0", "false"), ("2", "true")])
def test_a_plan_says_whether_it_changes_anything(runner: Runner, status: str, changes: str) -> None:
    assert runner.run(action("plan")[0], ENVIRONMENT="sit", KEEP="false", PLAN_STATUS=status).returncode == 0
    assert runner.output["changes"] == changes


def test_a_plan_that_cannot_be_made_fails(runner: Runner) -> None:
    assert runner.run(action("plan")[0], ENVIRONMENT="sit", KEEP="false", PLAN_STATUS="1").returncode == 1
    assert "changes" not in runner.output


@pytest.mark.parametrize(("changes", "status"), [("false", 0), ("true", 1), ("", 1)])
def test_drift_fails_the_scheduled_check_and_says_where(runner: Runner, changes: str, status: int) -> None:
    [script] = [
        step["run"] for _, step in steps(GITHUB / "workflows/scheduled.yml") if "CHANGES" in step.get("env", {})
    ]
    done = runner.run(script, CHANGES=changes, ENVIRONMENT="sit")
    assert (done.returncode, "Drift in sit" in done.stdout) == (status, status == 1)


@pytest.mark.parametrize(
    ("status", "errors", "ends", "warns"), [(0, 0, 0, False), (1, 0, 0, True), (1, 2, 1, False), (2, 0, 2, False)]
)
def test_load_in_sit_fails_on_errors_and_warns_of_slow_answers(
    runner: Runner, status: int, errors: int, ends: int, warns: bool
) -> None:
    [script] = [
        step["run"] for _, step in steps(GITHUB / "workflows/deploy.yml") if "scripts/load" in step.get("run", "")
    ]
    rows = f'{{"rows": [{{"errors": 0}}, {{"errors": {errors}}}]}}'
    runner.stand_in(
        "scripts/load",
        f"#!/usr/bin/env bash\nmkdir -p build/load; echo '{rows}' >build/load/load.json; echo figures; exit {status}\n",
    )
    done = runner.run(script, URL="https://api.example.com", RATE="20", TOKEN_FILE="token")
    assert (done.returncode, "::warning" in done.stdout) == (ends, warns)
    assert "figures" in runner.summary


def test_traffic_that_is_not_shifted_fails_the_apply(runner: Runner) -> None:
    runner.stand_in("scripts/shift_traffic", "#!/usr/bin/env bash\ncat >/dev/null; exit 1\n")
    assert runner.run(action("apply")[0], PLAN="s3://bucket/plan").returncode == 1
    assert "url" not in runner.output


def test_a_token_is_masked_and_readable_by_the_job_alone(runner: Runner) -> None:
    done = runner.run(action("token")[0], ENVIRONMENT="dev", CLIENT_ID="client", COGNITO_USERNAME="validator")
    assert done.returncode == 0, done.stderr
    masked = ["password of /bbws-product-api-dev/validation-password", "token"]
    assert done.stdout.splitlines() == [f"::add-mask::{word}" for word in masked]
    file = Path(runner.output["file"])
    assert (file.read_text(), file.stat().st_mode & 0o077) == ("token", 0)
    assert '"USERNAME": "validator"' in (Path(runner.variables["STORE"]) / "login").read_text()
    assert not (Path(runner.variables["RUNNER_TEMP"]) / "login.json").exists()


def test_an_administrator_who_must_do_more_than_sign_in_has_no_token(runner: Runner) -> None:
    names = {"ENVIRONMENT": "dev", "CLIENT_ID": "client", "COGNITO_USERNAME": "validator"}
    done = runner.run(action("token")[0], TOKEN="None", **names)
    assert (done.returncode, "::error::Cognito asks" in done.stdout) == (1, True)
    assert not (Path(runner.variables["RUNNER_TEMP"]) / "login.json").exists()


@pytest.mark.parametrize(("status", "title"), [(0, "Rolled back"), (1, "NOT ROLLED BACK: somebody must")])
def test_a_rollback_says_so(runner: Runner, status: int, title: str) -> None:
    (runner.folder / "build").mkdir()
    runner.stand_in("scripts/roll_back", f'#!/usr/bin/env bash\necho "said of $*" >&2\nexit {status}\n')
    done = runner.run(action("roll-back")[0], RECORD="build/before.json")
    assert (done.returncode, f"### {title}\n" in runner.summary) == (status, True)
    assert f"::error title={title}::said of to build/before.json" in done.stdout


GOOD = {"CONFIRMATION": "deploy prod", "GITHUB_REF": "refs/heads/main", "RELEASE": "v1.0.0", "GITHUB_ACTOR": "somebody"}


def _first(workflow: str) -> str:
    return str(load(GITHUB / f"workflows/{workflow}.yml")["jobs"]["find"]["steps"][0]["run"])


@pytest.mark.parametrize(
    "change",
    [
        {"CONFIRMATION": "yes"},
        {"GITHUB_REF": "refs/heads/other"},
        {"RELEASE": "main"},
        {"RELEASE": "v1.0.0; true"},
        {"REASON": "because"},
    ],
)
def test_prod_needs_the_word_a_release_and_a_reason(runner: Runner, change: dict[str, str]) -> None:
    environment = {**GOOD, "REASON": "the portal's new prices"}
    assert runner.run(_first("deploy-prod"), **environment).returncode == 0
    assert "the portal's new prices" in runner.summary
    done = runner.run(_first("deploy-prod"), **{**environment, **change})
    assert (done.returncode, "::error::" in done.stdout) == (1, True)


@pytest.mark.parametrize("change", [{"CONFIRMATION": "deploy prod"}, {"GITHUB_REF": "refs/tags/v1"}])
def test_sit_needs_the_word_and_the_main_branch(runner: Runner, change: dict[str, str]) -> None:
    environment = {"CONFIRMATION": "deploy sit", "GITHUB_REF": "refs/heads/main"}
    assert runner.run(_first("deploy-sit"), **environment).returncode == 0
    assert runner.run(_first("deploy-sit"), **{**environment, **change}).returncode == 1


def test_a_failed_part_of_the_tests_fails_the_job_and_is_in_the_summary(runner: Runner) -> None:
    figures = "cases        890   all\\nunit            3 s  FAILED\\n\\nparts: 0 passed, 1 failed, 0 skipped\\n"
    runner.stand_in(".ci/run", f"#!/usr/bin/env bash\nprintf 'noise\\n{figures}'; exit 1\n")
    test, summary = action("test")
    assert runner.run(test).returncode == 1
    assert runner.run(summary).returncode == 0
    assert [line.split()[0] for line in runner.summary.splitlines()[2:-1]] == ["cases", "unit", "parts:"]
    assert "noise" not in runner.summary
