"""What the runbooks name exists: scripts and flags, operations of AWS, outputs, settings, links.

Whether the commands do what they should is tried in the rehearsal.
"""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest
from botocore import xform_name
from botocore.session import Session

from tests.unit.docs.commands import Command, anchors, commands

ROOT = Path(__file__).parents[3]
RUNBOOKS = sorted((ROOT / "docs/runbooks").glob("*.md"))
GENERAL_FLAGS = {"--query", "--output", "--region", "--profile", "--cli-input-json"}
SERVICES = {"s3api": "s3", "deploy": "codedeploy"}

each_runbook = pytest.mark.parametrize("runbook", RUNBOOKS, ids=lambda path: path.stem)


def of(runbook: Path, *programs: str) -> list[Command]:
    return [command for command in commands(runbook.read_text()) if command.program in programs]


@cache
def help_of(script: str) -> str:
    output = subprocess.run([ROOT / script, "--help"], capture_output=True, text=True, check=True)
    return output.stdout


@cache
def flags_of(service: str, operation: str) -> set[str]:
    """As the AWS CLI spells them. Raises KeyError for an operation that there is not."""
    model = Session().get_service_model(SERVICES.get(service, service))
    by_name = {xform_name(each, "-"): each for each in model.operation_names}
    shape = model.operation_model(by_name[operation]).input_shape
    return {f"--{xform_name(member, '-')}" for member in (shape.members if shape else {})}


@cache
def names(file: str, kind: str) -> set[str]:
    return set(re.findall(rf'^{kind} "(\w+)"', (ROOT / "terraform" / file).read_text(), re.MULTILINE))


def resource_types() -> set[str]:
    files = (ROOT / "terraform").glob("*.tf")
    return {kind for file in files for kind in re.findall(r'^resource "(\w+)"', file.read_text(), re.MULTILINE)}


def test_there_are_runbooks() -> None:
    assert len(RUNBOOKS) >= 2
    assert all(list(commands(runbook.read_text())) for runbook in RUNBOOKS)


@each_runbook
def test_every_script_is_there_and_takes_these_flags(runbook: Path) -> None:
    for command in commands(runbook.read_text()):
        if command.program.startswith("scripts/"):
            output = help_of(command.program)
            assert [flag for flag in command.flags if flag not in output] == [], command


@each_runbook
def test_every_aws_operation_exists_and_takes_these_flags(runbook: Path) -> None:
    for command in of(runbook, "aws"):
        service, operation = command.arguments[:2]
        if operation == "wait":
            waiters = Session().get_waiter_model(SERVICES.get(service, service)).waiter_names
            assert command.arguments[2] in {xform_name(each, "-") for each in waiters}, command
        else:
            assert set(command.flags) - GENERAL_FLAGS <= flags_of(service, operation), command


@each_runbook
def test_every_output_and_settings_file_of_terraform_exists(runbook: Path) -> None:
    for command in of(runbook, "terraform"):
        assert command.arguments[0] == "-chdir=terraform", command
        if command.arguments[1] == "output":
            assert command.arguments[-1] in names("outputs.tf", "output"), command
        for file in re.findall(r"environments/\S+", " ".join(command.arguments)):
            for environment in ("dev", "sit", "prod"):
                assert (ROOT / "terraform" / file.replace("$ENVIRONMENT", environment)).is_file(), command


@each_runbook
def test_every_setting_is_a_variable_of_terraform_and_every_resource_is_one_of_the_stack(runbook: Path) -> None:
    named = set(re.findall(r"`([a-z]+(?:_[a-z]+)+)(?: = [^`]*)?`", runbook.read_text()))
    assert named <= names("variables.tf", "variable") | resource_types()


@each_runbook
def test_every_link_leads_somewhere(runbook: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", runbook.read_text()):
        file, _, anchor = target.partition("#")
        linked = (runbook.parent / file).resolve() if file else runbook
        assert linked.exists(), target
        assert not anchor or anchor in anchors(linked), target
