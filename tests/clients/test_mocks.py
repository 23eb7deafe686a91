"""Prism, as a mock made of the document's examples and as a proxy that holds the running API to the document."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPResponse
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.served import Served

LISTENING = re.compile(r"Prism is listening on (http://[0-9.:]+)")
PRODUCT = {"name": "Behind Prism", "description": "Made through a proxy.", "price": 79.77, "period": "per year",
           "features": ["One domain"]}  # fmt: skip


@contextmanager
def prism(tools: Path, *arguments: str) -> Iterator[str]:
    """Prism's address, for as long as the `with` block runs."""
    command = [str(tools / ".bin" / "prism"), *arguments, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        try:
            said = []
            for line in process.stdout:
                said.append(line)
                if found := LISTENING.search(line):
                    break
            else:
                raise RuntimeError(f"Prism did not start:\n{''.join(said)}")
            yield found[1]
        finally:
            process.terminate()


def send(request: Request) -> HTTPResponse | HTTPError:
    try:
        response: HTTPResponse = urlopen(request)
    except HTTPError as refused:
        return refused
    return response


@pytest.fixture(scope="module")
def mock(tools: Path, release: Path) -> Iterator[str]:
    with prism(tools, "mock", str(release / "products.yaml")) as url:
        yield url


def test_the_mocks_list_is_plausible_and_ends(mock: str) -> None:
    page = json.load(send(Request(f"{mock}/v1.0/products")))
    assert "nextToken" not in page
    assert page["count"] == len(page["products"]) > 1
    assert all(each["price"] > 0 and each["name"] for each in page["products"])


def test_the_mock_has_a_page_with_more_to_come_for_who_asks(mock: str) -> None:
    answer = send(Request(f"{mock}/v1.0/products", headers={"Prefer": "example=page"}))
    assert json.load(answer)["nextToken"]


@pytest.mark.parametrize(
    ("method", "status"), [("GET", 404), ("GET", 412), ("PUT", 412), ("PUT", 409), ("DELETE", 404)]
)
def test_the_mock_refuses_for_who_asks(mock: str, method: str, status: int) -> None:
    headers = {"Prefer": f"code={status}", "Authorization": "Bearer x", "Content-Type": "application/json"}
    body = b'{"price": 1}' if method == "PUT" else None
    answer = send(Request(f"{mock}/v1.0/products/PROD-001", body, headers, method=method))
    assert answer.status == status
    assert json.load(answer)["error"]


def test_the_mock_shows_the_contracts_own_product(mock: str) -> None:
    product = json.load(send(Request(f"{mock}/v1.0/products/PROD-001")))["product"]
    assert (product["productId"], product["price"]) == ("PROD-001", 95)


def test_a_products_life_through_the_proxy_shows_no_difference_to_the_document(
    tools: Path, release: Path, catalogue: Served, token: str
) -> None:
    with prism(tools, "proxy", str(release / "products.yaml"), catalogue.url) as url:
        calls = f"{url}/v1.0/products"
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        created = send(Request(calls, json.dumps(PRODUCT).encode(), headers))
        product = json.load(created)["product"]["productId"]
        etag = {"If-Match": created.headers["ETag"]}
        answers = [
            created,
            send(Request(f"{calls}?limit=2")),
            send(Request(f"{calls}/{product}")),
            send(Request(f"{calls}/{product}", b'{"price": 10.01}', headers | etag, method="PUT")),
            send(Request(f"{calls}/{product}", b'{"price": 12}', headers | etag, method="PUT")),
            send(Request(calls, json.dumps(PRODUCT).encode(), headers)),
            send(Request(f"{calls}/{product}", headers=headers, method="DELETE")),
            send(Request(f"{calls}/{product}")),
        ]
    assert [each.status for each in answers] == [201, 200, 200, 200, 412, 409, 204, 404]
    assert [each.headers["sl-violations"] for each in answers] == [None] * len(answers)
