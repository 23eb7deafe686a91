"""What goes wrong in production, made to happen: the client's answer, and what the logs' metrics count."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx

from cross_check.contract_document import ContractDocument
from cross_check.exchange import Exchange
from cross_check.second_opinion import SecondOpinion
from local_aws.proxy_answer import HttpResponse
from local_aws.proxy_event import HttpRequest
from local_server import project
from rehearsal import faulty_code
from rehearsal.deployment import Deployment, served
from rehearsal.faulty_code import released
from rehearsal.stack import resources
from rehearsal.steps import Step, StepFailed

_LOG_SECONDS = 5  # A function's last lines may come in after its answer.
_READ = "getProduct"
_ID = "PROD-999"

Make = Callable[[Deployment, str], AbstractContextManager[None]]


@dataclass(frozen=True)
class Fault:
    """`make` makes it happen to the function of `operation_id` while its block runs; `status` and `metrics` result.

    `invoked`: whether the function is called at all, and reports in time. `longest_seconds`: how long the gateway waits
    for it, if not as long as API Gateway does.
    """

    name: str
    make: Make
    status: int
    metrics: tuple[str, ...] = ()
    operation_id: str = _READ
    invoked: bool = True
    longest_seconds: float | None = None


@contextmanager
def bad_version(deployment: Deployment, operation_id: str, source: str, timeout: int | None = None) -> Iterator[None]:
    with released(deployment.account.aws, deployment.names[operation_id], source, timeout):
        yield


@contextmanager
def without_permission(deployment: Deployment, operation_id: str, action: str) -> Iterator[None]:
    """The function's role without one of its actions."""
    iam = deployment.account.aws.client("iam")
    [policy] = [each for key, each in resources(deployment.state, "aws_iam_role_policy").items() if key == operation_id]
    named = {"RoleName": policy["role"], "PolicyName": policy["name"]}
    iam.put_role_policy(**named, PolicyDocument=_without(policy["policy"], action))
    try:
        yield
    finally:
        iam.put_role_policy(**named, PolicyDocument=policy["policy"])


@contextmanager
def uncallable(deployment: Deployment, operation_id: str) -> Iterator[None]:
    """The function without the permission that lets API Gateway call it."""
    client = deployment.account.aws.client("lambda")
    granted = resources(deployment.state, "aws_lambda_permission")[operation_id]
    named = {"FunctionName": granted["function_name"], "StatementId": granted["statement_id"]}
    alias = {"Qualifier": granted["qualifier"]}
    client.remove_permission(**named, **alias)
    try:
        yield
    finally:
        permission = {
            "Action": granted["action"],
            "Principal": granted["principal"],
            "SourceArn": granted["source_arn"],
        }
        client.add_permission(**named, **alias, **permission)


@contextmanager
def stored(deployment: Deployment, operation_id: str, **attributes: Any) -> Iterator[None]:
    """A product in the table that no function of ours would have written."""
    dynamodb = deployment.account.aws.client("dynamodb", deployment.account.dynamodb.endpoint)
    key = {"PK": {"S": f"PRODUCT#{_ID}"}, "SK": {"S": "METADATA"}}
    table = deployment.account.prerequisites.table
    dynamodb.put_item(TableName=table, Item={**key, **_SOUND, **attributes})
    try:
        yield
    finally:
        dynamodb.delete_item(TableName=table, Key=key)


_SOUND: dict[str, Any] = {
    "entityType": {"S": "PRODUCT"},
    "productId": {"S": _ID},
    "name": {"S": "Rehearsal"},
    "description": {"S": "A product of the rehearsal."},
    "price": {"N": "95"},
    "currency": {"S": "ZAR"},
    "period": {"S": "per year"},
    "features": {"L": [{"S": "One domain"}]},
    "active": {"S": "true"},
    "createdAt": {"S": "2000-01-01T00:00:00Z"},
    "updatedAt": {"S": "2000-01-01T00:00:00Z"},
    "version": {"N": "1"},
}

