"""IAM as the mock has it: whose credentials these are, and what their role may do. Its evaluator is moto's own."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from moto.iam.access_control import (
    AssumedRoleAccessKey,
    CreateAccessKeyFailure,
    IAMPolicy,
    PermissionResult,
    create_access_key,
)

from rehearsal.moto_server import ACCOUNT, MockedAws
from rehearsal.terraform import ADMINISTRATOR

_LAMBDA = "lambda.amazonaws.com"


class CannotAssume(Exception):
    """Lambda may not act as this role."""


class UnknownKey(Exception):
    """These credentials are nobody's."""


@dataclass(frozen=True)
class Caller:
    """Who signed a request: its ARN, and the policies of its role. None: the administrator, who may do everything."""

    arn: str
    policies: tuple[Any, ...] | None

    def may(self, action: str, resource: str) -> bool:
        return self.policies is None or is_allowed(self.policies, action, resource)


class Roles:
    """The roles of one mocked account."""

    def __init__(self, aws: MockedAws) -> None:
        self._aws = aws

    def credentials(self, role_arn: str, session: str) -> dict[str, str]:
        """Temporary credentials of a role as Lambda puts them in a function's environment. Raises CannotAssume."""
        role = self._aws.client("iam").get_role(RoleName=role_arn.rpartition("/")[2])["Role"]
        if not _trusts(role["AssumeRolePolicyDocument"], _LAMBDA):
            raise CannotAssume(f"{role['RoleName']} does not trust {_LAMBDA}")
        answer = self._aws.client("sts").assume_role(RoleArn=role_arn, RoleSessionName=session)["Credentials"]
        return {
            "AWS_ACCESS_KEY_ID": answer["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": answer["SecretAccessKey"],
            "AWS_SESSION_TOKEN": answer["SessionToken"],
        }

    def caller(self, key: str | None, token: str | None) -> Caller:
        """Who has this access key and session token. Raises UnknownKey."""
        if key == ADMINISTRATOR["AWS_ACCESS_KEY_ID"]:
            return Caller(f"arn:aws:iam::{ACCOUNT}:root", None)
        headers = {"X-Amz-Security-Token": token} if token else {}
        with self._aws.lock:
            try:
                holder = create_access_key(ACCOUNT, "aws", key or "", headers)
            except CreateAccessKeyFailure:
                raise UnknownKey from None
            if not isinstance(holder, AssumedRoleAccessKey):
                raise UnknownKey
            return Caller(holder.arn, tuple(holder.collect_policies()))


def is_allowed(policies: Iterable[Any], action: str, resource: str) -> bool:
    """Allowed by one of these policies at least, and denied by none."""
    results = {IAMPolicy(policy).is_action_permitted(action, resource) for policy in policies}
    return PermissionResult.PERMITTED in results and PermissionResult.DENIED not in results


def _trusts(document: dict[str, Any] | str, service: str) -> bool:
    policy = json.loads(document) if isinstance(document, str) else document
    return any(
        statement["Effect"] == "Allow"
        and statement["Action"] == "sts:AssumeRole"
        and statement["Principal"].get("Service") == service
        for statement in policy["Statement"]
    )
