from __future__ import annotations

import base64
import json
from types import SimpleNamespace
from typing import Any, cast

import pytest

from contract.gateway_event import RawRequest
from contract.operation import Operation
from products.access import authorise, caller, caller_groups
from products.errors import NotAdministrator, Unauthenticated


def operation(*security: dict[str, list[str]], groups: dict[str, list[str] | None]) -> Operation:
    schemes = {name: {} if each is None else {"x-allowed-groups": each} for name, each in groups.items()}
    return cast("Operation", SimpleNamespace(security=list(security), security_schemes=schemes))


def raw(claims: dict[str, Any] | None, *authorization: str) -> RawRequest:
    event: dict[str, Any] = {"httpMethod": "POST", "requestContext": {"authorizer": {"claims": claims}}}
    return RawRequest({**event, "multiValueHeaders": {"Authorization": list(authorization)}})


def token(groups: Any) -> str:
    """An Authorization header; its signature was checked before."""
    payload = base64.urlsafe_b64encode(json.dumps({"sub": "1", "cognito:groups": groups}).encode())
    return f"Bearer e30.{payload.decode().rstrip('=')}.signature"


def passes(claim: str, *authorization: str) -> bool:
    try:
        authorise(raw({"cognito:groups": claim}, *authorization), ADMINISTRATION)
    except NotAdministrator:
        return False
    return True


ADMINISTRATION = operation({"administrator": []}, groups={"administrator": ["platform-admin", "platform-super-admin"]})


@pytest.mark.parametrize(
    ("claim", "groups"),
    [
        (["a", "b"], {"a", "b"}),
        (["a", 1, None], {"a"}),
        ("a", {"a"}),
        ("a,b", {"a", "b"}),
        ("a, b", {"a", "b"}),
        ("[a b]", {"a", "b"}),
        ("[a, b]", {"a", "b"}),
        ("[a]", {"a"}),
        ("[]", set()),
        ("", set()),
        ("[a", {"[a"}),
        (None, set()),
        ({"a": 1}, set()),
    ],
)
def test_groups_are_read_in_every_form_the_gateway_gives_them(claim: Any, groups: set[str]) -> None:
    assert caller_groups({"cognito:groups": claim}) == groups


def test_a_token_without_the_claim_has_no_groups() -> None:
    assert caller_groups({}) == frozenset()


@pytest.mark.parametrize("claim", ["platform-admin", "[editors platform-super-admin]", ["platform-admin"]])
def test_an_administrator_passes(claim: Any) -> None:
    authorise(raw({"cognito:groups": claim}), ADMINISTRATION)


def test_without_a_token_nobody_is_known() -> None:
    with pytest.raises(Unauthenticated) as refusal:
        authorise(raw(None), ADMINISTRATION)
    assert (refusal.value.status, refusal.value.headers) == (401, {"WWW-Authenticate": "Bearer"})


@pytest.mark.parametrize("claim", ["", "editors", "Platform-Admin", "platform-admins", "platform"])
def test_a_good_token_of_somebody_else_is_refused(claim: str) -> None:
    with pytest.raises(NotAdministrator) as refusal:
        authorise(raw({"cognito:groups": claim}), ADMINISTRATION)
    assert refusal.value.status == 403


@pytest.mark.parametrize(("claim", "passes"), [("a", False), ("b", False), ("a,b", True), ("c", True), ("d", False)])
def test_one_alternative_must_be_met_in_all_its_schemes(claim: str, passes: bool) -> None:
    secured = operation({"A": [], "B": []}, {"C": []}, groups={"A": ["a"], "B": ["b"], "C": ["c"]})
    if passes:
        authorise(raw({"cognito:groups": claim}), secured)
    else:
        with pytest.raises(NotAdministrator):
            authorise(raw({"cognito:groups": claim}), secured)


def test_a_scheme_that_names_no_groups_lets_nobody_pass() -> None:
    with pytest.raises(NotAdministrator):
        authorise(raw({"cognito:groups": "a"}), operation({"A": []}, groups={"A": None}))


@pytest.mark.parametrize(("claims", "subject"), [({"sub": "8d1f"}, "8d1f"), ({}, ""), (None, "")])
def test_the_caller_is_the_subject_of_the_token(claims: dict[str, object] | None, subject: str) -> None:
    assert caller(claims) == subject


@pytest.mark.parametrize(
    "groups",
    [
        ["x,platform-admin"],
        ["platform-admin,x"],
        ["[platform-admin]"],
        ["[platform-admin,x]"],
        ["x,platform-admin", "editors"],
        ["editors", "[x", "platform-admin]"],
    ],
)
@pytest.mark.parametrize("text", ["{}", "[{}]"])
def test_the_name_of_a_group_makes_no_administrator(groups: list[str], text: str) -> None:
    for comma in (",", ", ", " "):
        assert not passes(text.format(comma.join(groups)), token(groups))


@pytest.mark.parametrize("groups", [["platform-admin"], ["editors", "platform-admin"], ["x,y", "platform-super-admin"]])
@pytest.mark.parametrize("text", ["{}", "[{}]"])
def test_an_administrator_passes_however_the_gateway_tells_the_groups(groups: list[str], text: str) -> None:
    for comma in (",", ", ", " "):
        assert passes(text.format(comma.join(groups)), token(groups))


@pytest.mark.parametrize(
    "authorization",
    [
        ["Bearer e30.e30.e30"],
        ["Bearer token"],
        ["Bearer"],
        [""],
        ["Bearer a.!!.c"],
        [token("platform-admin")],
        [token(None)],
        [token(["platform-admin"])],
        [token(["x", "platform-admin"]), token(["x", "platform-admin"])],
        [token(["x,platform-admin"]), token(["x", "platform-admin"])],
    ],
)
def test_a_text_that_no_single_token_bears_out_is_one_group(authorization: list[str]) -> None:
    assert not passes("x,platform-admin", *authorization)
    assert passes("platform-admin", *authorization)


def test_a_token_says_no_more_than_the_gateway_verified() -> None:
    assert not passes("editors", token(["editors", "platform-admin"]))
    assert not passes("", token(["platform-admin"]))
