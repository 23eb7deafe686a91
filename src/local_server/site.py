"""The pages for client teams at `/`, as `scripts/site` has built them."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

_NOT_BUILT = """\
<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Product catalogue</title><style>body{font:1rem/1.5 system-ui;margin:2rem;color-scheme:light dark}</style>
<h1>Product catalogue</h1>
<ul><li><a href="/ui/">Swagger UI</a>
<li><a href="/openapi.yaml">/openapi.yaml</a><li><a href="/openapi.json">/openapi.json</a></ul>
<p>The pages for client teams are here once <code>scripts/site</code> has built them.</p></html>
"""


def site_pages(folder: Path) -> list[Route]:
    """A route for each file of the built site, the index at `/`; where none was built, a page that says so."""

    def file(path: Path) -> Route:
        async def answer(request: Request) -> Response:
            return FileResponse(path)

        return Route(f"/{'' if path.name == 'index.html' else path.name}", answer)

    if (folder / "index.html").is_file():
        return [file(path) for path in sorted(folder.iterdir()) if path.is_file()]

    async def not_built(request: Request) -> Response:
        return HTMLResponse(_NOT_BUILT)

    return [Route("/", not_built)]
