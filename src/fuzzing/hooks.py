"""Hooks of schemathesis, with what a client of an API knows and it cannot: loaded by schemathesis.toml.

A client has a new key and a new name for what it creates, sends the ETags and tokens that it was given, and finds what
it has created where the answer's Location says. No resource is named here; `name` is what has to be unique.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from hashlib import sha256
from itertools import count
from typing import Any, cast
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import schemathesis
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode, HookContext, Response
from schemathesis.core.failures import Failure
from schemathesis.openapi.checks import RejectedPositiveData

from contract.http_syntax import METHODS
from cross_check.contract_document import ContractDocument
from fuzzing import SAFE_METHODS
from fuzzing.clean_up import Attempt, Notes, matching

ENTITY_TAGS = ['"1"', '"2"', '"7"', "*", '"1", "2"', 'W/"1"', '"other"', '""']
PRECONDITIONS = {"If-Match", "If-None-Match"}

notes = Notes.read()
turns = count(1)
document = ContractDocument({})
own: defaultdict[str, list[dict[str, str]]] = defaultdict(list)  # By path template: parameters of what the run created.
names: set[str] = set()  # Those that are taken.
etags: dict[str, str] = {}  # By path.
next_pages: dict[tuple[str, str], dict[str, Any]] = {}  # By path template and the token's parameter: the whole query.

schemathesis.openapi.format("entity-tags", st.sampled_from(ENTITY_TAGS))


@schemathesis.hook
def before_load_schema(context: HookContext, raw_schema: dict[str, Any]) -> None:
    """Names the format of If-Match and If-None-Match, for this run only.

    The coverage phase makes no value for a header whose pattern needs more than letters and digits, and then sends a
    wrong one where it means a good one. A format with a strategy of its own is the way around.
    """
    document.content.update(raw_schema)
    for item in raw_schema["paths"].values():
        for declaring in (item, *(item[method] for method in METHODS if method in item)):
            for parameter in map(document.resolve, declaring.get("parameters", ())):
                if parameter["name"] in PRECONDITIONS:
                    cast(dict[str, Any], document.resolve(parameter["schema"]))["format"] = "entity-tags"


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:
    """Without this nearly every good request would meet another one's key, name or version. Every fourth still does.

    But no example does: an operation may have only one, and schemathesis warns when all that is good is refused.
    """
    turn = next(turns)
    if notes.own_only:
        _spare_what_is_anothers(case, turn)
    if _is_positive(case) and (turn % 4 or (case.meta and case.meta.phase.name == "examples")):
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
        templates = document.content["paths"]
        for template in templates:
            if (found := matching(template, urlsplit(location).path)) is not None:
                # What it can be asked to do, such as /things/{id}/restore, is asked of it, too.
                for below in templates:
                    if f"{below}/".startswith(f"{template}/") and below.count("{") == template.count("{"):
                        own[below].append(found)
    if response.status_code in (200, 201, 409) and isinstance(case.body, dict):
        names.add(str(case.body.get("name")))
    if response.status_code in (200, 201) and (etag := response.headers.get("etag")):
        etags[urlsplit(location).path if location else case.formatted_path] = etag[0]
    content = _content(response)
    for name in _page_tokens(case):
        if content.get(name):
            next_pages[case.path, name] = {**case.query, name: content[name]}


@schemathesis.hook
def filter_failure(context: HookContext, failure: Failure, case: Case[Any], response: Response) -> bool:
    """What no schema can tell from a good one may be refused.

    That is a page's token that only lacks the service's signature, and a precondition that the resource does not meet.
    """
    unmet = response.status_code == 412 and not PRECONDITIONS.isdisjoint(case.headers)
    refused = [(each.get("in"), each.get("field")) for each in _content(response).get("details", [])]
    unsigned = bool(refused) and all(each in [("query", f"/{name}") for name in _page_tokens(case)] for each in refused)
    return not (isinstance(failure, RejectedPositiveData) and (unmet or unsigned))


def _spare_what_is_anothers(case: Case[Any], turn: int) -> None:
    """Lets the case write what this run has created only, and gives a creation a key, by which it can be found."""
    if case.method not in SAFE_METHODS and case.path_parameters:
        sent = {name: unquote(str(value)) for name, value in case.path_parameters.items()}
        known = own[case.path]
        # What the contract does not take is nobody else's.
        if sent not in known and all(_is_taken(case, name, value) for name, value in sent.items()):
            mine = known[turn % len(known)] if known and turn % 4 else {name: str(uuid4()) for name in sent}
            case.path_parameters.update(mine)
    if _creates(case) and "Idempotency-Key" in _parameters(case, "header"):
        key = case.headers.get("Idempotency-Key")
        if key is None:
            case.headers["Idempotency-Key"] = f"{notes.run}-{turn}"
        elif _is_positive(case):
            # Another run may have sent the same: the replayed answer would name what is not this run's to delete.
            case.headers["Idempotency-Key"] = f"{notes.run}-{sha256(str(key).encode()).hexdigest()[:32]}"


def _is_taken(case: Case[Any], name: str, value: str) -> bool:
    """Whether the contract takes this value of a parameter of the path."""
    schema = document.resolve(_parameters(case, "path").get(name, {}).get("schema", {}))
    pattern = schema.get("pattern", "^[-0-9]+$" if schema.get("type") == "integer" else "^[^/]+$")
    return re.search(pattern, value) is not None


def _be_a_client(case: Case[Any], turn: int) -> None:
    if "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = f"{notes.run}-{turn}"
    if "If-Match" in case.headers and (etag := etags.get(case.formatted_path)):
        case.headers["If-Match"] = etag
    for name in _page_tokens(case) & set(case.query):
        case.query = next_pages.get((case.path, name), {})  # A token is bound to the filters that it came with.
    body: Any = case.body
    if _creates(case) and isinstance(body, dict) and body.get("name") in names:
        word = f" {notes.run}{turn}"
        properties = _properties(case.operation.definition.raw.get("requestBody", {}))
        longest = document.resolve(properties.get("name", {})).get("maxLength", 80)
        case.body = {**body, "name": f"{body['name'][: longest - len(word)].rstrip()}{word}"}


def _creates(case: Case[Any]) -> bool:
    return case.method == "POST" and "201" in case.operation.definition.raw["responses"]


def _is_positive(case: Case[Any]) -> bool:
    return case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE


def _page_tokens(case: Case[Any]) -> set[str]:
    """The parameters of the query that the answer to one page gives for the next: both have one name."""
    page = case.operation.definition.raw["responses"].get("200", {})
    return _parameters(case, "query").keys() & _properties(page).keys()


def _parameters(case: Case[Any], place: str) -> dict[str, Mapping[str, Any]]:
    """By name, what the contract declares at `place`. The case's method may be one that is not declared."""
    item, operation = document.content["paths"][case.path], case.operation.definition.raw
    declared = map(document.resolve, (*item.get("parameters", ()), *operation.get("parameters", ())))
    return {each["name"]: each for each in declared if each["in"] == place}


def _properties(message: Mapping[str, Any]) -> dict[str, Any]:
    """The properties of a JSON body; `message` is a requestBody or a response."""
    media_type = document.resolve(message).get("content", {}).get("application/json", {})
    return dict(document.resolve(media_type.get("schema", {})).get("properties", {}))


def _content(response: Response) -> dict[str, Any]:
    """Empty when it is no JSON object: whether it may be something else is for the checks to say."""
    try:
        content = json.loads(response.content)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}
