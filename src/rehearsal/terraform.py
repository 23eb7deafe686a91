"""Terraform, run on this machine, and the stack that it applies to the mocked account.

The stack is unmodified: only endpoints, credentials and variables come from outside.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_aws import CannotStart
from rehearsal.steps import StepFailed

_LAST_SECONDS = 5
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# What Terraform and this process sign with. They are nobody's: moto takes any, and the database's proxy knows these.
ADMINISTRATOR = {"AWS_ACCESS_KEY_ID": "AKIAREHEARSAL", "AWS_SECRET_ACCESS_KEY": "rehearsal"}


def run_to_end(
    command: Sequence[str | Path], folder: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Runs a program in a session of its own, and ends it with all that it has started when we are interrupted.

    A terminal's Ctrl-C is for us, who ask it to end first: a program may have something to put right. `stdout` of the
    result has its errors, too.
    """
    process = subprocess.Popen(
        command, cwd=folder, env=dict(environment), text=True, errors="replace", start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        output, _ = process.communicate()
    except BaseException:
        # A second Ctrl-C must not leave it running: until it has ended, none is heard.
        before = {number: signal.signal(number, signal.SIG_IGN) for number in _SIGNALS}
        for number in (signal.SIGINT, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, number)
            with suppress(subprocess.TimeoutExpired):
                process.communicate(timeout=_LAST_SECONDS)
                break
        for number, handler in before.items():
            signal.signal(number, handler)
        raise
    return subprocess.CompletedProcess(command, process.returncode, output)


def provider_mirror(environment: Mapping[str, str]) -> Path | None:
    """The folder that holds providers for a machine without network: TF_PLUGIN_MIRROR, or one below /opt.

    None: Terraform looks in its own usual places, and downloads what it does not find:
    https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories
    """
    if named := environment.get("TF_PLUGIN_MIRROR"):
        return Path(named)
    return next((each.parent for each in sorted(Path("/opt").glob("*/registry.terraform.io"))), None)


@dataclass(frozen=True)
class Terraform:
    """Terraform, run in `folder` with these environment variables."""

    folder: Path
    environment: Mapping[str, str]

    @classmethod
    def at(cls, folder: Path, **variables: str) -> Terraform:
        """With this process's environment and `variables`. Raises CannotStart."""
        if shutil.which("terraform") is None:
            where = "https://developer.hashicorp.com/terraform/install"
            raise CannotStart(f"Terraform 1.10 or newer is needed and was not found ({where})")
        environment = {**os.environ, "TF_IN_AUTOMATION": "true", "TF_INPUT": "false", "CHECKPOINT_DISABLE": "true"}
        # A configuration file that is not there is a warning before every answer.
        if not Path(environment.get("TF_CLI_CONFIG_FILE", os.devnull)).exists():
            del environment["TF_CLI_CONFIG_FILE"]
        return cls(folder, {**environment, **variables})

    def init(self, *arguments: str) -> None:
        """`terraform init`, from the provider mirror if there is one. Raises StepFailed."""
        mirror = provider_mirror(self.environment)
        self.run("init", *([f"-plugin-dir={mirror}"] if mirror else []), *arguments)

    def run(self, *arguments: str) -> str:
        """Run one command and return what it printed.

        Raises StepFailed, with the command's name and the errors of what it printed: with all of it where that is JSON.
        """
        command, *options = arguments
        colourless = [] if command == "fmt" else ["-no-color"]
        ended = run_to_end(["terraform", command, *colourless, *options], self.folder, self.environment)
        if ended.returncode != 0:
            _, error, reason = ended.stdout.partition("Error: ")
            only_errors = error and "-json" not in options  # JSON has no part that could be read alone.
            raise StepFailed(f"terraform {command}: {reason if only_errors else ended.stdout}".rstrip())
        return ended.stdout


_APPLIED = re.compile(r"Resources: (?P<added>\d+) added, (?P<changed>\d+) changed, (?P<destroyed>\d+) destroyed")


class Stack:
    """A copy of what Terraform reads, in which it leaves its own files. Raises CannotStart; its methods StepFailed."""

    def __init__(self, project: Path, folder: Path, environment: str, variables: Mapping[str, str]) -> None:
        """`variables` are environment variables: endpoints, and TF_VAR_ ones."""
        for name in ("terraform", "openapi", "generated"):
            ignored = shutil.ignore_patterns(".terraform*", "*.tfstate*")
            shutil.copytree(project / name, folder / name, ignore=ignored)
        self.environment = environment
        self.terraform = Terraform.at(folder / "terraform", **_ONLY_THE_MOCK, **variables)
        self._settings = f"-var-file=environments/{environment}.tfvars.json"

    def init(self) -> None:
        """With the environment's own backend; the path names the bucket, for a loopback address has no subdomains."""
        settings = f"-backend-config=environments/{self.environment}.s3.tfbackend.json"
        self.terraform.init(settings, "-backend-config=use_path_style=true")

    def apply(self) -> dict[str, int]:
        """Plan and apply; how many resources were added, changed and destroyed."""
        found = _APPLIED.search(self.terraform.run("apply", self._settings, "-auto-approve"))
        return {each: int(count) for each, count in found.groupdict().items()} if found else {}

    def changes(self) -> list[str]:
        """Plan anew: what would change, and which of its attributes, sensitive or not, never their values.

        Outputs are included. A settled stack has none.
        """
        self.terraform.run("plan", self._settings, "-out=again")
        plan = json.loads(self.terraform.run("show", "-json", "again"))
        changes = {each["address"]: each["change"] for each in plan.get("resource_changes", ())}
        changes |= {f"output.{name}": change for name, change in plan.get("output_changes", {}).items()}
        return [
            f"{address}: {', '.join(change['actions'])} {', '.join(_attributes(change))}".rstrip()
            for address, change in changes.items()
            if change["actions"] not in (["no-op"], ["read"])
        ]

    def destroy(self) -> None:
        """By the state as it is: to ask for every resource first would only take time."""
        self.terraform.run("destroy", self._settings, "-auto-approve", "-refresh=false")


# Nothing of a developer's own AWS: a rehearsal must not reach an account, whatever else goes wrong.
_ONLY_THE_MOCK = {
    **ADMINISTRATOR,
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "NO_PROXY": "127.0.0.1",
}


def _attributes(change: Mapping[str, Any]) -> list[str]:
    before, after = change["before"], change["after"]
    if not isinstance(before, dict) or not isinstance(after, dict):
        return []
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def resources(state: Mapping[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    """The attributes of every resource of a kind, by its key (`for_each`'s; its name if it has none)."""
    found = [each for each in state.get("resources", ()) if each["mode"] == "managed" and each["type"] == kind]
    return {
        str(instance.get("index_key", each["name"])): instance["attributes"]
        for each in found
        for instance in each["instances"]
    }


def managed(state: Mapping[str, Any]) -> list[str]:
    """Type and name of all that Terraform has made and not destroyed."""
    return [f"{each['type']}.{each['name']}" for each in state.get("resources", ()) if each["mode"] == "managed"]
