"""GET /v1.0/products: one page of the active products."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from products import bootstrap
from products.service import Catalogue

if TYPE_CHECKING:
    from generated.operation_types import ListProductsRequest as Request
    from generated.operation_types import ListProductsResponse as Response
    from generated.product_types import ProductPage
    from products.cursors import Cursors
    from products.service import Page
else:
    from contract.messages import Response


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
    token = request.query.get("nextToken")
    start = pages.cursors.position(token, filters) if token is not None else None
    page = pages.catalogue.active(request.query["limit"], start, filters)

    def answer(page: Page, fallback: Callable[[], Response] | None = None) -> Response:
        body: ProductPage = {"products": [*page.products.values()], "count": len(page.products)}
        if page.following is not None:
            body["nextToken"] = pages.cursors.token(page.following, filters)
        return Response(200, body, fallback=fallback)

    return answer(page, fallback=lambda: answer(pages.catalogue.without_broken(page)))


PERMISSIONS = {
    "environment": ["CURSOR_SIGNING_KEYS_PARAMETER"],
    "dynamodb": {"index/ActiveProductsIndex": ["dynamodb:Query"]},
    "ssm": {"parameter": ["ssm:GetParameter"]},
}
handler = bootstrap.handler(list_products, Pages.of)
