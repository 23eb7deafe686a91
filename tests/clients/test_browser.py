"""The documented client in a real browser, on a page of another origin than the API's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.clients.conftest import run
from tests.served import Served

SCRIPT = Path(__file__).with_name("browser.mjs")


@pytest.fixture(scope="module")
def found(tools: Path, chromium: str, catalogue: Served, token: str, built: Path) -> dict[str, Any]:
    """What came of each step of the script."""
    steps: dict[str, Any] = json.loads(run("node", SCRIPT, tools, chromium, built, catalogue.url, token))
    return steps


def test_paging_lists_every_product_once_and_ends(found: dict[str, Any]) -> None:
    assert found["pages"] == found["onePage"]
    assert len(set(found["pages"])) == len(found["pages"]) > 3


def test_a_product_is_created_once_however_often_the_request_is_sent(found: dict[str, Any]) -> None:
    assert found["created"]["product"]["price"] == 79.77
    assert found["created"]["product"]["currency"] == "ZAR"
    assert found["repeated"]["product"] == found["created"]["product"]


def test_a_refusal_names_every_field_to_the_page(found: dict[str, Any]) -> None:
    assert found["refused"]["status"] == 400
    assert [each["field"] for each in found["refused"]["problem"]["details"]] == ["/name", "/price"]


def test_an_update_by_etag_shows_the_new_version(found: dict[str, Any]) -> None:
    assert found["updated"]["product"]["price"] == 10.01
    assert found["updated"]["etag"] != found["created"]["etag"]
    assert found["read"] == found["updated"]


def test_a_stale_etag_is_told_to_the_page_and_changes_nothing(found: dict[str, Any]) -> None:
    assert found["stale"]["status"] == 412
    assert found["read"]["product"]["price"] == 10.01


def test_a_retired_product_is_gone(found: dict[str, Any]) -> None:
    assert found["gone"]["status"] == 404


def test_a_page_without_a_token_hears_why_it_is_refused(found: dict[str, Any]) -> None:
    assert found["anonymous"]["status"] == 401
    assert found["anonymous"]["problem"]["error"] == "Unauthorized"


def test_the_browser_asked_first_whether_it_may_write(found: dict[str, Any]) -> None:
    assert "/v1.0/products" in found["preflights"]


def test_a_page_of_an_origin_that_is_not_allowed_cannot_read(found: dict[str, Any]) -> None:
    assert "Failed to fetch" in found["unlisted"]
