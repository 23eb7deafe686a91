"""GET /v1.0/products/{productId}: one active product, unless the client has it already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from products import bootstrap
from products.errors import PreconditionFailed
from products.preconditions import Preconditions, entity_tag
from products.service import Catalogue

if TYPE_CHECKING:
    from generated.operation_types import GetProductRequest as Request
    from generated.operation_types import GetProductResponse as Response
else:
    from contract.messages import Response


def get_product(request: Request, catalogue: Catalogue) -> Response:
    stored = catalogue.get(request.path_parameters["productId"])
    tag = entity_tag(stored.version)
    try:
        unchanged = Preconditions(request.headers).not_modified(stored.version)
    except PreconditionFailed:
        catalogue.raise_if_broken(stored)  # Neither this answer nor a 304 would show it.
        raise
    if unchanged:
        catalogue.raise_if_broken(stored)
        return Response(304, headers={"ETag": tag})
    product = catalogue.shown(stored)
    return Response(200, {"product": product}, {"ETag": tag}, fallback=lambda: catalogue.raise_if_broken(stored))


PERMISSIONS = {"dynamodb": {"table": ["dynamodb:GetItem"]}}
handler = bootstrap.handler(get_product, Catalogue.of)
