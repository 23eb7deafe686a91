"""The products that a validation makes are found and retired, whatever is answered, and nobody else's."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, cast

import pytest

from deployment_validation.api import Answer, Connection, NoAnswer, Session
from deployment_validation.check_log import Check, CheckLog
from deployment_validation.contract import CONTRACT, Contract
from deployment_validation.write_checks import MarkedProducts

COLLECTION = "/v1.0/products"
Spoil = Callable[[str, str, Answer], Answer]


def answer(status: int, content: Any = None, **headers: str) -> Answer:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Answer(status, named, b"" if content is None else json.dumps(content).encode(), 0)


class Catalogue:
    """Stands for the connection to a catalogue with one product of somebody else's, one product a page."""

    def __init__(self) -> None:
        self.active = {"theirs": "Deployment"}
        self.sent: list[tuple[str, str]] = []
        self.spoil: Spoil = lambda method, path, sound: sound
        self._by_key: dict[str, str] = {}

    def send(self, method: str, path: str, headers: Mapping[str, str], **content: Any) -> Answer:
        self.sent.append((method, path))
        assert (method == "GET") != ("Authorization" in headers)
        return self.spoil(method, path, self._answer(method, path, headers, content))

    def _answer(self, method: str, path: str, headers: Mapping[str, str], content: Mapping[str, Any]) -> Answer:
        product_id = path.removeprefix(COLLECTION).lstrip("/")
        if method == "POST":
            if headers["Idempotency-Key"] not in self._by_key:
                product_id = self._by_key[headers["Idempotency-Key"]] = f"id-{len(self._by_key)}"
                self.active[product_id] = json.loads(content["content"])["name"]
            return answer(201, {"product": {"productId": self._by_key[headers["Idempotency-Key"]]}})
        if method == "DELETE":
            self.active.pop(product_id, None)
            return answer(204)
        if product_id:
            return answer(200 if product_id in self.active else 404)
        place = int(content["params"].get("nextToken", 0))
        page = [{"productId": each, "name": name} for each, name in list(self.active.items())[place : place + 1]]
        following = {"nextToken": str(place + 1)} if place + 1 < len(self.active) else {}
        return answer(200, {"products": [None, *page], **following})


@pytest.fixture(scope="module")
def contract() -> Contract:
    return Contract.load(CONTRACT)


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue()


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def session(contract: Contract, catalogue: Catalogue, pauses: list[float]) -> Session:
    log = CheckLog(clock=lambda: 0)
    return Session(cast(Connection, catalogue), contract, log, pauses.append, token="token")


@pytest.fixture
def marked(session: Session) -> MarkedProducts:
    return MarkedProducts(session)


def create(session: Session, marked: MarkedProducts, status: int = 201) -> None:
    with session.log.check("createProduct", "it is created") as check:
        marked.create(check, status, marked.new_body(), f"key {len(session.log.made)}")


def retire(catalogue: Catalogue, marked: MarkedProducts) -> list[str]:
    """What the clean-up finds."""
    check = Check("deleteProduct", "no test product is left active")
    catalogue.sent.clear()
    marked.retire(check, cast(Connection, catalogue))
    return [finding.message for finding in check.findings]


def test_what_was_named_is_retired_at_its_own_path(
    session: Session, catalogue: Catalogue, marked: MarkedProducts, pauses: list[float]
) -> None:
    create(session, marked)
    assert retire(catalogue, marked) == []
    assert catalogue.sent == [("DELETE", f"{COLLECTION}/id-0"), ("GET", f"{COLLECTION}/id-0")]
    assert catalogue.active.keys() == {"theirs"}
    assert sum(pauses) == 0


def no_answer(method: str, path: str, sound: Answer) -> Answer:
    raise NoAnswer("no answer in time")


@pytest.mark.parametrize("spoil", [no_answer, lambda *_: answer(500), lambda *_: answer(201, {"product": None})])
def test_what_was_never_named_is_asked_for_again_by_its_key(
    session: Session, catalogue: Catalogue, marked: MarkedProducts, spoil: Spoil
) -> None:
    catalogue.spoil = spoil
    create(session, marked)
    catalogue.spoil = lambda method, path, sound: sound
    assert retire(catalogue, marked) == []
    assert catalogue.active.keys() == {"theirs"}
    assert ("GET", COLLECTION) not in catalogue.sent


def test_what_was_named_by_an_answer_of_the_wrong_status_is_retired(
    session: Session, catalogue: Catalogue, marked: MarkedProducts
) -> None:
    create(session, marked, status=409)
    assert retire(catalogue, marked) == []
    assert catalogue.active.keys() == {"theirs"}


