"""What roles, functions' permissions and DynamoDB requests allow and need, as IAM has it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal.iam import CannotAssume, Need, UnknownKey, arn_like, key_holder, may_invoke, needs, role_credentials
from rehearsal.moto_server import MockedAws, NotMocked

TABLE = "arn:aws:dynamodb:eu-west-1:123456789012:table/t"


def trust(service: str) -> str:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture(scope="module")
def aws() -> Iterator[MockedAws]:
    with MockedAws("eu-west-1") as account:
        iam = account.client("iam")
        for name, service in (("reader", "lambda.amazonaws.com"), ("other", "ec2.amazonaws.com")):
            iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(service))
        policy = {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": ["dynamodb:GetItem"], "Resource": TABLE}],
        }
        iam.put_role_policy(RoleName="reader", PolicyName="p", PolicyDocument=json.dumps(policy))
        yield account


def arn(name: str) -> str:
    return f"arn:aws:iam::123456789012:role/{name}"


def test_temporary_credentials_may_what_their_role_may_and_no_more(aws: MockedAws) -> None:
    credentials = role_credentials(aws, arn("reader"), "read")
    caller = key_holder(aws, credentials["AWS_ACCESS_KEY_ID"], credentials["AWS_SESSION_TOKEN"])
    assert caller.arn.endswith("assumed-role/reader/read")
    assert caller.may("dynamodb:GetItem", TABLE)
    assert not caller.may("dynamodb:PutItem", TABLE)
    assert not caller.may("dynamodb:GetItem", f"{TABLE}/index/i")
    assert not caller.may("dynamodb:GetItem", f"{TABLE}2")


def test_a_role_that_does_not_trust_lambda_cannot_be_a_functions(aws: MockedAws) -> None:
    with pytest.raises(CannotAssume):
        role_credentials(aws, arn("other"), "read")


def test_a_changed_policy_holds_for_credentials_that_are_out_already(aws: MockedAws) -> None:
    credentials = role_credentials(aws, arn("reader"), "read")
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "dynamodb:*", "Resource": "*"}]}
    aws.client("iam").put_role_policy(RoleName="reader", PolicyName="no", PolicyDocument=json.dumps(policy))
    try:
        caller = key_holder(aws, credentials["AWS_ACCESS_KEY_ID"], credentials["AWS_SESSION_TOKEN"])
        assert not caller.may("dynamodb:GetItem", TABLE)
    finally:
        aws.client("iam").delete_role_policy(RoleName="reader", PolicyName="no")


@pytest.mark.parametrize("token", [None, "another"])
def test_a_key_without_its_session_token_is_nobodys(aws: MockedAws, token: str | None) -> None:
    credentials = role_credentials(aws, arn("reader"), "read")
    with pytest.raises(UnknownKey):
        key_holder(aws, credentials["AWS_ACCESS_KEY_ID"], token)


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


@pytest.mark.parametrize(
    ("operation", "body", "expected"),
    [
        ("GetItem", {"TableName": "t"}, [Need("dynamodb:GetItem", "table/t")]),
        ("Query", {"TableName": "t"}, [Need("dynamodb:Query", "table/t")]),
        ("Query", {"TableName": "t", "IndexName": "i"}, [Need("dynamodb:Query", "table/t/index/i")]),
        ("GetItem", {"TableName": "arn:aws:dynamodb:eu:1:table/t"}, [Need("dynamodb:GetItem", "table/t")]),
        ("ListTables", {}, [Need("dynamodb:ListTables", "*")]),
        (
            "BatchGetItem",
            {"RequestItems": {"a": {}, "b": {}}},
            [Need("dynamodb:BatchGetItem", "table/a"), Need("dynamodb:BatchGetItem", "table/b")],
        ),
    ],
)
def test_a_request_needs_its_action_where_it_acts(operation: str, body: dict[str, Any], expected: list[Need]) -> None:
    assert needs(operation, body) == expected


@pytest.mark.parametrize(
    ("part", "action"),
    [
        ("Put", "PutItem"),
        ("Update", "UpdateItem"),
        ("Delete", "DeleteItem"),
        ("ConditionCheck", "ConditionCheckItem"),
    ],
)
def test_a_transaction_needs_what_its_parts_need(part: str, action: str) -> None:
    body = {"TransactItems": [{part: {"TableName": "t"}}]}
    assert needs("TransactWriteItems", body) == [Need(f"dynamodb:{action}", "table/t")]


def test_a_transaction_needs_everything_that_is_in_it_once() -> None:
    parts = [{"Put": {"TableName": "t"}}, {"Delete": {"TableName": "t"}}, {"Put": {"TableName": "t"}}]
    assert needs("TransactWriteItems", {"TransactItems": parts}) == [
        Need("dynamodb:PutItem", "table/t"),
        Need("dynamodb:DeleteItem", "table/t"),
    ]


def test_a_part_that_is_not_known_is_not_let_through() -> None:
    with pytest.raises(KeyError):
        needs("TransactWriteItems", {"TransactItems": [{"Replace": {"TableName": "t"}}]})
