"""The functions behind the API that is imported: whoever answers, the client gets what the contract says."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from cross_check.contract_document import ContractDocument
from cross_check.second_validator import Exchange, SecondValidator
from local_aws.asgi import HttpRequest, HttpResponse
from local_aws.functions import Event, FunctionFailed, InvokeFailed, InvokeForbidden
from local_aws.gateway.gateway import Gateway
from local_aws.gateway.stage import ApiIdentity, Stage, Throttle
from local_server import project
from tests.integration.products.api import ADMINISTRATOR, COLLECTION, ENTRY, ORIGIN, Api
from tests.unit.local_aws.gateway.rendered import rendered

DOCUMENT = ContractDocument.load(project.DOCUMENT)
OPERATIONS = {operation.operation_id: operation for operation in DOCUMENT.operations()}
SECOND_VALIDATOR = SecondValidator(DOCUMENT.content)
PRODUCT = f"{COLLECTION}/PROD-404"
ADMIN, CUSTOMER = {"Authorization": "Bearer administrator"}, {"Authorization": "customer"}


class Functions:
    """The catalogue's functions, found by the ARN that the API calls. `answer` stands in for theirs if it is set."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self.answer: object = None

    async def invoke(self, function_arn: str, event: Event, request_id: str, source_arn: str) -> object:
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer is NotImplemented:
            await asyncio.Event().wait()
        name = re.fullmatch(r"arn:aws:lambda:.*:function:bbws-(.+)-dev:live", function_arn)
        assert name is not None
        function = self._api.functions[name[1].replace("-", "_")]
        return self.answer or await asyncio.to_thread(function, event, None)


class Tokens:
    def claims(self, user_pool_arn: str, token: str) -> Mapping[str, str] | None:
        return {"administrator": ADMINISTRATOR, "customer": {"sub": "c-1"}}.get(token)


class Deployment:
    def __init__(self, api: Api, **settings: Any) -> None:
        self.functions = Functions(api)
        identity = ApiIdentity("a1b2c3", "123456789012", "eu-west-1")
        stage = Stage("dev", {"~1v1.0~1products/GET": Throttle(0, 1)}, api=identity, **settings)
        body = rendered(allowed_origins=[ORIGIN])
        self._app = Gateway(body, stage, self.functions, Tokens())

    def __call__(self, method: str, path: str, **options: Any) -> httpx.Response:
        return asyncio.run(self._request(method, f"/dev{path}", **options))

    async def _request(self, method: str, path: str, **options: Any) -> httpx.Response:
        transport = httpx.ASGITransport(app=self._app)
        async with httpx.AsyncClient(transport=transport, base_url="http://host.example") as client:
            return await client.request(
                method, path, headers={"Origin": ORIGIN, **options.pop("headers", {})}, **options
            )


@pytest.fixture
def deployed(api: Api) -> Deployment:
    return Deployment(api)


def assert_declared(response: httpx.Response, status: int, operation_id: str) -> None:
    """The response is one that the contract has for the operation, as openapi-core reads it."""
    assert response.status_code == status
    operation = OPERATIONS[operation_id]
    answer = HttpResponse(status, tuple(response.headers.multi_items()), response.content)
    request = HttpRequest(operation.method, operation.path.replace("{productId}", "PROD-1"), "", (), b"", "127.0.0.1")
    assert SECOND_VALIDATOR.of_response(Exchange(operation, request, {"productId": "PROD-1"}, answer, "")) == []


def assert_problem(response: httpx.Response, status: int, operation_id: str) -> None:
    """The same, and in the shape of an error that a script of the portal can read."""
    assert_declared(response, status, operation_id)
    problem = response.json()
    assert problem["error"]
    assert problem["message"]
    assert problem["requestId"] == response.headers["X-Request-Id"] == response.headers["x-amzn-RequestId"]
    assert response.headers["Access-Control-Allow-Origin"] == ORIGIN


