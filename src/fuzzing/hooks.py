"""What a client of an API knows and schemathesis cannot: loaded by schemathesis.toml. No resource is named here.

A client has a new key and a new name for what it creates, sends the ETags and tokens that it was given, and finds what
it has created where the answer's Location says.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from hashlib import sha256
from itertools import count
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import schemathesis
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode, HookContext, Response
from schemathesis.core.failures import Failure
from schemathesis.openapi.checks import RejectedPositiveData

from fuzzing.clean_up import Attempt, Notes, matching

ENTITY_TAGS = ['"1"', '"2"', '"7"', "*", '"1", "2"', 'W/"1"', '"other"', '""']
PRECONDITIONS = {"If-Match", "If-None-Match"}
UNSIGNED_TOKEN = {("query", "/nextToken")}
READING = {"GET", "HEAD", "OPTIONS"}

notes = Notes.read()
turns = count(1)
document: dict[str, Any] = {}
own: defaultdict[str, list[dict[str, str]]] = defaultdict(list)  # By path template: parameters of what the run created.
names: set[str] = set()  # Those that are taken.
etags: dict[str, str] = {}  # By path.
tokens: dict[str, str] = {}  # By path template.

schemathesis.openapi.format("entity-tags", st.sampled_from(ENTITY_TAGS))


@schemathesis.hook
def before_load_schema(context: HookContext, raw_schema: dict[str, Any]) -> None:
    """Names the format of If-Match and If-None-Match, for this run only.

    The coverage phase makes no value for a header whose pattern needs more than letters and digits, and then sends a
    wrong one where it means a good one. A format with a strategy of its own is the way around.
    """
    document.update(raw_schema)
    operations = [
        item[method] for item in raw_schema["paths"].values() for method in item if "responses" in item[method]
    ]
    for operation in operations:
        for parameter in map(_resolved, operation.get("parameters", ())):
            if parameter["name"] in PRECONDITIONS:
                _resolved(parameter["schema"])["format"] = "entity-tags"


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:
    """Without this nearly every good request would meet another one's key, name or version. Every fourth still does."""
    turn = next(turns)
    if notes.own_only:
        _spare_what_is_anothers(case, turn)
    if turn % 4 and _is_positive(case):
        _be_a_client(case, turn)
    if _creates(case):
        notes.sent(Attempt(case.id, case.formatted_path, case.headers.get("Idempotency-Key"), case.body))


@schemathesis.hook
def after_call(context: HookContext, case: Case[Any], response: Response) -> None:
    """Keeps what a client would have learnt, of the names that are taken too."""
    named = response.headers.get("location") if response.status_code == 201 else None
    location = named[0] if named else None
    if _creates(case) and response.status_code < 500:
        notes.answered(case.id, location)
    if location is not None:
        for template in document["paths"]:
            if (found := matching(template, urlsplit(location).path)) is not None:
                own[template].append(found)
    if response.status_code in (200, 201, 409) and isinstance(case.body, dict):
        names.add(str(case.body.get("name")))
    if response.status_code in (200, 201) and (etag := response.headers.get("etag")):
        etags[urlsplit(location).path if location else case.formatted_path] = etag[0]
    if token := _content(response).get("nextToken"):
        tokens[case.path] = token


@schemathesis.hook
def filter_failure(context: HookContext, failure: Failure, case: Case[Any], response: Response) -> bool:
    """What no schema can tell from a good one may be refused.

    That is a nextToken that only lacks the service's signature, and a precondition that the resource does not meet.
    """
    unmet = response.status_code == 412 and not PRECONDITIONS.isdisjoint(case.headers)
    return not (isinstance(failure, RejectedPositiveData) and (unmet or _places(response) == UNSIGNED_TOKEN))


def _spare_what_is_anothers(case: Case[Any], turn: int) -> None:
    """Lets the case write what this run has created only, and gives a creation a key, by which it can be found."""
    if case.method not in READING and case.path_parameters:
        sent = {name: unquote(str(value)) for name, value in case.path_parameters.items()}
        known = own[case.path]
        if sent not in known and all(_can_exist(case, name, value) for name, value in sent.items()):
            mine = known[turn % len(known)] if known and turn % 4 else {name: str(uuid4()) for name in sent}
            case.path_parameters.update(mine)
    if _creates(case) and "Idempotency-Key" in _headers(case):
        key = case.headers.get("Idempotency-Key")
        if key is None:
            case.headers["Idempotency-Key"] = f"{notes.run}-{turn}"
        elif _is_positive(case):
            # Another run may have sent the same: the replayed answer would name what is not this run's to delete.
            case.headers["Idempotency-Key"] = f"{notes.run}-{sha256(str(key).encode()).hexdigest()[:32]}"


def _can_exist(case: Case[Any], name: str, value: str) -> bool:
    """Whether the contract takes this value of a parameter of the path. What it does not take is no other's."""
    item = document["paths"][case.path]
    own_parameters = case.operation.definition.raw.get("parameters", ())  # The method may be one that is not declared.
    declared = map(_resolved, (*item.get("parameters", ()), *own_parameters))
    schema = next((_resolved(each["schema"]) for each in declared if (each["in"], each["name"]) == ("path", name)), {})
    pattern = schema.get("pattern", "^[-0-9]+$" if schema.get("type") == "integer" else "^[^/]+$")
    return re.search(pattern, value) is not None


def _be_a_client(case: Case[Any], turn: int) -> None:
    if "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = f"{notes.run}-{turn}"
    if "If-Match" in case.headers and (etag := etags.get(case.formatted_path)):
        case.headers["If-Match"] = etag
    if "nextToken" in case.query:
        case.query = {**case.query, "nextToken": tokens[case.path]} if case.path in tokens else {}
    body: Any = case.body
    if _creates(case) and isinstance(body, dict) and body.get("name") in names:
        word = f" {notes.run}{turn}"
        longest = _resolved(_body_properties(case).get("name", {})).get("maxLength", 80)
        case.body = {**body, "name": f"{body['name'][: longest - len(word)].rstrip()}{word}"}


def _creates(case: Case[Any]) -> bool:
    return case.method == "POST" and "201" in case.operation.definition.raw["responses"]


def _is_positive(case: Case[Any]) -> bool:
    return case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE


def _headers(case: Case[Any]) -> set[str]:
    """The headers that the contract declares for the operation."""
    declared = map(_resolved, case.operation.definition.raw.get("parameters", ()))
    return {each["name"] for each in declared if each["in"] == "header"}


def _body_properties(case: Case[Any]) -> dict[str, Any]:
    body = _resolved(case.operation.definition.raw.get("requestBody", {}))
    schema = _resolved(body.get("content", {}).get("application/json", {}).get("schema", {}))
    return dict(schema.get("properties", {}))


def _resolved(node: dict[str, Any]) -> dict[str, Any]:
    """The node, or what its reference leads to in the contract."""
    while "$ref" in node:
        target: Any = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def _content(response: Response) -> dict[str, Any]:
    """Empty when it is no JSON object: whether it may be something else is for the checks to say."""
    try:
        content = json.loads(response.content)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _places(response: Response) -> set[tuple[Any, Any]]:
    return {(violation.get("in"), violation.get("field")) for violation in _content(response).get("details", [])}
