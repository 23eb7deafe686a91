from __future__ import annotations

import asyncio
import logging
import sys
import threading
from collections.abc import Callable
from decimal import Decimal
from types import ModuleType
from typing import Any

import pytest

from local_aws import CannotStart
from local_aws.functions import FunctionFailed, Functions, InProcessFunction, LambdaContext

Install = Callable[[Callable[[dict[str, Any], LambdaContext], object]], Functions]


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Install:
    def install(handler: Callable[[dict[str, Any], LambdaContext], object]) -> Functions:
        module = ModuleType("stubs_list_things")
        module.handler = handler  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "stubs_list_things", module)
        function = InProcessFunction("list_things", "stubs_list_things.handler")
        return Functions(lambda function_arn, source_arn: function)

    return install


FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:list_things:live"
CALLER = "arn:aws:execute-api:eu-west-1:123456789012:api1/dev/GET/things"


def invoke(functions: Functions, event: dict[str, Any] | None = None) -> object:
    return asyncio.run(functions.invoke(FUNCTION, event or {}, "r-1", CALLER))


def test_a_function_is_found_by_its_arn_and_its_callers() -> None:
    asked: list[str] = []

    class Answering:
        def invoke(self, event: bytes, request_id: str) -> bytes:
            return event

    def find(*arns: str) -> Answering:
        asked.extend(arns)
        return Answering()

    assert invoke(Functions(find), {"a": 1}) == {"a": 1}
    assert asked == [FUNCTION, CALLER]


def test_an_answer_that_no_json_parser_takes_is_a_failure() -> None:
    class Crooked:
        def invoke(self, event: bytes, request_id: str) -> bytes:
            return b"{"

    with pytest.raises(FunctionFailed, match=r"Runtime\.MarshalError"):
        invoke(Functions(lambda function_arn, source_arn: Crooked()))


def test_a_handler_gets_the_event_and_a_context(install: Install) -> None:
    functions = install(lambda event, context: [event, context.function_name, context.aws_request_id])
    assert invoke(functions, {"a": 1}) == [{"a": 1}, "list_things", "r-1"]


def test_the_time_left_runs_out_and_stops_at_zero() -> None:
    times = iter([100.0, 101.5, 999.0])
    context = LambdaContext("f", "r", lambda: next(times))
    assert [context.get_remaining_time_in_millis(), context.get_remaining_time_in_millis()] == [28_500, 0]


def test_nothing_is_shared_with_the_handler(install: Install) -> None:
    event = {"map": {"a": 1}}
    invoke(install(lambda event, context: event["map"].clear()), event)
    assert event == {"map": {"a": 1}}


@pytest.mark.parametrize("answer", [Decimal(1), object(), float("nan")])
def test_an_answer_that_is_no_json_is_a_failure(install: Install, answer: object) -> None:
    with pytest.raises(FunctionFailed):
        invoke(install(lambda event, context: answer))


def test_a_failure_is_logged_with_its_frames_and_without_its_message(
    install: Install, caplog: pytest.LogCaptureFixture
) -> None:
    def handler(event: dict[str, Any], context: LambdaContext) -> object:
        raise RuntimeError("secret value")

    with caplog.at_level(logging.ERROR), pytest.raises(FunctionFailed, match="RuntimeError"):
        invoke(install(handler))
    assert caplog.records[0].__dict__["frames"][-1].endswith(" handler")
    assert "secret value" not in str(vars(caplog.records[0]))


def test_invocations_run_side_by_side(install: Install) -> None:
    both = threading.Barrier(2, timeout=10)
    functions = install(lambda event, context: both.wait() >= 0)

    async def two() -> list[object]:
        return await asyncio.gather(*(functions.invoke(FUNCTION, {}, "r", CALLER) for _ in range(2)))

    assert asyncio.run(two()) == [True, True]


@pytest.mark.parametrize("handler", ["no_such_module_list_things.handler", "json.list_things"])
def test_a_missing_handler_stops_the_start_and_is_named(handler: str) -> None:
    with pytest.raises(CannotStart, match="list_things"):
        InProcessFunction("f", handler)
