"""Everything that a run creates is deleted, by the contract's own paths; what could not be is named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from fuzzing.clean_up import Attempt, Notes, clean_up, matching, undeletable

DOCUMENT = {
    "paths": {
        "/v1/things": {"post": {"operationId": "createThing"}},
        "/v1/things/{thingId}": {"parameters": [], "delete": {"operationId": "deleteThing"}},
        "/v1/parts/{part-id}": {"delete": {"operationId": "removePart"}},
        "/v1/others/{id}": {"get": {"operationId": "getOther"}},
    }
}
NO_HTTP = 0


class Catalogue(ThreadingHTTPServer):
    """Answers with the statuses that a path has left; with 204 when it has none, to a POST with what `made` says."""

    def __init__(self, **statuses: list[int]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.statuses = statuses
        self.made: dict[str, int | str] = {}
        self.tokens: set[str | None] = set()
        self.deleted: list[str] = []
        self.posted: list[tuple[str, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/dev"


class Handler(BaseHTTPRequestHandler):
    server: Catalogue

    def do_DELETE(self) -> None:
        self.server.tokens.add(self.headers["Authorization"])
        left = self.server.statuses.get(self.path.rpartition("/")[2], [])
        if left and left[0] == NO_HTTP:
            self.wfile.write(b"what is this?\r\n\r\n")
            return
        status = left.pop(0) if left else 204
        if status == 204:
            self.server.deleted.append(self.path)
        self.send_response(status)
        self.end_headers()

    def do_POST(self) -> None:
        self.server.tokens.add(self.headers["Authorization"])
        key = self.headers["Idempotency-Key"]
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.posted.append((self.path, body))
        made = self.server.made[key]
        self.send_response(made if isinstance(made, int) else 201)
        if isinstance(made, str):
            self.send_header("Location", made)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Not on the test's output."""


