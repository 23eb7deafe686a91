"""Patches for moto's DynamoDB: a write costs as much in a large table as in a small one.

tests/unit/local_aws/test_moto_patches.py fails when moto no longer needs one of them.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table

Transact = Callable[[DynamoDBBackend, list[dict[str, Any]]], None]
Undo = Callable[[], None]


@contextmanager
def patched() -> Iterator[None]:
    """moto with the patches, inside the `with` block."""
    with ExitStack() as patches:
        transact = _undone_item_by_item(DynamoDBBackend.transact_write_items)
        patches.enter_context(patch.object(DynamoDBBackend, "transact_write_items", transact))
        patches.enter_context(patch.object(Item, "instances_tracked", _Forgetful()))
        patches.enter_context(patch.object(Table, "sorted_items", _sorted_items))
        patches.enter_context(patch.object(Table, "all_items", _all_items))
        patches.enter_context(patch.object(DynamoType, "cast_value", _quick_for_texts(vars(DynamoType)["cast_value"])))
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


def _quick_for_texts(cast_value: property) -> property:
    def value(self: DynamoType) -> Any:
        return self.value if self.type == "S" else cast_value.__get__(self)

    return property(value)


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


def _undo(backend: DynamoDBBackend, operation: dict[str, Any]) -> Iterator[Undo]:
    """What puts the action's item back as it is now. An action that names none is refused before it writes."""
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
