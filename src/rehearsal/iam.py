"""IAM as the mock has it: whose credentials these are, what their role may do, and what a request needs.

The evaluator of roles is moto's own. A function's resource policy says who may call it: each permission names a
service, an alias and the caller's ARN. What DynamoDB's operations need:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html. A transaction needs what
its parts need: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from moto.iam.access_control import (
    AssumedRoleAccessKey,
    CreateAccessKeyFailure,
    IAMPolicy,
    PermissionResult,
    create_access_key,
)

from rehearsal.moto_server import ACCOUNT, MockedAws, NotMocked
from rehearsal.terraform import ADMINISTRATOR

_GATEWAY, _LAMBDA = "apigateway.amazonaws.com", "lambda.amazonaws.com"


def may_invoke(statements: Iterable[Mapping[str, Any]], function_arn: str, source_arn: str) -> bool:
    """Whether API Gateway, as this method of this API, may call the function of this ARN, alias included.

    https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html. Raises NotMocked.
    """
    return any(_allows(statement, function_arn, source_arn) for statement in statements)


def _allows(statement: Mapping[str, Any], function_arn: str, source_arn: str) -> bool:
    callers = []
    for operator, keys in statement.get("Condition", {}).items():
        if operator != "ArnLike" or set(keys) != {"AWS:SourceArn"}:
            raise NotMocked(f"Condition {operator} {', '.join(keys)}")
        callers.append(keys["AWS:SourceArn"])
    if statement["Effect"] != "Allow":
        raise NotMocked("Effect")
    return (
        statement["Action"] == "lambda:InvokeFunction"
        and statement["Principal"] == {"Service": _GATEWAY}
        and statement["Resource"] == function_arn
        and all(arn_like(caller, source_arn) for caller in callers)
    )


def arn_like(pattern: str, arn: str) -> bool:
    """Part by part: a wildcard crosses no colon, but any slash.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    """
    wanted, given = pattern.replace("[", "[[]").split(":", 5), arn.split(":", 5)  # fnmatch knows [sets], IAM does not.
    return len(wanted) == len(given) and all(map(fnmatch.fnmatchcase, given, wanted))


_PARTS = {kind: f"{kind}Item" for kind in ("Put", "Update", "Delete", "ConditionCheck", "Get")}


@dataclass(frozen=True, order=True)
class Need:
    """An action, `dynamodb:GetItem`, on a resource: `table/NAME`, `table/NAME/index/INDEX`, or `*`."""

    action: str
    resource: str


def needs(operation: str, body: Mapping[str, Any]) -> list[Need]:
    """Every permission that this request needs, in the order of its parts, each once."""
    if operation in ("TransactWriteItems", "TransactGetItems"):
        parts = [part for parts in body.get("TransactItems", ()) for part in parts.items()]
        found = [_need(_PARTS[kind], item["TableName"]) for kind, item in parts]
    elif operation in ("BatchGetItem", "BatchWriteItem"):
        found = [_need(operation, table) for table in body.get("RequestItems", {})]
    elif "TableName" in body:
        found = [_need(operation, body["TableName"], body.get("IndexName"))]
    else:
        found = [Need(f"dynamodb:{operation}", "*")]
    return list(dict.fromkeys(found))


def _need(operation: str, table: str, index: str | None = None) -> Need:
    # A table may be named by its ARN.
    resource = f"table/{table.rpartition('/')[2]}"
    return Need(f"dynamodb:{operation}", f"{resource}/index/{index}" if index else resource)


class CannotAssume(Exception):
    """Exception for a role that Lambda may not assume."""


class UnknownKey(Exception):
    """Exception for credentials that are nobody's."""


@dataclass(frozen=True)
class Caller:
    """The signer of a request: its ARN, and the policies of its role. None: the administrator, who may do all."""

    arn: str
    policies: tuple[Any, ...] | None

    def may(self, action: str, resource: str) -> bool:
        """Allowed by one policy at least, and denied by none."""
        if self.policies is None:
            return True
        results = {IAMPolicy(policy).is_action_permitted(action, resource) for policy in self.policies}
        return PermissionResult.PERMITTED in results and PermissionResult.DENIED not in results


def role_credentials(aws: MockedAws, role_arn: str, session: str) -> dict[str, str]:
    """Temporary credentials of a role as Lambda puts them in a function's environment. Raises CannotAssume."""
    role = aws.client("iam").get_role(RoleName=role_arn.rpartition("/")[2])["Role"]
    if not any(
        (each["Effect"], each["Action"], each["Principal"].get("Service")) == ("Allow", "sts:AssumeRole", _LAMBDA)
        for each in role["AssumeRolePolicyDocument"]["Statement"]
    ):
        raise CannotAssume(f"{role['RoleName']} does not trust {_LAMBDA}")
    answer = aws.client("sts").assume_role(RoleArn=role_arn, RoleSessionName=session)["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": answer["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": answer["SecretAccessKey"],
        "AWS_SESSION_TOKEN": answer["SessionToken"],
    }


def key_holder(aws: MockedAws, key: str | None, token: str | None) -> Caller:
    """The holder of this access key and session token. Raises UnknownKey."""
    if key == ADMINISTRATOR["AWS_ACCESS_KEY_ID"]:
        return Caller(f"arn:aws:iam::{ACCOUNT}:root", None)
    headers = {"X-Amz-Security-Token": token} if token else {}
    with aws.lock:
        try:
            holder = create_access_key(ACCOUNT, "aws", key or "", headers)
        except CreateAccessKeyFailure:
            raise UnknownKey from None
        if not isinstance(holder, AssumedRoleAccessKey):
            raise UnknownKey
        return Caller(holder.arn, tuple(holder.collect_policies()))
