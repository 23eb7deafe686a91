from __future__ import annotations

import base64

import pytest

from tests.integration.products.api import ENTRY, Api, Table

UNKNOWN = "0b6f7a52-8a7e-4d0e-9d3a-3f5c2b1a0e9d"


@pytest.fixture
def names(api: Api) -> list[str]:
    """The names of five products, oldest first."""
    names = [f"Package {number}" for number in range(5)]
    for name in names:
        assert api.create({**ENTRY, "name": name}).status == 201
    return names


def test_a_product_is_read_with_one_consistent_call(api: Api, table: Table, product_id: str) -> None:
    with table.calls() as calls:
        found = api.get(product_id)
    assert found.status == 200
    assert found.product["name"] == "Entry"
    assert found.etag == '"1"'
    assert found.headers["Cache-Control"] == "public, max-age=600"
    assert calls == ["GetItem"]


def test_an_unknown_product_is_not_found(api: Api) -> None:
    missing = api.get(UNKNOWN)
    assert (missing.status, missing.body["error"]) == (404, "Not Found")
    assert missing.headers["Cache-Control"] == "no-store"


def test_an_inactive_product_looks_like_an_unknown_one(api: Api, product_id: str) -> None:
    api.delete(product_id)
    assert api.get(product_id).body == api.get(UNKNOWN).body


@pytest.mark.parametrize("tags", ['"1"', 'W/"1"', '"0", "1"', "*"])
def test_a_copy_that_is_still_good_is_not_sent_again(api: Api, product_id: str, tags: str) -> None:
    unchanged = api.get(product_id, If_None_Match=tags)
    assert (unchanged.status, unchanged.body, unchanged.etag) == (304, None, '"1"')


@pytest.mark.parametrize("tags", ['"2"', '"01"', '"x"'])
def test_another_copy_is_answered_in_full(api: Api, product_id: str, tags: str) -> None:
    assert api.get(product_id, If_None_Match=tags).status == 200


def test_an_id_of_another_form_breaks_the_contract(api: Api) -> None:
    refused = api.get("PROD-1%2F..")
    assert refused.status == 400
    assert refused.body["details"][0]["in"] == "path"


def test_a_page_is_one_query(api: Api, table: Table, names: list[str]) -> None:
    with table.calls() as calls:
        page = api.list()
    assert [product["name"] for product in page.body["products"]] == names
    assert page.body["count"] == 5
    assert "nextToken" not in page.body
    assert page.headers["Cache-Control"] == "public, max-age=300"
    assert calls == ["Query"]


def test_an_empty_catalogue_has_an_empty_page(api: Api) -> None:
    assert api.list().body == {"products": [], "count": 0}


@pytest.mark.parametrize("limit", [1, 2, 4, 5, 100])
def test_a_walk_over_the_pages_meets_every_product_once(api: Api, names: list[str], limit: int) -> None:
    page = api.list(limit=limit).body
    found = [product["name"] for product in page["products"]]
    while "nextToken" in page:
        assert page["count"] == limit
        page = api.list(limit=limit, nextToken=page["nextToken"]).body
        found += [product["name"] for product in page["products"]]
    assert found == names


def test_the_last_page_knows_that_it_is_the_last(api: Api, names: list[str]) -> None:
    assert "nextToken" not in api.list(limit=len(names)).body


def test_a_walk_goes_on_when_the_product_it_stopped_at_is_gone(api: Api, names: list[str]) -> None:
    page = api.list(limit=2).body
    api.delete(page["products"][1]["productId"])
    rest = api.list(nextToken=page["nextToken"]).body
    assert [product["name"] for product in rest["products"]] == names[2:]


def test_inactive_products_are_not_listed(api: Api, names: list[str]) -> None:
    api.delete(api.list().body["products"][0]["productId"])
    assert [product["name"] for product in api.list().body["products"]] == names[1:]


def test_a_tampered_token_is_refused(api: Api, names: list[str]) -> None:
    token = api.list(limit=1).body["nextToken"]
    raw = bytearray(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    raw[-20] ^= 1
    forged = base64.urlsafe_b64encode(bytes(raw)).rstrip(b"=").decode()
    refused = api.list(nextToken=forged)
    assert refused.status == 400
    assert [(detail["in"], detail["field"]) for detail in refused.body["details"]] == [("query", "/nextToken")]


@pytest.mark.parametrize("token", ["x", "eyJ2IjoxfQ", "A" * 1024])
def test_a_made_up_token_is_refused(api: Api, token: str) -> None:
    assert api.list(nextToken=token).status == 400


def test_a_token_of_another_table_is_refused(api: Api, table: Table, names: list[str]) -> None:
    token = api.list(limit=1).body["nextToken"]
    assert Api(table._replace(name="products-other")).list(nextToken=token).status == 400


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 101}, {"limit": "+7"}, {"limit": "1_0"}, {"offset": 1}])
def test_a_query_that_breaks_the_contract_is_refused(api: Api, query: dict[str, object]) -> None:
    assert api.list(**query).status == 400
