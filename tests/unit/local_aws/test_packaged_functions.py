from __future__ import annotations

import asyncio
import json
import platform
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from local_aws import CannotStart
from local_aws.functions import FunctionFailed, Functions
from local_aws.lambda_runtime import ExecutionEnvironment, Runtime
from local_aws.packaged_functions import PackagedFunction, PackagedFunctions, Packages, packages_for_this_machine

# In awslambdaric's place: answers every event with itself, the file of the handler, and what is in the environment.
RUNTIME = """
import http.client, json, os, sys
sys.path.insert(0, os.getcwd())
while True:
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    connection.request("GET", "/2018-06-01/runtime/invocation/next")
    answer = connection.getresponse()
    event = json.loads(answer.read())
    __import__(sys.argv[1].rpartition(".")[0])
    told = "no JSON" if event == {} else json.dumps([event, os.environ["TABLE"]])
    path = "/2018-06-01/runtime/invocation/" + answer.headers["Lambda-Runtime-Aws-Request-Id"] + "/response"
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    connection.request("POST", path, told)
    connection.getresponse().read()
"""


class Idle:
    """An environment that answers when it is let, and is alive until it is killed."""

    def __init__(self) -> None:
        self.alive = True
        self.stopped = False
        self.busy = threading.Event()
        self.answers = threading.Event()
        self.answers.set()

    def invoke(self, event: bytes, request_id: str) -> bytes:
        self.busy.set()
        self.answers.wait(10)
        if event == b"crash":
            self.alive = False
            raise FunctionFailed("crash")
        return event

    def stop(self) -> None:
        self.stopped = True


@pytest.fixture
def started() -> list[Idle]:
    return []


def function(started: list[Idle], limit: int = 4) -> PackagedFunction:
    def start() -> ExecutionEnvironment:
        started.append(Idle())
        return cast(ExecutionEnvironment, started[-1])

    return PackagedFunction(start, limit)


def test_an_idle_environment_is_used_again(started: list[Idle]) -> None:
    idle = function(started)
    assert [idle.invoke(b"1", "r-1"), idle.invoke(b"2", "r-2")] == [b"1", b"2"]
    assert len(started) == 1


def test_a_lost_environment_is_replaced(started: list[Idle]) -> None:
    restarted = function(started)
    with pytest.raises(FunctionFailed):
        restarted.invoke(b"crash", "r-1")
    assert restarted.invoke(b"2", "r-2") == b"2"
    assert len(started) == 2


def test_an_environment_that_died_while_idle_is_not_used(started: list[Idle]) -> None:
    idle = function(started)
    idle.invoke(b"1", "r-1")
    started[0].alive = False
    assert idle.invoke(b"2", "r-2") == b"2"


def test_invocations_at_once_have_an_environment_each(started: list[Idle]) -> None:
    busy = function(started)
    busy.invoke(b"0", "r-0")
    started[0].answers.clear()
    started[0].busy.clear()
    other = threading.Thread(target=busy.invoke, args=(b"1", "r-1"))
    other.start()
    assert started[0].busy.wait(10)
    assert busy.invoke(b"2", "r-2") == b"2"
    started[0].answers.set()
    other.join()
    assert len(started) == 2


def test_all_environments_are_stopped(started: list[Idle]) -> None:
    stopped = function(started)
    stopped.invoke(b"1", "r-1")
    stopped.stop()
    assert started[0].stopped


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    with zipfile.ZipFile(tmp_path / "list_things.zip", "w") as archive:
        archive.writestr("things.py", "handler = None")
    package = {"zip": "list_things.zip", "handler": "things.handler"}
    (tmp_path / "packages.json").write_text(json.dumps({"python": "3.11", "functions": {"list_things": package}}))
    return tmp_path


@pytest.fixture
def serve(packages: Path) -> Iterator[Callable[..., PackagedFunctions]]:
    (packages / "libraries" / "awslambdaric").mkdir(parents=True)
    (packages / "libraries" / "awslambdaric" / "__main__.py").write_text(RUNTIME)
    served = []

    def serve(*names: str) -> PackagedFunctions:
        runtime = Runtime(Path(sys.executable), packages / "libraries")
        served.append(PackagedFunctions(Packages(packages, runtime), names, {"TABLE": "t"}, lambda name, line: None))
        return served[-1]

    yield serve
    for functions in served:
        functions.stop()


def invoke(functions: PackagedFunctions, event: dict[str, Any]) -> object:
    by_name = Functions(lambda function_arn, source_arn: functions.by_name[function_arn])
    return asyncio.run(by_name.invoke("list_things", event, "r-1", "caller"))


def test_a_function_runs_from_its_zip(serve: Callable[..., PackagedFunctions]) -> None:
    assert invoke(serve("list_things"), {"path": "/things"}) == [{"path": "/things"}, "t"]


def test_an_answer_that_is_no_json_is_a_failure(serve: Callable[..., PackagedFunctions]) -> None:
    with pytest.raises(FunctionFailed, match=r"Runtime\.MarshalError"):
        invoke(serve("list_things"), {})


def test_a_function_without_a_package_stops_the_start(serve: Callable[..., PackagedFunctions]) -> None:
    with pytest.raises(CannotStart, match="holds no package of get_thing"):
        serve("get_thing")


def test_a_folder_without_packages_stops_the_start(serve: Callable[..., PackagedFunctions], packages: Path) -> None:
    (packages / "packages.json").unlink()
    with pytest.raises(CannotStart, match="holds no package"):
        serve("list_things")


def test_only_linux_runs_what_lambda_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    with pytest.raises(CannotStart, match="leave --packaged out"):
        packages_for_this_machine(tmp_path, tmp_path)


def test_a_checkout_that_cannot_be_packaged_cannot_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    with pytest.raises(CannotStart, match="There are no packages to serve: Lambda runs on no riscv64"):
        packages_for_this_machine(tmp_path, tmp_path)
