"""IAM as the mock has it: whose credentials these are, what their role may do, and what a request needs.

The evaluator of roles is moto's own. A function's resource policy says who may call it: each permission names a
service, an alias and the caller's ARN. What DynamoDB's operations need:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html. A transaction needs what
its parts need: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html.
"""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Iterable, Iterator, Mapping
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

_SERVICE = "apigateway.amazonaws.com"


class NotEvaluated(Exception):
    """Exception for a statement with an unknown part: to guess would be to open or to shut a door."""


def may_invoke(statements: Iterable[Mapping[str, Any]], function_arn: str, source_arn: str) -> bool:
    """Whether API Gateway, as this method of this API, may call the function of this ARN, alias included.

    https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html. Raises NotEvaluated.
    """
    return any(_allows(statement, function_arn, source_arn) for statement in statements)


def _allows(statement: Mapping[str, Any], function_arn: str, source_arn: str) -> bool:
    if statement["Effect"] != "Allow":
        raise NotEvaluated("Effect")
    return (
        statement["Action"] == "lambda:InvokeFunction"
        and statement["Principal"] == {"Service": _SERVICE}
        and statement["Resource"] == function_arn
        and all(_holds(operator, keys, source_arn) for operator, keys in statement.get("Condition", {}).items())
    )


def _holds(operator: str, keys: Mapping[str, str], source_arn: str) -> bool:
    if operator != "ArnLike" or set(keys) != {"AWS:SourceArn"}:
        raise NotEvaluated(f"Condition {operator} {', '.join(keys)}")
    return arn_like(keys["AWS:SourceArn"], source_arn)


def arn_like(pattern: str, arn: str) -> bool:
    """Part by part: a wildcard crosses no colon, but any slash.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    """
    wanted, given = pattern.split(":", 5), arn.split(":", 5)
    return len(wanted) == len(given) and all(
        fnmatch.fnmatchcase(part, _without_sets(like)) for part, like in zip(given, wanted, strict=True)
    )


def _without_sets(pattern: str) -> str:
    """fnmatch knows [sets], IAM does not."""
    return pattern.replace("[", "[[]")


_PARTS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}


@dataclass(frozen=True, order=True)
class Need:
    """An action, `dynamodb:GetItem`, on a resource: `table/NAME`, `table/NAME/index/INDEX`, or `*`."""

    action: str
    resource: str


def needs(operation: str, body: Mapping[str, Any]) -> list[Need]:
    """Every permission that this request needs, in the order of its parts, each once."""
    return list(dict.fromkeys(_needs(operation, body)))


def _needs(operation: str, body: Mapping[str, Any]) -> Iterator[Need]:
    if operation in ("TransactWriteItems", "TransactGetItems"):
        for part in body.get("TransactItems", ()):
            for kind, item in part.items():
                yield _need(_PARTS[kind], item["TableName"])
    elif operation in ("BatchGetItem", "BatchWriteItem"):
        for table in body.get("RequestItems", {}):
            yield _need(operation, table)
    elif "TableName" in body:
        yield _need(operation, body["TableName"], body.get("IndexName"))
    else:
        yield Need(f"dynamodb:{operation}", "*")


def _need(operation: str, table: str, index: str | None = None) -> Need:
    # A table may be named by its ARN.
    resource = f"table/{table.rpartition('/')[2]}"
    return Need(f"dynamodb:{operation}", f"{resource}/index/{index}" if index else resource)


_LAMBDA = "lambda.amazonaws.com"


class CannotAssume(Exception):
    """Exception for a role that Lambda may not assume."""


class UnknownKey(Exception):
    """Exception for credentials that are nobody's."""


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
