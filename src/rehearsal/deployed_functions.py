"""The functions as they were deployed: code, settings and variables are the mocked account's, as is each one's role."""

from __future__ import annotations

import io
import json
import random
import time
import zipfile
from collections.abc import Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

from moto.awslambda.exceptions import GenericResourcNotFound, UnknownAliasException
from moto.awslambda.utils import get_backend

from local_aws.functions import Function, FunctionFailed, Functions, InvokeFailed, InvokeForbidden
from local_aws.lambda_runtime import Configuration, ExecutionEnvironment, Runtime
from local_aws.packaged_functions import PackagedFunction
from rehearsal.cloudwatch import LogGroups, Metrics
from rehearsal.iam import key_holder, may_invoke, role_credentials
from rehearsal.moto_server import ACCOUNT, MockedAws


def published(aws: MockedAws, name: str, version: str) -> tuple[Mapping[str, Any], bytes]:
    """A published version of a function: its configuration, as Lambda describes it, and its zip.

    Asked of the mock itself: Lambda's API has only an address for the code, and nobody is there.
    """
    with aws.lock:
        function = get_backend(ACCOUNT, aws.region).get_function(name, version)
        return function.get_configuration(), function.code_bytes


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


class DeployedFunctions(Functions, AbstractContextManager["DeployedFunctions"]):
    """Functions called by ARN and alias, as API Gateway does. `endpoints` are variables that lead to this cloud.

    `metrics` is what Lambda measures, and whatever else is measured of the same deployment.
    `longest_seconds`: a function that runs longer times out, whatever its own timeout; None leaves it to that.
    """

    def __init__(self, aws: MockedAws, runtime: Runtime, endpoints: Mapping[str, str], logs: LogGroups) -> None:
        self._aws, self._runtime, self._endpoints, self._logs = aws, runtime, endpoints, logs
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

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _version(self, function_arn: str, source_arn: str) -> Function:
        """The version that the alias stands for, or one of its two, if the caller may call it."""
        *_, name, alias = function_arn.split(":")
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
        number = other or str(target.function_version)
        dimensions = {"FunctionName": name, "Resource": f"{name}:{alias}"}
        versions = ({**dimensions, "ExecutedVersion": number},) if weights else ()
        return _MeasuredFunction(self._running(name, number), self.metrics, (dimensions, *versions))

    def _running(self, name: str, number: str) -> PackagedFunction:
        described, zipped = published(self._aws, name, number)
        # The number alone is not enough: moto gives that of a deleted version again, as AWS never does.
        key = (name, number, described["LastModified"])
        with self._lock:
            if key not in self._versions:
                code = self._scratch / f"{name}-{len(self._versions)}"
                with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
                    archive.extractall(code)
                code.with_suffix(".home").mkdir()
                function = PackagedFunction(partial(self._environment, described, code))
                self._resources.callback(function.stop)
                self._versions[key] = function
            return self._versions[key]

    def _environment(self, described: Mapping[str, Any], code: Path) -> ExecutionEnvironment:
        name, logging = described["FunctionName"], described["LoggingConfig"]
        credentials = role_credentials(self._aws, described["Role"], name)
        variables = {
            **described.get("Environment", {}).get("Variables", {}),
            **credentials,
            **self._endpoints,
            "AWS_REGION": self._aws.region,
            "AWS_LAMBDA_FUNCTION_VERSION": described["Version"],
            "AWS_LAMBDA_LOG_FORMAT": logging["LogFormat"],
            "AWS_LAMBDA_LOG_GROUP_NAME": logging["LogGroup"],
            "AWS_LAMBDA_LOG_LEVEL": logging.get("ApplicationLogLevel", ""),
        }
        python = described["Runtime"].removeprefix("python")
        timeout = min(float(described["Timeout"]), self.longest_seconds or float("inf"))
        configuration = Configuration(
            name, described["Handler"], code, variables, python, described["MemorySize"], timeout
        )
        caller = key_holder(self._aws, credentials["AWS_ACCESS_KEY_ID"], credentials["AWS_SESSION_TOKEN"])
        group = f"arn:aws:logs:{self._aws.region}:{ACCOUNT}:log-group:{logging['LogGroup']}"
        stream = f"{group}:log-stream:{described['Version']}"
        may_log = all(caller.may(action, stream) for action in ("logs:CreateLogStream", "logs:PutLogEvents"))
        reports = logging.get("SystemLogLevel", "INFO") in ("DEBUG", "INFO")

        def log(line: str) -> None:
            if may_log and (reports or not line.startswith('{"type": "platform.')):
                self._logs.write(logging["LogGroup"], line)

        return ExecutionEnvironment(configuration, self._runtime, code.with_suffix(".home"), log)
