"""A database without work: every call has its answer ready, over HTTP (cold) or as a botocore client (warm)."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from zlib import crc32

Wire = dict[str, Any]
PRODUCT_ID = "PROD-001"


def item(product_id: str = PRODUCT_ID) -> Wire:
    """A product as DynamoDB returns it."""
    texts = {
        "PK": f"PRODUCT#{product_id}",
        "SK": "METADATA",
        "entityType": "PRODUCT",
        "productId": product_id,
        "name": "WordPress Professional",
        "description": "Managed WordPress hosting with daily backups and a free certificate.",
        "currency": "ZAR",
        "period": "per month",
        "active": "true",
        "createdAt": "2025-01-15T10:30:00.000000Z",
        "updatedAt": "2025-01-15T10:30:00.000000Z",
    }
    features = ["10 GB of storage", "Unmetered traffic", "Free certificate", "Daily backups", "Support by telephone"]
    return {
        **{name: {"S": text} for name, text in texts.items()},
        "price": {"N": "289.14"},
        "version": {"N": "3"},
        "features": {"L": [{"S": feature} for feature in features]},
    }


def answer(operation: str, request: Wire) -> Wire:
    """What DynamoDB answers to a call that finds what it expects. `operation` as the X-Amz-Target header names it."""
    if operation == "GetItem":
        return {"Item": item()}
    if operation == "Query":
        return _page(request["Limit"])
    return {"Attributes": item()} if operation == "UpdateItem" else {}


@cache
def _page(limit: int) -> Wire:
    """One less than the limit: the last page. Ready made, for a page's making would be measured too."""
    products = [item(f"PROD-{number:03}") for number in range(limit - 1)]
    return {"Items": products, "Count": len(products), "ScannedCount": len(products)}


@contextmanager
def dynamodb() -> Iterator[str]:
    """The URL of an endpoint that answers so."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Endpoint)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class _Endpoint(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # Headers and body leave in one packet.

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body = json.dumps(answer(self.headers["X-Amz-Target"].partition(".")[2], request)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("x-amz-crc32", str(crc32(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Says nothing."""


class Client:
    """The botocore client's calls that the handlers make, answered without a wire."""

    def put_item(self, **request: Any) -> Wire:
        return answer("PutItem", request)

    def get_item(self, **request: Any) -> Wire:
        return answer("GetItem", request)

    def query(self, **request: Any) -> Wire:
        return _page(request["Limit"])

    def transact_write_items(self, **request: Any) -> Wire:
        return answer("TransactWriteItems", request)
