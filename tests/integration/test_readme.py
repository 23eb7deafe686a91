"""The README does what it says: its session runs as it is written, and what it names exists."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.served import ROOT, served

README = (ROOT / "README.md").read_text(encoding="utf-8")
UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
TIME = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z"
LEFT_OUT = "…"


def commands() -> Iterator[tuple[str, str]]:
    """Every command of the README's session, and what it prints."""
    for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL):
        for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, written = re.sub(r"\\\n *", "", step).partition("\n")
            yield command, written.strip()


def replay(command: str, written: str, environment: Mapping[str, str], seen: dict[str, str]) -> None:
    """Runs a command. `seen` has, for each id and time of the README, the one that took its place this time."""
    command = re.sub(f"{UUID}|{TIME}", lambda value: seen[value.group()], command)
    ran = subprocess.run(["bash", "-c", command], env=environment, capture_output=True, text=True, check=True)
    came = re.fullmatch(pattern(written), ran.stdout.strip())
    assert came, f"{command}\n\nthe README has:\n{written}\n\nit came out as:\n{ran.stdout}"
    for value, actual in zip(re.findall(f"{UUID}|{TIME}", written), came.groups(), strict=True):
        assert seen.setdefault(value, actual) == actual, value


def pattern(written: str) -> str:
    """Matches the text as it is written, with any id for an id, any time for a time, anything for what is left out."""
    for_one = {LEFT_OUT: "[^\n]+", UUID: f"({UUID})", TIME: f"({TIME})"}
    parts = re.split(f"({LEFT_OUT}|{UUID}|{TIME})", written)
    return "".join(
        next((for_one[kind] for kind in for_one if re.fullmatch(kind, part)), re.escape(part)) for part in parts
    )


def test_the_session_runs_as_it_is_written(tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("curl is needed")
        pytest.skip("LEFT OUT: the session is written for curl, which was not found")
    with served(tmp_path) as cloud:
        environment = {**os.environ, "API": f"{cloud.url}/v1.0/products", "TOKEN": cloud.token("platform-admin")}
        seen: dict[str, str] = {}
        for command, written in commands():
            replay(command, written, environment, seen)
    assert seen


@pytest.mark.parametrize("name", sorted(set(re.findall(r"scripts/[a-z_]+(?:\.[a-z]+)?", README))))
def test_every_script_that_is_named_exists(name: str) -> None:
    assert (ROOT / name).exists()


def test_every_script_is_explained() -> None:
    scripts = {f"scripts/{path.name}" for path in (ROOT / "scripts").iterdir() if path.is_file()}
    assert scripts == set(re.findall(r"^\| `(scripts/[a-z_.]+)` \|", README, re.MULTILINE))


def test_every_folder_of_the_layout_exists_and_none_is_missing() -> None:
    folders = re.findall(r"^\| `([a-z_/]+)/` \|", README, re.MULTILINE)
    assert all((ROOT / folder).is_dir() for folder in folders)
    packages = {f"src/{path.name}" for path in (ROOT / "src").iterdir() if any(path.glob("*.py"))}
    assert packages <= set(folders)


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\((?!https?:)([^)#]+)\)", README))))
def test_every_link_leads_somewhere(link: str) -> None:
    assert (ROOT / link).exists()
