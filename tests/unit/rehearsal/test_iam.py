from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from rehearsal.iam import CannotAssume, UnknownKey, key_holder, role_credentials
from rehearsal.moto_server import MockedAws

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
