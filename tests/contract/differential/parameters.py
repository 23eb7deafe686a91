"""The parameters of an operation, as the document declares them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.contract.differential.schemas import Document, resolved
from tests.contract.differential.spelling import Declared

_IGNORED = ("accept", "content-type", "authorization")


def declared_parameters(document: Document, path: str, method: str) -> list[Declared]:
    """The operation's own parameters, and those of its path that it does not override; references followed.

    Without the headers that OpenAPI ignores as parameters.
    """
    item = document["paths"][path]
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for node in (*item.get("parameters", ()), *item[method.lower()].get("parameters", ())):
        declared = resolved(document, node)
        found[declared["in"], declared["name"].lower()] = declared
    return [each for key, each in found.items() if key[0] != "header" or key[1] not in _IGNORED]


def declared_headers(document: Document, path: str, method: str, status: int) -> list[Declared]:
    """The headers that a response with this status may have, each with its `name`."""
    responses = document["paths"][path][method.lower()]["responses"]
    keys = (str(status), f"{status // 100}XX", "default")
    response = resolved(document, next((responses[key] for key in keys if key in responses), {}))
    return [{"name": name, **resolved(document, node)} for name, node in response.get("headers", {}).items()]


def declared_media_types(document: Document, path: str, method: str) -> frozenset[str]:
    """The media types and ranges of the request's body."""
    body = resolved(document, document["paths"][path][method.lower()].get("requestBody", {}))
    return frozenset(body.get("content", ()))
