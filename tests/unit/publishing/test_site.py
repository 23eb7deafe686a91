"""The site's pages: what was released, what each version means, and links that lead somewhere."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from publishing.site import PAGES, released, verdicts
from tests.served import ROOT

CONTRACT = "openapi: 3.0.3\ninfo: {{title: Things, version: {version}}}\npaths: {paths}\n"
ONE = "{/things: {get: {operationId: listThings, responses: {'204': {description: None.}}}}}"
TWO = ONE[:-1] + ", /others: {get: {operationId: listOthers, responses: {'204': {description: None.}}}}}"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A checkout with three tags, the last of which is no release."""

    def git(*command: str) -> None:
        identity = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "tag.gpgsign=false")
        subprocess.run(["git", "-C", tmp_path, *identity, *command], check=True, capture_output=True)

    git("init", "--quiet")
    (tmp_path / "openapi").mkdir()
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n\n## [1.10.0] - 2026-02-01\n\n## [1.9.0] - 2026-01-01\n")
    for version, paths in (("1.9.0", ONE), ("1.10.0", TWO)):
        (tmp_path / "openapi" / "products.yaml").write_text(CONTRACT.format(version=version, paths=paths))
        git("add", "--all")
        git("commit", "--quiet", "--message", version)
        git("tag", f"v{version}")
    git("tag", "v2.0.0-rc.1")
    return tmp_path


def test_releases_are_listed_by_number_the_newest_first(project: Path) -> None:
    assert released(project) == ["v1.10.0", "v1.9.0"]


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
