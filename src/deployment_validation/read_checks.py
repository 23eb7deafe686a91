"""Checks of what can be read: listProducts and getProduct by the catalogue's rules, all else by the contract alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from deployment_validation.api import Answer, Sent, Session
from deployment_validation.check_log import Check
from deployment_validation.contract import GET, KNOWN, LIST

Ask = Callable[[Check], Answer]
"""Sends one more request of an operation, and returns its answer."""

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
"""Methods that change nothing (RFC 9110, 9.2.1)."""

NEVER = '"999999999"'
"""An entity tag that no product gets to."""

_MOST_PAGES = 1000


def check_products(session: Session, product_id: str | None) -> str | None:
    """Both operations; `product_id` is of a product to read, the first of the list when it is None.

    Returns the id of the product that was read; None if the catalogue is empty.
    """
    call, log = session.call, session.log
    products = _check_list(session)
    shown = product_id or next(iter(ids(products)), None)
    if shown is None:
        log.skip(LIST if products else GET, "a product can be read", "the catalogue is empty")
    else:
        _check_product(session, shown)
    session.check_call(GET, "an unknown product is a 404", 404)
    with log.check(GET, "an id that no product can have is a 400") as check:
        expect_violations(check, call(check, GET, 400, Sent({"productId": "not an id"})), {("path", "/productId")})
    return shown


def _check_list(session: Session) -> list[Any]:
    """Returns the products of the list, as far as it can be read."""
    call, log, largest_page = session.call, session.log, session.contract.largest_page
    products: list[Any] = []
    with log.check(LIST, "the list shows active products only, oldest first") as check:
        products += walk(session, check, largest_page)
        for index, product in enumerate(products):
            active = isinstance(product, dict) and product.get("active") is True
            check.expect(active, "body", f"/products/{index}/active", "const", "is not true")
        times = [time for time in map(_created, products) if time]
        check.expect(times == sorted(times), "body", "/products", "order", "is not in the order of createdAt")

    name = "pages repeat nothing, leave nothing out and end"
    if len(products) < 2:
        log.skip(LIST, name, "the catalogue has fewer than two products")
    else:
        with log.check(LIST, name) as check:
            found = walk(session, check, min(-(-len(products) // 3), largest_page))
            # Others may create and retire meanwhile, but hardly half of the catalogue.
            enough = len(found) * 2 > len(products)
            check.expect(enough, "body", "/nextToken", "required", "is missing on a page before the last")

    with log.check(LIST, "a nextToken that was tampered with is a 400") as check:
        token = call(check, LIST, 200, Sent(query={"limit": "1"})).text("nextToken") or "not-a-token"
        middle = len(token) // 2
        tampered = token[:middle] + ("B" if token[middle] == "A" else "A") + token[middle + 1 :]
        answer = call(check, LIST, 400, Sent(query={"nextToken": tampered}))
        expect_violations(check, answer, {("query", "/nextToken")})
    with log.check(LIST, "a 400 names every violation") as check:
        answer = call(check, LIST, 400, Sent(query={"limit": "0", "unknown": "1"}))
        expect_violations(check, answer, {("query", "/limit"), ("query", "/unknown")})
    return products


def _created(product: Any) -> datetime | None:
    """To the second: products from before this service spell fractions of it in other ways."""
    try:
        return datetime.fromisoformat(product["createdAt"]).replace(microsecond=0)
    except (LookupError, TypeError, ValueError):
        return None


def walk(session: Session, check: Check, limit: int) -> list[Any]:
    """The products of all pages of at most `limit`. What is wrong with a page, or with their sequence, is found."""
    products: list[Any] = []
    query = {"limit": str(limit)}
    for _ in range(_MOST_PAGES):
        page = session.call(check, LIST, 200, Sent(query=query))
        here = page.members("products")
        counted = page.at("count") == len(here)
        check.expect(counted, "body", "/count", "const", "is not the number of products on the page")
        check.expect(len(here) <= limit, "body", "/products", "maxItems", "has more products than the limit")
        products += here
        found = ids(products)
        once = len(set(found)) == len(found)
        check.expect(once, "body", "/products", "uniqueItems", "repeats a product of a page before")
        token = page.text("nextToken")
        if token is None or not once:
            return products
        query["nextToken"] = token
    check.found("body", "/nextToken", "pagination", f"is still there after {_MOST_PAGES} pages")
    return products


def ids(products: list[Any]) -> list[str]:
    """The ids of those that have one."""
    return [str(each["productId"]) for each in products if isinstance(each, dict) and "productId" in each]


def expect_violations(check: Check, answer: Answer, places: set[tuple[str, str]]) -> None:
    """The answer's details must name these places and no others."""
    details = [each for each in answer.members("details") if isinstance(each, Mapping)]
    named = {(str(each.get("in")), str(each.get("field"))) for each in details}
    check.expect(named == places, "body", "/details", "violations", "does not list exactly what is wrong")


def _check_product(session: Session, product_id: str) -> None:
    call, log, path = session.call, session.log, {"productId": product_id}
    etag = None
    with log.check(GET, "a product can be read") as check:
        answer = call(check, GET, 200, Sent(path))
        etag = answer.header("ETag")
        same = answer.at("product", "productId") == product_id
        check.expect(same, "body", "/product/productId", "const", "is another product's")
    if etag is None:
        log.skip(GET, "an unchanged product is a 304", "there is no ETag to send")
        return
    with log.check(GET, "an unchanged product is a 304") as check:
        answer = call(check, GET, 304, Sent(path, headers={"If-None-Match": etag}))
        check.expect(answer.header("ETag") == etag, "header", "/ETag", "const", "is not the one that was sent")
    never = Sent(path, headers={"If-Match": NEVER})
    session.check_call(GET, "a version that is not there any more is a 412", 412, never)


def check_other_reads(session: Session) -> Iterator[tuple[str, Ask]]:
    """Calls each other operation that only reads, with values that the contract gives; a 404 is right for an id.

    Yields the operations that answered so, each with a way to ask it again. What cannot be called is kept by name.
    """
    contract = session.contract
    for operation_id, operation in contract.operations.items():
        if operation_id in KNOWN or operation.method not in SAFE_METHODS:
            continue
        values = contract.required_values(operation_id)
        unknown = [f"{place} {name}" for (place, name), value in values.items() if value is None or place == "cookie"]
        if unknown or (operation.secured and session.token is None):
            why = f"the contract has no example of {', '.join(unknown)}" if unknown else "it needs a token"
            session.log.not_called[operation_id] = why
            continue
        sent = Sent(
            path={name: str(value) for (place, name), value in values.items() if place == "path"},
            query={name: str(value) for (place, name), value in values.items() if place == "query"} or None,
            headers={name: str(value) for (place, name), value in values.items() if place == "header"},
            token=session.token if operation.secured else None,
        )
        declared = contract.statuses(operation_id)
        status = (*(each for each in declared if each // 100 == 2), *((404,) if sent.path else ()))
        name = "it answers, or knows no such id" if sent.path else "it answers"
        answer = session.check_call(operation_id, name, status, sent)
        if answer is None:
            continue
        etag = answer.header("ETag")
        if etag is not None and operation.method != "OPTIONS" and 304 in declared:
            again = replace(sent, headers={**sent.headers, "If-None-Match": etag})
            session.check_call(operation_id, "what is unchanged is a 304", 304, again)
        yield operation_id, partial(session.call, operation_id=operation_id, status=answer.status, sent=sent)
