"""Routes beside the API: the contract's document, Swagger UI (by connexion), pages for client teams, and /_local/."""

from __future__ import annotations

import copy
import hashlib
import json
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

with warnings.catch_warnings():
    # connexion imports Starlette's test client, which warns about the HTTP client that it would use.
    warnings.simplefilter("ignore")
    from connexion import ConnexionMiddleware
    from connexion.middleware.swagger_ui import SwaggerUIMiddleware
    from connexion.options import SwaggerUIOptions

from local_aws.user_pool import LONGEST_LIFE_SECONDS, POOL, UserPool

_JSON_PATH = "/openapi.json"
_SWAGGER_UI_FILES = "/ui/files"
_SITE_NOT_BUILT = """\
<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Product catalogue</title><style>body{font:1rem/1.5 system-ui;margin:2rem;color-scheme:light dark}</style>
<h1>Product catalogue</h1>
<ul><li><a href="/ui/">Swagger UI</a>
<li><a href="/openapi.yaml">/openapi.yaml</a><li><a href="/openapi.json">/openapi.json</a></ul>
<p>The pages for client teams are here once <code>scripts/site</code> has built them.</p></html>
"""

Json = dict[str, Any]


def contract_documents(content: Json) -> list[Route]:
    """GET of the document as it is published, references and all, for tools and for pages of any origin."""
    as_json = json.dumps(content, ensure_ascii=False, indent=2).encode()
    as_yaml = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120).encode()
    return [
        _document(_JSON_PATH, "application/json", as_json),
        _document("/openapi.yaml", "application/yaml", as_yaml),
    ]


def _document(path: str, media_type: str, body: bytes) -> Route:
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": "ETag",
        "Cache-Control": "no-cache",
        "ETag": tag,
    }

    async def answer(request: Request) -> Response:
        known = [each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")]
        if tag in known or "*" in known:
            return Response(status_code=304, headers=headers)
        return Response(body, media_type=media_type, headers=headers)

    return Route(path, answer)


def swagger_ui(content: Json, app: ASGIApp) -> ASGIApp:
    """`app` with Swagger UI at /ui/, which shows the document at /openapi.json. Its page needs `swagger_ui_files`."""
    documented = ConnexionMiddleware(
        app,
        middlewares=[SwaggerUIMiddleware],
        swagger_ui_options=SwaggerUIOptions(
            serve_spec=False,  # connexion's copy has no references left.
            spec_path=_JSON_PATH,
            swagger_ui_config={"deepLinking": True, "persistAuthorization": True, "validatorUrl": None},
            swagger_ui_template_dir=str(Path(__file__).with_name("swagger_ui")),
            swagger_ui_template_arguments={"title": content["info"]["title"], "files": _SWAGGER_UI_FILES},
        ),
    )
    # The whole URL of `servers` would become the base path of the page.
    documented.add_api(copy.deepcopy({**content, "servers": [{"url": "/"}]}))
    served: ASGIApp = documented
    return served


def swagger_ui_files() -> Mount:
    """The files that Swagger UI's page loads.

    The release that connexion would bring is of 2023. flask-swagger-ui has the current one; its folder is found without
    importing the package, which would import Flask.
    """
    package = find_spec("flask_swagger_ui")
    assert package is not None
    assert package.origin is not None
    return Mount(_SWAGGER_UI_FILES, StaticFiles(directory=Path(package.origin).with_name("dist")))


def site_pages(folder: Path) -> list[Route]:
    """A route for each file that `scripts/site` has built, the index at `/`; without a build, a page that says so."""
    if not (folder / "index.html").is_file():
        return [Route("/", lambda request: HTMLResponse(_SITE_NOT_BUILT))]

    def file(path: Path) -> Route:
        return Route(f"/{'' if path.name == 'index.html' else path.name}", lambda request: FileResponse(path))

    return [file(path) for path in sorted(folder.iterdir()) if path.is_file()]


def local_endpoints(user_pool: UserPool, report: Callable[[], Json]) -> list[Route]:
    """POST /_local/token, GET /_local/<pool>/.well-known/jwks.json and GET /_local/disagreements.

    Nothing here is part of the product; on AWS none of these paths exist.
    """

    async def token(request: Request) -> Response:
        """A token from `{"groups": [...], "expiresIn": seconds}`; both may be left out."""
        try:
            wanted = json.loads(await request.body() or b"{}")
            groups, seconds = wanted.get("groups", []), wanted.get("expiresIn", LONGEST_LIFE_SECONDS)
            are_groups = isinstance(groups, list) and all(isinstance(group, str) for group in groups)
            if not are_groups or not isinstance(seconds, int) or abs(seconds) > LONGEST_LIFE_SECONDS:
                raise ValueError
        except (ValueError, AttributeError):
            return JSONResponse({"error": "send groups, a list of strings, and expiresIn, a number of seconds"}, 400)
        return JSONResponse({"idToken": user_pool.token(groups, seconds)}, headers={"Cache-Control": "no-store"})

    return [
        Route("/_local/token", token, methods=["POST"]),
        Route(f"/_local/{POOL}/.well-known/jwks.json", lambda request: JSONResponse(user_pool.key_set())),
        Route("/_local/disagreements", lambda request: JSONResponse(report())),
        Route("/_local/{path:path}", lambda request: JSONResponse({"error": "there is no such path"}, 404)),
    ]
