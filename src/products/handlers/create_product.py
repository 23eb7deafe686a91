"""POST /v1.0/products: a new product, or the answer to the same request before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from products import bootstrap
from products.access import caller
from products.preconditions import entity_tag
from products.service import Catalogue

if TYPE_CHECKING:
    from generated.operation_types import CreateProduct201Headers as Headers
    from generated.operation_types import CreateProductRequest as Request
    from generated.operation_types import CreateProductResponse as Response
else:
    from contract.messages import Response


def create_product(request: Request, catalogue: Catalogue) -> Response:
    key = request.headers.get("Idempotency-Key")
    stored, replayed = catalogue.create(request.body, caller(request.claims), key)
    headers: Headers = {"Location": request.location(stored.product_id), "ETag": entity_tag(stored.version)}
    if replayed:
        headers["Idempotent-Replayed"] = "true"
    product = catalogue.shown(stored)
    return Response(201, {"product": product}, headers, fallback=lambda: catalogue.raise_if_broken(stored))


PERMISSIONS = {"dynamodb": {"table": ["dynamodb:GetItem", "dynamodb:PutItem"]}}
handler = bootstrap.handler(create_product, Catalogue.of)
