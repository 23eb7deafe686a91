"""DELETE /v1.0/products/{productId}: hides the product, if it is still the one the client read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from products import bootstrap
from products.preconditions import Preconditions
from products.service import Catalogue

if TYPE_CHECKING:
    from generated.operation_types import DeleteProductRequest as Request
    from generated.operation_types import DeleteProductResponse as Response
else:
    from contract.messages import Response


def delete_product(request: Request, catalogue: Catalogue) -> Response:
    catalogue.delete(
        request.path_parameters["productId"],
        Preconditions(request.headers),
    )
    return Response(204)


PERMISSIONS = {"dynamodb": {"table": ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]}}
handler = bootstrap.handler(delete_product, Catalogue.of)
