"""The site as it is built: every link leads somewhere, and nothing comes from another host."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from publishing.site import PAGES, site

OWN_PAGES = [page for page in PAGES if page != "reference.html"]


@pytest.fixture(scope="module")
def built_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    site(folder)
    return folder


@pytest.mark.parametrize("page", OWN_PAGES)
def test_every_link_of_a_page_leads_somewhere(built_site: Path, page: str) -> None:
    links = re.findall(r'href="([^"]+)"', (built_site / page).read_text(encoding="utf-8"))
    local = [link for link in links if not link.startswith(("http", "#", "data:"))]
    assert [link for link in local if not (built_site / link).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_no_script_or_style_comes_from_another_host(built_site: Path, page: str) -> None:
    text = (built_site / page).read_text(encoding="utf-8")
    assert re.findall(r'<(?:script|link)[^>]+(?:src|href)="https?:[^"]+"', text) == []


def test_the_reference_is_readable_before_any_script_runs(built_site: Path) -> None:
    body = (built_site / "reference.html").read_text(encoding="utf-8").partition("<body")[2]
    assert "Writes are safe to race and to retry" in re.sub(r"<script.*?</script>", "", body, flags=re.DOTALL)


def test_every_page_tells_its_language_and_fits_a_phone(built_site: Path) -> None:
    for page in OWN_PAGES:
        text = (built_site / page).read_text(encoding="utf-8")
        assert '<html lang="en">' in text
        assert 'name="viewport"' in text
