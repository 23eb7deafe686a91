"""The page on the architecture names every room of the house, everything that is generated, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGES = [ROOT / "docs/architecture.md", ROOT / "CONTRIBUTING.md"]
ARCHITECTURE = PAGES[0].read_text(encoding="utf-8")


def test_every_package_is_one_of_the_rooms() -> None:
    packages = {path.parent.name for path in (ROOT / "src").glob("*/__init__.py")}
    assert set(re.findall(r"`src/(\w+)`", ARCHITECTURE)) == packages


def test_every_generated_file_has_its_row() -> None:
    table = ARCHITECTURE.partition("## What is generated")[2].partition("\n## ")[0]
    named = {name.replace("*", "list_products") for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
             for name in re.findall(r"`([^`]+)`", row)}  # fmt: skip
    there = {path.relative_to(ROOT / "generated").as_posix() for path in (ROOT / "generated").glob("*.*")}
    assert named == there | {"operations/list_products.json"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_link_and_every_path_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", text):
        assert (page.parent / target).exists(), target
    for name in re.findall(r"`((?:src|scripts|docs|openapi)/[\w./]+)`", text):
        # The examples of CONTRIBUTING add files of their own.
        example = (ROOT / "tests/fixtures/second_resource" / name).exists() or name.endswith("/restore_product.py")
        assert (ROOT / name).exists() or example, name