_HANGS = partial(bad_version, source=faulty_code.NEVER_ANSWERS)
FAULTS = (
    Fault("a sound product", stored, 200),
    Fault(
        "crashes at its start", partial(bad_version, source=faulty_code.CRASHES_AT_START), 502, ("FailedInvocations",)
    ),
    Fault("times out", partial(_HANGS, timeout=1), 502, ("FailedInvocations",)),
    Fault("takes too long", _HANGS, 504, invoked=False, longest_seconds=1),
    Fault("needs too much memory", partial(bad_version, source=faulty_code.GROWS), 502, ("FailedInvocations",)),
    Fault("answers garbage", partial(bad_version, source=faulty_code.ANSWERS_GARBAGE), 502),
    Fault("lacks a permission", partial(without_permission, action="dynamodb:GetItem"), 500, ("HandlerFailures",)),
    Fault("may not be called", uncallable, 500, invoked=False),
    Fault("finds a broken item", partial(stored, price={"S": "95"}), 500, ("BrokenItems", "HandlerFailures")),
    Fault("would break the contract", partial(stored, currency={"S": "rand"}), 500, ("ContractViolations",)),
    Fault(
        "lists past a broken item",
        partial(stored, price={"S": "95"}),
        200,
        ("BrokenItems",),
        operation_id="listProducts",
    ),
)


def rehearse_faults(deployment: Deployment, step: Step) -> None:
    """All of them, one after the other. Raises StepFailed."""
    judge = _Judge(ContractDocument.load(project.DOCUMENT))
    problems = [f"{fault.name}: {problem}" for fault in FAULTS for problem in _problems(deployment, fault, judge)]
    step.figures["faults"] = len(FAULTS) - 1
    if problems:
        raise StepFailed("\n  ".join(["faults are not told as they should be", *problems]))


def _problems(deployment: Deployment, fault: Fault, judge: _Judge) -> Iterator[str]:
    group = deployment.log_groups[fault.operation_id]
    before = deployment.account.logs.length(group)
    with fault.make(deployment, fault.operation_id), _served(deployment, fault) as url:
        answer = httpx.get(url + judge.path(fault), timeout=60, trust_env=False)
        counted = _counted(deployment, fault, group, before)
    if answer.status_code != fault.status:
        yield f"status {answer.status_code} and not {fault.status}"
    yield from judge.problems(fault, answer)
    if counted != set(fault.metrics):
        yield f"counted {sorted(counted) or 'nothing'} and not {sorted(fault.metrics) or 'nothing'}"


@contextmanager
def _served(deployment: Deployment, fault: Fault) -> Iterator[str]:
    """The API, or the same one with less patience: nobody wants to wait 29 seconds to see it end."""
    if fault.longest_seconds is None:
        yield deployment.url
        return
    with served(
        deployment.account, deployment.state, deployment.functions, longest_seconds=fault.longest_seconds
    ) as url:
        yield f"{url}/{deployment.stack.environment}"


def _counted(deployment: Deployment, fault: Fault, group: str, start: int) -> set[str]:
    logs, until = deployment.account.logs, time.monotonic() + _LOG_SECONDS
    while time.monotonic() < until:
        reported = any('"platform.report"' in line for line in logs.lines(group, start))
        if reported == fault.invoked and set(logs.metrics(group, start)) == set(fault.metrics):
            break
        time.sleep(0.05)
    return set(logs.metrics(group, start))


class _Judge:
    """What the contract says: where an operation is called, and whether (by openapi-core) it promises an answer."""

    def __init__(self, document: ContractDocument) -> None:
        self._operations = {each.operation_id: each for each in document.operations()}
        self._opinion = SecondOpinion(document.content)

    def path(self, fault: Fault) -> str:
        """The path at which the fault's operation is called."""
        return self._operations[fault.operation_id].path.format(productId=_ID)

    def problems(self, fault: Fault, answer: httpx.Response) -> Iterator[str]:
        operation, path = self._operations[fault.operation_id], self.path(fault)
        request = HttpRequest("GET", path, "", (), b"", "127.0.0.1")
        response = HttpResponse(answer.status_code, tuple(answer.headers.items()), answer.content)
        exchange = Exchange(operation, request, operation.path_parameters(path), response, "")
        yield from (f"{each.error} {each.keywords}" for each in self._opinion.of_response(exchange))
        if answer.status_code >= 400 and not _is_told(answer):
            yield "the error's request is not named"


def _is_told(answer: httpx.Response) -> bool:
    body: Mapping[str, Any] = answer.json()
    return bool(body.get("requestId")) and body["requestId"] == answer.headers.get("x-request-id")


def _without(policy: str, action: str) -> str:
    content = json.loads(policy)
    for statement in content["Statement"]:
        # Terraform writes a lone action as it was given, a list.
        statement["Action"] = [each for each in statement["Action"] if each != action]
    content["Statement"] = [each for each in content["Statement"] if each["Action"]]
    return json.dumps(content)
