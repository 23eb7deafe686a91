"""What a client of this API knows and schemathesis cannot: loaded by schemathesis.toml."""

from __future__ import annotations

import json
import re
from itertools import count
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import schemathesis
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode, HookContext, Response
from schemathesis.core.failures import Failure
from schemathesis.openapi.checks import RejectedPositiveData

from fuzzing.notes import Notes

ENTITY_TAGS = ['"1"', '"2"', '"7"', "*", '"1", "2"', 'W/"1"', '"other"', '""']
UNSIGNED_TOKEN = {("query", "/nextToken")}
READING = {"GET", "HEAD"}

notes = Notes.read()
turns = count(1)
names: set[str] = set()
etags: dict[str, str] = {}
tokens: list[str] = []
own: list[str] = []
product_id: dict[str, Any] = {}

schemathesis.openapi.format("entity-tags", st.sampled_from(ENTITY_TAGS))


@schemathesis.hook
def before_load_schema(context: HookContext, raw_schema: dict[str, Any]) -> None:
    """Names the format of If-Match and If-None-Match, for this run only.

    The coverage phase makes no value for a header whose pattern needs more than letters and digits, and then sends a
    wrong one where it means a good one. A format with a strategy of its own is the way around.
    """
    raw_schema["components"]["schemas"]["EntityTags"]["format"] = "entity-tags"
    product_id.update(raw_schema["components"]["schemas"]["ProductId"])


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:
    """A client has a new key and a new name for a new product, and sends the ETags and tokens that it was given.

    Without this nearly every good request would meet another one's key, name or version. Every fourth still does.
    """
    turn = next(turns)
    if notes.own_only and case.method not in READING and _may_be_anothers(case):
        case.path_parameters["productId"] = own[turn % len(own)] if own and turn % 4 else str(uuid4())
    if turn % 4 == 0 or not _is_positive(case):
        return
    if "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = f"{notes.run}-{turn}"
    if "If-Match" in case.headers and (etag := etags.get(str(case.path_parameters["productId"]))):
        case.headers["If-Match"] = etag
    if "nextToken" in case.query:
        case.query = {**case.query, "nextToken": tokens[-1]} if tokens else {}
    body: Any = case.body
    if _operation_id(case) == "createProduct" and body["name"] in names:
        case.body = {**body, "name": f"{body['name'][:80].rstrip()} {notes.run}{turn}"}


@schemathesis.hook
def after_call(context: HookContext, case: Case[Any], response: Response) -> None:
    """Keeps what a client would have learnt, of the names that are taken too."""
    content = _content(response)
    if response.status_code == 409 and isinstance(case.body, dict):
        names.add(str(case.body.get("name")))
    if response.status_code not in (200, 201):
        return
    product = content.get("product")
    if isinstance(product, dict) and isinstance(product.get("productId"), str):
        _learn(product, response)
    if token := content.get("nextToken"):
        tokens.append(token)


@schemathesis.hook
def filter_failure(context: HookContext, failure: Failure, case: Case[Any], response: Response) -> bool:
    """What no schema can tell from a good one may be refused.

    That is a nextToken that only lacks the service's signature, and a precondition that the product does not meet.
    """
    unmet = response.status_code == 412 and not {"If-Match", "If-None-Match"}.isdisjoint(case.headers)
    return not (isinstance(failure, RejectedPositiveData) and (unmet or _places(response) == UNSIGNED_TOKEN))


def _learn(product: dict[str, Any], response: Response) -> None:
    if response.status_code == 201:
        own.append(product["productId"])
        notes.add(product["productId"])
    if etag := response.headers.get("etag"):
        etags[product["productId"]] = etag[0]
    names.add(str(product.get("name")))


def _operation_id(case: Case[Any]) -> str:
    return str(case.operation.definition.raw["operationId"])


def _is_positive(case: Case[Any]) -> bool:
    return case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE


def _may_be_anothers(case: Case[Any]) -> bool:
    """Whether the path names a product that can exist, and that the run has not created."""
    if "productId" not in case.path_parameters:
        return False
    sent = unquote(str(case.path_parameters["productId"]))
    return sent not in own and re.fullmatch(product_id["pattern"], sent) is not None


def _content(response: Response) -> dict[str, Any]:
    """Empty when it is no JSON object: whether it may be something else is for the checks to say."""
    try:
        content = json.loads(response.content)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _places(response: Response) -> set[tuple[Any, Any]]:
    return {(violation.get("in"), violation.get("field")) for violation in _content(response).get("details", [])}
