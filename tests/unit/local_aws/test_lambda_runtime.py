from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local_aws.functions import FunctionFailed
from local_aws.lambda_runtime import Configuration, ExecutionEnvironment, Log, Runtime

# In awslambdaric's place: the same protocol in few lines. Its one argument is the handler: here, what to do.
RUNTIME = """
import http.client, json, os, sys, time

def call(method, path, body=None, headers={}):
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    connection.request(method, "/2018-06-01/runtime" + path, body, headers)
    answer = connection.getresponse()
    return answer, answer.read()

deed = sys.argv[1]
print("starting", flush=True)
if deed == "fails to load":
    call("POST", "/init/error", json.dumps({"errorType": "Runtime.ImportModuleError", "errorMessage": "private"}))
    sys.exit(1)
if deed == "dies at once":
    sys.exit(4)
while True:
    answer, event = call("GET", "/invocation/next")
    asked = json.loads(event)
    path = "/invocation/" + answer.headers["Lambda-Runtime-Aws-Request-Id"]
    if asked == "raise":
        call("POST", path + "/error", json.dumps({"errorType": "ValueError", "errorMessage": "private"}))
    elif asked == "crash":
        os._exit(3)
    elif asked == "hang":
        time.sleep(60)
    elif asked == "eat":
        eaten = b"x" * 200_000_000
        time.sleep(60)
    elif asked == "tell":
        told = {"variables": dict(os.environ), "headers": dict(answer.headers), "pid": os.getpid(), "cwd": os.getcwd()}
        call("POST", path + "/response", json.dumps(told))
    elif asked == "print much":
        print("much\\n" * 20 + "and an end", end="", flush=True)
        call("POST", path + "/response", "1")
    elif asked == "answer another request":
        call("POST", "/invocation/another/response", "1")
        call("POST", path + "/response", "2")
    elif asked == "say too much":
        call("POST", path + "/response", " " * (6 * 1024 * 1024 + 1))
"""
Starts = Callable[..., ExecutionEnvironment]


@pytest.fixture
def log() -> list[str]:
    return []


@pytest.fixture
def start(tmp_path: Path, log: list[str]) -> Iterator[Starts]:
    (tmp_path / "libraries" / "awslambdaric").mkdir(parents=True)
    (tmp_path / "libraries" / "awslambdaric" / "__main__.py").write_text(RUNTIME)
    (tmp_path / "code").mkdir()
    started = []

    def start(handler: str = "waits", log: Log = log.append, **options: Any) -> ExecutionEnvironment:
        variables = {"AWS_REGION": "af-south-1", "OWN": "1", "_HANDLER": "not to be set"}
        configuration = Configuration("spoon", handler, tmp_path / "code", variables, **options)
        runtime = Runtime(Path(sys.executable), tmp_path / "libraries")
        started.append(ExecutionEnvironment(configuration, runtime, tmp_path, log))
        return started[-1]

    yield start
    for environment in started:
        environment.stop()


def ask(environment: ExecutionEnvironment, asked: str) -> Any:
    return json.loads(environment.invoke(json.dumps(asked).encode(), "request-1"))


def test_a_function_sees_lambdas_variables_and_its_own(start: Starts, tmp_path: Path) -> None:
    told = ask(start(), "tell")
    assert (
        told["variables"]
        | {
            "AWS_LAMBDA_FUNCTION_NAME": "spoon",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
            "AWS_REGION": "af-south-1",
            "AWS_DEFAULT_REGION": "af-south-1",
            "LAMBDA_TASK_ROOT": str(tmp_path / "code"),
            "OWN": "1",
            "_HANDLER": "waits",
        }
        == told["variables"]
    )
    assert told["cwd"] == str(tmp_path / "code")


