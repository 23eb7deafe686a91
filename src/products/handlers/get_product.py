"""GET /v1.0/products/{productId}: one active product, unless the client has it already."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from contract.messages import Response
from products import bootstrap
from products.preconditions import Preconditions, entity_tag
from products.service import Catalogue

if TYPE_CHECKING:
    from contract.messages import JSON, Request


def get_product(request: Request, catalogue: Catalogue) -> Response:
    product, version = catalogue.get(cast("str", request.path_parameters["productId"]))
    headers = {"ETag": entity_tag(version)}
    if Preconditions.read(request.headers).not_modified(version):
        return Response(304, headers=headers)
    return Response(200, cast("JSON", {"product": product}), headers)


PERMISSIONS = {"dynamodb": {"table": ["dynamodb:GetItem"]}}
handler = bootstrap.handler(get_product, Catalogue.of)