def test_a_product_is_created_read_changed_and_retired(deployed: Deployment) -> None:
    created = deployed("POST", COLLECTION, headers=ADMIN, json=ENTRY)
    assert_declared(created, 201, "createProduct")
    path = created.headers["Location"].removeprefix("/dev")
    assert created.headers["Location"] == f"/dev{path}"
    assert_declared(deployed("GET", path), 200, "getProduct")
    changed = deployed("PUT", path, headers={**ADMIN, "If-Match": created.headers["ETag"]}, json={"price": 90})
    assert_declared(changed, 200, "updateProduct")
    assert_declared(deployed("GET", COLLECTION), 200, "listProducts")
    assert_declared(deployed("DELETE", path, headers=ADMIN), 204, "deleteProduct")
    assert_problem(deployed("GET", path), 404, "getProduct")


def test_a_preflight_is_answered(deployed: Deployment) -> None:
    response = deployed("OPTIONS", PRODUCT, headers={"Access-Control-Request-Method": "PUT"})
    assert response.status_code == 204
    assert response.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "PUT" in response.headers["Access-Control-Allow-Methods"]
    assert "If-Match" in response.headers["Access-Control-Allow-Headers"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nobody"}])
def test_without_a_good_token_a_write_is_401(deployed: Deployment, headers: dict[str, str]) -> None:
    response = deployed("POST", COLLECTION, headers=headers, json=ENTRY)
    assert_problem(response, 401, "createProduct")
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_a_customers_write_is_403(deployed: Deployment) -> None:
    assert_problem(deployed("DELETE", PRODUCT, headers=CUSTOMER), 403, "deleteProduct")


@pytest.mark.parametrize("headers", [{}, ADMIN])
@pytest.mark.parametrize("path", [PRODUCT, f"{COLLECTION}//x", "/v1.0/other", "/"])
def test_what_is_not_there_is_404(deployed: Deployment, path: str, headers: dict[str, str]) -> None:
    assert_problem(deployed("GET", path, headers=headers), 404, "getProduct")


@pytest.mark.parametrize(
    ("method", "path", "operation_id"), [("DELETE", COLLECTION, "listProducts"), ("POST", PRODUCT, "getProduct")]
)
def test_another_method_is_405(deployed: Deployment, method: str, path: str, operation_id: str) -> None:
    response = deployed(method, path, headers=ADMIN, json={})
    assert_problem(response, 405, operation_id)
    assert OPERATIONS[operation_id].method in response.headers["Allow"]


def test_a_body_that_the_contract_does_not_allow_is_413(deployed: Deployment) -> None:
    response = deployed("POST", COLLECTION, headers=ADMIN, json={**ENTRY, "description": "x" * 20_000})
    assert_problem(response, 413, "createProduct")


def test_too_many_requests_are_429(deployed: Deployment) -> None:
    assert_declared(deployed("GET", COLLECTION), 200, "listProducts")
    response = deployed("GET", COLLECTION)
    assert_problem(response, 429, "listProducts")
    assert response.headers["Retry-After"] == "1"


@pytest.mark.parametrize("answer", [FunctionFailed("crash"), InvokeFailed(), {"statusCode": "ok"}, "garbage"])
def test_a_function_without_an_answer_is_502(deployed: Deployment, answer: object) -> None:
    deployed.functions.answer = answer
    assert_problem(deployed("GET", PRODUCT), 502, "getProduct")


def test_a_function_that_the_api_may_not_call_is_500(deployed: Deployment) -> None:
    deployed.functions.answer = InvokeForbidden()
    assert_problem(deployed("GET", PRODUCT), 500, "getProduct")


def test_a_function_that_never_answers_is_504(api: Api) -> None:
    deployed = Deployment(api, longest_seconds=0.05)
    deployed.functions.answer = NotImplemented
    assert_problem(deployed("GET", PRODUCT), 504, "getProduct")
