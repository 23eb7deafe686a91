"""Each function's role against every call that any function makes: what one may, another may not."""

from __future__ import annotations

import json
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError

from local_aws.database import INDEX
from local_server import project
from rehearsal.deployment import Deployment
from rehearsal.iam import role_credentials
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

# The arguments of a call that changes nothing, allowed or not, by where and what, as handler_permissions.json has it.
CALLS: dict[tuple[str, str], dict[str, Any]] = {
    ("table", "dynamodb:GetItem"): {"Key": _NOTHING},
    ("table", "dynamodb:PutItem"): {"Item": _NOTHING, **_NEVER},
    ("table", "dynamodb:UpdateItem"): {"Key": _NOTHING, **_NEVER},
    ("table", "dynamodb:DeleteItem"): {"Key": _NOTHING, **_NEVER},
    ("table", "dynamodb:Query"): _BY_KEY,
    ("table", "dynamodb:Scan"): {"Limit": 1},
    (f"index/{INDEX}", "dynamodb:Query"): {"IndexName": INDEX, **_ACTIVE},
    (f"index/{INDEX}", "dynamodb:Scan"): {"IndexName": INDEX, "Limit": 1},
}


def check_role_permissions(deployment: Deployment, step: Step) -> None:
    """Tries every call with every function's credentials. Raises StepFailed."""
    needs: dict[str, Any] = json.loads((project.ROOT / "generated/handler_permissions.json").read_bytes())
    roles = resources(deployment.state, "aws_iam_role")  # One is CodeDeploy's.
    if without := needs.keys() - roles.keys():
        raise StepFailed(f"there is no role of {', '.join(sorted(without))}")
    account, refused, wrong, named = deployment.account, 0, [], set()
    for operation_id, need in needs.items():
        wanted = {(where, action) for where, actions in need.get("dynamodb", {}).items() for action in actions}
        credentials = role_credentials(account.aws, roles[operation_id]["arn"], "role-limits")
        client = account.aws.client("dynamodb", endpoint_url=account.dynamodb, credentials=credentials)
        for call in CALLS:
            allowed = _is_allowed(client, account.table, *call)
            refused += not allowed
            if allowed != (call in wanted):
                where, action = call
                wrong.append(f"{operation_id} {'may' if allowed else 'may not'} {action} on {where}")
        named |= wanted
    step.figures |= {"calls": len(needs) * len(CALLS), "refused": refused}
    if wrong:
        raise StepFailed("\n  ".join(["roles differ from handler_permissions.json", *wrong]))
    if unknown := [f"{action} on {where}" for where, action in sorted(named - CALLS.keys())]:
        raise StepFailed(f"nothing here tries {', '.join(unknown)}")


def _is_allowed(client: Any, table: str, where: str, action: str) -> bool:
    operation = getattr(client, xform_name(action.removeprefix("dynamodb:")))
    try:
        operation(TableName=table, **CALLS[where, action])
    except ClientError as error:
        return bool(error.response["Error"]["Code"] != "AccessDeniedException")
    return True
