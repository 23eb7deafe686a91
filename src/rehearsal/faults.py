"""Faults as production has them, made to happen: the client's answer, the metrics of the logs, and the alarms."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx

from cross_check.contract_document import ContractDocument, DocumentOperation
from cross_check.second_validator import Exchange, SecondValidator
from local_aws.asgi import HttpRequest, HttpResponse
from local_server import project
from rehearsal.cloudwatch import Watch
from rehearsal.deployed_functions import published
from rehearsal.deployment import Deployment, served
from rehearsal.releases import with_code_added
from rehearsal.steps import Step, fail_if
from rehearsal.terraform import resources

# What is added to a handler's module.
CRASHES_AT_START = "raise RuntimeError('this version cannot start')\n"
NEVER_ANSWERS = "import time\n\n\ndef handler(event, context):\n    time.sleep(3600)\n"
ANSWERS_GARBAGE = "def handler(event, context):\n    return {'status': 'fine'}\n"
BREAKS_THE_CONTRACT = """
def _bad(request, catalogue):
    return Response(200, {"product": {}})


get_product.__code__ = _bad.__code__
"""
GROWS = "import time\n\n\ndef handler(event, context):\n    held = b'x' * (400 * 2**20)\n    time.sleep(3600)\n"


@dataclass(frozen=True)
class Fault:
    """A fault and what has to follow from it.

    `make` makes it happen to the function of `operation_id` while its block runs; `status` is what the client gets,
    `metrics` what the function's log counts, `alarms` the ends of the names of those that go off when it lasts.
    `longest_seconds`: how long the gateway waits for the function, if not as long as API Gateway does. `times`: how
    often it is asked a minute; `request`: what else the request has, for httpx, by a token and its number.
    """

    name: str
    make: Callable[[Deployment, str], AbstractContextManager[None]]
    status: int
    metrics: tuple[str, ...] = ()
    alarms: frozenset[str] = frozenset()
    operation_id: str = "getProduct"
    longest_seconds: float | None = None
    times: int = 1
    request: Callable[[str, int], dict[str, Any]] = lambda token, number: {}


@contextmanager
def bad_version(deployment: Deployment, operation_id: str, added: str, timeout: int | None = None) -> Iterator[None]:
    """A version of the function with code added to its handler's module is live; `timeout` in seconds.

    Afterwards everything is as it was, so that Terraform finds nothing to change.
    """
    aws, function = deployment.account.aws, deployment.names[operation_id]
    client = aws.client("lambda")
    alias = {"FunctionName": function, "Name": "live"}
    settings = client.get_function_configuration(FunctionName=function)
    good = client.get_alias(**alias)["FunctionVersion"]
    _, code = published(aws, function, good)
    client.update_function_configuration(FunctionName=function, Timeout=timeout or settings["Timeout"])
    bad_code = with_code_added(code, settings["Handler"], added)
    bad = client.update_function_code(FunctionName=function, ZipFile=bad_code, Publish=True)
    client.update_alias(**alias, FunctionVersion=bad["Version"])
    try:
        yield
    finally:
        client.update_alias(**alias, FunctionVersion=good)
        client.update_function_configuration(FunctionName=function, Timeout=settings["Timeout"])
        client.update_function_code(FunctionName=function, ZipFile=code)
        client.delete_function(FunctionName=function, Qualifier=bad["Version"])


@contextmanager
def without_permission(deployment: Deployment, operation_id: str, action: str) -> Iterator[None]:
    """The function's role without one of its actions."""
    iam = deployment.account.aws.client("iam")
    policy = resources(deployment.state, "aws_iam_role_policy")[operation_id]
    named = {"RoleName": policy["role"], "PolicyName": policy["name"]}
    content = json.loads(policy["policy"])
    for statement in content["Statement"]:
        # Terraform writes a lone action as it was given, a list.
        statement["Action"] = [each for each in statement["Action"] if each != action]
    content["Statement"] = [each for each in content["Statement"] if each["Action"]]
    iam.put_role_policy(**named, PolicyDocument=json.dumps(content))
    try:
        yield
    finally:
        iam.put_role_policy(**named, PolicyDocument=policy["policy"])


