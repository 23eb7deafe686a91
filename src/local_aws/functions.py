"""`Functions`: the Lambda service as API Gateway calls it. A function has an ARN, takes an event and answers.

What runs a function is an `InProcessFunction`, or a `packaged_functions.PackagedFunction` in processes of its own.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import logging
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from local_aws import ACCOUNT, CannotStart

TIMEOUT_SECONDS = 30
CONCURRENT_INVOCATIONS = 64

Event = dict[str, Any]

logger = logging.getLogger(__name__)


class FunctionFailed(Exception):
    """Exception for a function that raised, or whose answer is no JSON. The message says which, without values."""


class InvokeForbidden(Exception):
    """Exception for a caller whom the function's resource policy does not let in."""


class InvokeFailed(Exception):
    """Exception for a function that Lambda did not run: there is none, or it has no capacity left."""


class Function(Protocol):
    """A function that can be run, by several threads at once."""

    def invoke(self, event: bytes, request_id: str) -> bytes:
        """The answer to an event; both are JSON. Raises FunctionFailed."""


FindFunction = Callable[[str, str], Function]
"""From a function's ARN and its caller's to what runs it. Raises InvokeFailed, InvokeForbidden."""


class Functions:
    """The functions that `find` knows, `at_once` invocations at a time, each in a thread of its own. The rest wait."""

    def __init__(self, find: FindFunction, at_once: int = CONCURRENT_INVOCATIONS) -> None:
        self._find = find
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="function")

    async def invoke(self, function_arn: str, event: Event, request_id: str, source_arn: str) -> object:
        """The answer, as JSON makes it, of the function with this ARN, which may end in an alias.

        `source_arn` names who calls; a function's resource policy may refuse that.

        Raises:
            FunctionFailed: it ran and gave no answer.
            InvokeForbidden: its resource policy refuses this caller.
            InvokeFailed: it did not run.
        """
        body = json.dumps(event, allow_nan=False).encode()

        def run() -> bytes:
            return self._find(function_arn, source_arn).invoke(body, request_id)

        answer = await asyncio.get_running_loop().run_in_executor(self._threads, run)
        try:
            return json.loads(answer)
        except ValueError:
            raise FunctionFailed("Runtime.MarshalError") from None

    def stop(self) -> None:
        """Lets running invocations end, and begins no other."""
        self._threads.shutdown(cancel_futures=True)


class LambdaContext:
    """The second argument of a handler: https://docs.aws.amazon.com/lambda/latest/dg/python-context.html."""

    function_version = "$LATEST"
    memory_limit_in_mb = "256"
    identity = None
    client_context = None
    log_stream_name = "local"

    def __init__(self, function_name: str, request_id: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.function_name = function_name
        self.aws_request_id = request_id
        self.invoked_function_arn = f"arn:aws:lambda:local:{ACCOUNT}:function:{function_name}"
        self.log_group_name = f"/aws/lambda/{function_name}"
        self._clock = clock
        self._deadline = clock() + TIMEOUT_SECONDS

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self._deadline - self._clock()) * 1000))


class InProcessFunction:
    """A handler of this interpreter. Nothing but JSON goes in and comes back, as on AWS."""

    def __init__(self, name: str, handler: str) -> None:
        """Imports `handler`, such as `package.module.handler`, so that a missing one stops the start and no request.

        Raises CannotStart.
        """
        self._name = name
        module, _, attribute = handler.rpartition(".")
        try:
            self._handler: Callable[[Event, LambdaContext], object] = getattr(
                importlib.import_module(module), attribute
            )
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            raise CannotStart(f"The handler {handler} cannot be loaded ({reason}).") from error

    def invoke(self, event: bytes, request_id: str) -> bytes:
        try:
            answer = self._handler(json.loads(event), LambdaContext(self._name, request_id))
            return json.dumps(answer, allow_nan=False).encode()
        except Exception as error:
            stack = traceback.extract_tb(error.__traceback__)
            frames = [f"{each.filename}:{each.lineno} {each.name}" for each in stack]
            fields = {"function": self._name, "requestId": request_id, "frames": frames}
            logger.error("the function failed", extra=fields)
            raise FunctionFailed(type(error).__name__) from None
