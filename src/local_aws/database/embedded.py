"""moto's DynamoDB behind an HTTP endpoint of this process. Data lives in memory.

moto is patched so that a write costs as much in a large table as in a small one.
tests/unit/local_aws/test_moto_patches.py fails when moto no longer needs one of the patches.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from moto.core.request import Request
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler
from werkzeug.wrappers import Response

from local_aws.database import Database
from local_aws.server import WsgiServer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Transact = Callable[[DynamoDBBackend, list[dict[str, Any]]], None]


class EmbeddedDynamoDB(Database):
    """A DynamoDB endpoint on loopback, on a free port.

    moto keeps its tables per process, so two of these in one process share them.
    """

    def __init__(self) -> None:
        self._server: WsgiServer | None = None
        self._running = ExitStack()

    @property
    def endpoint(self) -> str:
        if self._server is None:
            raise RuntimeError("the embedded database is not running")
        return self._server.url

    def launch(self) -> None:
        self._running.enter_context(patched())
        self._server = self._running.enter_context(WsgiServer(_application, "embedded-dynamodb"))

    def wait(self) -> None:
        """Nothing to wait for: the socket listens from the launch on."""

    def stop(self) -> None:
        self._server = None
        self._running.close()


class _WireRequest(Request):
    from_wsgi_server = True


_one_at_a_time = Lock()  # moto reads and writes its tables without locks of its own.


def _application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    request = _WireRequest(environ)
    request.get_data()
    with _one_at_a_time:
        status, headers, body = DynamoHandler.dispatch(request, request.url, request.headers)
    return Response(body, status, headers)(environ, start_response)


@contextmanager
def patched() -> Iterator[None]:
    """moto with the patches, inside the `with` block."""
    transact = _undone_item_by_item(DynamoDBBackend.transact_write_items)
    cast_value = vars(DynamoType)["cast_value"]
    quick_for_texts = property(lambda self: self.value if self.type == "S" else cast_value.__get__(self))
    with (
        patch.object(DynamoDBBackend, "transact_write_items", transact),
        patch.object(Item, "instances_tracked", _Forgetful()),
        patch.object(Table, "sorted_items", _sorted_items),
        patch.object(Table, "all_items", _all_items),
        patch.object(DynamoType, "cast_value", quick_for_texts),
    ):
        yield


class _Forgetful(list[Item]):
    """Stands for the list in which moto remembers every item that it ever made, replaced ones too."""

    def append(self, item: Item) -> None:
        pass


# moto compares objects of its own, in Python, for every page of a query. Their values alone have the same order.


def _sorted_items(self: Table, hash_keys: list[str], range_keys: list[str | None], items: list[Item]) -> list[Item]:
    names = self._generate_attr_to_sort_by(hash_keys, range_keys)
    return sorted(items, key=lambda item: [item.attrs[name].cast_value for name in names])


def _all_items(self: Table) -> list[Item]:
    if self.range_key_attr is None:
        found: list[Any] = list(self.items.values())
        return sorted(found, key=lambda item: item.hash_key.cast_value)
    found = [item for of_one_key in self.items.values() for item in of_one_key.values()]
    return sorted(found, key=lambda item: (item.hash_key.cast_value, item.range_key.cast_value))


def _undone_item_by_item(transact_write_items: Transact) -> Transact:
    """moto copies the whole table for each action, to have the copy back when the transaction fails.

    The copy is left out here, and the items that the transaction names are put back instead.
    """

    @functools.wraps(transact_write_items)
    def transact(self: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
        undo = [each for action in transact_items for operation in action.values() for each in _undo(self, operation)]
        try:
            with patch.object(Table, "__deepcopy__", lambda table, memo: table, create=True):
                transact_write_items(self, transact_items)
        except Exception:
            for each in undo:
                each()
            raise

    return transact


def _undo(backend: DynamoDBBackend, operation: dict[str, Any]) -> Iterator[Callable[[], None]]:
    """Yields what puts the item of an action back as it is now; nothing if it names none, and so will be refused."""
    table, key = backend.tables.get(operation.get("TableName", "")), operation.get("Key") or operation.get("Item") or {}
    names = [] if table is None else [name for name in (table.hash_key_attr, table.range_key_attr) if name]
    if table is None or not names or not all(name in key for name in names):
        return
    hash_key, range_key = (DynamoType(key[name]) if name else None for name in [*names, None][:2])
    assert hash_key is not None
    before = copy.deepcopy(table.get_item(hash_key, range_key))

    def undo() -> None:
        if before is None:
            table.delete_item(hash_key, range_key)
        elif range_key is None:
            table.items[hash_key] = before  # type: ignore[assignment]
        else:
            table.items[hash_key][range_key] = before

    yield undo
