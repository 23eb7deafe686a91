"""GET /v1.0/products: one page of the active products."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from products import bootstrap
from products.cursors import Cursors
from products.service import Catalogue

if TYPE_CHECKING:
    from generated.operation_types import ListProductsRequest as Request
    from generated.operation_types import ListProductsResponse as Response
    from generated.product_types import ProductPage
    from products.items import StoredProduct
else:
    from contract.messages import Response


class Pages:
    """The catalogue, and the tokens of its pages."""

    def __init__(self, catalogue: Catalogue, cursors: Cursors) -> None:
        self.catalogue = catalogue
        self.cursors = cursors

    @classmethod
    def of(cls, given: bootstrap.Dependencies) -> Pages:
        return cls(Catalogue.of(given), Cursors.of(given))


def list_products(request: Request, pages: Pages) -> Response:
    # Every other parameter of the contract is a filter: the value that the field of its name must have.
    filters = {name: value for name, value in request.query.items() if name not in ("limit", "nextToken")}
    token = request.query.get("nextToken")
    start = pages.cursors.position(token, filters) if token is not None else None
    found, following = pages.catalogue.active(request.query["limit"], start, filters)

    def answer(products: Sequence[StoredProduct], fallback: Callable[[], Response] | None = None) -> Response:
        body: ProductPage = {"products": [*map(pages.catalogue.shown, products)], "count": len(products)}
        if following is not None:
            body["nextToken"] = pages.cursors.token(following, filters)
        return Response(200, body, fallback=fallback)

    return answer(found, fallback=lambda: answer(pages.catalogue.without_broken(found)))


PERMISSIONS = {
    "environment": ["CURSOR_SIGNING_KEYS_PARAMETER"],
    "dynamodb": {"index/ActiveProductsIndex": ["dynamodb:Query"]},
    "ssm": {"parameter": ["ssm:GetParameter"]},
}
handler = bootstrap.handler(list_products, Pages.of)
