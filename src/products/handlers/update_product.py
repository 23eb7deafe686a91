"""PUT /v1.0/products/{productId}: changes the fields sent, if the product is still the one the client read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from products import bootstrap
from products.preconditions import Preconditions, entity_tag
from products.service import Catalogue

if TYPE_CHECKING:
    from generated.operation_types import UpdateProductRequest as Request
    from generated.operation_types import UpdateProductResponse as Response
else:
    from contract.messages import Response


def update_product(request: Request, catalogue: Catalogue) -> Response:
    stored = catalogue.update(
        request.path_parameters["productId"],
        request.body,
        Preconditions(request.headers),
    )
    product, tag = catalogue.shown(stored), entity_tag(stored.version)
    return Response(200, {"product": product}, {"ETag": tag}, fallback=lambda: catalogue.raise_if_broken(stored))


PERMISSIONS = {
    "dynamodb": {"table": ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]}
}
handler = bootstrap.handler(update_product, Catalogue.of)
