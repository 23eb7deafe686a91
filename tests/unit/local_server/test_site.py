from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest
from starlette.routing import Router

from local_server.routes import site_pages


def get(folder: Path, path: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=Router(site_pages(folder)))
        async with httpx.AsyncClient(transport=transport, base_url="http://host.example") as client:
            return await client.get(path)

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("path", "text", "media_type"),
    [("/", "the index", "text/html"), ("/clients.html", "the guide", "text/html"), ("/style.css", "a {}", "text/css")],
)
def test_the_built_pages_are_at_the_root(tmp_path: Path, path: str, text: str, media_type: str) -> None:
    (tmp_path / "index.html").write_text("the index")
    (tmp_path / "clients.html").write_text("the guide")
    (tmp_path / "style.css").write_text("a {}")
    answer = get(tmp_path, path)
    assert (answer.status_code, answer.text) == (200, text)
    assert answer.headers["Content-Type"].startswith(media_type)


def test_nothing_beside_the_pages_is_served(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/index.html").write_text("the index")
    (tmp_path / "secret").write_text("not for anybody")
    for path in ("/secret", "/../secret", "/%2e%2e/secret"):
        assert get(tmp_path / "site", path).status_code == 404


def test_without_a_build_the_root_says_how_to_make_one(tmp_path: Path) -> None:
    answer = get(tmp_path / "nothing", "/")
    assert answer.status_code == 200
    assert "scripts/site" in answer.text
