"""A validation is green where all is well, and red, with operation, pointer and keyword, where it is not."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import parse_qsl
from xml.etree import ElementTree

import httpx
import pytest

from deployment_validation.contract import KNOWN
from tests.integration.deployment_validation.conftest import Tokens, Validate
from tests.integration.deployment_validation.front import HandOn, Passing, Reply, front
from tests.integration.deployment_validation.sabotages import COLLECTION, SABOTAGES, Clock, Sabotage, named
from tests.served import ROOT, Served

DECLARED = json.loads((ROOT / "generated/operations.json").read_bytes())["operations"]

pytestmark = pytest.mark.usefixtures("left_over")


def test_a_sound_deployment_passes_every_check(cloud: Served, validate: Validate) -> None:
    result = validate(cloud.url, "--requests", "2")
    assert result.failed == []
    assert result.status == 0
    assert result.report["counts"]["skipped"] == 0
    called = {check["operation"] for check in result.report["checks"]}
    declared, not_called = {each["operationId"] for each in DECLARED}, result.report["notCalled"].keys()
    assert called - not_called == {"gateway", *(declared - not_called)}
    assert {each["operation"]: each["requests"] for each in result.report["latencies"]} == dict.fromkeys(
        declared - not_called, 2
    )
    assert cloud.disagreements()["count"] == 0
    # What may write is called where a validation knows how to take it back: for products.
    assert not not_called & {"listProducts", "getProduct", "createProduct", "updateProduct", "deleteProduct"}
    assert result.report["operations"] == len(declared)
    how_many = f"{len(not_called)} not called" if not_called else "all called"
    assert result.printed.splitlines()[-1].endswith(f"; {len(declared)} operations: {how_many}")


def test_a_sound_deployment_passes_what_can_be_read(
    cloud: Served, validate: Validate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("API_TOKEN")
    with front(cloud.url, lambda request, hand_on: hand_on(request)) as passed:
        result = validate(passed.url, "--requests", "0")
    assert (result.status, result.failed) == (0, [])
    assert "No token, so nothing was written" in result.printed
    writes = [status for request, status in passed.passed if request.method in ("POST", "PUT", "DELETE")]
    assert set(writes) == {401}
    not_called = set(result.report["notCalled"])
    assert {"createProduct", "updateProduct", "deleteProduct"} <= not_called
    assert not not_called & {"listProducts", "getProduct"}
    assert result.printed.splitlines()[-1].endswith(f" operations: {len(not_called)} not called")


@pytest.mark.parametrize("name", SABOTAGES)
def test_a_sabotaged_deployment_fails_by_operation_and_pointer(
    cloud: Served, validate: Validate, tokens: Tokens, name: str
) -> None:
    sabotage = SABOTAGES[name]
    with front(cloud.url, partial(_spoil, sabotage, validate.clock, f"Bearer {tokens.administrator}")) as spoilt:
        result = validate(spoilt.url, *sabotage.arguments)
    assert result.status == 1
    found = {(each["operation"], *finding) for each in result.failed for finding in named(each["findings"])}
    assert (sabotage.operation, sabotage.place, sabotage.pointer, sabotage.keyword) in found
    line = f"{sabotage.place} {sabotage.pointer}".strip() + f": {sabotage.keyword}: "
    assert line in result.printed
    failures = ElementTree.parse(validate.files[1]).findall(f".//testcase[@classname='{sabotage.operation}']/failure")
    assert any(line in str(each.text) for each in failures)


def _spoil(sabotage: Sabotage, clock: Clock, token: str, request: Passing, hand_on: HandOn) -> Reply:
    return sabotage.reply(request, hand_on, clock, token)


def test_what_is_in_order_is_not_blamed_for_what_is_not(cloud: Served, validate: Validate) -> None:
    sabotage = SABOTAGES["wrong error shape"]
    with front(cloud.url, partial(_spoil, sabotage, validate.clock, "")) as spoilt:
        result = validate(spoilt.url, *sabotage.arguments)
    # Another resource's 404 is spoilt as well.
    names = [each["name"] for each in result.failed if each["operation"] in KNOWN | {"gateway"}]
    assert names == ["an unknown route is a 404 in the contract's shape"]


def _gone_after_creation(request: Passing, hand_on: HandOn) -> Reply | None:
    return hand_on(request) if request.method in ("POST", "DELETE") or request.path != COLLECTION else None


def _creation_is_lost(request: Passing, hand_on: HandOn) -> Reply | None:
    reply = hand_on(request)
    return None if reply.status == 201 and "idempotent-replayed" not in reply.headers else reply


def _creation_is_garbled(request: Passing, hand_on: HandOn) -> Reply:
    reply = hand_on(request)
    return Reply(500, {}, b"\xff") if reply.status == 201 and "idempotent-replayed" not in reply.headers else reply


def _creation_is_never_named(request: Passing, hand_on: HandOn) -> Reply:
    reply = hand_on(request)
    return Reply(400, {}, b"") if reply.status == 201 else reply


@pytest.mark.parametrize(
    "spoil", [_gone_after_creation, _creation_is_lost, _creation_is_garbled, _creation_is_never_named]
)
def test_test_products_are_retired_whatever_goes_wrong(
    cloud: Served, validate: Validate, spoil: Callable[[Passing, HandOn], Reply | None]
) -> None:
    with front(cloud.url, spoil) as spoilt:
        result = validate(spoilt.url, "--requests", "0")
    assert result.status == 1
    created = [request for request, status in spoilt.passed if (request.method, status) == ("POST", 201)]
    assert created


def test_a_test_product_that_cannot_be_retired_is_named(cloud: Served, validate: Validate, tokens: Tokens) -> None:
    def keep(request: Passing, hand_on: HandOn) -> Reply:
        return Reply(500, {}, b"") if request.method == "DELETE" else hand_on(request)

    with front(cloud.url, keep) as spoilt:
        result = validate(spoilt.url, "--requests", "0")
    [check] = [each for each in result.failed if each["name"] == "no test product is left active"]
    headers = {"Authorization": f"Bearer {tokens.administrator}"}
    for finding in check["findings"]:
        product_id = finding["message"].split()[3]
        url = f"{cloud.url}{COLLECTION}/{product_id}"
        assert httpx.delete(url, headers=headers, trust_env=False).status_code == 204


def test_no_token_is_ever_shown(cloud: Served, validate: Validate, tokens: Tokens) -> None:
    def repeat(request: Passing, hand_on: HandOn) -> Reply:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        content = {"error": token, "message": token, "requestId": token, token: token}
        spoilt = hand_on(request).with_content(content) if token else hand_on(request)
        headers = dict.fromkeys(("x_request_id", "allow", "etag", "x_contract_version", "location"), token or "x")
        return spoilt.with_headers(**headers)

    with front(cloud.url, repeat) as spoilt:
        result = validate(spoilt.url, "--requests", "0")
    assert result.failed
    shown = result.printed + "".join(file.read_text() for file in validate.files)
    for token in (tokens.administrator, tokens.token_without_group):
        assert not any(part in shown for part in token.split("."))


def test_a_server_that_speaks_no_tls_cannot_be_validated(cloud: Served, validate: Validate) -> None:
    result = validate(cloud.url.replace("http:", "https:"))
    assert (result.status, result.printed) == (2, "Nothing answers at the URL (the TLS handshake failed).\n")


def test_a_report_that_cannot_be_written_is_a_2(cloud: Served, validate: Validate, tmp_path: Path) -> None:
    result = validate(cloud.url, "--read-only", "--requests", "0", "--junit", str(tmp_path / "no folder" / "junit.xml"))
    assert result.status == 2


def test_a_redirect_is_not_followed(cloud: Served, validate: Validate) -> None:
    def elsewhere(request: Passing, hand_on: HandOn) -> Reply:
        return Reply(307, {"location": cloud.url + request.path}, b"")

    with front(cloud.url, elsewhere) as spoilt:
        result = validate(spoilt.url, "--read-only", "--requests", "0")
    assert spoilt.passed == []
    assert "is 307, a redirect, which is not followed, not 404" in result.printed


def _large_catalogue(request: Passing, hand_on: HandOn) -> Reply:
    """The sound deployment with its first product 301 times over, each time under another id."""
    query = dict(parse_qsl(request.query))
    limit, token = int(query.get("limit", "1")), query.get("nextToken", "page-0")
    if request.path != COLLECTION or request.method != "GET" or limit < 2:
        return hand_on(request)
    reply = hand_on(replace(request, query=f"limit={limit}"))
    if reply.status != 200:
        return reply
    first = reply.content["products"][0]
    start = int(token.removeprefix("page-"))
    products = [{**first, "productId": f"PROD-{number:03}"} if number else first for number in range(301)]
    following = {"nextToken": f"page-{start + limit}"} if start + limit < len(products) else {}
    page = products[start : start + limit]
    return reply.with_content({"products": page, "count": len(page), **following})


def test_a_catalogue_of_hundreds_is_walked_in_pages_that_the_contract_allows(cloud: Served, validate: Validate) -> None:
    with front(cloud.url, _large_catalogue) as large:
        result = validate(large.url, "--read-only", "--requests", "0")
    assert (result.status, result.failed) == (0, [])


@pytest.fixture
def parts() -> dict[str, str]:
    """The method of each operation that a contract with parts has for them, by operationId."""
    return {
        each["operationId"].replace("Product", "Part"): each["method"]
        for each in DECLARED
        if "products" in each["path"]
    }


@pytest.fixture
def with_parts(tmp_path: Path) -> list[str]:
    """The options for a contract that has all operations of the products once more, for parts."""
    content = json.loads((ROOT / "generated" / "products.json").read_text(encoding="utf-8"))
    for path, item in list(content["paths"].items()):
        again = content["paths"][path.replace("products", "parts")] = copy.deepcopy(item)
        for operation in again.values() if "products" in path else ():
            if "operationId" in operation:
                operation["operationId"] = operation["operationId"].replace("Product", "Part")
    contract = tmp_path / "contract.json"
    contract.write_text(json.dumps(content))
    return ["--contract", str(contract), "--requests", "1"]


def _products_for_parts(request: Passing, hand_on: HandOn) -> Reply:
    """The sound deployment, which has its products as parts, too."""
    return hand_on(replace(request, path=request.path.replace("/parts", "/products")))


def test_another_resource_is_read_and_what_may_write_is_named(
    cloud: Served, validate: Validate, with_parts: list[str], parts: dict[str, str]
) -> None:
    with front(cloud.url, _products_for_parts) as both:
        result = validate(both.url, *with_parts)
    assert (result.status, result.failed) == (0, [])
    not_called = set(result.report["notCalled"])
    assert not_called & parts.keys() == {name for name, method in parts.items() if method != "GET"}
    assert {"listParts", "getPart"} < {each["operation"] for each in result.report["latencies"]}
    assert result.printed.splitlines()[-1].endswith(
        f"; {len(DECLARED) + len(parts)} operations: {len(not_called)} not called"
    )
    cases = ElementTree.parse(validate.files[1]).findall(".//testsuite[@name='not called']/testcase")
    assert {case.get("classname") for case in cases} == not_called


def test_reads_of_another_resource_that_raise_are_a_failure(
    cloud: Served, validate: Validate, with_parts: list[str]
) -> None:
    def raising(request: Passing, hand_on: HandOn) -> Reply:
        if request.method == "GET" and "/parts" in request.path:
            problem = {"error": "Internal Server Error", "message": "The service failed."}
            return _products_for_parts(request, hand_on).with_content(problem).with_status(500)
        return _products_for_parts(request, hand_on)

    with front(cloud.url, raising) as broken:
        result = validate(broken.url, "--read-only", *with_parts)
    assert result.status == 1
    failed = {(each["operation"], finding["in"]) for each in result.failed for finding in each["findings"]}
    assert {("listParts", "status"), ("getPart", "status")} <= failed
