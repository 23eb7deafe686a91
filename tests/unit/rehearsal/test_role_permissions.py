"""A role that is not there, may more or may less than its function needs fails the step."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from werkzeug.wrappers import Response

from local_aws.server import WsgiServer
from local_server import project
from rehearsal.iam_proxy import iam_proxy
from rehearsal.moto_server import MockedAws
from rehearsal.role_permissions import CALLS, check_role_permissions
from rehearsal.steps import Step, StepFailed

NEEDS: dict[str, Any] = json.loads((project.ROOT / "generated/handler_permissions.json").read_bytes())
TABLE = "arn:aws:dynamodb:eu-west-1:123456789012:table/products-dev"


@pytest.fixture(scope="module")
def account() -> Iterator[Any]:
    """One with a role for each operation, which may do what its function needs, and a database that answers all."""
    answer = Response(b"{}", headers={"Content-Type": "application/x-amz-json-1.0"})
    with (
        WsgiServer(answer, "engine") as engine,
        MockedAws("eu-west-1") as aws,
        iam_proxy(engine.url, aws) as dynamodb,
    ):
        trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
        for name in NEEDS:
            aws.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=policy(trust))
        yield SimpleNamespace(aws=aws, dynamodb=dynamodb, table="products-dev")


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def checked(account: Any, operations: list[str], **changed: list[str]) -> Step:
    """The step, when these operations have roles; `changed` are other actions on the table, by operation."""
    instances = []
    for name in operations:
        allowed: dict[str, list[str]] = dict(NEEDS[name]["dynamodb"])
        if name in changed:
            allowed["table"] = changed[name]
        statements = [
            {"Effect": "Allow", "Action": actions, "Resource": TABLE if where == "table" else f"{TABLE}/{where}"}
            for where, actions in allowed.items()
        ]
        client = account.aws.client("iam")
        client.put_role_policy(RoleName=name, PolicyName="function", PolicyDocument=policy(*statements))
        instances.append({"index_key": name, "attributes": {"arn": f"arn:aws:iam::123456789012:role/{name}"}})
    roles = {"mode": "managed", "type": "aws_iam_role", "name": "function", "instances": instances}
    deployment: Any = SimpleNamespace(account=account, state={"resources": [roles]})
    step = Step("roles")
    check_role_permissions(deployment, step)
    return step


def test_roles_that_may_what_their_functions_need_pass(account: Any) -> None:
    needed = sum(len(actions) for need in NEEDS.values() for actions in need["dynamodb"].values())
    tried = len(NEEDS) * len(CALLS)
    assert checked(account, [*NEEDS]).figures == {"calls": tried, "refused": tried - needed}


def test_an_operation_without_a_role_fails_the_step(account: Any) -> None:
    with pytest.raises(StepFailed, match=r"there is no role of getProduct, listProducts$"):
        checked(account, [name for name in NEEDS if name not in ("getProduct", "listProducts")])


def test_a_role_that_may_more_or_less_is_named(account: Any) -> None:
    with pytest.raises(StepFailed) as failed:
        checked(account, [*NEEDS], getProduct=["dynamodb:DeleteItem"])
    assert str(failed.value).splitlines()[1:] == [
        "  getProduct may not dynamodb:GetItem on table",
        "  getProduct may dynamodb:DeleteItem on table",
    ]
