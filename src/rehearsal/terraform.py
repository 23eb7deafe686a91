"""Terraform on this machine, and the stack that it applies to the mocked account.

The stack is unmodified: only endpoints, credentials and variables come from outside.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal.processes import Ended, run_to_end
from rehearsal.steps import StepFailed

# Terraform finds the mirrors in its own usual places by itself:
# https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories
_MIRROR_PARENTS = (Path("/opt"),)
_REGISTRY = "registry.terraform.io"
# What Terraform and this process sign with. They are nobody's: moto takes any, and the database's proxy knows these.
ADMINISTRATOR = {"AWS_ACCESS_KEY_ID": "AKIAREHEARSAL", "AWS_SECRET_ACCESS_KEY": "rehearsal"}


class TerraformMissing(Exception):
    """Exception for a machine without Terraform."""

    def __init__(self) -> None:
        super().__init__(
            "Terraform 1.10 or newer is needed and was not found (https://developer.hashicorp.com/terraform/install)"
        )


class TerraformFailed(Exception):
    """Exception for a command of Terraform that failed. `status` is how it ended, `output` what it said."""

    def __init__(self, arguments: tuple[str, ...], ended: Ended) -> None:
        super().__init__(f"terraform {' '.join(arguments)} failed:\n{ended.output}")
        self.status = ended.status
        self.output = ended.output


def provider_mirror(environment: Mapping[str, str], parents: Iterable[Path] = _MIRROR_PARENTS) -> Path | None:
    """The folder that holds providers for a machine without network: TF_PLUGIN_MIRROR, or one below /opt.

    None: Terraform looks for itself, and downloads what it does not find.
    """
    if named := environment.get("TF_PLUGIN_MIRROR"):
        return Path(named)
    folders = (folder for parent in parents if parent.is_dir() for folder in sorted(parent.iterdir()))
    return next((folder for folder in folders if (folder / _REGISTRY).is_dir()), None)


@dataclass(frozen=True)
class Terraform:
    """Terraform, run in `folder` with these environment variables."""

    folder: Path
    environment: Mapping[str, str]

    @classmethod
    def at(cls, folder: Path, **variables: str) -> Terraform:
        """With this process's environment and `variables`. Raises TerraformMissing."""
        if shutil.which("terraform") is None:
            raise TerraformMissing
        quiet = {"TF_IN_AUTOMATION": "true", "TF_INPUT": "false", "CHECKPOINT_DISABLE": "true"}
        return cls(folder, {**_without_broken_configuration(os.environ), **quiet, **variables})

    def init(self, *arguments: str) -> None:
        """`terraform init`, from the provider mirror if there is one. Raises TerraformFailed."""
        mirror = provider_mirror(self.environment)
        self.run("init", *([f"-plugin-dir={mirror}"] if mirror else []), *arguments)

    def run(self, *arguments: str) -> str:
        """Run one command and return what it printed. Raises TerraformFailed."""
        command, *options = arguments
        colourless = [] if command == "fmt" else ["-no-color"]
        ended = run_to_end(["terraform", command, *colourless, *options], self.folder, self.environment)
        if ended.status != 0:
            raise TerraformFailed(arguments, ended)
        return ended.output


def _without_broken_configuration(environment: Mapping[str, str]) -> dict[str, str]:
    # A configuration file that is not there is a warning before every answer.
    configuration = environment.get("TF_CLI_CONFIG_FILE")
    broken = configuration is not None and not Path(configuration).is_file()
    return {name: value for name, value in environment.items() if not (broken and name == "TF_CLI_CONFIG_FILE")}


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
        self._settings = f"-var-file=environments/{environment}.tfvars.json"

    def init(self) -> None:
        """With the environment's own backend; the path names the bucket, for a loopback address has no subdomains."""
        settings = f"-backend-config=environments/{self.environment}.s3.tfbackend.json"
        with _short_errors():
            self.terraform.init(settings, "-backend-config=use_path_style=true")

    def apply(self) -> dict[str, int]:
        """Plan and apply; how many resources were added, changed and destroyed."""
        with _short_errors():
            said = self.terraform.run("apply", self._settings, "-auto-approve")
        found = _APPLIED.search(said)
        return {each: int(count) for each, count in found.groupdict().items()} if found else {}

    def changes(self) -> list[str]:
        """Plan anew: the addresses of what would change, outputs included. A settled stack has none."""
        with _short_errors():
            try:
                self.terraform.run("plan", self._settings, "-detailed-exitcode", "-out=again")
            except TerraformFailed as stopped:
                if stopped.status != _CHANGES:
                    raise
                return _changed(json.loads(self.terraform.run("show", "-json", "again")))
        return []

    def destroy(self) -> None:
        """By the state as it is: to ask for every resource first would only take time."""
        with _short_errors():
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
def _short_errors() -> Iterator[None]:
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
        shutil.copytree(source, target, ignore=shutil.ignore_patterns(".terraform*", "*.tfstate*"))
    else:
        shutil.copy(source, target)
