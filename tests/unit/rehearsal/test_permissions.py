from __future__ import annotations

from typing import Any

import pytest

from rehearsal.iam import arn_like, may_invoke
from rehearsal.moto_server import NotMocked

FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:read:live"
CALLER = "arn:aws:execute-api:eu-west-1:123456789012:api1/dev/GET/v1.0/products/*"
STATEMENT: dict[str, Any] = {
    "Effect": "Allow",
    "Action": "lambda:InvokeFunction",
    "Principal": {"Service": "apigateway.amazonaws.com"},
    "Resource": FUNCTION,
    "Condition": {"ArnLike": {"AWS:SourceArn": CALLER}},
}


def test_the_method_that_a_permission_names_may_call() -> None:
    assert may_invoke([STATEMENT], FUNCTION, CALLER.replace("*", "PROD-001"))


@pytest.mark.parametrize(
    "other",
    [
        {"Resource": FUNCTION.removesuffix(":live")},
        {"Resource": FUNCTION.replace("read", "write")},
        {"Action": "lambda:GetFunction"},
        {"Principal": {"Service": "s3.amazonaws.com"}},
        {"Condition": {"ArnLike": {"AWS:SourceArn": CALLER.replace("GET", "PUT")}}},
        {"Condition": {"ArnLike": {"AWS:SourceArn": CALLER.replace("/dev/", "/prod/")}}},
        {"Condition": {"ArnLike": {"AWS:SourceArn": CALLER.replace("api1", "api2")}}},
    ],
)
def test_a_permission_for_something_else_does_not_count(other: dict[str, Any]) -> None:
    assert not may_invoke([STATEMENT | other], FUNCTION, CALLER)


def test_one_permission_of_several_is_enough() -> None:
    assert may_invoke([STATEMENT | {"Action": "lambda:GetFunction"}, STATEMENT], FUNCTION, CALLER)


def test_without_permissions_nobody_may_call() -> None:
    assert not may_invoke([], FUNCTION, CALLER)


@pytest.mark.parametrize(
    "unknown",
    [
        {"Effect": "Deny"},
        {"Condition": {"StringEquals": {"AWS:SourceAccount": "123456789012"}}},
        {"Condition": {"ArnLike": {"aws:PrincipalArn": "*"}}},
    ],
)
def test_what_is_not_understood_is_not_guessed(unknown: dict[str, Any]) -> None:
    with pytest.raises(NotMocked):
        may_invoke([STATEMENT | unknown], FUNCTION, CALLER)


@pytest.mark.parametrize(
    ("pattern", "arn", "expected"),
    [
        ("arn:aws:a:r:1:x/*", "arn:aws:a:r:1:x/y/z", True),
        ("arn:aws:a:*:1:x", "arn:aws:a:r:1:x", True),
        ("arn:aws:*:x", "arn:aws:a:r:1:x", False),
        ("arn:aws:a:r:1:x/[ab]", "arn:aws:a:r:1:x/a", False),
        ("arn:aws:a:r:1:x/[ab]", "arn:aws:a:r:1:x/[ab]", True),
    ],
)
def test_a_wildcard_stays_within_its_part_of_an_arn(pattern: str, arn: str, expected: bool) -> None:
    assert arn_like(pattern, arn) is expected
