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

from local_aws.functions import FunctionFailed, FunctionMissing, InProcessFunctions, LambdaContext, snake_case

Install = Callable[[Callable[[dict[str, Any], LambdaContext], object]], InProcessFunctions]


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Install:
    def install(handler: Callable[[dict[str, Any], LambdaContext], object]) -> InProcessFunctions:
        module = ModuleType("stubs_list_things")
        module.handler = handler  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "stubs_list_things", module)
        return InProcessFunctions("stubs_{function}.handler", ["listThings"])

    return install


def invoke(functions: InProcessFunctions, event: dict[str, Any] | None = None) -> object:
    return asyncio.run(functions.invoke("listThings", event or {}, "r-1"))


@pytest.mark.parametrize(("name", "snake"), [("listProducts", "list_products"), ("get", "get"), ("aBC", "a_b_c")])
def test_an_operation_names_its_function_in_snake_case(name: str, snake: str) -> None:
    assert snake_case(name) == snake


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
        return await asyncio.gather(*(functions.invoke("listThings", {}, "r") for _ in range(2)))

    assert asyncio.run(two()) == [True, True]


@pytest.mark.parametrize("name", ["no_such_module_{function}.handler", "json.{function}"])
def test_a_missing_handler_stops_the_start_and_is_named(name: str) -> None:
    with pytest.raises(FunctionMissing, match="list_things"):
        InProcessFunctions(name, ["listThings"])
