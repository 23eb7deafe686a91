"""Terraform on this machine: where it is, where its providers come from, and running it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from local_aws.processes import Ended, run_to_end

# Terraform finds the mirrors in its own usual places by itself:
# https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories
_MIRROR_PARENTS = (Path("/opt"),)
_REGISTRY = "registry.terraform.io"


class TerraformMissing(Exception):
    """There is no Terraform on this machine."""

    def __init__(self) -> None:
        super().__init__(
            "Terraform 1.10 or newer is needed and was not found (https://developer.hashicorp.com/terraform/install)"
        )


class TerraformFailed(Exception):
    """A command of Terraform's failed. `status` is how it ended, `output` what it said."""

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
