"""POST /v1.0/products: a new product, or the answer to the same request before."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from contract.messages import Response
from products import bootstrap
from products.access import caller
from products.preconditions import entity_tag
from products.service import Catalogue

if TYPE_CHECKING:
    from contract.messages import JSON, Request
    from generated.product_types import ProductCreate


def create_product(request: Request, catalogue: Catalogue) -> Response:
    key = cast("str | None", request.headers.get("Idempotency-Key"))
    product, version, replayed = catalogue.create(cast("ProductCreate", request.body), caller(request.claims), key)
    headers = {"Location": request.location(product["productId"]), "ETag": entity_tag(version)}
    if replayed:
        headers["Idempotent-Replayed"] = "true"
    return Response(201, cast("JSON", {"product": product}), headers)


PERMISSIONS = {"dynamodb": {"table": ["dynamodb:GetItem", "dynamodb:PutItem"]}}
handler = bootstrap.handler(create_product, Catalogue.of)
