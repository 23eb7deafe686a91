"""GET /v1.0/products: one page of the active products."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, cast

from contract.messages import Response
from products import bootstrap
from products.service import Catalogue

if TYPE_CHECKING:
    from contract.messages import JSON, Request
    from products.cursors import Cursors
    from products.service import Page


class Pages(NamedTuple):
    """The catalogue, and the tokens of its pages."""

    catalogue: Catalogue
    cursors: Cursors

    @classmethod
    def of(cls, given: bootstrap.Dependencies) -> Pages:
        return cls(Catalogue.of(given), given.cursors())


def list_products(request: Request, pages: Pages) -> Response:
    # Every other parameter of the contract is a filter: the value that the field of its name must have.
    filters = {name: value for name, value in request.query.items() if name not in ("limit", "nextToken")}
    token = cast("str | None", request.query.get("nextToken"))
    start = pages.cursors.position(token, filters) if token is not None else None
    page = pages.catalogue.active(cast("int", request.query["limit"]), start, filters)

    def answer(page: Page, fallback: Callable[[], Response] | None = None) -> Response:
        body: dict[str, object] = {"products": [*page.products.values()], "count": len(page.products)}
        if page.following is not None:
            body["nextToken"] = pages.cursors.token(page.following, filters)
        return Response(200, cast("JSON", body), fallback=fallback)

    return answer(page, fallback=lambda: answer(pages.catalogue.without_broken(page)))


PERMISSIONS = {"environment": ["CURSOR_SIGNING_KEYS"], "dynamodb": {"index/ActiveProductsIndex": ["dynamodb:Query"]}}
handler = bootstrap.handler(list_products, Pages.of)
