"""Checks of listProducts and getProduct. None of them writes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from deployment_validation.answers import Answer
from deployment_validation.api import Sent
from deployment_validation.checks import Trial
from deployment_validation.contract import GET, LIST
from deployment_validation.session import Session, unknown_id

_MOST_PAGES = 1000


def check(session: Session, product_id: str | None) -> str | None:
    """Both operations; `product_id` is of a product to read, the first of the list when it is None.

    Returns the id of the product that was read; None if the catalogue is empty.
    """
    products = _whole_list(session)
    _pages(session, len(products))
    _token(session)
    _list_violations(session)
    shown = product_id or next((each for each in ids(products)), None)
    if shown is None:
        session.checks.skip(LIST if products else GET, "a product can be read", "the catalogue is empty")
    else:
        _product(session, shown)
    _get_refusals(session)
    return shown


def _whole_list(session: Session) -> list[Any]:
    products: list[Any] = []
    with session.checks.check(LIST, "the list shows active products only, oldest first") as trial:
        products += walk(session, trial, session.api.contract.largest_page)
        for index, product in enumerate(products):
            active = isinstance(product, dict) and product.get("active") is True
            trial.expect(active, "body", f"/products/{index}/active", "const", "is not true")
        times = [time for time in map(_created, products) if time]
        trial.expect(times == sorted(times), "body", "/products", "order", "is not in the order of createdAt")
    return products


def _created(product: Any) -> datetime | None:
    """To the second: products from before this service spell fractions of it in other ways."""
    try:
        return datetime.fromisoformat(product["createdAt"]).replace(microsecond=0)
    except (LookupError, TypeError, ValueError):
        return None


def walk(session: Session, trial: Trial, limit: int) -> list[Any]:
    """The products of all pages of at most `limit`. What is wrong with a page, or with their sequence, is found."""
    products: list[Any] = []
    query = {"limit": str(limit)}
    for _ in range(_MOST_PAGES):
        page = session.api.call(trial, LIST, 200, Sent(query=query))
        _check_page(trial, page, limit)
        products += page.members("products")
        token = page.text("nextToken")
        again = repeated(products)
        trial.expect(not again, "body", "/products", "uniqueItems", "repeats a product of a page before")
        if token is None or again:
            return products
        query["nextToken"] = token
    trial.found("body", "/nextToken", "pagination", f"is still there after {_MOST_PAGES} pages")
    return products


def _check_page(trial: Trial, page: Answer, limit: int) -> None:
    here = len(page.members("products"))
    trial.expect(page.at("count") == here, "body", "/count", "const", "is not the number of products on the page")
    trial.expect(here <= limit, "body", "/products", "maxItems", "has more products than the limit")


def ids(products: list[Any]) -> list[str]:
    """The ids of those that have one."""
    return [str(each["productId"]) for each in products if isinstance(each, dict) and "productId" in each]


def repeated(products: list[Any]) -> bool:
    """Whether a product is there twice."""
    found = ids(products)
    return len(set(found)) < len(found)


def _pages(session: Session, total: int) -> None:
    name = "pages repeat nothing, leave nothing out and end"
    if total < 2:
        session.checks.skip(LIST, name, "the catalogue has fewer than two products")
        return
    with session.checks.check(LIST, name) as trial:
        found = walk(session, trial, min(-(-total // 3), session.api.contract.largest_page))
        # Others may create and retire meanwhile, but hardly half of the catalogue.
        trial.expect(len(found) * 2 > total, "body", "/nextToken", "required", "is missing on a page before the last")


def _token(session: Session) -> None:
    with session.checks.check(LIST, "a nextToken that was tampered with is a 400") as trial:
        token = session.api.call(trial, LIST, 200, Sent(query={"limit": "1"})).text("nextToken")
        answer = session.api.call(trial, LIST, 400, Sent(query={"nextToken": _tampered(token or "not-a-token")}))
        expect_violations(trial, answer, {("query", "/nextToken")})


def _tampered(token: str) -> str:
    middle = len(token) // 2
    return token[:middle] + ("B" if token[middle] == "A" else "A") + token[middle + 1 :]


def _list_violations(session: Session) -> None:
    with session.checks.check(LIST, "a 400 names every violation") as trial:
        answer = session.api.call(trial, LIST, 400, Sent(query={"limit": "0", "unknown": "1"}))
        expect_violations(trial, answer, {("query", "/limit"), ("query", "/unknown")})


def expect_violations(trial: Trial, answer: Answer, places: set[tuple[str, str]]) -> None:
    """The answer's details must name these places and no others."""
    named = {(each.get("in"), each.get("field")) for each in answer.members("details") if isinstance(each, Mapping)}
    trial.expect(named == places, "body", "/details", "violations", "does not list exactly what is wrong")


def _product(session: Session, product_id: str) -> None:
    path = {"productId": product_id}
    etag = None
    with session.checks.check(GET, "a product can be read") as trial:
        answer = session.api.call(trial, GET, 200, Sent(path))
        etag = answer.header("ETag")
        same = answer.at("product", "productId") == product_id
        trial.expect(same, "body", "/product/productId", "const", "is another product's")
    if etag is None:
        session.checks.skip(GET, "an unchanged product is a 304", "there is no ETag to send")
        return
    with session.checks.check(GET, "an unchanged product is a 304") as trial:
        answer = session.api.call(trial, GET, 304, Sent(path, headers={"If-None-Match": etag}))
        trial.expect(answer.header("ETag") == etag, "header", "/ETag", "const", "is not the one that was sent")


def _get_refusals(session: Session) -> None:
    with session.checks.check(GET, "an unknown product is a 404") as trial:
        session.api.call(trial, GET, 404, Sent({"productId": unknown_id()}))
    with session.checks.check(GET, "an id that no product can have is a 400") as trial:
        answer = session.api.call(trial, GET, 400, Sent({"productId": "not an id"}))
        expect_violations(trial, answer, {("path", "/productId")})
