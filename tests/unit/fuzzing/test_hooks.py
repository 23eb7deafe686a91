"""What a run knows of an API beyond its contract, on a contract with other names than ours."""

from __future__ import annotations

import importlib
import json
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import schemathesis
from schemathesis import GenerationMode
from schemathesis.openapi.checks import RejectedPositiveData

from fuzzing.__main__ import configuration
from fuzzing.clean_up import Notes

TEXT: dict[str, Any] = {"type": "string"}
KEY = {"in": "header", "name": "Idempotency-Key", "schema": TEXT}
IF_MATCH = {"in": "header", "name": "If-Match", "schema": {"$ref": "#/components/schemas/Tags"}}
PART_ID = {"in": "path", "name": "partId", "required": True, "schema": {**TEXT, "pattern": "^[a-z0-9-]+$"}}
CURSOR = {"$ref": "#/components/parameters/Cursor"}


def json_of(**properties: Any) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": {"type": "object", "properties": properties}}}}


def document() -> dict[str, Any]:
    page = json_of(parts={"type": "array"}, total={"type": "integer"}, cursor=TEXT)
    size = {"in": "query", "name": "size", "schema": {"type": "integer"}}
    return {
        "paths": {
            "/parts": {
                "get": {"parameters": [CURSOR, size], "responses": {"200": page}},
                "post": {
                    "parameters": [KEY],
                    "requestBody": json_of(name={**TEXT, "maxLength": 20}),
                    "responses": {"201": {"description": "Made."}},
                },
            },
            "/parts/{partId}": {
                "parameters": [PART_ID, IF_MATCH],
                "put": {"responses": {"200": {"description": "Changed."}}},
                "delete": {"responses": {"204": {"description": "Gone."}}},
            },
            "/parts/{partId}/repair": {
                "parameters": [PART_ID],
                "post": {"responses": {"200": {"description": "Repaired."}}},
            },
        },
        "components": {
            "parameters": {"Cursor": {"in": "query", "name": "cursor", "schema": TEXT}},
            "schemas": {"Tags": dict(TEXT)},
        },
    }


@dataclass
class FakeCase:
    """As much of schemathesis' Case as the hooks see."""

    method: str
    path: str
    operation: Any
    path_parameters: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    body: Any = None
    mode: GenerationMode = GenerationMode.POSITIVE
    phase: str = "fuzzing"
    id: str = "case"

    @property
    def formatted_path(self) -> str:
        return self.path.format(**self.path_parameters)

    @property
    def meta(self) -> Any:
        return SimpleNamespace(generation=SimpleNamespace(mode=self.mode), phase=SimpleNamespace(name=self.phase))


@dataclass
class Client:
    """The hooks, as schemathesis calls them."""

    hooks: Any
    notes: Notes

    def case(self, method: str, path: str, **values: Any) -> FakeCase:
        item = self.hooks.document.content["paths"][path]
        raw = item.get(method.lower(), {"responses": {}})
        return FakeCase(method, path, SimpleNamespace(definition=SimpleNamespace(raw=raw)), **values)

    def send(self, method: str, path: str, turn: int = 5, **values: Any) -> FakeCase:
        """The case as it is sent, on a turn on which nothing is left to chance. On every fourth turn something is."""
        self.hooks.turns = iter([turn])
        case = self.case(method, path, **values)
        self.hooks.before_call(None, case, {})
        return case

    def answer(self, case: FakeCase, status: int, content: Any = None, **headers: str) -> None:
        self.hooks.after_call(None, case, response(status, content, **headers))


def response(status: int, content: Any = None, **headers: str) -> Any:
    body = b"" if content is None else json.dumps(content).encode()
    return SimpleNamespace(status_code=status, content=body, headers={name: [value] for name, value in headers.items()})


def loaded(monkeypatch: pytest.MonkeyPatch, notes: Notes) -> Iterator[Client]:
    for name, value in notes.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.delitem(sys.modules, "fuzzing.hooks", raising=False)
    hooks = importlib.import_module("fuzzing.hooks")
    hooks.before_load_schema(None, document())
    yield Client(hooks, notes)
    for name in ("before_load_schema", "before_call", "after_call", "filter_failure"):
        schemathesis.hooks.unregister(getattr(hooks, name))


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Client]:
    yield from loaded(monkeypatch, Notes("run", tmp_path / "created", own_only=False))


@pytest.fixture
def careful(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Client]:
    """It writes only what the run has created."""
    yield from loaded(monkeypatch, Notes("run", tmp_path / "created", own_only=True))


def test_preconditions_have_values_that_are_entity_tags(client: Client) -> None:
    assert client.hooks.document.content["components"]["schemas"]["Tags"] == {**TEXT, "format": "entity-tags"}


def test_the_token_of_a_page_is_sent_back_with_its_query_whatever_its_name_is(client: Client) -> None:
    assert client.send("GET", "/parts", query={"cursor": "made up", "size": 2}).query == {}
    first = client.send("GET", "/parts", query={"size": 2})
    client.answer(first, 200, {"parts": [], "total": 9, "cursor": "c2"})
    assert client.send("GET", "/parts", query={"cursor": "made up", "size": 3}).query == {"cursor": "c2", "size": 2}


