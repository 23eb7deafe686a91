"""What a client meets on the wire: which operation answers a URL, below which base path, and with which credentials."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from contract_diff.changes import RULES, Weight
from tests.unit.contract_diff.pairs import GONE, IN, OPERATION, Document, changes, contract, rules

THING, SEARCH = "/v1/things/{id}", "/paths/~1v1~1things~1search"
FOUND = {"operationId": "search", "responses": {"200": {"description": "These."}}}
TEXT: Any = {"type": "string"}


def ids(schema: Any) -> dict[str, Any]:
    """The edits that give both operations this schema of the id."""
    return {f"/paths/~1v1~1things~1{{id}}/{method}/parameters/0/schema": schema for method in ("get", "put")}


def with_paths(paths: dict[str, list[str]], edits: dict[str, Any] | None = None) -> Document:
    """The contract with these paths in the place of its own, a GET or others on each."""
    document = contract(edits)
    document["paths"] = {}
    for number, (path, methods) in enumerate(paths.items()):
        names = [step[1:-1] for step in path.split("/") if step.startswith("{")]
        given = [{"name": name, "in": "path", "required": True, "schema": TEXT} for name in names]
        document["paths"][path] = {
            method: {"operationId": f"{method}{number}", "parameters": given, "responses": FOUND["responses"]}
            for method in methods
        }
    return document


def breaks(old: Document, new: Document) -> set[str]:
    return {rule for rule in rules(old, new) if RULES[rule] is Weight.BREAKING}


def test_a_concrete_path_takes_requests_from_a_template_for_every_method_that_the_template_has() -> None:
    new = contract({SEARCH: {"post": FOUND, "put": {**FOUND, "operationId": "replace"}}})
    taken = [change for change in changes(contract(), new) if change.rule == "path-shadowed"]
    assert {(change.operations, change.message) for change in taken} == {
        (
            ("GET /v1/things/{id}",),
            "GET /v1/things/search was answered by GET /v1/things/{id}; that is a 405 now",
        ),
        (
            ("PUT /v1/things/{id}",),
            "PUT /v1/things/search was answered by PUT /v1/things/{id}; PUT /v1/things/search answers it now",
        ),
    }
    assert {change.pointer for change in taken} == {SEARCH}


@pytest.mark.parametrize(
    ("before", "added"),
    [
        ("/things/{id}/{part}", "/things/{id}/parts"),
        ("/things/{a}/parts", "/things/search/{b}"),
        ("/{kind}/{id}", "/things/{id}"),
        ("/files/{path+}", "/files/a/{name}"),
        ("/files/{path+}", "/files/{name}"),
    ],
)
def test_a_path_that_is_more_exact_in_one_place_takes_what_both_match(before: str, added: str) -> None:
    assert breaks(with_paths({before: ["get"]}), with_paths({before: ["get"], added: ["get"]})) == {"path-shadowed"}


@pytest.mark.parametrize(
    ("before", "added"),
    [
        ("/things/{id}", "/things/{id}/parts"),
        ("/things/{id}", "/{kind}/search"),
        ("/things/search", "/things/{id}"),
        ("/things/{id}", "/others/search"),
    ],
)
def test_a_path_that_matches_other_urls_or_is_less_exact_takes_nothing(before: str, added: str) -> None:
    assert breaks(with_paths({before: ["get"]}), with_paths({before: ["get"], added: ["get"]})) == set()


def test_a_path_takes_nothing_that_a_third_one_had_taken_before() -> None:
    paths = {"/{a}/{b}": ["get"], "/things/{b}": ["post"]}
    found = changes(with_paths(paths), with_paths({**paths, "/things/search": ["get"]}))
    [taken] = [change for change in found if change.rule == "path-shadowed"]
    assert taken.operations == ("POST /things/{b}",)  # GET /things/search was a 405 before, too.


@pytest.mark.parametrize("schema", [{"type": "integer"}, {**TEXT, "pattern": "^PROD-"}, {**TEXT, "maxLength": 5}])
def test_a_path_takes_nothing_where_its_name_was_no_valid_parameter(schema: Any) -> None:
    old, new = contract(ids(schema)), contract({**ids(schema), SEARCH: {"get": FOUND}})
    assert breaks(old, new) == set()
    number = {**ids(schema), "/paths/~1v1~1things~1{id}/get/parameters/0/schema": TEXT}
    assert "path-shadowed" in breaks(contract(number), contract({**number, SEARCH: {"get": FOUND}}))


def test_a_parameter_of_the_path_may_be_called_otherwise() -> None:
    old, new = contract(), contract()
    new["paths"]["/v1/things/{thing}"] = new["paths"].pop(THING)
    for operation in new["paths"]["/v1/things/{thing}"].values():
        operation["parameters"][0]["name"] = "thing"
    assert set(rules(old, new)) == {"path-parameter-renamed"}
    assert breaks(old, new) == set()
    new["paths"]["/v1/things/{thing}"]["get"]["parameters"][0]["schema"] = {**TEXT, "maxLength": 3}
    assert breaks(old, new) == {"request-length-narrowed"}


def test_an_operation_may_be_called_otherwise() -> None:
    assert breaks(contract(), contract({f"{OPERATION}/operationId": "setThing"})) == set()


def test_a_schema_may_be_called_otherwise() -> None:
    old, new = (
        contract({f"/components/schemas/{name}": TEXT, IN: {"$ref": f"#/components/schemas/{name}"}})
        for name in ("Name", "Title")
    )
    assert rules(old, new) == ["written-otherwise"]


def test_a_base_path_counts_wherever_it_is_written() -> None:
    paths: dict[str, list[str]] = {"/v1/things": ["get"], "/v1/things/{id}": ["put"]}
    old = with_paths(paths, {"/servers": [{"url": "/"}]})
    inside = with_paths(
        {path.removeprefix("/v1"): each for path, each in paths.items()}, {"/servers": [{"url": "/v1"}]}
    )
    assert breaks(old, inside) == set()
    assert not set(rules(old, inside)) & {"path-added", "path-removed"}
    below = with_paths(paths, {"/servers": [{"url": "/api"}]})
    [change] = [change for change in changes(old, below) if change.weight is Weight.BREAKING]
    assert (change.rule, change.pointer, change.side) == ("server-removed", "/servers", "old")
    assert sorted(change.operations) == ["GET /v1/things", "PUT /v1/things/{id}"]


def test_a_server_may_be_added_and_not_removed() -> None:
    one, two = ([{"url": url} for url in urls] for urls in (["/a"], ["/a", "https://b.example/c"]))
    old, new = contract({"/servers": one}), contract({"/servers": two})
    assert set(rules(old, new)) == {"server-added", "documentation-changed"}
    assert breaks(new, old) == {"server-removed"}


@pytest.mark.parametrize("place", ["/paths/~1v1~1things~1{id}", OPERATION])
def test_the_servers_of_a_path_and_of_an_operation_count_for_themselves(place: str) -> None:
    new = contract({f"{place}/servers": [{"url": "https://other.example/deep"}]})
    found = {change.rule: change for change in changes(contract(), new)}
    assert "server-removed" in found
    assert "PUT /v1/things/{id}" in found["server-removed"].operations
    assert ("GET /v1/things/{id}" in found["server-removed"].operations) is (place != OPERATION)


def test_every_value_of_a_servers_variables_counts() -> None:
    def servers(*values: str) -> Any:
        variables = {"env": {"default": values[0], "enum": list(values)}}
        return {"/servers": [{"url": "https://{env}.example", "variables": variables}]}

    assert breaks(contract(servers("a", "b")), contract(servers("a"))) == {"server-removed"}
    assert breaks(contract(servers("a")), contract(servers("a", "b"))) == set()


SCHEMES = "/components/securitySchemes"
KEY: Any = {"type": "apiKey", "in": "header", "name": "x-key"}


@pytest.mark.parametrize(
    "edits",
    [
        {},
        {f"{SCHEMES}/renamed/scheme": "Bearer"},
        {f"{SCHEMES}/renamed/bearerFormat": "JWT", f"{SCHEMES}/renamed/description": "Of the pool."},
    ],
)
def test_a_security_scheme_may_be_called_and_described_otherwise(edits: dict[str, Any]) -> None:
    user = {"type": "http", "scheme": "bearer", "x-allowed-groups": ["a", "b"]}
    new = contract({f"{SCHEMES}/user": GONE, f"{SCHEMES}/renamed": deepcopy(user),
                    f"{OPERATION}/security": [{"renamed": []}], **edits})  # fmt: skip
    assert rules(contract(), new) == ["written-otherwise"]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"in": "query"}, {"security-scheme-changed"}),
        ({"name": "X-Other"}, {"security-scheme-changed"}),
        ({"in": "cookie"}, {"security-scheme-changed"}),
        ({"name": "X-KEY"}, set()),
        ({"description": "Ask for one."}, set()),
    ],
)
def test_a_key_counts_by_where_it_is_sent(changed: dict[str, Any], expected: set[str]) -> None:
    old, new = (contract({f"{SCHEMES}/user": each}) for each in (KEY, {**KEY, **changed}))
    assert breaks(old, new) == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([{"user": [], "robot": []}], [{"robot": [], "user": []}]),
        ([{"user": []}, {"robot": []}], [{"robot": []}, {"user": []}]),
        ([{"user": ["one", "two"]}, {"robot": []}], [{"user": ["two", "one"]}, {"robot": []}]),
    ],
)
def test_a_scheme_that_changed_is_named_in_whatever_order_schemes_are_asked_for(before: Any, after: Any) -> None:
    security = f"{OPERATION}/security"
    old = contract({f"{SCHEMES}/user": KEY, security: before})
    new = contract({f"{SCHEMES}/user": {**KEY, "name": "X-Other"}, security: after})
    [change] = changes(old, new)
    assert (change.rule, change.pointer) == ("security-scheme-changed", f"{SCHEMES}/user")


def test_another_scheme_of_the_same_kind_lets_in_whom_its_groups_let_in() -> None:
    other = {"type": "http", "scheme": "bearer", "x-allowed-groups": ["a", "b", "c"]}
    new = contract({f"{SCHEMES}/other": other, f"{OPERATION}/security": [{"other": []}]})
    assert rules(contract(), new) == ["security-loosened"]
    assert rules(new, contract()) == ["security-tightened"]


@pytest.mark.parametrize(("old", "new"), [(1, True), (0, False), ([1], [True])])
def test_an_example_that_was_1_and_is_true_says_something_else(old: Any, new: Any) -> None:
    before, after = (contract({IN: {"example": each}, f"{OPERATION}/x-pace": each}) for each in (old, new))
    assert rules(before, after) == ["documentation-changed"] * 2
