"""Our functions under AWS's own runtime interface client."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local_aws.database.embedded import EmbeddedDynamoDB
from local_aws.functions import FunctionFailed
from local_aws.lambda_runtime import Configuration, ExecutionEnvironment
from local_aws.packaged_functions import PackagedFunctions, Packages
from tests.integration.lambda_packages.conftest import FUNCTIONS, VARIABLES, Unpacked
from tests.performance.benchmark.events import FIRST_REQUESTS

PEAK_MEMORY_MB = 64
# Handlers that do what ours never do. They stand in a folder of their own, as an unpacked zip would.
MISBEHAVING = """
import os, time

def handler(event, context):
    if event == "crash":
        os._exit(9)
    if event == "hang":
        time.sleep(60)
    if event == "raise":
        raise LookupError("private")
    return [context.aws_request_id, context.get_remaining_time_in_millis() > 0, os.environ["_X_AMZN_TRACE_ID"][:7]]
"""


@pytest.fixture
def log() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def functions(packages: Packages, log: list[tuple[str, str]]) -> Iterator[PackagedFunctions]:
    with EmbeddedDynamoDB() as database:
        variables = {**VARIABLES, "AWS_ENDPOINT_URL_DYNAMODB": database.endpoint}
        functions = PackagedFunctions(packages, FUNCTIONS, variables, lambda name, line: log.append((name, line)))
        yield functions
        functions.stop()


@pytest.fixture
def misbehaving(packages: Packages, tmp_path: Path) -> Iterator[ExecutionEnvironment]:
    (tmp_path / "bad.py").write_text(MISBEHAVING)
    configuration = Configuration("bad", "bad.handler", tmp_path, VARIABLES, timeout_seconds=1)
    environment = ExecutionEnvironment(configuration, packages.runtime, tmp_path, lambda line: None)
    yield environment
    environment.stop()


def test_a_refusal_leaves_a_line_of_json_with_its_fields(
    functions: PackagedFunctions, log: list[tuple[str, str]]
) -> None:
    event = {**FIRST_REQUESTS["create_product"], "body": "{}"}
    answer = json.loads(functions.by_name["create_product"].invoke(json.dumps(event).encode(), "request-1"))
    assert answer["statusCode"] == 400
    functions.stop()
    lines = [json.loads(line) for name, line in log if name == "create_product"]
    [refused] = [line for line in lines if line.get("message") == "request refused"]
    assert (refused["operationId"], refused["status"], refused["level"]) == ("createProduct", 400, "INFO")


def test_a_cold_function_needs_little_memory(functions: PackagedFunctions, log: list[tuple[str, str]]) -> None:
    event = json.dumps(FIRST_REQUESTS["create_product"]).encode()
    functions.by_name["create_product"].invoke(event, "request-1")
    [report] = [json.loads(line)["record"] for _, line in log if "platform.report" in line]
    assert report["metrics"]["maxMemoryUsedMB"] <= PEAK_MEMORY_MB


def test_a_missing_variable_is_an_init_error_that_names_it(
    packages: Packages, unpack: Callable[[str], Unpacked], tmp_path: Path
) -> None:
    log: list[str] = []
    variables = {name: value for name, value in VARIABLES.items() if name != "PRODUCTS_TABLE"}
    code = unpack("get_product").folder
    configuration = Configuration("get_product", "products.handlers.get_product.handler", code, variables)
    environment = ExecutionEnvironment(configuration, packages.runtime, tmp_path, log.append)
    with pytest.raises(FunctionFailed, match="MissingSetting"):
        environment.invoke(b"{}", "request-1")
    assert any("PRODUCTS_TABLE" in line for line in log)


def test_a_handler_has_lambdas_context_and_trace(misbehaving: ExecutionEnvironment) -> None:
    assert json.loads(misbehaving.invoke(b'"answer"', "request-1")) == ["request-1", True, "Root=1-"]


def test_an_exception_is_a_failure_without_its_words(misbehaving: ExecutionEnvironment) -> None:
    with pytest.raises(FunctionFailed, match=r"^LookupError$"):
        misbehaving.invoke(b'"raise"', "request-1")
    assert misbehaving.alive


@pytest.mark.parametrize(("event", "reason"), [(b'"crash"', "exit status 9"), (b'"hang"', "timed out")])
def test_a_crash_or_a_timeout_ends_the_process(misbehaving: ExecutionEnvironment, event: bytes, reason: str) -> None:
    with pytest.raises(FunctionFailed, match=reason):
        misbehaving.invoke(event, "request-1")
    assert not misbehaving.alive
