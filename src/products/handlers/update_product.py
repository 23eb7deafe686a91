"""PUT /v1.0/products/{productId}: changes the fields sent, if the product is still the one the client read."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from contract.messages import Response
from products import bootstrap
from products.preconditions import Preconditions, entity_tag
from products.service import Catalogue

if TYPE_CHECKING:
    from contract.messages import JSON, Request
    from generated.product_types import ProductUpdate


def update_product(request: Request, catalogue: Catalogue) -> Response:
    product, version = catalogue.update(
        cast("str", request.path_parameters["productId"]),
        cast("ProductUpdate", request.body),
        Preconditions.read(request.headers),
    )
    return Response(200, cast("JSON", {"product": product}), {"ETag": entity_tag(version)})


PERMISSIONS = {
    "dynamodb": {"table": ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]}
}
handler = bootstrap.handler(update_product, Catalogue.of)
