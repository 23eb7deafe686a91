"""GET /v1.0/products: one page of the active products."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from contract.messages import Response
from products import bootstrap

if TYPE_CHECKING:
    from collections.abc import Callable

    from contract.messages import JSON, Request
    from products.cursors import Cursors
    from products.service import Catalogue, Page


def list_products(request: Request, catalogue: Catalogue, cursors: Cursors) -> Response:
    token = cast("str | None", request.query.get("nextToken"))
    start = cursors.position(token) if token is not None else None
    page = catalogue.active(cast("int", request.query["limit"]), start)
    return _answer(page, cursors, fallback=lambda: _answer(catalogue.without_unsound(page), cursors))


def _answer(page: Page, cursors: Cursors, fallback: Callable[[], Response] | None = None) -> Response:
    body: dict[str, object] = {"products": [*page.products.values()], "count": len(page.products)}
    if page.following is not None:
        body["nextToken"] = cursors.token(page.following)
    return Response(200, cast("JSON", body), fallback=fallback)


PERMISSIONS = {"environment": ["CURSOR_SIGNING_KEYS"], "dynamodb": {"index/ActiveProductsIndex": ["dynamodb:Query"]}}
handler = bootstrap.handler("listProducts", partial(list_products, cursors=bootstrap.cursors()))
