"""The functions as they were deployed: code, settings and variables are the mocked account's, as is each one's role."""

from __future__ import annotations

import io
import json
import random
import time
import zipfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

from moto.awslambda.exceptions import GenericResourcNotFound, UnknownAliasException
from moto.awslambda.utils import get_backend

from local_aws.functions import Function, FunctionFailed, Functions, InvokeFailed, InvokeForbidden
from local_aws.lambda_runtime import Configuration, ExecutionEnvironment, Runtime
from local_aws.packaged_functions import PackagedFunction
from rehearsal.cloudwatch_alarms import Metrics
from rehearsal.cloudwatch_logs import LogGroups
from rehearsal.iam import Roles, may_invoke
from rehearsal.moto_server import ACCOUNT, MockedAws

_REPORTS = ("DEBUG", "INFO")


@dataclass(frozen=True)
class Version:
    """A published version of a function, as Lambda describes it, and its zip."""

    configuration: Mapping[str, Any]
    code: bytes


def published(aws: MockedAws, name: str, version: str) -> Version:
    """Asked of the mock itself: Lambda's API has only an address for the code, and nobody is there."""
    with aws.lock:
        function = get_backend(ACCOUNT, aws.region).get_function(name, version)
        return Version(function.get_configuration(), function.code_bytes)


@dataclass(frozen=True)
class _MeasuredFunction:
    """A function whose invocations are counted as Lambda counts them; by version only while an alias has two.

    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    """

    function: Function
    metrics: Metrics
    dimensions: tuple[Mapping[str, str], ...]

    def invoke(self, event: bytes, request_id: str) -> bytes:
        """Raises FunctionFailed."""
        started, failed = time.monotonic(), 0.0
        try:
            return self.function.invoke(event, request_id)
        except FunctionFailed:
            failed = 1.0
            raise
        finally:
            milliseconds = (time.monotonic() - started) * 1000 / self.metrics.slack
            for dimensions in self.dimensions:
                for name, value in (("Invocations", 1.0), ("Errors", failed), ("Duration", milliseconds)):
                    self.metrics.put("AWS/Lambda", name, dimensions, value)


class DeployedFunctions(Functions):
    """Functions called by ARN and alias, as API Gateway does. `endpoints` are variables that lead to this cloud.

    `metrics` is what Lambda measures, and whatever else is measured of the same deployment.
    `longest_seconds`: a function that runs longer times out, whatever its own timeout; None leaves it to that.
    """

    def __init__(
        self, aws: MockedAws, roles: Roles, runtime: Runtime, endpoints: Mapping[str, str], logs: LogGroups
    ) -> None:
        self._aws, self._roles, self._runtime, self._endpoints, self._logs = aws, roles, runtime, endpoints, logs
        self.metrics = Metrics()
        self.longest_seconds: float | None = None
        self._versions: dict[tuple[str, str, str], PackagedFunction] = {}
        self._lock = Lock()
        self._resources = ExitStack()
        self._scratch = Path(self._resources.enter_context(TemporaryDirectory(prefix="functions-")))
        super().__init__(self._version)

    def stop(self) -> None:
        """Ends every process and forgets the unpacked zips."""
        self._resources.close()
        super().stop()

    def __enter__(self) -> DeployedFunctions:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _version(self, function_arn: str, source_arn: str) -> Function:
        *_, name, alias = function_arn.split(":")
        number, weighted = self._called(name, alias, function_arn, source_arn)
        dimensions = {"FunctionName": name, "Resource": f"{name}:{alias}"}
        versions = ({**dimensions, "ExecutedVersion": number},) if weighted else ()
        return _MeasuredFunction(self._running(name, number), self.metrics, (dimensions, *versions))

    def _called(self, name: str, alias: str, function_arn: str, source_arn: str) -> tuple[str, bool]:
        """The version that the alias stands for, if the caller may call it, and whether it stands for two."""
        backend = get_backend(ACCOUNT, self._aws.region)
        with self._aws.lock:
            try:
                target = backend.get_alias(alias, name)
            except UnknownAliasException:
                raise InvokeFailed(function_arn) from None
            try:
                policy = json.loads(backend.get_policy(name, alias))["Policy"]
            except GenericResourcNotFound:
                raise InvokeForbidden(function_arn) from None
        if not may_invoke(json.loads(policy)["Statement"], function_arn, source_arn):
            raise InvokeForbidden(function_arn)
        routing: Any = target.routing_config  # moto calls it a string.
        weights = (routing or {}).get("AdditionalVersionWeights") or {}
        other = next((str(each) for each, weight in weights.items() if random.random() < weight), None)
        return other or str(target.function_version), bool(weights)

    def _running(self, name: str, number: str) -> PackagedFunction:
        version = published(self._aws, name, number)
        # The number alone is not enough: moto gives that of a deleted version again, as AWS never does.
        key = (name, number, version.configuration["LastModified"])
        with self._lock:
            if key not in self._versions:
                self._versions[key] = self._unpacked(version, self._scratch / f"{name}-{len(self._versions)}")
            return self._versions[key]

    def _unpacked(self, version: Version, code: Path) -> PackagedFunction:
        home = code.with_suffix(".home")
        home.mkdir()
        with zipfile.ZipFile(io.BytesIO(version.code)) as archive:
            archive.extractall(code)

        def start() -> ExecutionEnvironment:
            return self._environment(version.configuration, code, home)

        function = PackagedFunction(start)
        self._resources.callback(function.stop)
        return function

    def _environment(self, described: Mapping[str, Any], code: Path, home: Path) -> ExecutionEnvironment:
        name, group = described["FunctionName"], _log_group(described)
        variables = {
            **described.get("Environment", {}).get("Variables", {}),
            **self._roles.credentials(described["Role"], name),
            **self._endpoints,
            "AWS_REGION": self._aws.region,
            "AWS_LAMBDA_FUNCTION_VERSION": described["Version"],
            "AWS_LAMBDA_LOG_FORMAT": described["LoggingConfig"]["LogFormat"],
            "AWS_LAMBDA_LOG_GROUP_NAME": group,
            "AWS_LAMBDA_LOG_LEVEL": described["LoggingConfig"].get("ApplicationLogLevel", ""),
        }
        python = described["Runtime"].removeprefix("python")
        timeout = min(float(described["Timeout"]), self.longest_seconds or float("inf"))
        configuration = Configuration(
            name, described["Handler"], code, variables, python, described["MemorySize"], timeout
        )
        return ExecutionEnvironment(configuration, self._runtime, home, self._log(described, group, variables))

    def _log(self, described: Mapping[str, Any], group: str, credentials: Mapping[str, str]) -> Any:
        """Where lines go: nowhere, when the role may not write them."""
        caller = self._roles.caller(credentials["AWS_ACCESS_KEY_ID"], credentials["AWS_SESSION_TOKEN"])
        stream = f"arn:aws:logs:{self._aws.region}:{ACCOUNT}:log-group:{group}:log-stream:{described['Version']}"
        if not all(caller.may(action, stream) for action in ("logs:CreateLogStream", "logs:PutLogEvents")):
            return lambda line: None
        reports = described["LoggingConfig"].get("SystemLogLevel", "INFO") in _REPORTS

        def log(line: str) -> None:
            if reports or not line.startswith('{"type": "platform.'):
                self._logs.write(group, line)

        return log


def _log_group(described: Mapping[str, Any]) -> str:
    return str(described["LoggingConfig"]["LogGroup"])
