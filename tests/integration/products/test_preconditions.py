"""Conditional requests (RFC 9110, section 13) on the three operations of one product."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.products.api import Answer, Api, Table

UNKNOWN = "0b6f7a52-8a7e-4d0e-9d3a-3f5c2b1a0e9d"
WRITES = ["updateProduct", "deleteProduct"]


@pytest.fixture
def product_id(api: Api) -> str:
    """The id of an active product in its second version."""
    created: str = api.create().product["productId"]
    api.update(created, {"price": 2})
    return created


def write(api: Api, operation_id: str, product_id: str, headers: dict[str, str], body: Any = None) -> Answer:
    body = ({"price": 3} if body is None else body) if operation_id == "updateProduct" else None
    return api.call(operation_id, product_id, headers=headers, body=body)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If-Match": '"2"'}, 200),
        ({"If-Match": "*"}, 200),
        ({"If-Match": '"1"'}, 412),
        ({"If-Match": 'W/"2"'}, 412),
        ({"If-Match": ""}, 412),
        ({"If-Match": '"1"', "If-None-Match": '"2"'}, 412),
        ({"If-Match": '"2"', "If-None-Match": '"2"'}, 304),
        ({"If-None-Match": '"2",'}, 304),
        ({"If-None-Match": ', W/"2"'}, 304),
        ({"If-None-Match": "*"}, 304),
        ({"If-None-Match": '"1",'}, 200),
        ({"If-None-Match": ","}, 200),
    ],
)
def test_a_read_meets_its_preconditions(api: Api, product_id: str, headers: dict[str, str], status: int) -> None:
    answer = api.call("getProduct", product_id, headers=headers)
    assert answer.status == status
    assert (answer.body is None) is (status == 304)


@pytest.mark.parametrize("operation_id", WRITES)
@pytest.mark.parametrize(
    "headers",
    [
        {"If-None-Match": "*"},
        {"If-None-Match": '"2"'},
        {"If-None-Match": 'W/"2"'},
        {"If-None-Match": '"1",, "2",'},
        {"If-Match": '"2"', "If-None-Match": '"2"'},
        {"If-Match": "*", "If-None-Match": "*"},
        {"If-Match": '"1"', "If-None-Match": '"7"'},
        {"If-Match": 'W/"2"'},
        {"If-Match": ","},
    ],
)
def test_a_write_that_does_not_meet_its_preconditions_changes_nothing(
    api: Api, table: Table, product_id: str, operation_id: str, headers: dict[str, str]
) -> None:
    before = table.items()
    with table.calls() as calls:
        assert write(api, operation_id, product_id, headers).status == 412
    assert calls == ["UpdateItem"]
    assert table.items() == before


@pytest.mark.parametrize("operation_id", WRITES)
@pytest.mark.parametrize(
    "headers", [{"If-None-Match": '"1", "3"'}, {"If-None-Match": ""}, {"If-Match": '"2",', "If-None-Match": 'W/"1"'}]
)
def test_a_write_that_meets_its_preconditions_is_one_call(
    api: Api, table: Table, product_id: str, operation_id: str, headers: dict[str, str]
) -> None:
    with table.calls() as calls:
        assert write(api, operation_id, product_id, headers).status in (200, 204)
    assert calls == ["UpdateItem"]


def test_a_rename_meets_its_preconditions(api: Api, product_id: str) -> None:
    assert api.update(product_id, {"name": "Basic"}, If_None_Match='W/"2"').status == 412
    assert api.update(product_id, {"name": "Basic"}, If_None_Match='"1"').etag == '"3"'


@pytest.mark.parametrize("headers", [{"If-Match": "*"}, {"If-None-Match": "*"}, {"If-Match": '"1"'}])
def test_preconditions_are_ignored_where_there_is_nothing_to_meet_them(api: Api, headers: dict[str, str]) -> None:
    """RFC 9110, 13.2.1: without them the answer would be a 404, too."""
    for operation_id in ["getProduct", *WRITES]:
        assert write(api, operation_id, UNKNOWN, headers).status == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"If-None-Match": "*"}, 412), ({"If-None-Match": '"3"'}, 412), ({"If-None-Match": '"2"'}, 200)],
)
def test_an_inactive_product_is_there_to_be_restored(
    api: Api, product_id: str, headers: dict[str, str], status: int
) -> None:
    api.delete(product_id)
    assert write(api, "updateProduct", product_id, headers, {"active": True}).status == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If-None-Match": "*"}, 412),
        ({"If-None-Match": '"3"'}, 412),
        ({"If-None-Match": '"2"'}, 204),
        ({"If-Match": '"2"', "If-None-Match": '"7"'}, 204),
    ],
)
def test_a_repeated_retirement_meets_its_preconditions(
    api: Api, product_id: str, headers: dict[str, str], status: int
) -> None:
    api.delete(product_id)
    assert write(api, "deleteProduct", product_id, headers).status == status


@pytest.mark.parametrize("tags", ['"2', "2", '"1", *', "*, *", '"a b"', 'w/"2"'])
def test_what_is_no_list_of_entity_tags_breaks_the_contract(api: Api, product_id: str, tags: str) -> None:
    for operation_id in ["getProduct", *WRITES]:
        for header in ("If-Match", "If-None-Match"):
            assert write(api, operation_id, product_id, {header: tags}).status == 400
    assert api.get(product_id).etag == '"2"'


def test_a_weakened_tag_is_told_as_such(api: Api, product_id: str) -> None:
    refused = api.update(product_id, {"price": 3}, If_Match='W/"2"')
    assert "without W/" in refused.body["message"]
