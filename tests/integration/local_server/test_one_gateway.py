"""`scripts/serve` and what Terraform deploys are one gateway: the same requests get the same answers from both."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import pytest

from local_aws.functions import Event
from tests.integration.local_server.conftest import PORTAL, Client, Stubs
from tests.unit.local_aws.gateway.apis import Deployed
from tests.unit.local_aws.gateway.rendered import rendered

COLLECTION, PRODUCT = "/v1.0/products", "/v1.0/products/PROD-1"
JSON, MERGE_PATCH = {"Content-Type": "application/json"}, {"Content-Type": "application/merge-patch+json"}
GOOD = {"Authorization": "Bearer {token}"}
BROWSER, STRANGER = {"Origin": PORTAL}, {"Origin": "https://stranger.example"}

REQUESTS: tuple[tuple[str, str, dict[str, str], bytes], ...] = (
    *((method, path, {}, b"") for method in ("GET", "HEAD", "TRACE", "FOO") for path in (COLLECTION, PRODUCT)),
    *(("PATCH", path, {}, b"") for path in (COLLECTION, PRODUCT, "/nothing", "/v1.0", "/other")),
    *(("PATCH", COLLECTION, {"Content-Type": media}, b"{}") for media in ("application/json", "text/plain", "x")),
    ("PATCH", PRODUCT, MERGE_PATCH, b"{}"),
    ("DELETE", COLLECTION, MERGE_PATCH, b"{}"),
    ("PUT", COLLECTION, {**JSON, "Content-Type": "application/json; charset=utf-8"}, b"{}"),
    *(
        ("GET", path, {}, b"")
        for path in ("/nothing", "//", "/v1.0", "/V1.0/products", "/v1.0/products/a/b", "/nothing")
    ),
    *(("GET", path, {}, b"") for path in (f"{COLLECTION}/", f"{PRODUCT}/", f"/{COLLECTION}", "/v1.0//products")),
    *(("GET", f"{COLLECTION}/{id}", {}, b"") for id in ("a%2Fb", "a%20b", "%2e%2e", "caf%C3%A9", "x+y", "%25", "%zz")),
    ("GET", "/v1.0%2Fproducts", {}, b""),
    ("GET", f"{COLLECTION}?limit=1&limit=2&empty=&=x", {}, b""),
    ("GET", f"{COLLECTION}?q=%C3%28&plus=a+b", {}, b""),
    *(("OPTIONS", path, headers, b"") for path in (COLLECTION, PRODUCT) for headers in ({}, BROWSER, STRANGER)),
    ("OPTIONS", COLLECTION, {**BROWSER, **MERGE_PATCH}, b""),
    ("OPTIONS", "/nothing", BROWSER, b""),
    *(("POST", COLLECTION, {**JSON, **headers}, b"{}") for headers in ({}, GOOD, BROWSER, STRANGER)),
    *(
        ("POST", COLLECTION, {**JSON, "Authorization": value}, b"{}")
        for value in ("Bearer", "Bearer x", "{token}", "bearer {token}", "Bearer\t{token}", "Basic x", "")
    ),
    ("POST", COLLECTION, {**GOOD, "Content-Type": "text/plain;;"}, b"{\xff"),
    ("POST", PRODUCT, GOOD, b""),
    ("DELETE", PRODUCT, GOOD, b""),
    ("DELETE", PRODUCT, {**BROWSER, "Authorization": "Bearer x"}, b""),
    ("GET", "/nothing", GOOD, b""),
    ("GET", COLLECTION, {"X-HTTP-Method-Override": "POST"}, b""),
    ("GET", COLLECTION, {"Connection": "keep-alive", "TE": "trailers", "Expect": "x", "X-Own": "1"}, b""),
)


def echo(event: Event) -> Any:
    """What the function was told of the request, in an answer with headers that API Gateway treats in its own way."""
    kept = {
        name: event[name]
        for name in ("resource", "path", "httpMethod", "pathParameters", "multiValueQueryStringParameters", "body")
    }
    headers = {name.lower(): value for name, value in event["headers"].items() if name.lower() != "authorization"}
    claims = sorted((event["requestContext"].get("authorizer") or {}).get("claims", {}))
    body = json.dumps({**kept, "headers": headers, "authorized": bool(claims)})
    return {"statusCode": 201, "headers": {"Server": "mine", "Location": "/there", "Date": "now"}, "body": body}


@pytest.fixture
def deployed() -> Deployed:
    """A gateway made of the body that Terraform deploys to dev."""
    deployed = Deployed(rendered("dev", allowed_origins=[PORTAL]))
    deployed.functions.answer = echo
    return deployed


@pytest.mark.parametrize("wanted", REQUESTS)
def test_the_same_request_gets_the_same_answer(
    deployed: Deployed,
    request_to: Client,
    stubs: Stubs,
    keeper: dict[str, str],
    wanted: tuple[str, str, dict[str, str], bytes],
) -> None:
    method, path, headers, body = wanted

    def sent(token: str) -> dict[str, str]:
        return {name: value.replace("{token}", token) for name, value in headers.items()}

    stubs.answer = echo
    token = keeper["Authorization"].removeprefix("Bearer ")
    served = request_to(method, f"http://host.example{path}", headers=sent(token), content=body)
    assert seen(served) == seen(deployed(method, path, headers=sent("good"), content=body))


def seen(response: httpx.Response) -> tuple[int, list[tuple[str, str]], str]:
    """All that a client sees, with what is the request's own as a word."""
    request_id = response.headers["x-amzn-RequestId"]
    headers = sorted((name, said(value, request_id)) for name, value in response.headers.multi_items())
    return response.status_code, headers, said(response.text, request_id)


def said(text: str, request_id: str) -> str:
    return re.sub(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24}", "TRACE", text.replace(request_id, "ID"))


def test_there_are_as_many_requests_as_it_takes() -> None:
    assert len({(method, path, str(headers)) for method, path, headers, _ in REQUESTS}) > 50
