"""Each function calls on DynamoDB what generated/handler_permissions.json says: no more, and no less.

The tests of an operation that is not here have a function `make_every_call`, in whatever module they are.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from pathlib import Path
from typing import Any

from rehearsal.iam import Need, needs
from tests.integration.products.api import ENTRY, OPERATIONS, Api, Table
from tests.integration.products.faults import Faulty, answer_lost

PERMISSIONS = json.loads((Path(__file__).parents[3] / "generated/handler_permissions.json").read_bytes())
MAKE_CALLS = "make_every_call"
MODULES = {operation["module"]: operation["operationId"] for operation in OPERATIONS}

_calling: ContextVar[str | None] = ContextVar("calling", default=None)
Recorded = set[tuple[str, Need]]


def test_what_the_functions_call_is_what_their_roles_may(table: Table, faulty: Faulty) -> None:
    with _recorded(table) as calls:
        api = _told_apart(Api(table))
        _create(api)
        _read(api)
        _update(api, table)
        _delete(api, table)
        _lose_answers(api, faulty)
        for path in sorted(Path(__file__).parent.glob("test_*.py")):
            if f"def {MAKE_CALLS}(" in path.read_text():
                getattr(import_module(f"{__package__}.{path.stem}"), MAKE_CALLS)(api, table)
    assert _by_function(calls, table.name) == _declared()


def _create(api: Api) -> None:
    assert api.create().status == 201
    assert api.create().status == 409
    keyed: dict[str, Any] = {"Idempotency_Key": "1"}
    other = {**ENTRY, "name": "Business"}
    assert api.create(other, **keyed).status == 201
    assert api.create(other, **keyed).headers["Idempotent-Replayed"] == "true"
    assert api.create(ENTRY, **keyed).status == 422


def _read(api: Api) -> None:
    first = api.list(limit=1)
    assert api.list(limit=1, nextToken=first.body["nextToken"]).status == 200
    found = api.get(first.body["products"][0]["productId"])
    if_none_match: dict[str, Any] = {"If_None_Match": found.etag}
    assert api.get(found.product["productId"], **if_none_match).status == 304
    assert api.get("PROD-404").status == 404


def _update(api: Api, table: Table) -> None:
    product_id = api.create({**ENTRY, "name": "To change"}).product["productId"]
    if_match: dict[str, Any] = {"If_Match": '"1"'}
    assert api.update(product_id, {"price": 1}, **if_match).status == 200
    assert api.update(product_id, {"price": 2}, **if_match).status == 412
    assert api.update(product_id, {"name": "Changed"}).status == 200
    assert api.update(product_id, {"name": "CHANGED"}).status == 200
    assert api.update(product_id, {"name": "Entry"}).status == 409
    assert api.update(product_id, {"active": False}).status == 200
    assert api.update(product_id, {"active": True, "name": "Restored"}).status == 200
    assert api.update("PROD-404", {"price": 1}).status == 404
    table.put_older("PROD-001", name={"S": "Older"})
    assert api.update("PROD-001", {"price": 1}).status == 200
    table.put_older("PROD-002", name={"S": "Older still"})
    assert api.update("PROD-002", {"name": "No longer"}).status == 200


def _delete(api: Api, table: Table) -> None:
    product_id = api.create({**ENTRY, "name": "To delete"}).product["productId"]
    if_match: dict[str, Any] = {"If_Match": '"9"'}
    assert api.delete(product_id, **if_match).status == 412
    assert [api.delete(product_id).status, api.delete(product_id).status] == [204, 204]
    assert api.delete("PROD-404").status == 404
    table.put_older("PROD-003", name={"S": "Older, deleted"})
    assert api.delete("PROD-003").status == 204


def _lose_answers(api: Api, faulty: Faulty) -> None:
    """A change whose answer is lost is looked for."""
    product_id = api.create({**ENTRY, "name": "To lose"}).product["productId"]
    assert _told_apart(faulty(answer_lost)[0]).create({**ENTRY, "name": "Lost"}).status == 201
    assert _told_apart(faulty(answer_lost)[0]).update(product_id, {"price": 1}).status == 200
    assert _told_apart(faulty(answer_lost)[0]).update(product_id, {"name": "Lost and found"}).status == 200
    assert _told_apart(faulty(answer_lost)[0]).delete(product_id).status == 204


@contextmanager
def _recorded(table: Table) -> Iterator[Recorded]:
    """Every call of a function inside the `with` block; a test's own calls are not any function's."""
    calls: Recorded = set()

    def record(params: dict[str, Any], model: Any, **_: Any) -> None:
        if operation_id := _calling.get():
            calls.update((operation_id, need) for need in needs(model.name, params))

    table.client.meta.events.register("provide-client-params.dynamodb", record)
    try:
        yield calls
    finally:
        table.client.meta.events.unregister("provide-client-params.dynamodb", record)


def _told_apart(api: Api) -> Api:
    """The same, and whoever records knows which function is calling."""
    api.functions = {module: _named(MODULES[module], function) for module, function in api.functions.items()}
    return api


def _named(operation_id: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*arguments: Any) -> Any:
        before = _calling.set(operation_id)
        try:
            return function(*arguments)
        finally:
            _calling.reset(before)

    return call


def _by_function(calls: Recorded, table: str) -> dict[str, dict[str, list[str]]]:
    """As handler_permissions.json has it."""
    found: dict[str, dict[str, list[str]]] = {}
    for operation_id, need in sorted(calls):
        where = need.resource.removeprefix(f"table/{table}").lstrip("/") or "table"
        found.setdefault(operation_id, {}).setdefault(where, []).append(need.action)
    return found


def _declared() -> dict[str, dict[str, list[str]]]:
    return {
        operation_id: {where: sorted(actions) for where, actions in need["dynamodb"].items()}
        for operation_id, need in PERMISSIONS.items()
    }
