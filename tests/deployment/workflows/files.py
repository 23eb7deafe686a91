"""The workflows and composite actions, read as GitHub reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

PROJECT = Path(__file__).parents[3]
GITHUB = PROJECT / ".github"
WORKFLOWS = sorted(GITHUB.glob("workflows/*"))
ACTIONS = sorted(GITHUB.glob("actions/*/action.yml"))
FILES = [*WORKFLOWS, *ACTIONS]


class RunBlock(NamedTuple):
    """A step's shell script, and where it is."""

    name: str
    script: str
    step: Mapping[str, Any]


def load(path: Path) -> dict[str, Any]:
    """With `on` as a word: YAML 1.1 takes it for a truth value."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {"on" if key is True else key: value for key, value in content.items()}


def jobs() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each workflow's jobs, by names like `deploy-dev.test`."""
    for path in WORKFLOWS:
        for name, job in load(path)["jobs"].items():
            yield f"{path.stem}.{name}", job


def steps(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """All steps of a file, by places in it."""
    content = load(path)
    owners = content["jobs"] if "jobs" in content else {"runs": content["runs"]}
    for owner, job in owners.items():
        for number, step in enumerate(job.get("steps", ())):
            yield f"{owner}.{number}", step


def run_blocks() -> list[RunBlock]:
    blocks = []
    for path in FILES:
        name = path.stem if path in WORKFLOWS else path.parent.name
        blocks += [RunBlock(f"{name}.{place}", step["run"], step) for place, step in steps(path) if "run" in step]
    return blocks


def commands(script: str) -> Iterator[list[str]]:
    """The calls of our own scripts: the script, and its words up to the next command."""
    for line in script.replace("\\\n", " ").splitlines():
        for call in re.findall(r"(?:^|[\s(])((?:scripts|\.ci)/[\w.]+[^|;&>)]*)", line):
            yield call.split()


def local_action(uses: str) -> dict[str, Any]:
    return load(PROJECT / uses / "action.yml")


def shell_scripts() -> list[Path]:
    """Everything that bash runs: by its first line."""
    found = [*PROJECT.glob("scripts/*"), *PROJECT.glob(".ci/*")]
    return sorted(
        path for path in found if path.is_file() and "bash" in path.read_text(encoding="utf-8").split("\n")[0]
    )
