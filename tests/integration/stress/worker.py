"""The functions in a process of their own, one that can be killed at any moment."""

from __future__ import annotations

import multiprocessing
import os
import signal
from functools import partialmethod
from multiprocessing.connection import Client, Connection, Listener
from typing import Any, cast

from products import dynamodb
from tests.integration.products.api import REGION, Answer, Api, Table
from tests.integration.stress.witness import NoAnswer

_processes = multiprocessing.get_context("spawn")


class Worker:
    """A catalogue to call: each call is carried out by the process, which is replaced when it has died.

    Another process, which has composed the functions and does nothing with them, makes each by forking: a process that
    starts from nothing takes a second. A context manager: all processes end with the `with` block.
    """

    def __init__(self, table: str, endpoint: str) -> None:
        address, theirs = _processes.Pipe(duplex=False)
        self._parent = _processes.Process(target=_multiply, args=(table, endpoint, theirs), daemon=True)
        self._parent.start()
        theirs.close()
        with address:
            self._address = cast("tuple[str, int]", address.recv())
        self._start()

    def kill(self) -> None:
        os.kill(self._pid, signal.SIGKILL)

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self._pipe.close()
        self._parent.terminate()
        self._parent.join()

    def _start(self) -> None:
        self._pipe = Client(self._address)
        self._pid = cast("int", self._pipe.recv())

    def _call(self, operation: str, *arguments: Any, **named: Any) -> Answer:
        try:
            self._pipe.send((operation, arguments, named))
            return cast("Answer", self._pipe.recv())
        except (EOFError, OSError):
            self._pipe.close()
            self._start()
            raise NoAnswer from None

    list = partialmethod(_call, "list")
    get = partialmethod(_call, "get")
    create = partialmethod(_call, "create")
    update = partialmethod(_call, "update")
    delete = partialmethod(_call, "delete")


def _multiply(table: str, endpoint: str, address: Connection) -> None:
    """Tells where it listens, and forks for every connection."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # Nobody asks how they ended.
    os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = endpoint
    api = Api(Table(dynamodb.connect(REGION), table))
    with Listener(("127.0.0.1", 0)) as listener:
        address.send(listener.address)
        while True:
            with listener.accept() as pipe:
                if os.fork() == 0:
                    listener.close()
                    _work(pipe, api)


def _work(pipe: Connection, api: Api) -> None:
    pipe.send(os.getpid())
    while True:
        try:
            operation, arguments, named = pipe.recv()
        except EOFError:
            os._exit(0)
        pipe.send(getattr(api, operation)(*arguments, **named))
