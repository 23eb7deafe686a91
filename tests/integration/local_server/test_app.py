from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import yaml
from starlette.types import Receive, Scope, Send

from local_aws.asgi import HttpResponse, send_response
from local_aws.gateway.stage import LARGEST_BODY
from local_aws.user_pool import UserPool
from local_server import project
from local_server.app import OLD_SECONDS, SOME_REQUESTS, LocalApp, Shedding
from tests.integration.local_server.conftest import ANSWER, GROUP, OTHER_PORTAL, PORTAL, PRODUCTS, Client, Stubs

ENTRY = {"name": "spoon"}


def assert_problem(response: httpx.Response, status: int, title: str) -> None:
    assert response.status_code == status
    problem = response.json()
    assert problem["error"] == title
    assert problem["message"]
    assert problem["requestId"] == response.headers["X-Request-Id"]
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_request_reaches_its_function_and_its_answer_the_client(request_to: Client, stubs: Stubs) -> None:
    stubs.answer = lambda event: {"statusCode": 200, "headers": {"ETag": '"1"'}, "body": '{"name": "fork"}'}
    response = request_to("GET", "/v1.0/products?limit=5")
    assert (response.status_code, response.json(), response.headers["ETag"]) == (200, {"name": "fork"}, '"1"')
    [(function, event)] = stubs.calls
    assert function == "bbws-list-products-local"
    assert event["queryStringParameters"] == {"limit": "5"}
    assert "authorizer" not in event["requestContext"]


def test_nothing_is_validated_before_the_function(request_to: Client, stubs: Stubs, keeper: dict[str, str]) -> None:
    request_to("GET", "/v1.0/products?limit=none&limit=2&other=1")
    assert stubs.event["multiValueQueryStringParameters"] == {"limit": ["none", "2"], "other": ["1"]}
    request_to("POST", PRODUCTS, headers={**keeper, "Content-Type": "text/plain;;"}, content=b"{\xff")
    assert stubs.event["body"] == "{\ufffd"


@pytest.mark.parametrize("thing", ["a%2Fb", "a%20b", "%2e%2e", "x+y", "%25", "caf%C3%A9", "not-an-integer"])
def test_a_path_parameter_arrives_as_it_was_sent(request_to: Client, stubs: Stubs, thing: str) -> None:
    assert request_to("GET", f"/v1.0/products/{thing}").status_code == 200
    assert stubs.event["pathParameters"] == {"productId": thing}
    assert stubs.event["resource"] == "/v1.0/products/{productId}"


def test_claims_of_a_good_token_arrive_as_strings(request_to: Client, stubs: Stubs, keeper: dict[str, str]) -> None:
    assert request_to("POST", PRODUCTS, headers=keeper, json=ENTRY).status_code == 200
    claims = stubs.event["requestContext"]["authorizer"]["claims"]
    assert claims["cognito:groups"] == GROUP
    assert all(isinstance(value, str) for value in claims.values())


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer ", "Bearer x", "Bearer a.b.c", "Basic dTpw", "nonsense", "Bearer a b", ", Bearer x"],
)
def test_without_a_good_token_a_secured_operation_is_401(
    request_to: Client, stubs: Stubs, authorization: str | None
) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    response = request_to("POST", PRODUCTS, headers=headers, json=ENTRY)
    assert_problem(response, 401, "Unauthorized")
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert stubs.calls == []


def test_an_expired_token_is_401(request_to: Client, user_pool: UserPool) -> None:
    headers = {"Authorization": f"Bearer {user_pool.token([GROUP], -1)}"}
    assert_problem(request_to("POST", PRODUCTS, headers=headers, json=ENTRY), 401, "Unauthorized")


def test_a_public_operation_does_not_look_at_tokens(request_to: Client) -> None:
    assert request_to("GET", PRODUCTS, headers={"Authorization": "Bearer x"}).status_code == 200


def test_a_slash_at_the_end_of_a_path_leads_to_the_same_operation(request_to: Client, stubs: Stubs) -> None:
    for path in (f"{PRODUCTS}/", f"{PRODUCTS}/1/", f"/{PRODUCTS}"):
        assert request_to("GET", f"http://cloud{path}").status_code == 200
    assert [event["path"] for _, event in stubs.calls] == [f"{PRODUCTS}/", f"{PRODUCTS}/1/", PRODUCTS]


