"""Everything is retired, by the contract's own path; what could not be is named."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from fuzzing import clean_up

DOCUMENT = {"paths": {"/v1/{productId}": {"parameters": [], "delete": {"operationId": "deleteProduct"}}, "/other": {}}}

NO_HTTP = 0


class Catalogue(ThreadingHTTPServer):
    """Answers with the statuses that a product has left; with 204 when it has none."""

    def __init__(self, **statuses: list[int]) -> None:
        super().__init__(("127.0.0.1", 0), Deletion)
        self.statuses = statuses
        self.tokens: set[str | None] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/dev"


class Deletion(BaseHTTPRequestHandler):
    server: Catalogue

    def do_DELETE(self) -> None:
        self.server.tokens.add(self.headers["Authorization"])
        left = self.server.statuses.get(self.path.removeprefix("/dev/v1/"), [])
        if left and left[0] == NO_HTTP:
            self.wfile.write(b"what is this?\r\n\r\n")
            return
        self.send_response(left.pop(0) if left else 204)
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
    taken: list[float] = []
    monkeypatch.setattr(clean_up.time, "sleep", taken.append)
    return taken


def test_what_is_retired_or_gone_is_done_and_the_rest_is_named(catalogue: Catalogue, pauses: list[float]) -> None:
    wanted = ["fine", "gone", "busy", "refused", "broken"]
    assert clean_up.retire(catalogue.url, "good", DOCUMENT, wanted) == ["refused", "broken"]
    assert catalogue.tokens == {"Bearer good"}
    assert len(pauses) == 2 + 4


def test_an_answer_that_is_no_http_leaves_its_product_only(catalogue: Catalogue) -> None:
    catalogue.statuses["garbled"] = [NO_HTTP]
    assert clean_up.retire(catalogue.url, "good", DOCUMENT, ["fine", "garbled", "gone"]) == ["garbled"]


def test_an_api_that_does_not_answer_leaves_everything() -> None:
    assert clean_up.retire("http://127.0.0.1:1", "good", DOCUMENT, ["one", "two"]) == ["one", "two"]


def test_a_contract_that_retires_nothing_is_an_error() -> None:
    with pytest.raises(LookupError, match="deleteProduct"):
        clean_up.retire("http://127.0.0.1:1", "good", {"paths": {}}, ["one"])