def test_what_no_answer_ever_names_is_found_in_the_list_by_its_mark(
    session: Session, catalogue: Catalogue, marked: MarkedProducts
) -> None:
    catalogue.spoil = lambda method, path, sound: answer(400) if method == "POST" else sound
    create(session, marked)
    assert retire(catalogue, marked) == []
    assert catalogue.active.keys() == {"theirs"}
    assert [path for method, path in catalogue.sent if method == "POST"] == [COLLECTION]


def test_who_is_asked_to_wait_tries_again(
    session: Session, catalogue: Catalogue, marked: MarkedProducts, pauses: list[float]
) -> None:
    refusals = [answer(429, Retry_After="1")] * 3
    catalogue.spoil = lambda method, path, sound: refusals.pop() if method == "POST" and refusals else sound
    create(session, marked)
    assert retire(catalogue, marked) == []
    assert catalogue.active.keys() == {"theirs"}
    assert sum(pauses) == 2


def test_a_refusal_that_was_to_be_made_nothing(session: Session, catalogue: Catalogue, marked: MarkedProducts) -> None:
    catalogue.spoil = lambda method, path, sound: answer(422)
    create(session, marked, status=422)
    assert (retire(catalogue, marked), catalogue.sent) == ([], [])


def not_known(name: str) -> str:
    return f"it is not known whether the test product {name} is active: look for it by hand"


def test_a_list_without_an_end_is_left_and_shows_nothing(
    session: Session, catalogue: Catalogue, marked: MarkedProducts
) -> None:
    def endless(method: str, path: str, sound: Answer) -> Answer:
        return answer(200, {"products": [], "nextToken": "0"}) if method == "GET" else answer(400)

    catalogue.spoil = endless
    create(session, marked)
    [_, name] = catalogue.active.values()
    assert retire(catalogue, marked) == [not_known(name)]
    assert catalogue.sent == [("POST", COLLECTION), ("GET", COLLECTION), ("GET", COLLECTION)]


def broken_off(sound: Answer) -> Answer:
    raise NoAnswer("no answer in time")


@pytest.mark.parametrize(
    "last",
    [
        broken_off,
        lambda sound: answer(500, {"products": []}),
        lambda sound: answer(200, {"products": [], "nextToken": "1"}),
        lambda sound: answer(200, {"products": [], "nextToken": 7}),
    ],
)
def test_a_list_that_breaks_off_does_not_show_that_a_product_is_not_there(
    session: Session, catalogue: Catalogue, marked: MarkedProducts, last: Callable[[Answer], Answer]
) -> None:
    create(session, marked)
    catalogue.spoil = lambda method, path, sound: answer(400) if method == "POST" else sound
    create(session, marked)
    [_, first, second] = catalogue.active.values()
    pages = 0

    def until_the_second(method: str, path: str, sound: Answer) -> Answer:
        nonlocal pages
        if method == "POST":
            return answer(400)
        pages += path == COLLECTION
        return last(sound) if path == COLLECTION and pages > 2 else sound

    catalogue.spoil = until_the_second
    assert retire(catalogue, marked) == [not_known(second)]
    assert first not in catalogue.active.values()


def test_what_a_list_shows_before_it_breaks_off_is_known(
    session: Session, catalogue: Catalogue, marked: MarkedProducts
) -> None:
    def always_one_more(method: str, path: str, sound: Answer) -> Answer:
        if method == "POST":
            return answer(400)
        if (method, path) == ("GET", COLLECTION):
            return answer(200, {**json.loads(sound.body), "nextToken": "1"})
        return sound

    catalogue.spoil = always_one_more
    create(session, marked)
    assert retire(catalogue, marked) == []
    assert catalogue.active.keys() == {"theirs"}


@pytest.mark.parametrize(
    "spoil", [no_answer, lambda *_: answer(404), lambda *_: answer(500, {"products": []}), lambda *_: answer(200, "?")]
)
def test_what_cannot_be_found_out_is_said_and_not_that_nothing_is_left(
    session: Session, catalogue: Catalogue, marked: MarkedProducts, spoil: Spoil
) -> None:
    catalogue.spoil = spoil
    create(session, marked)
    [unknown] = retire(catalogue, marked)
    [_, name] = catalogue.active.values()
    assert unknown == not_known(name)


@pytest.mark.parametrize(("product_id", "shown"), [("id-0", "id-0"), ("a b", "with an unusual id")])
def test_what_cannot_be_retired_is_named_unless_its_id_could_be_anything(
    session: Session, catalogue: Catalogue, marked: MarkedProducts, product_id: str, shown: str
) -> None:
    def keep(method: str, path: str, sound: Answer) -> Answer:
        return answer(201, {"product": {"productId": product_id}}) if method == "POST" else answer(200)

    catalogue.spoil = keep
    create(session, marked)
    assert retire(catalogue, marked) == [f"the test product {shown} is still active: retire it by hand"]
