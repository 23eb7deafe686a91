"""What a client of this API knows and schemathesis cannot: loaded by schemathesis.toml."""

from __future__ import annotations

import json
from itertools import count
from typing import Any

import schemathesis
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode, HookContext, Response
from schemathesis.core.failures import Failure
from schemathesis.openapi.checks import RejectedPositiveData

ENTITY_TAGS = ['"1"', '"2"', '"7"', "*", '"1", "2"', 'W/"1"', '"other"', '""']
UNSIGNED_TOKEN = {("query", "/nextToken")}

turns = count(1)
names: set[str] = set()
etags: dict[str, str] = {}
tokens: list[str] = []

schemathesis.openapi.format("entity-tags", st.sampled_from(ENTITY_TAGS))


@schemathesis.hook
def before_load_schema(context: HookContext, raw_schema: dict[str, Any]) -> None:
    """Names the format of If-Match and If-None-Match, for this run only.

    The coverage phase makes no value for a header whose pattern needs more than letters and digits, and then sends a
    wrong one where it means a good one. A format with a strategy of its own is the way around.
    """
    raw_schema["components"]["schemas"]["EntityTags"]["format"] = "entity-tags"


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:
    """A client has a new key and a new name for a new product, and sends the ETags and tokens that it was given.

    Without this nearly every good request would meet another one's key, name or version. Every fourth still does.
    """
    turn = next(turns)
    if turn % 4 == 0 or not _is_positive(case):
        return
    if "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = f"turn-{turn}"
    if "If-Match" in case.headers and (etag := etags.get(str(case.path_parameters["productId"]))):
        case.headers["If-Match"] = etag
    if "nextToken" in case.query:
        case.query = {**case.query, "nextToken": tokens[-1]} if tokens else {}
    body: Any = case.body
    if _operation_id(case) == "createProduct" and body["name"] in names:
        case.body = {**body, "name": f"{body['name'][:80].rstrip()} {turn}"}


@schemathesis.hook
def after_call(context: HookContext, case: Case[Any], response: Response) -> None:
    """Keeps what a client would have learnt."""
    content = json.loads(response.content) if response.status_code in (200, 201) else {}
    if product := content.get("product"):
        etags[product["productId"]] = response.headers["etag"][0]
        names.add(product["name"])
    if token := content.get("nextToken"):
        tokens.append(token)


@schemathesis.hook
def filter_failure(context: HookContext, failure: Failure, case: Case[Any], response: Response) -> bool:
    """A nextToken that only lacks the service's signature may be refused: no schema can tell it from a good one."""
    return not (isinstance(failure, RejectedPositiveData) and _places(response) == UNSIGNED_TOKEN)


def _operation_id(case: Case[Any]) -> str:
    return str(case.operation.definition.raw["operationId"])


def _is_positive(case: Case[Any]) -> bool:
    return case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE


def _places(response: Response) -> set[tuple[str, str]]:
    return {(violation["in"], violation["field"]) for violation in json.loads(response.content).get("details", [])}
