"""The contract as this server publishes it: /openapi.json, /openapi.yaml, and Swagger UI, which connexion serves."""

from __future__ import annotations

import copy
import hashlib
import json
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

with warnings.catch_warnings():
    # connexion imports Starlette's test client, which warns about the HTTP client that it would use.
    warnings.simplefilter("ignore")
    from connexion import ConnexionMiddleware
    from connexion.middleware.swagger_ui import SwaggerUIMiddleware
    from connexion.options import SwaggerUIOptions

from starlette.types import ASGIApp

Json = dict[str, Any]
JSON_PATH = "/openapi.json"
YAML_PATH = "/openapi.yaml"
SWAGGER_UI_FILES = "/ui/files"


def contract_documents(content: Json) -> list[Route]:
    """GET of the document as it is published, references and all, for tools and for pages of any origin."""
    as_json = json.dumps(content, ensure_ascii=False, indent=2).encode()
    as_yaml = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120).encode()
    return [
        _document(JSON_PATH, "application/json", as_json),
        _document(YAML_PATH, "application/yaml", as_yaml),
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
            spec_path=JSON_PATH,
            swagger_ui_config={"deepLinking": True, "persistAuthorization": True, "validatorUrl": None},
            swagger_ui_template_dir=str(Path(__file__).with_name("swagger_ui")),
            swagger_ui_template_arguments={"title": content["info"]["title"], "files": SWAGGER_UI_FILES},
        ),
    )
    # The whole URL of `servers` would become the base path of the page.
    documented.add_api(copy.deepcopy({**content, "servers": [{"url": "/"}]}))
    served: ASGIApp = documented
    return served


def swagger_ui_files() -> Mount:
    """What Swagger UI's page loads.

    The release that connexion would bring is of 2023. flask-swagger-ui has the current one; its folder is found without
    importing the package, which would import Flask.
    """
    package = find_spec("flask_swagger_ui")
    assert package is not None
    assert package.origin is not None
    return Mount(SWAGGER_UI_FILES, StaticFiles(directory=Path(package.origin).with_name("dist")))
