from __future__ import annotations

import asyncio
import io
import json
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from local_aws.functions import FunctionFailed, InvokeFailed, InvokeForbidden
from local_aws.lambda_runtime import Runtime
from rehearsal.cloudwatch import LogGroups
from rehearsal.deployed_functions import DeployedFunctions
from rehearsal.faults import bad_version
from rehearsal.iam import key_holder
from rehearsal.moto_server import MockedAws

# In awslambdaric's place: the same protocol in few lines.
RUNTIME = """
import http.client, importlib, json, os, sys

def call(method, path, body=None):
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    connection.request(method, "/2018-06-01/runtime" + path, body)
    answer = connection.getresponse()
    return answer, answer.read()

sys.path.insert(0, os.getcwd())
module, _, name = sys.argv[1].rpartition(".")
try:
    handler = getattr(importlib.import_module(module), name)
except Exception as error:
    call("POST", "/init/error", json.dumps({"errorType": type(error).__name__}))
    sys.exit(1)
while True:
    answer, event = call("GET", "/invocation/next")
    path = "/invocation/" + answer.headers["Lambda-Runtime-Aws-Request-Id"]
    call("POST", path + "/response", json.dumps(handler(json.loads(event), None)))
"""
CODE = """
import json, os
def handler(event, context):
    print(json.dumps({"message": "handler failed"}), flush=True)
    return {"event": event, "release": RELEASE, "variables": dict(os.environ)}
"""
FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:read"
CALLER = "arn:aws:execute-api:eu-west-1:123456789012:api1/dev/GET/things"
GROUP = "/aws/lambda/read"
LOGGING = {"LogFormat": "JSON", "ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO", "LogGroup": GROUP}
LOGS = {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "*"}
TRUST = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}

Invoke = Callable[..., Any]


@pytest.fixture
def aws() -> Iterator[MockedAws]:
    with MockedAws("eu-west-1") as account:
        iam = account.client("iam")
        role = iam.create_role(RoleName="reader", AssumeRolePolicyDocument=_policy(TRUST))["Role"]["Arn"]
        iam.put_role_policy(RoleName="reader", PolicyName="function", PolicyDocument=_policy(LOGS))
        _deploy(account, role)
        yield account


@pytest.fixture
def logs(aws: MockedAws) -> LogGroups:
    client = aws.client("logs")
    client.create_log_group(logGroupName=GROUP)
    for name, pattern in (
        ("Failures", '{ $.message = "handler failed" }'),
        ("Lost", '{ ($.type = "platform.report") && ($.record.status != "success") }'),
    ):
        metric = {"metricName": name, "metricNamespace": "api", "metricValue": "1"}
        client.put_metric_filter(
            logGroupName=GROUP, filterName=name, filterPattern=pattern, metricTransformations=[metric]
        )
    return LogGroups(aws)


