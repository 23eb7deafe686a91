"""Faults as production has them, made to happen: the client's answer, the metrics of the logs, and the alarms."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx

from cross_check.contract_document import ContractDocument
from cross_check.second_validator import Exchange, SecondValidator
from local_aws.asgi import HttpRequest, HttpResponse
from local_server import project
from rehearsal.cloudwatch_alarms import Watch
from rehearsal.deployed_functions import published
from rehearsal.deployment import Deployment, refuse, served
from rehearsal.moto_server import MockedAws
from rehearsal.steps import Step
from rehearsal.terraform import resources

_LOG_SECONDS = 5  # A function's last lines may come in after its answer.
ALIAS = "live"
_READ = "getProduct"
_ID = "PROD-999"

CRASHES_AT_START = "raise RuntimeError('this version cannot start')\n"
NEVER_ANSWERS = "import time\n\n\ndef handler(event, context):\n    time.sleep(3600)\n"
ANSWERS_GARBAGE = "def handler(event, context):\n    return {'status': 'fine'}\n"
BREAKS_THE_CONTRACT = """
def _bad(request, catalogue):
    return Response(200, {"product": {}})


get_product.__code__ = _bad.__code__
"""
GROWS = "import time\n\n\ndef handler(event, context):\n    held = b'x' * (400 * 2**20)\n    time.sleep(3600)\n"

Make = Callable[[Deployment, str], AbstractContextManager[None]]


@dataclass(frozen=True)
class Fault:
    """A fault and what has to follow from it.

    `make` makes it happen to the function of `operation_id` while its block runs; `status` is what the client gets,
    `metrics` what the function's log counts, `alarms` the ends of the names of those that go off when it lasts.
    `invoked`: whether the function is called at all, and reports in time. `longest_seconds`: how long the gateway waits
    for it, if not as long as API Gateway does. `times`: how often it is asked a minute; `request`: what else the
    request has, for httpx.
    """

    name: str
    make: Make
    status: int
    metrics: tuple[str, ...] = ()
    alarms: frozenset[str] = frozenset()
    operation_id: str = _READ
    invoked: bool = True
    longest_seconds: float | None = None
    times: int = 1
    request: Callable[[str, int], dict[str, Any]] = lambda token, number: {}


@contextmanager
def released(
    aws: MockedAws, function: str, source: str, timeout: int | None = None, *, added: bool = False
) -> Iterator[None]:
    """A version whose handler is `source`, live while the `with` block runs; `timeout` in seconds, if not the same.

    `added`: the source comes after that of the handler's module, in the function's own package. Afterwards everything
    is as it was, so that Terraform finds nothing to change.
    """
    client = aws.client("lambda")
    settings = client.get_function_configuration(FunctionName=function)
    good = client.get_alias(FunctionName=function, Name=ALIAS)["FunctionVersion"]
    if timeout is not None:
        client.update_function_configuration(FunctionName=function, Timeout=timeout)
    code = published(aws, function, good).code
    bad_code = with_code_added(code, settings["Handler"], source) if added else _zip(settings["Handler"], source)
    bad = client.update_function_code(FunctionName=function, ZipFile=bad_code, Publish=True)
    client.update_alias(FunctionName=function, Name=ALIAS, FunctionVersion=bad["Version"])
    try:
        yield
    finally:
        client.update_alias(FunctionName=function, Name=ALIAS, FunctionVersion=good)
        client.update_function_configuration(FunctionName=function, Timeout=settings["Timeout"])
        client.update_function_code(FunctionName=function, ZipFile=code)
        client.delete_function(FunctionName=function, Qualifier=bad["Version"])


def with_code_added(code: bytes, handler: str, added: str) -> bytes:
    """A function's package whose handler's module has more code at its end. `handler`: package.module.attribute."""
    module = handler.rpartition(".")[0].replace(".", "/")
    source = (project.ROOT / "src" / f"{module}.py").read_text(encoding="utf-8")
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(code)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if not name.startswith(f"{module}."):
                new.writestr(name, old.read(name))
        new.writestr(f"{module}.py", f"{source}\n\n{added}")
    return packed.getvalue()


def _zip(handler: str, source: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(f"{handler.rpartition('.')[0].replace('.', '/')}.py", source)
    return packed.getvalue()


@contextmanager
def bad_version(
    deployment: Deployment, operation_id: str, source: str, timeout: int | None = None, *, added: bool = False
) -> Iterator[None]:
    with released(deployment.account.aws, deployment.names[operation_id], source, timeout, added=added):
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


@contextmanager
def nothing(deployment: Deployment, operation_id: str) -> Iterator[None]:
    """No fault of the service's: the client's requests are the fault."""
    yield


def _with_a_used_key(token: str, number: int) -> dict[str, Any]:
    body = {name: _SOUND_BODY[name] for name in _SOUND_BODY} | {"name": f"Rehearsal with one key {number}"}
    return {"headers": {"Authorization": f"Bearer {token}", "Idempotency-Key": "rehearsal"}, "json": body}


_SOUND_BODY = {
    "description": "A product of the rehearsal.",
    "price": 95,
    "period": "per year",
    "features": ["One domain"],
}
_HANGS = partial(bad_version, source=NEVER_ANSWERS)
_FAILED = ("FailedInvocations",)
_5XX = frozenset({"5xx", "availability-fast", "availability-slow"})
# Which of these go off depends on this machine's speed, too.
_TIMED = ("-latency", "-cold-starts")
FAULTS = (
    Fault("a sound product", stored, 200),
    Fault("crashes at its start", partial(bad_version, source=CRASHES_AT_START), 502, _FAILED, _5XX | {"errors"}),
    Fault("times out", partial(_HANGS, timeout=1), 502, _FAILED, _5XX | {"errors"}),
    Fault("takes too long", _HANGS, 504, (), _5XX, invoked=False, longest_seconds=1),
    Fault("needs too much memory", partial(bad_version, source=GROWS), 502, _FAILED, _5XX | {"errors"}),
    Fault("answers garbage", partial(bad_version, source=ANSWERS_GARBAGE), 502, (), _5XX),
    Fault(
        "lacks a permission",
        partial(without_permission, action="dynamodb:GetItem"),
        500,
        ("HandlerFailures", "ServerErrors"),
        _5XX | {"handler-failures"},
    ),
    Fault("may not be called", uncallable, 500, (), _5XX, invoked=False),
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
        partial(bad_version, source=BREAKS_THE_CONTRACT, added=True),
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
        nothing,
        401,
        (),
        frozenset({"unauthorized"}),
        operation_id="createProduct",
        invoked=False,
        times=25,
    ),
    Fault(
        "is sent one key with many bodies",
        nothing,
        422,
        ("IdempotencyConflicts",),
        frozenset({"idempotency-conflicts"}),
        operation_id="createProduct",
        times=4,
        request=_with_a_used_key,
    ),
)

# The longer ends first, for one may be the end of another.
_ALARMS = sorted({end for fault in FAULTS for end in fault.alarms}, key=len, reverse=True)


def rehearse_faults(deployment: Deployment, step: Step) -> None:
    """All of them, one after the other. Raises StepFailed."""
    contract = _Contract(ContractDocument.load(project.DOCUMENT))
    account = deployment.account
    watch = Watch(account.aws, account.logs, deployment.functions.metrics, deployment.state)
    watch.metrics.steady = True
    try:
        problems = [
            f"{fault.name}: {problem}" for fault in FAULTS for problem in _problems(deployment, fault, contract, watch)
        ]
    finally:
        watch.metrics.steady = False
        watch.metrics.forget()
    step.figures["faults"] = len(FAULTS) - 1
    step.details += [f"{fault.operation_id} {fault.name}: {fault.status}" for fault in FAULTS[1:]]
    refuse(problems, "faults are not reported as they should be")


def _problems(deployment: Deployment, fault: Fault, contract: _Contract, watch: Watch) -> Iterator[str]:
    account, group = deployment.account, deployment.log_groups[fault.operation_id]
    watch.collect()
    watch.metrics.forget()
    before, token = account.logs.length(group), account.administrator.token()
    with fault.make(deployment, fault.operation_id), _served(deployment, fault) as url:
        for number in range(fault.times):
            method, path = contract.route(fault)
            more = fault.request(token, number)
            answer = httpx.request(method, url + path, timeout=60, trust_env=False, **more)
        counted = _counted(deployment, fault, group, before)
    watch.collect()
    if answer.status_code != fault.status:
        yield f"status {answer.status_code} and not {fault.status}"
    yield from contract.problems(fault, answer)
    if counted != set(fault.metrics):
        yield f"counted {sorted(counted) or 'nothing'} and not {sorted(fault.metrics) or 'nothing'}"
    names = {each for each in watch.on() if not each.endswith(_TIMED) and "-release-" not in each}
    on = {next((end for end in _ALARMS if name.endswith(f"-{end}")), name) for name in names}
    if on != fault.alarms:
        yield f"the alarms {sorted(on) or 'none'} go off and not {sorted(fault.alarms) or 'none'}"


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
    """What the function's log counts; whether it started anew is no matter of the fault."""
    logs, until = deployment.account.logs, time.monotonic() + _LOG_SECONDS
    while True:
        counted = set(logs.metrics(group, start)) - {"ColdStart"}
        reported = any('"platform.report"' in line for line in logs.lines(group, start))
        if (reported == fault.invoked and counted == set(fault.metrics)) or time.monotonic() > until:
            return counted
        time.sleep(0.05)


