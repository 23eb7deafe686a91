from __future__ import annotations

import pytest

from tests.integration.products.api import Api, Table

UNKNOWN = "0b6f7a52-8a7e-4d0e-9d3a-3f5c2b1a0e9d"


def test_a_product_is_retired_by_one_update_and_kept(api: Api, table: Table, product_id: str) -> None:
    with table.calls() as calls:
        answer = api.delete(product_id)
    assert (answer.status, answer.body) == (204, None)
    assert "Content-Type" not in answer.headers
    assert calls == ["UpdateItem"]
    item = table.item(f"PRODUCT#{product_id}")
    assert item is not None
    assert (item["active"], item["version"], item["name"]) == ({"S": "false"}, {"N": "2"}, {"S": "Entry"})
    assert len(table.items()) == 2


def test_retiring_again_succeeds_and_writes_nothing(api: Api, table: Table, product_id: str) -> None:
    api.delete(product_id)
    before = table.items()
    with table.calls() as calls:
        assert api.delete(product_id).status == 204
    assert calls == ["UpdateItem"]
    assert table.items() == before


def test_an_unknown_product_is_not_found(api: Api, table: Table) -> None:
    with table.calls() as calls:
        assert api.delete(UNKNOWN).status == 404
        assert api.delete(UNKNOWN, If_Match='"1"').status == 404
    assert calls == ["UpdateItem"] * 2
    assert table.items() == []


@pytest.mark.parametrize("tags", ['"0"', '"2"', 'W/"1"', '"x"'])
def test_a_stale_etag_retires_nothing(api: Api, product_id: str, tags: str) -> None:
    assert api.delete(product_id, If_Match=tags).status == 412
    assert api.get(product_id).etag == '"1"'


@pytest.mark.parametrize(("tags", "status"), [('"1"', 204), ('"2"', 204), ("*", 204), ('"0"', 412), ('"3"', 412)])
def test_a_repeated_conditional_retirement_succeeds_from_the_version_it_named(
    api: Api, product_id: str, tags: str, status: int
) -> None:
    assert api.delete(product_id, If_Match='"1"').status == 204
    assert api.delete(product_id, If_Match=tags).status == status


@pytest.mark.parametrize(("claims", "status"), [(None, 401), ({"cognito:groups": ""}, 403)])
def test_only_administrators_delete(api: Api, product_id: str, claims: dict[str, str] | None, status: int) -> None:
    assert api.delete(product_id, claims=claims).status == status
    assert api.get(product_id).status == 200
