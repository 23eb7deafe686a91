"""The stack, unmodified, applied to the mocked account: only endpoints, credentials and variables come from outside."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rehearsal.moto_server import ADMINISTRATOR
from rehearsal.steps import StepFailed
from rehearsal.terraform import Terraform, TerraformFailed

READ = ("terraform", "openapi", "generated")
_CHANGES = 2
_APPLIED = re.compile(r"Resources: (?P<added>\d+) added, (?P<changed>\d+) changed, (?P<destroyed>\d+) destroyed")


class Stack:
    """A copy of what Terraform reads, in which it leaves its own files. Raises TerraformMissing."""

    def __init__(self, project: Path, folder: Path, environment: str, variables: Mapping[str, str]) -> None:
        """`variables` are environment variables: endpoints, and TF_VAR_ ones."""
        for name in READ:
            _copy(project / name, folder / name)
        self.environment = environment
        self.terraform = Terraform.at(folder / "terraform", **_only_the_mock(), **variables)
        self._settings = f"-var-file=environments/{environment}.tfvars"

    def init(self) -> None:
        """With the environment's own backend; the path names the bucket, for a loopback address has no subdomains."""
        settings = f"-backend-config=environments/{self.environment}.s3.tfbackend"
        with _told_briefly():
            self.terraform.init(settings, "-backend-config=use_path_style=true")

    def apply(self) -> dict[str, int]:
        """Plan and apply; how many resources were added, changed and destroyed."""
        with _told_briefly():
            said = self.terraform.run("apply", self._settings, "-auto-approve")
        found = _APPLIED.search(said)
        return {each: int(count) for each, count in found.groupdict().items()} if found else {}

    def changes(self) -> list[str]:
        """Plan anew: the addresses of what would change, outputs included. A settled stack has none."""
        with _told_briefly():
            try:
                self.terraform.run("plan", self._settings, "-detailed-exitcode", "-out=again")
            except TerraformFailed as stopped:
                if stopped.status != _CHANGES:
                    raise
                return _changed(json.loads(self.terraform.run("show", "-json", "again")))
        return []

    def destroy(self) -> None:
        """By the state as it is: to ask for every resource first would only take time."""
        with _told_briefly():
            self.terraform.run("destroy", self._settings, "-auto-approve", "-refresh=false")


def resources(state: Mapping[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    """The attributes of every resource of a kind, by its key (`for_each`'s; its name if it has none)."""
    found = [each for each in state.get("resources", ()) if each["mode"] == "managed" and each["type"] == kind]
    return {
        str(instance.get("index_key", each["name"])): instance["attributes"]
        for each in found
        for instance in each["instances"]
    }


def managed(state: Mapping[str, Any]) -> list[str]:
    """Everything that Terraform has made and not destroyed, by type and name."""
    return [f"{each['type']}.{each['name']}" for each in state.get("resources", ()) if each["mode"] == "managed"]


def _changed(plan: Mapping[str, Any]) -> list[str]:
    """What would change, and which of its attributes; sensitive or not, never their values."""
    resources = {each["address"]: each["change"] for each in plan.get("resource_changes", ())}
    outputs = {f"output.{name}": change for name, change in plan.get("output_changes", {}).items()}
    return [
        f"{address}: {', '.join(change['actions'])} {', '.join(_attributes(change))}".rstrip()
        for address, change in {**resources, **outputs}.items()
        if change["actions"] not in (["no-op"], ["read"])
    ]


def _attributes(change: Mapping[str, Any]) -> list[str]:
    before, after = change["before"], change["after"]
    if not isinstance(before, dict) or not isinstance(after, dict):
        return []
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


@contextmanager
def _told_briefly() -> Iterator[None]:
    """Of all that Terraform says before it fails, its errors. Raises StepFailed for TerraformFailed."""
    try:
        yield
    except TerraformFailed as failed:
        _, error, reason = failed.output.partition("Error: ")
        raise StepFailed(f"Terraform: {reason if error else failed.output}".rstrip()) from None


def _only_the_mock() -> dict[str, str]:
    """Nothing of a developer's own AWS: a rehearsal must not reach an account, whatever else goes wrong."""
    return {
        **ADMINISTRATOR,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1",
    }


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns(".terraform*", "*.tfstate*", "*.tfvars.json"))
    else:
        shutil.copy(source, target)
