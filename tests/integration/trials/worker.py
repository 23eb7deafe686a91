"""The functions in a process of their own, one that can be killed at any moment."""

from __future__ import annotations

import multiprocessing
import os
from functools import partialmethod
from multiprocessing.connection import Connection
from typing import Any, cast

from products import dynamodb
from tests.integration.products.api import REGION, Answer, Api, Table
from tests.integration.trials.witness import NoAnswer

# A fork of a process that has imported everything and has no threads.
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([__name__])


class Worker:
    """A catalogue to call: each call is carried out by the process, which is started anew when it has died.

    A context manager: the process ends with the `with` block.
    """

    def __init__(self, table: str, endpoint: str) -> None:
        self._arguments = (table, endpoint)
        self._start()

    @property
    def pid(self) -> int:
        return cast("int", self._process.pid)

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def _stop(self) -> None:
        self._pipe.close()
        self._process.join()

    def _start(self) -> None:
        self._pipe, theirs = _processes.Pipe()
        self._process = _processes.Process(target=_work, args=(theirs, *self._arguments))
        self._process.start()
        theirs.close()

    def _call(self, operation: str, *arguments: Any, **named: Any) -> Answer:
        try:
            self._pipe.send((operation, arguments, named))
            return cast("Answer", self._pipe.recv())
        except (EOFError, OSError):
            self._stop()
            self._start()
            raise NoAnswer from None

    list = partialmethod(_call, "list")
    get = partialmethod(_call, "get")
    create = partialmethod(_call, "create")
    update = partialmethod(_call, "update")
    delete = partialmethod(_call, "delete")


def _work(pipe: Connection, table: str, endpoint: str) -> None:
    os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = endpoint
    client = dynamodb.connect(REGION)
    api = Api(Table(client, table))
    while True:
        try:
            operation, arguments, named = pipe.recv()
        except EOFError:
            return
        pipe.send(getattr(api, operation)(*arguments, **named))
