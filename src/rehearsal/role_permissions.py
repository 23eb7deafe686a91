"""Each function's role against every call that any function makes: what one may, another may not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from local_aws.database import INDEX
from local_server import project
from rehearsal.deployment import Deployment
from rehearsal.steps import Step, StepFailed
from rehearsal.terraform import resources

_NOTHING = {"PK": {"S": "REHEARSAL#none"}, "SK": {"S": "METADATA"}}
_NEVER = {"ConditionExpression": "attribute_exists(PK)"}
_ACTIVE = {
    "KeyConditionExpression": "#active = :active",
    "ExpressionAttributeNames": {"#active": "active"},
    "ExpressionAttributeValues": {":active": {"S": "none"}},
}
_BY_KEY = {"KeyConditionExpression": "PK = :key", "ExpressionAttributeValues": {":key": _NOTHING["PK"]}}

Call = Callable[[Any, str], object]
# By where and what, as handler_permissions.json has it. None of these calls changes anything, allowed or not.
CALLS: dict[tuple[str, str], Call] = {
    ("table", "dynamodb:GetItem"): lambda client, table: client.get_item(TableName=table, Key=_NOTHING),
    ("table", "dynamodb:PutItem"): lambda client, table: client.put_item(TableName=table, Item=_NOTHING, **_NEVER),
    ("table", "dynamodb:UpdateItem"): lambda client, table: client.update_item(TableName=table, Key=_NOTHING, **_NEVER),
    ("table", "dynamodb:DeleteItem"): lambda client, table: client.delete_item(TableName=table, Key=_NOTHING, **_NEVER),
    ("table", "dynamodb:Query"): lambda client, table: client.query(TableName=table, **_BY_KEY),
    ("table", "dynamodb:Scan"): lambda client, table: client.scan(TableName=table, Limit=1),
    (f"index/{INDEX}", "dynamodb:Query"): lambda client, table: client.query(
        TableName=table, IndexName=INDEX, **_ACTIVE
    ),
    (f"index/{INDEX}", "dynamodb:Scan"): lambda client, table: client.scan(TableName=table, IndexName=INDEX, Limit=1),
}


@dataclass(frozen=True)
class Tried:
    """`allowed` as it came out, `wanted` as generated/handler_permissions.json says."""

    operation_id: str
    resource: str
    action: str
    allowed: bool
    wanted: bool

    def __str__(self) -> str:
        return f"{self.operation_id} {'may' if self.allowed else 'may not'} {self.action} on {self.resource}"


def hold_roles_to_their_needs(deployment: Deployment, step: Step) -> None:
    """Every call with every function's credentials. Raises StepFailed."""
    needs = json.loads((project.ROOT / "generated/handler_permissions.json").read_bytes())
    tried = list(_tried(deployment, needs))
    if without := needs.keys() - {each.operation_id for each in tried}:
        raise StepFailed(f"there is no role of {', '.join(sorted(without))}")
    step.figures |= {"calls": len(tried), "refused": sum(not each.allowed for each in tried)}
    if wrong := [str(each) for each in tried if each.allowed != each.wanted]:
        raise StepFailed("\n  ".join(["roles differ from handler_permissions.json", *wrong]))
    if unknown := _uncalled(needs):
        raise StepFailed(f"nothing here tries {', '.join(unknown)}")


def _tried(deployment: Deployment, needs: Mapping[str, Any]) -> Iterator[Tried]:
    account, table = deployment.account, deployment.account.prerequisites.table
    for operation_id, role in resources(deployment.state, "aws_iam_role").items():
        if operation_id not in needs:
            continue  # CodeDeploy's.
        credentials = account.roles.credentials(role["arn"], "role-limits")
        client = account.aws.client("dynamodb", endpoint_url=account.dynamodb.endpoint, credentials=credentials)
        for (resource, action), call in CALLS.items():
            wanted = action in needs[operation_id].get("dynamodb", {}).get(resource, ())
            yield Tried(operation_id, resource, action, _is_allowed(call, client, table), wanted)


def _is_allowed(call: Call, client: Any, table: str) -> bool:
    try:
        call(client, table)
    except ClientError as error:
        return error.response["Error"]["Code"] != "AccessDeniedException"
    return True


def _uncalled(needs: Mapping[str, Any]) -> list[str]:
    named = {
        (resource, action)
        for need in needs.values()
        for resource, actions in need.get("dynamodb", {}).items()
        for action in actions
    }
    return [f"{action} on {resource}" for resource, action in sorted(named - CALLS.keys())]