def test_a_function_sees_nothing_of_this_process(start: Starts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIRTUAL_ENV", "somewhere")
    monkeypatch.setenv("AWS_PROFILE", "somebody")
    variables = ask(start(), "tell")["variables"]
    assert not {"VIRTUAL_ENV", "AWS_PROFILE"} & variables.keys()


def test_an_invocation_carries_id_deadline_arn_and_trace(start: Starts) -> None:
    headers = ask(start(timeout_seconds=20), "tell")["headers"]
    assert headers["Lambda-Runtime-Aws-Request-Id"] == "request-1"
    assert headers["Lambda-Runtime-Invoked-Function-Arn"] == "arn:aws:lambda:af-south-1:000000000000:function:spoon"
    assert headers["Lambda-Runtime-Deadline-Ms"].isdecimal()
    assert headers["Lambda-Runtime-Trace-Id"].startswith("Root=1-")


def test_one_process_answers_again_and_again(start: Starts) -> None:
    environment = start()
    assert ask(environment, "tell")["pid"] == ask(environment, "tell")["pid"]


def test_a_handler_that_raises_fails_by_its_type_and_keeps_its_process(start: Starts) -> None:
    environment = start()
    with pytest.raises(FunctionFailed, match=r"^ValueError$"):
        ask(environment, "raise")
    assert ask(environment, "tell")["variables"]["OWN"] == "1"


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ("crash", "Runtime.ExitError: Runtime exited with exit status 3"),
        ("eat", "Runtime.OutOfMemory: Runtime exited with signal: killed"),
        ("hang", "Sandbox.Timedout: Task timed out"),
    ],
)
def test_a_process_is_lost_by(start: Starts, asked: str, reason: str) -> None:
    environment = start(memory_mb=128, timeout_seconds=0.5 if asked == "hang" else 30)
    with pytest.raises(FunctionFailed, match=f"^{reason}$"):
        ask(environment, asked)
    assert not environment.alive


@pytest.mark.parametrize(
    ("handler", "reason"), [("fails to load", "Runtime.ImportModuleError"), ("dies at once", "Runtime.ExitError")]
)
def test_a_function_that_cannot_start_fails_its_first_invocation(start: Starts, handler: str, reason: str) -> None:
    environment = start(handler)
    with pytest.raises(FunctionFailed, match=reason):
        ask(environment, "tell")
    assert not environment.alive


def test_an_answer_to_another_request_is_not_taken(start: Starts) -> None:
    assert ask(start(), "answer another request") == 2


def test_an_answer_beyond_lambdas_limit_is_a_failure(start: Starts) -> None:
    with pytest.raises(FunctionFailed, match=r"^Function\.ResponseSizeTooLarge$"):
        ask(start(), "say too much")


def test_what_a_function_writes_is_logged_and_each_invocation_reported(start: Starts, log: list[str]) -> None:
    environment = start()
    ask(environment, "tell")
    ask(environment, "tell")
    environment.stop()
    assert "starting" in log
    first, second = [json.loads(line)["record"] for line in log if line.startswith("{")]
    assert (first["requestId"], first["status"]) == ("request-1", "success")
    assert "initDurationMs" in first["metrics"]
    assert "initDurationMs" not in second["metrics"]


def test_a_report_follows_all_that_was_printed_before_the_answer(start: Starts) -> None:
    log: list[str] = []

    def log_slowly(line: str) -> None:
        threading.Event().wait(0.01)
        log.append(line)

    environment = start(log=log_slowly)
    ask(environment, "print much")
    assert log.count("much") == 20
    assert "platform.report" in log[-1]
    environment.stop()
    assert log[-1] == "and an end"


@pytest.mark.parametrize("handler", ["fails to load", "dies at once"])
def test_a_function_that_cannot_start_is_reported_as_failed(start: Starts, log: list[str], handler: str) -> None:
    with pytest.raises(FunctionFailed):
        ask(start(handler), "tell")
    [report] = [json.loads(line)["record"] for line in log if line.startswith("{")]
    assert report["requestId"] == "request-1"
    assert report["status"] != "success"