@pytest.fixture
def catalogue() -> Iterator[Catalogue]:
    with Catalogue(gone=[404], busy=[429, 503], refused=[401], broken=[500] * 9) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that would be waited."""
    waited: list[float] = []
    monkeypatch.setattr("urllib3.util.retry.time.sleep", waited.append)
    return waited


@pytest.fixture
def notes(tmp_path: Path) -> Notes:
    return Notes("run", tmp_path / "created", own_only=True)


def created(notes: Notes, *locations: str) -> Notes:
    for number, location in enumerate(locations):
        notes.sent(Attempt(str(number), "/v1/things", f"k{number}", {}))
        notes.answered(str(number), location)
    return notes


def test_what_is_deleted_or_gone_is_done_and_the_rest_is_named(
    catalogue: Catalogue, notes: Notes, pauses: list[float]
) -> None:
    names = ["fine", "gone", "busy", "refused", "broken"]
    created(notes, *(f"/dev/v1/things/{name}" for name in names))
    left = clean_up(catalogue.url, "good", DOCUMENT, notes)
    assert left == ["/dev/v1/things/refused", "/dev/v1/things/broken"]
    assert catalogue.tokens == {"Bearer good"}
    assert "/dev/v1/things/busy" in catalogue.deleted
    assert any(pauses), "who is busy is asked again after a pause"


def test_the_token_is_sent_whatever_netrc_has_for_the_host(
    catalogue: Catalogue, notes: Notes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password secret\n")
    (tmp_path / "netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    catalogue.made["k"] = "/dev/v1/things/found"
    notes.sent(Attempt("lost", "/v1/things", "k", {}))
    assert clean_up(catalogue.url, "good", DOCUMENT, notes) == []
    assert catalogue.tokens == {"Bearer good"}


def test_whatever_the_contract_deletes_is_deleted_at_its_own_path(catalogue: Catalogue, notes: Notes) -> None:
    created(notes, "/dev/v1/parts/p%2F1", f"{catalogue.url}/v1/things/1", "/dev/v1/others/2")
    assert clean_up(catalogue.url, "good", DOCUMENT, notes) == ["/dev/v1/others/2"]
    assert sorted(catalogue.deleted) == ["/dev/v1/parts/p%2F1", "/dev/v1/things/1"]


def test_a_creation_whose_answer_was_lost_is_sent_again_and_deleted(catalogue: Catalogue, notes: Notes) -> None:
    catalogue.made["k-lost"] = "/dev/v1/things/found"
    created(notes, "/dev/v1/things/known")
    notes.sent(Attempt("lost", "/v1/things", "k-lost", {"name": "a"}))
    assert clean_up(catalogue.url, "good", DOCUMENT, notes) == []
    assert catalogue.posted == [("/dev/v1/things", {"name": "a"})]
    assert sorted(catalogue.deleted) == ["/dev/v1/things/found", "/dev/v1/things/known"]


@pytest.mark.parametrize(("status", "left"), [(400, []), (409, []), (401, [1]), (503, [1])])
def test_a_creation_that_is_refused_again_made_nothing_and_what_cannot_be_told_is_named(
    catalogue: Catalogue, notes: Notes, status: int, left: list[int]
) -> None:
    catalogue.made["k"] = status
    notes.sent(Attempt("lost", "/v1/things", "k", {}))
    assert len(clean_up(catalogue.url, "good", DOCUMENT, notes)) == len(left)


def test_a_lost_creation_without_a_key_is_named(catalogue: Catalogue, notes: Notes) -> None:
    notes.sent(Attempt("lost", "/v1/things", None, {}))
    assert clean_up(catalogue.url, "good", DOCUMENT, notes) == ["POST /v1/things (no answer)"]
    assert catalogue.posted == []


def test_a_creation_that_was_answered_with_an_error_is_not_sent_again(catalogue: Catalogue, notes: Notes) -> None:
    notes.sent(Attempt("refused", "/v1/things", "k", {}))
    notes.answered("refused", None)
    assert clean_up(catalogue.url, "good", DOCUMENT, notes) == []
    assert catalogue.posted == []


def test_a_line_that_was_cut_off_costs_no_other_line(notes: Notes) -> None:
    created(notes, "/v1/things/1")
    with notes.created.open("a") as file:
        file.write('{"case": "2", "pa')
    assert (notes.locations(), notes.lost()) == (["/v1/things/1"], [])


def test_an_answer_that_is_no_http_leaves_its_own_only(catalogue: Catalogue, notes: Notes) -> None:
    catalogue.statuses["garbled"] = [NO_HTTP]
    created(notes, *(f"/dev/v1/things/{name}" for name in ("fine", "garbled", "gone")))
    assert clean_up(catalogue.url, "good", DOCUMENT, notes) == ["/dev/v1/things/garbled"]


def test_an_api_that_does_not_answer_leaves_everything(notes: Notes) -> None:
    places = ["/v1/things/one", "/v1/things/two"]
    assert clean_up("http://127.0.0.1:1", "good", DOCUMENT, created(notes, *places)) == places


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/v1/things/a", {"thing-id": "a"}),
        ("/dev/v1/things/a%2Fb", {"thing-id": "a%2Fb"}),
        ("/v1/things/a/b", None),
        ("/v1/things", None),
    ],
)
def test_a_location_is_read_by_the_contracts_own_template(path: str, found: dict[str, str] | None) -> None:
    assert matching("/v1/things/{thing-id}", path) == found


def test_a_creation_that_no_delete_takes_back_is_named() -> None:
    created: dict[str, Any] = {"responses": {"201": {}}}
    document = {
        "paths": {
            "/v1/things": {"post": {"operationId": "createThing", **created}},
            "/v1/things/{thingId}": {"delete": {"operationId": "deleteThing"}},
            "/v1/marks": {"post": {"operationId": "createMark", **created}},
            "/v1/marks/{markId}": {"get": {"operationId": "getMark"}},
            "/v1/searches": {"post": {"operationId": "search", "responses": {"200": {}}}},
        }
    }
    assert undeletable(document) == ["createMark"]
