"""A new product's Location leads to it, whatever the path was that the request came by."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.integration.products.api import ADMINISTRATOR, ENTRY, Api


@pytest.mark.parametrize(
    ("path", "collection"),
    [
        ("/v1.0/products", "/v1.0/products"),
        ("/v1.0/products/", "/v1.0/products"),
        ("//v1.0/products", "/v1.0/products"),
        ("/v1.0//products//", "/v1.0/products"),
        ("/dev/v1.0/products", "/dev/v1.0/products"),
        ("/dev//v1.0/products/", "/dev/v1.0/products"),
        ("/shop/eu/v1.0/products", "/shop/eu/v1.0/products"),
        ("/v1.0/%70roducts", "/v1.0/products"),
        ("/v1%2E0/products/", "/v1.0/products"),
        ("/a%20b/v1.0/products", "/a%20b/v1.0/products"),
        ("/a b/v1.0/products", "/a%20b/v1.0/products"),
        ("/a%2Fb/v1.0/products", "/a%2Fb/v1.0/products"),
        (None, "/v1.0/products"),
    ],
)
def test_a_location_can_be_followed(api: Api, path: str | None, collection: str) -> None:
    event: dict[str, Any] = {
        "httpMethod": "POST",
        "path": "/v1.0/products/",
        "headers": {"Content-Type": "application/json"},
        "requestContext": {"authorizer": {"claims": ADMINISTRATOR}} | ({} if path is None else {"path": path}),
        "body": json.dumps(ENTRY),
    }
    created = api.functions["create_product"](event, None)
    product_id = json.loads(created["body"])["product"]["productId"]
    assert created["headers"]["Location"] == f"{collection}/{product_id}"
    assert api.get(product_id).status == 200
