"""The site's pages: what was released, what each version means, and links that lead somewhere."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from publishing.document import CannotPublish
from publishing.site import PAGES, released, released_contract, verdicts
from tests.served import ROOT

CONTRACT = "openapi: 3.0.3\ninfo: {{title: Things, version: {version}}}\npaths: {paths}\n"
ONE = "{/things: {get: {operationId: listThings, responses: {'204': {description: None.}}}}}"
TWO = ONE[:-1] + ", /others: {get: {operationId: listOthers, responses: {'204': {description: None.}}}}}"


def git(project: Path, *command: str) -> None:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "tag.gpgsign=false")
    subprocess.run(["git", "-C", project, *identity, *command], check=True, capture_output=True)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A checkout with three tags, the last of which is no release."""
    git(tmp_path, "init", "--quiet")
    (tmp_path / "openapi").mkdir()
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n\n## [1.10.0] - 2026-02-01\n\n## [1.9.0] - 2026-01-01\n")
    for version, paths in (("1.9.0", ONE), ("1.10.0", TWO)):
        (tmp_path / "openapi" / "products.yaml").write_text(CONTRACT.format(version=version, paths=paths))
        git(tmp_path, "add", "--all")
        git(tmp_path, "commit", "--quiet", "--message", version)
        git(tmp_path, "tag", f"v{version}")
    git(tmp_path, "tag", "v2.0.0-rc.1")
    return tmp_path


def test_releases_are_listed_by_number_the_newest_first(project: Path) -> None:
    assert released(project) == ["v1.10.0", "v1.9.0"]


def test_a_release_has_the_contract_of_its_own_time(project: Path) -> None:
    assert released_contract(project, "v1.9.0") == CONTRACT.format(version="1.9.0", paths=ONE)


@pytest.mark.parametrize("tag", ["v1.8.0", "v0.0.1"])
def test_a_release_whose_contract_git_cannot_show_is_named(project: Path, tag: str) -> None:
    (project / "openapi" / "products.yaml").rename(project / "openapi" / "things.yaml")
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", "1.8.0")
    git(project, "tag", "v1.8.0")
    with pytest.raises(CannotPublish, match=f"{tag}.*git fetch"):
        released_contract(project, tag)


def test_each_release_says_what_it_means_to_clients(project: Path) -> None:
    text = verdicts(project, released(project))
    assert "`git:v1.9.0` to `git:v1.10.0`" in text
    assert "listOthers" in text or "/others" in text


def test_a_first_release_has_nothing_to_be_compared_with(project: Path) -> None:
    assert "no older release" in verdicts(project, ["v1.9.0"])


def test_links_of_the_pages_sources_lead_somewhere() -> None:
    for source in (ROOT / "docs/site/index.md", ROOT / "docs/clients.md"):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", source.read_text(encoding="utf-8")):
            assert target in PAGES