@pytest.mark.parametrize(
    "path", ["/nothing", "/v1.0", "/v1.0//products", "/v1.0/products/1/2", "/v1.0%2Fproducts", "/V1.0/products"]
)
def test_an_unknown_path_is_404(request_to: Client, path: str) -> None:
    assert_problem(request_to("GET", path), 404, "Not Found")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD", "TRACE", "QUERY", "FOO"])
def test_an_undeclared_method_is_405_and_names_the_declared_ones(
    request_to: Client, local_app: LocalApp, method: str
) -> None:
    response = request_to(method, PRODUCTS)
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, POST"
    assert response.headers["X-Contract-Version"] == local_app.document.content["info"]["version"]


def test_a_405_is_a_problem_too(request_to: Client) -> None:
    assert_problem(request_to("PATCH", "/v1.0/products/1"), 405, "Method Not Allowed")


def test_a_body_over_the_gateways_limit_is_413(request_to: Client, stubs: Stubs, keeper: dict[str, str]) -> None:
    assert request_to("POST", PRODUCTS, headers=keeper, content=b" " * LARGEST_BODY).status_code == 200
    stubs.calls.clear()
    response = request_to("POST", PRODUCTS, headers=keeper, content=b" " * (LARGEST_BODY + 1))
    assert (response.status_code, response.headers["Content-Type"]) == (413, "text/plain")
    assert stubs.calls == []


@pytest.mark.parametrize("answer", [None, {"statusCode": "ok"}, "text", {"statusCode": 200, "body": {}}])
def test_a_function_without_a_usable_answer_is_502(request_to: Client, stubs: Stubs, answer: object) -> None:
    stubs.answer = lambda event: answer
    assert_problem(request_to("GET", PRODUCTS), 502, "Service Error")


def test_a_fault_of_the_gateway_itself_is_500_without_its_message(request_to: Client, stubs: Stubs) -> None:
    def fail(event: dict[str, Any]) -> object:
        raise RuntimeError("secret")

    stubs.answer = fail
    response = request_to("GET", PRODUCTS)
    assert_problem(response, 500, "Service Error")
    assert "secret" not in response.text


@pytest.mark.parametrize(("path", "methods"), [(PRODUCTS, "GET, POST"), (f"{PRODUCTS}/1", "DELETE, GET, PUT")])
def test_options_without_an_origin_tells_the_methods(request_to: Client, path: str, methods: str) -> None:
    response = request_to("OPTIONS", path)
    assert (response.status_code, response.headers["Allow"]) == (204, methods)


def test_a_listed_origin_is_told_what_it_may_send(request_to: Client, stubs: Stubs) -> None:
    response = request_to("OPTIONS", PRODUCTS, headers={"Origin": PORTAL})
    assert response.status_code == 204
    assert response.headers["Access-Control-Allow-Origin"] == PORTAL
    assert response.headers["Access-Control-Allow-Methods"] == "GET, POST"
    assert response.headers["Access-Control-Allow-Headers"] == "Authorization, Content-Type, Idempotency-Key"
    assert stubs.calls == []


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "POST"])
def test_another_origin_is_never_let_in(request_to: Client, method: str) -> None:
    response = request_to(method, PRODUCTS, headers={"Origin": "https://evil.example"})
    assert response.headers.get("Access-Control-Allow-Origin", PORTAL) == PORTAL


@pytest.mark.parametrize("origin", [PORTAL, OTHER_PORTAL])
@pytest.mark.parametrize(("method", "path"), [("POST", PRODUCTS), ("PUT", PRODUCTS), ("GET", "/v1.0")])
def test_every_listed_origin_may_read_refusals(request_to: Client, method: str, path: str, origin: str) -> None:
    response = request_to(method, path, headers={"Origin": origin})
    assert response.status_code >= 400
    assert response.headers["Access-Control-Allow-Origin"] == origin
    assert "X-Request-Id" in response.headers["Access-Control-Expose-Headers"]