@pytest.fixture
def invoke(aws: MockedAws, logs: LogGroups, tmp_path: Path) -> Iterator[Invoke]:
    (tmp_path / "awslambdaric").mkdir()
    (tmp_path / "awslambdaric" / "__main__.py").write_text(RUNTIME)
    runtime = Runtime(Path(sys.executable), tmp_path)
    with DeployedFunctions(aws, runtime, {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, logs) as functions:

        def invoke(arn: str = f"{FUNCTION}:live", caller: str = CALLER) -> Any:
            return asyncio.run(functions.invoke(arn, {"a": 1}, "request-1", caller))

        yield invoke


def test_a_function_runs_as_it_was_deployed(invoke: Invoke) -> None:
    answer = invoke()
    variables = answer["variables"]
    assert answer["event"] == {"a": 1}
    assert (variables["TABLE"], variables["AWS_REGION"]) == ("products", "eu-west-1")
    assert (variables["AWS_LAMBDA_FUNCTION_VERSION"], variables["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]) == ("1", "256")
    assert variables["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"


def test_it_has_its_own_roles_credentials(aws: MockedAws, invoke: Invoke) -> None:
    variables = invoke()["variables"]
    caller = key_holder(aws, variables["AWS_ACCESS_KEY_ID"], variables["AWS_SESSION_TOKEN"])
    assert caller.arn.endswith("assumed-role/reader/read")


@pytest.mark.parametrize(
    ("arn", "caller"),
    [
        (f"{FUNCTION}:live", CALLER.replace("GET", "PUT")),
        (f"{FUNCTION}:live", CALLER.replace("dev", "prod")),
        (f"{FUNCTION}:other", CALLER),
    ],
)
def test_only_the_caller_that_the_alias_names_may_call(aws: MockedAws, invoke: Invoke, arn: str, caller: str) -> None:
    aws.client("lambda").create_alias(FunctionName="read", Name="other", FunctionVersion="1")
    with pytest.raises(InvokeForbidden):
        invoke(arn, caller)


def test_a_function_without_any_permission_may_not_be_called(aws: MockedAws, invoke: Invoke) -> None:
    aws.client("lambda").remove_permission(FunctionName="read", StatementId="s", Qualifier="live")
    with pytest.raises(InvokeForbidden):
        invoke()


def test_an_alias_that_is_not_there_cannot_be_called(invoke: Invoke) -> None:
    with pytest.raises(InvokeFailed):
        invoke(f"{FUNCTION}:nowhere")


def test_an_alias_that_moves_on_takes_the_next_call_with_it(aws: MockedAws, invoke: Invoke) -> None:
    assert invoke()["release"] == 1
    _publish(aws, 2)
    assert invoke()["release"] == 1
    aws.client("lambda").update_alias(FunctionName="read", Name="live", FunctionVersion="2")
    assert invoke()["release"] == 2


def test_an_alias_may_give_calls_to_another_version(aws: MockedAws, invoke: Invoke) -> None:
    _publish(aws, 2)
    weights = {"AdditionalVersionWeights": {"2": 1.0}}
    aws.client("lambda").update_alias(FunctionName="read", Name="live", RoutingConfig=weights)
    assert invoke()["release"] == 2


def test_lines_go_to_the_functions_group_and_its_filters_count_them(invoke: Invoke, logs: LogGroups) -> None:
    invoke()
    assert [json.loads(line).get("type", "") for line in logs.lines(GROUP)].count("platform.report") == 1
    assert logs.metrics(GROUP) == {"Failures": 1}
    assert logs.metrics(GROUP, len(logs.lines(GROUP))) == {}


def test_a_role_that_may_not_write_logs_loses_them(aws: MockedAws, invoke: Invoke, logs: LogGroups) -> None:
    aws.client("iam").delete_role_policy(RoleName="reader", PolicyName="function")
    invoke()
    assert logs.lines(GROUP) == []


def test_reports_are_left_out_where_the_function_wants_none(aws: MockedAws, invoke: Invoke, logs: LogGroups) -> None:
    client = aws.client("lambda")
    client.update_function_configuration(FunctionName="read", LoggingConfig={**LOGGING, "SystemLogLevel": "WARN"})
    _publish(aws, 2)
    client.update_alias(FunctionName="read", Name="live", FunctionVersion="2")
    invoke()
    assert "platform.report" not in "".join(logs.lines(GROUP))


def test_a_bad_version_is_live_for_as_long_as_it_is_wanted(aws: MockedAws, invoke: Invoke, logs: LogGroups) -> None:
    with bad_version(deployed(aws), "getOne", "raise RuntimeError('no')\n"), pytest.raises(FunctionFailed):
        invoke()
    assert logs.metrics(GROUP) == {"Lost": 1}
    assert invoke()["release"] == 1


def test_of_two_bad_versions_each_is_itself(aws: MockedAws, invoke: Invoke) -> None:
    for answer in (1, 2):
        with bad_version(deployed(aws), "getOne", f"def handler(event, context):\n    return {answer}\n"):
            assert invoke() == answer


def test_after_a_bad_version_everything_is_as_it_was(aws: MockedAws) -> None:
    client = aws.client("lambda")
    before = _facts(client)
    with bad_version(deployed(aws), "getOne", "handler = None\n", timeout=1):
        assert _facts(client) != before
    assert _facts(client) == before


def deployed(aws: MockedAws) -> Any:
    return SimpleNamespace(account=SimpleNamespace(aws=aws), names={"getOne": "read"})


def _deploy(aws: MockedAws, role: str) -> None:
    client = aws.client("lambda")
    client.create_function(
        FunctionName="read",
        Role=role,
        Runtime="python3.13",
        Handler="code_of.handler",
        Code={"ZipFile": _zip(1)},
        MemorySize=256,
        Timeout=30,
        Publish=True,
        Environment={"Variables": {"TABLE": "products"}},
        LoggingConfig=LOGGING,
    )
    client.create_alias(FunctionName="read", Name="live", FunctionVersion="1")
    client.add_permission(
        FunctionName="read",
        StatementId="s",
        Qualifier="live",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=CALLER,
    )


def _facts(client: Any) -> list[Any]:
    """What Terraform looks at."""
    configuration = client.get_function_configuration(FunctionName="read")
    versions = client.list_versions_by_function(FunctionName="read")["Versions"]
    alias = client.get_alias(FunctionName="read", Name="live")["FunctionVersion"]
    return [configuration["CodeSha256"], configuration["Timeout"], [each["Version"] for each in versions], alias]


def _publish(aws: MockedAws, release: int) -> None:
    aws.client("lambda").update_function_code(FunctionName="read", ZipFile=_zip(release), Publish=True)


def _zip(release: int) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("code_of.py", CODE.replace("RELEASE", str(release)))
    return packed.getvalue()


def _policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})