@pytest.mark.parametrize(("phase", "query"), [("fuzzing", {"cursor": "made up"}), ("examples", {})])
def test_an_example_is_never_left_to_chance(client: Client, phase: str, query: dict[str, str]) -> None:
    assert client.send("GET", "/parts", turn=4, phase=phase, query={"cursor": "made up"}).query == query


def test_what_is_no_token_of_a_page_is_sent_as_it_is(client: Client) -> None:
    client.answer(client.send("GET", "/parts"), 200, {"total": 9, "size": 7})
    assert client.send("GET", "/parts", query={"size": 2}).query == {"size": 2}


@pytest.mark.parametrize(
    ("places", "is_failure"),
    [
        ([("query", "/cursor")], False),
        ([("query", "/size")], True),
        ([("query", "/total")], True),
        ([("query", "/cursor"), ("query", "/size")], True),
        ([("body", "/cursor")], True),
        ([], True),
    ],
)
def test_a_page_token_without_a_signature_may_be_refused(
    client: Client, places: list[tuple[str, str]], is_failure: bool
) -> None:
    refusal = response(400, {"details": [{"in": place, "field": field} for place, field in places]})
    failure = RejectedPositiveData(operation="GET /parts", message="", status_code=400, allowed_statuses=[])
    assert client.hooks.filter_failure(None, failure, client.case("GET", "/parts"), refusal) is is_failure


def test_only_a_precondition_that_was_sent_may_fail(client: Client) -> None:
    failure = RejectedPositiveData(operation="PUT /parts/1", message="", status_code=412, allowed_statuses=[])
    unmet = client.case("PUT", "/parts/{partId}", headers={"If-Match": '"1"'})
    assert not client.hooks.filter_failure(None, failure, unmet, response(412))
    assert client.hooks.filter_failure(None, failure, unmet, response(404))
    assert client.hooks.filter_failure(None, failure, client.case("PUT", "/parts/{partId}"), response(412))


def test_a_change_has_the_etag_of_the_last_answer(client: Client) -> None:
    path = {"partId": "a"}
    client.answer(client.send("PUT", "/parts/{partId}", path_parameters=path), 200, etag='"7"')
    assert client.send("PUT", "/parts/{partId}", path_parameters=path, headers={"If-Match": '"1"'}).headers == {
        "If-Match": '"7"'
    }


def test_a_name_that_is_taken_gets_a_word_of_its_own_and_stays_as_short_as_the_contract_has_it(client: Client) -> None:
    body = {"name": "A part with a long name"}
    first = client.send("POST", "/parts", body=body)
    assert first.body == body
    client.answer(first, 409)
    assert client.send("POST", "/parts", body=body).body == {"name": "A part with a l run5"}


def test_a_creation_is_written_down_with_its_key_before_it_is_sent_and_after(client: Client) -> None:
    case = client.send("POST", "/parts", headers={"Idempotency-Key": "k"}, body={"name": "a"})
    [attempt] = client.notes.lost()
    assert (attempt.path, attempt.key, attempt.body) == ("/parts", "run-5", {"name": "a"})
    client.answer(case, 201, location="/parts/a")
    assert (client.notes.lost(), client.notes.locations()) == ([], ["/parts/a"])


def test_a_creation_that_the_service_failed_at_stays_lost(client: Client) -> None:
    client.answer(client.send("POST", "/parts", body={}), 503)
    assert [attempt.path for attempt in client.notes.lost()] == ["/parts"]


def test_what_another_has_made_is_neither_deleted_nor_changed(careful: Client) -> None:
    of_another = careful.send("DELETE", "/parts/{partId}", path_parameters={"partId": "theirs"})
    assert of_another.path_parameters["partId"] != "theirs"
    careful.answer(careful.send("POST", "/parts", body={}), 201, location="/dev/parts/mine")
    for sent in ("theirs", "mine"):
        for method, path in (("DELETE", "/parts/{partId}"), ("POST", "/parts/{partId}/repair")):
            assert careful.send(method, path, path_parameters={"partId": sent}).path_parameters == {"partId": "mine"}


def test_an_id_that_the_contract_does_not_take_is_nobodys(careful: Client) -> None:
    case = careful.send("DELETE", "/parts/{partId}", path_parameters={"partId": "NO PART"})
    assert case.path_parameters == {"partId": "NO PART"}


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_a_creation_without_a_key_gets_one_by_which_it_can_be_found(careful: Client, mode: GenerationMode) -> None:
    assert careful.send("POST", "/parts", mode=mode).headers == {"Idempotency-Key": "run-5"}


def test_the_token_is_sent_under_the_contracts_own_scheme() -> None:
    schemes = {"staff": {"type": "http", "scheme": "Bearer"}, "key": {"type": "apiKey", "in": "header", "name": "X"}}
    written = tomllib.loads(configuration({"components": {"securitySchemes": schemes}}))
    assert written["auth"] == {"openapi": {"staff": {"bearer": "${FUZZ_TOKEN}"}}}
    assert written["hooks"] == "fuzzing.hooks"
    assert "auth" not in tomllib.loads(configuration({}))
