"""The Lambda service as its callers see it: invoke a function by its operation, get its answer.

In process now: one interpreter runs every handler, each invocation in a thread of its own.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import logging
import re
import time
import traceback
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from local_aws.errors import CannotStart
from local_aws.proxy_event import ACCOUNT, Event

Handler = Callable[[Event, "LambdaContext"], object]
TIMEOUT_SECONDS = 30
CONCURRENT_INVOCATIONS = 64

logger = logging.getLogger(__name__)


class FunctionFailed(Exception):
    """The function raised, or its answer is no JSON. The message says which, without values."""


class FunctionMissing(CannotStart):
    """There is no such function, or it cannot be loaded."""


class Functions(Protocol):
    """Where functions run."""

    async def invoke(self, operation_id: str, event: Event, request_id: str) -> object:
        """The answer, as JSON makes it. Raises FunctionFailed."""


class LambdaContext:
    """The second argument of a handler: https://docs.aws.amazon.com/lambda/latest/dg/python-context.html."""

    function_version = "$LATEST"
    memory_limit_in_mb = "256"
    identity = None
    client_context = None

    def __init__(self, function_name: str, request_id: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.function_name = function_name
        self.aws_request_id = request_id
        self.invoked_function_arn = f"arn:aws:lambda:local:{ACCOUNT}:function:{function_name}"
        self.log_group_name = f"/aws/lambda/{function_name}"
        self.log_stream_name = "local"
        self._clock = clock
        self._deadline = clock() + TIMEOUT_SECONDS

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self._deadline - self._clock()) * 1000))


class InProcessFunctions:
    """Handlers of this interpreter, found by name.

    `handler_name` is a template such as `package.{function}.handler`; `function` is the operationId in snake case.
    """

    def __init__(self, handler_name: str, operation_ids: Iterable[str]) -> None:
        """Imports every handler, so that a missing one stops the start and not a request. Raises FunctionMissing."""
        self._handlers = {each: _load(handler_name.format(function=snake_case(each))) for each in operation_ids}
        self._threads = ThreadPoolExecutor(CONCURRENT_INVOCATIONS, thread_name_prefix="function")

    async def invoke(self, operation_id: str, event: Event, request_id: str) -> object:
        context = LambdaContext(snake_case(operation_id), request_id)
        handler = self._handlers[operation_id]
        return await asyncio.get_running_loop().run_in_executor(self._threads, _call, handler, event, context)


def snake_case(name: str) -> str:
    """`listProducts` is `list_products`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _load(name: str) -> Handler:
    module, _, attribute = name.rpartition(".")
    try:
        handler: Handler = getattr(importlib.import_module(module), attribute)
    except Exception as error:
        raise FunctionMissing(f"The handler {name} cannot be loaded ({type(error).__name__}: {error}).") from error
    return handler


def _call(handler: Handler, event: Event, context: LambdaContext) -> object:
    """Event and answer cross as JSON, as they do on AWS: nothing is shared, and nothing but JSON comes back."""
    try:
        return _as_json(handler(_as_json(event), context))
    except Exception as error:
        frames = [f"{each.filename}:{each.lineno} {each.name}" for each in traceback.extract_tb(error.__traceback__)]
        logger.error(
            "the function failed",
            extra={"function": context.function_name, "requestId": context.aws_request_id, "frames": frames},
        )
        raise FunctionFailed(type(error).__name__) from None


def _as_json(value: object) -> Any:
    return json.loads(json.dumps(value, allow_nan=False))