class _Contract:
    """What the contract says: how an operation is called, and whether (by openapi-core) it promises an answer."""

    def __init__(self, document: ContractDocument) -> None:
        self._operations = {each.operation_id: each for each in document.operations()}
        self._second_validator = SecondValidator(document.content)

    def route(self, fault: Fault) -> tuple[str, str]:
        """The method and the path by which the fault's operation is called."""
        operation = self._operations[fault.operation_id]
        return operation.method, operation.path.format(productId=_ID)

    def problems(self, fault: Fault, answer: httpx.Response) -> Iterator[str]:
        operation, (method, path) = self._operations[fault.operation_id], self.route(fault)
        request = HttpRequest(method, path, "", (), b"", "127.0.0.1")
        response = HttpResponse(answer.status_code, tuple(answer.headers.items()), answer.content)
        exchange = Exchange(operation, request, operation.path_parameters(path), response, "")
        yield from (f"{each.error} {each.keywords}" for each in self._second_validator.of_response(exchange))
        if answer.status_code >= 400 and not _is_reported(answer):
            yield "the error's request is not named"


def _is_reported(answer: httpx.Response) -> bool:
    body: Mapping[str, Any] = answer.json()
    return bool(body.get("requestId")) and body["requestId"] == answer.headers.get("x-request-id")


def _without(policy: str, action: str) -> str:
    content = json.loads(policy)
    for statement in content["Statement"]:
        # Terraform writes a lone action as it was given, a list.
        statement["Action"] = [each for each in statement["Action"] if each != action]
    content["Statement"] = [each for each in content["Statement"] if each["Action"]]
    return json.dumps(content)