def test_every_exchange_with_an_operation_is_validated_a_second_time(
    request_to: Client, local_app: LocalApp, stubs: Stubs
) -> None:
    request_to("GET", PRODUCTS)
    request_to("POST", PRODUCTS, json=ENTRY)
    assert request_to("DELETE", "/v1.0/products/1").status_code == 401
    request_to("PUT", PRODUCTS)
    assert local_app.disagreements.report() == {"exchanges": 3, "count": 0, "disagreements": []}
    stubs.answer = lambda event: {**ANSWER, "body": '{"name": 1}'}
    request_to("GET", "/v1.0/products?limit=1000")
    assert [each["direction"] for each in local_app.disagreements.report()["disagreements"]] == ["request", "response"]


def test_swagger_ui_is_served_from_this_machine(request_to: Client) -> None:
    page = request_to("GET", "/ui/")
    assert page.status_code == 200
    assert "http" not in page.text.replace("http://www.w3.org", "").replace("https://www.w3.org", "")
    assert "/openapi.json" in page.text
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert [each for each in loaded if each.endswith((".js", ".css"))]
    for file in loaded:
        assert request_to("GET", file).status_code == 200, file


@pytest.mark.parametrize(("path", "read"), [("/openapi.json", json.loads), ("/openapi.yaml", yaml.safe_load)])
def test_the_contract_is_served_as_it_is_published_with_this_server_in_it(
    request_to: Client, local_app: LocalApp, path: str, read: Callable[[str], Any]
) -> None:
    response = request_to("GET", path, headers={"Origin": "https://anybody.example"})
    served, published = read(response.text), json.loads(project.DOCUMENT.read_text())
    assert [each["url"] for each in served["servers"]] == [local_app.user_pool.url]
    assert {**served, "servers": published["servers"]} == published
    assert "#/components/schemas/" in response.text
    assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", ["/openapi.json", "/openapi.yaml"])
def test_a_client_that_has_the_contract_is_told_so(request_to: Client, path: str) -> None:
    tag = request_to("GET", path).headers["ETag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        response = request_to("GET", path, headers={"If-None-Match": known})
        assert (response.status_code, response.content, response.headers["ETag"]) == (304, b"", tag)
    assert request_to("GET", path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_more_requests_than_can_be_answered_soon_are_sent_away(request_to: Client) -> None:
    gate, statuses = asyncio.Event(), []

    async def busy(scope: Scope, receive: Receive, send: Send) -> None:
        await gate.wait()
        await send_response(HttpResponse(200, (), b""), send)

    async def ask(app: Shedding) -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://cloud") as client:
            response = await client.get(PRODUCTS, headers={"Origin": PORTAL})
            statuses.append(response.status_code)
            gate.set()
            if response.status_code == 503:
                assert response.headers["Retry-After"] == "1"
                assert response.headers["Access-Control-Allow-Origin"] == PORTAL
                assert_problem(response, 503, "Service Unavailable")

    async def three_at_once() -> None:
        app = Shedding(busy, [PORTAL], limit=2)
        await asyncio.gather(ask(app), ask(app), ask(app))
        await ask(app)

    asyncio.run(three_at_once())
    assert statuses == [503, 200, 200, 200]


def test_requests_are_sent_away_as_soon_as_many_wait_and_one_of_them_for_long() -> None:
    gate, now = asyncio.Event(), [0.0]
    reached: list[float] = []

    async def busy(scope: Scope, receive: Receive, send: Send) -> None:
        reached.append(now[0])
        await gate.wait()
        await send_response(HttpResponse(200, (), b""), send)

    async def ask(app: Shedding) -> int:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://cloud") as client:
            return (await client.get(PRODUCTS)).status_code

    async def many_and_then_another(seconds: float) -> int:
        reached.clear()
        gate.clear()
        app = Shedding(busy, [], clock=lambda: now[0])
        many = [asyncio.create_task(ask(app)) for _ in range(SOME_REQUESTS)]
        while len(reached) < SOME_REQUESTS:
            await asyncio.sleep(0)
        now[0] += seconds
        another = asyncio.create_task(ask(app))
        while not another.done() and len(reached) == SOME_REQUESTS:
            await asyncio.sleep(0)
        gate.set()
        await asyncio.gather(*many)
        return await another

    assert asyncio.run(many_and_then_another(OLD_SECONDS)) == 200
    gate = asyncio.Event()
    assert asyncio.run(many_and_then_another(OLD_SECONDS + 1)) == 503