@contextmanager
def uncallable(deployment: Deployment, operation_id: str) -> Iterator[None]:
    """The function without the permission that lets API Gateway call it."""
    client = deployment.account.aws.client("lambda")
    granted = resources(deployment.state, "aws_lambda_permission")[operation_id]
    named = {
        "FunctionName": granted["function_name"],
        "StatementId": granted["statement_id"],
        "Qualifier": granted["qualifier"],
    }
    client.remove_permission(**named)
    try:
        yield
    finally:
        client.add_permission(
            **named, Action=granted["action"], Principal=granted["principal"], SourceArn=granted["source_arn"]
        )


_ITEM: dict[str, Any] = json.loads(project.CATALOGUE.with_name("existing_items.json").read_bytes())[0]


@contextmanager
def stored(deployment: Deployment, operation_id: str, **attributes: Any) -> Iterator[None]:
    """A product in the table; with other `attributes`, one that no function of ours would have written."""
    account = deployment.account
    dynamodb = account.aws.client("dynamodb", account.dynamodb)
    dynamodb.put_item(TableName=account.table, Item={**_ITEM, **attributes})
    try:
        yield
    finally:
        dynamodb.delete_item(TableName=account.table, Key={name: _ITEM[name] for name in ("PK", "SK")})


def unchanged(deployment: Deployment, operation_id: str) -> AbstractContextManager[None]:
    """No fault of the service's: the client's requests are the fault."""
    return nullcontext()


def _with_a_used_key(token: str, number: int) -> dict[str, Any]:
    product = json.loads(project.CATALOGUE.read_bytes())[0]
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "rehearsal"}
    return {"headers": headers, "json": product | {"name": f"Rehearsal with one key {number}"}}


_FAILED = ("FailedInvocations",)
_5XX = frozenset({"5xx", "availability-fast", "availability-slow"})
# Which of these go off depends on this machine's speed, too.
_TIMED = ("-latency", "-cold-starts")
FAULTS = (
    Fault("a sound product", stored, 200),
    Fault("crashes at its start", partial(bad_version, added=CRASHES_AT_START), 502, _FAILED, _5XX | {"errors"}),
    Fault("times out", partial(bad_version, added=NEVER_ANSWERS, timeout=1), 502, _FAILED, _5XX | {"errors"}),
    Fault("needs too much memory", partial(bad_version, added=GROWS), 502, _FAILED, _5XX | {"errors"}),
    Fault("answers garbage", partial(bad_version, added=ANSWERS_GARBAGE), 502, (), _5XX),
    Fault(
        "lacks a permission",
        partial(without_permission, action="dynamodb:GetItem"),
        500,
        ("HandlerFailures", "ServerErrors"),
        _5XX | {"handler-failures"},
    ),
    Fault("may not be called", uncallable, 500, (), _5XX),
    Fault(
        "finds an item that the contract does not allow",
        partial(stored, currency={"S": "rand"}),
        500,
        ("BrokenItems", "HandlerFailures", "ServerErrors"),
        _5XX | {"broken-items", "handler-failures"},
    ),
    Fault(
        "finds a broken item",
        partial(stored, price={"S": "95"}),
        500,
        ("BrokenItems", "HandlerFailures", "ServerErrors"),
        _5XX | {"broken-items", "handler-failures"},
    ),
    Fault(
        "would answer an invalid response",
        partial(bad_version, added=BREAKS_THE_CONTRACT),
        500,
        ("ContractViolations", "ServerErrors"),
        _5XX | {"contract-violations"},
    ),
    Fault(
        "lists past a broken item",
        partial(stored, price={"S": "95"}),
        200,
        ("BrokenItems",),
        frozenset({"broken-items"}),
        operation_id="listProducts",
    ),
    Fault(
        "is sent no token again and again",
        unchanged,
        401,
        (),
        frozenset({"unauthorized"}),
        operation_id="createProduct",
        times=25,
    ),
    Fault(
        "is sent one key with many bodies",
        unchanged,
        422,
        ("IdempotencyConflicts",),
        frozenset({"idempotency-conflicts"}),
        operation_id="createProduct",
        times=4,
        request=_with_a_used_key,
    ),
    # The last: when the gateway has given up, the function runs on until its own timeout, which is then a failure, too.
    Fault("takes too long", partial(bad_version, added=NEVER_ANSWERS), 504, (), _5XX, longest_seconds=1),
)

