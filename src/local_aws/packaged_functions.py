"""Functions served from their zips, each in processes of its own."""

from __future__ import annotations

import asyncio
import json
import threading
import zipfile
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from local_aws.functions import CONCURRENT_INVOCATIONS, FunctionFailed, FunctionMissing, snake_case
from local_aws.lambda_process import Configuration, Runtime
from local_aws.lambda_runtime import Environment
from local_aws.proxy_event import Event

# As many processes a function as a laptop bears; on AWS this is the reserved concurrency.
ENVIRONMENTS = 4

Log = Callable[[str, str], None]


class PackagedFunction:
    """One function: an invocation takes an idle environment or a new one, or waits for one of the last."""

    def __init__(self, start: Callable[[], Environment], limit: int = ENVIRONMENTS) -> None:
        self._start = start
        self._idle: list[Environment] = []
        self._all: list[Environment] = []
        self._slots = threading.BoundedSemaphore(limit)

    def invoke(self, event: bytes, request_id: str) -> bytes:
        """Raises FunctionFailed."""
        with self._slots:
            environment = self._take()
            try:
                return environment.invoke(event, request_id)
            finally:
                self._idle.append(environment)

    def stop(self) -> None:
        for environment in self._all:
            environment.stop()

    def _take(self) -> Environment:
        while self._idle:
            environment = self._idle.pop()
            if environment.alive:
                return environment
        environment = self._start()
        self._all.append(environment)
        return environment


class PackagedFunctions:
    """The functions of one folder of zips and their manifest, as lambda_packages builds them."""

    def __init__(
        self, folder: Path, operation_ids: Iterable[str], runtime: Runtime, variables: Mapping[str, str], log: Log
    ) -> None:
        """Unpacks every zip; starts no process before it is called for. Raises FunctionMissing."""
        with ExitStack() as resources:
            scratch = Path(resources.enter_context(TemporaryDirectory(prefix="functions-")))
            self._functions = {
                operation_id: _function(_unpacked(folder, snake_case(operation_id), scratch, variables), runtime, log)
                for operation_id in operation_ids
            }
            for function in self._functions.values():
                resources.callback(function.stop)
            self._threads = ThreadPoolExecutor(CONCURRENT_INVOCATIONS, thread_name_prefix="function")
            self._resources = resources.pop_all()

    async def invoke(self, operation_id: str, event: Event, request_id: str) -> object:
        loop = asyncio.get_running_loop()
        function = self._functions[operation_id]
        body = json.dumps(event, allow_nan=False).encode()
        return _as_json(await loop.run_in_executor(self._threads, function.invoke, body, request_id))

    def stop(self) -> None:
        """Ends every process and forgets the unpacked zips."""
        self._resources.close()
        self._threads.shutdown()


def _unpacked(folder: Path, name: str, scratch: Path, variables: Mapping[str, str]) -> Configuration:
    try:
        manifest = json.loads((folder / "packages.json").read_bytes())
        package = manifest["functions"][name]
        with zipfile.ZipFile(folder / package["zip"]) as archive:
            archive.extractall(scratch / name)
    except (OSError, KeyError) as error:
        raise FunctionMissing(f"{folder} holds no package of {name}: {error}") from error
    return Configuration(name, package["handler"], scratch / name, variables, manifest["python"])


def _function(configuration: Configuration, runtime: Runtime, log: Log) -> PackagedFunction:
    home = configuration.code.with_name(f"{configuration.name}.home")
    home.mkdir()

    def start() -> Environment:
        return Environment(configuration, runtime, home, lambda line: log(configuration.name, line))

    return PackagedFunction(start)


def _as_json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        raise FunctionFailed("Runtime.MarshalError") from None