# The longer ends first, for one may be the end of another.
_ALARMS = sorted({end for fault in FAULTS for end in fault.alarms}, key=len, reverse=True)


def rehearse_faults(deployment: Deployment, step: Step) -> None:
    """Makes every fault happen, one after the other. Raises StepFailed."""
    document = ContractDocument.load(project.DOCUMENT)
    operations = {each.operation_id: each for each in document.operations()}
    validator = SecondValidator(document.content)
    account = deployment.account
    watch = Watch(account.aws, account.logs, deployment.functions.metrics, deployment.state)
    watch.metrics.steady = True
    problems = []
    try:
        for fault in FAULTS:
            found = _problems(deployment, fault, operations[fault.operation_id], validator, watch)
            problems += [f"{fault.name}: {problem}" for problem in found]
    finally:
        watch.metrics.steady = False
        watch.metrics.forget()
    step.figures["faults"] = len(FAULTS) - 1
    step.details += [f"{fault.operation_id} {fault.name}: {fault.status}" for fault in FAULTS[1:]]
    fail_if(problems, "faults are not reported as they should be")


def _problems(
    deployment: Deployment, fault: Fault, operation: DocumentOperation, validator: SecondValidator, watch: Watch
) -> Iterator[str]:
    account, group = deployment.account, deployment.log_groups[fault.operation_id]
    watch.collect()
    watch.metrics.forget()
    before, token = len(account.logs.lines(group)), account.administrator.token()
    path = operation.path.format(productId=_ITEM["productId"]["S"])
    gateway: AbstractContextManager[str] = nullcontext(deployment.url)
    if fault.longest_seconds is not None:
        # The same API with less patience: nobody wants to wait 29 seconds to see it end.
        gateway = served(account, deployment.state, deployment.functions, longest_seconds=fault.longest_seconds)
    with fault.make(deployment, fault.operation_id), gateway as url:
        for number in range(fault.times):
            more = fault.request(token, number)
            answer = httpx.request(operation.method, url + path, timeout=60, trust_env=False, **more)
    watch.collect()
    if answer.status_code != fault.status:
        yield f"status {answer.status_code} and not {fault.status}"
    request = HttpRequest(operation.method, path, "", (), b"", "127.0.0.1")
    response = HttpResponse(answer.status_code, tuple(answer.headers.items()), answer.content)
    exchange = Exchange(operation, request, operation.path_parameters(path), response, "")
    yield from (f"{each.error} {each.keywords}" for each in validator.of_response(exchange))
    if answer.status_code >= 400:
        body: Mapping[str, Any] = answer.json()
        if not body.get("requestId") or body["requestId"] != answer.headers.get("x-request-id"):
            yield "the error's request is not named"
    counted = set(account.logs.metrics(group, before)) - {"ColdStart"}  # Any version may have started anew.
    if counted != set(fault.metrics):
        yield f"counted {sorted(counted) or 'nothing'} and not {sorted(fault.metrics) or 'nothing'}"
    names = {each for each in watch.on() if not each.endswith(_TIMED) and "-release-" not in each}
    on = {next((end for end in _ALARMS if name.endswith(f"-{end}")), name) for name in names}
    if on != fault.alarms:
        yield f"the alarms {sorted(on) or 'none'} go off and not {sorted(fault.alarms) or 'none'}"
