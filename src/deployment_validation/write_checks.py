"""Checks of createProduct, updateProduct and deleteProduct: a test product's life, from creation to retirement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import uuid4

from deployment_validation.api import Sent, Session
from deployment_validation.check_log import OpenCheck
from deployment_validation.connection import Answer
from deployment_validation.contract import CREATE, DELETE, GET, LIST, UPDATE, unknown_id
from deployment_validation.marked_products import MarkedProducts
from deployment_validation.read_checks import NEVER, expect_violations, ids, walk

_LISTED_TRIES = 8


@dataclass
class Subject:
    """A test product: what it was made from, and the ETag of the last answer that had one.

    `neighbour` is the name of another test product, None if that could not be made.
    """

    product_id: str
    key: str
    body: dict[str, Any]
    created: dict[str, Any]
    etag: str | None
    neighbour: str | None = None

    @property
    def path(self) -> dict[str, str]:
        return {"productId": self.product_id}


class WriteChecks:
    """The checks that write. `token` is an administrator's."""

    def __init__(self, session: Session, marked: MarkedProducts, token: str, base_path: str) -> None:
        self._session = session
        self._api = session.api
        self._log = session.log
        self._marked = marked
        self._token = token
        self._base_path = base_path

    def begin(self) -> Subject | None:
        """Creates the product that the other checks work on; None if that does not work."""
        subject = self._created()
        if subject is None:
            self._log.skip(UPDATE, "the life of a product", "no product could be created")
            self._log.skip(DELETE, "the life of a product", "no product could be created")
            return None
        self._replayed(subject)
        self._key_reused(subject)
        self._name_taken(subject)
        self._joined(subject)
        self._listed(subject, "a new product is in the list", there=True)
        return subject

    def live(self, subject: Subject) -> None:
        """From a change to the second retirement. Leaves the product active."""
        self._changed(subject)
        self._stale(subject)
        self._name_of_another(subject)
        self._retired(subject)
        self._listed(subject, "a retired product is not in the list", there=False)
        self._restored(subject)

    def end(self, subject: Subject) -> None:
        """Retires the product for good."""
        with self._log.check(DELETE, "a restored product can be retired again") as check:
            self._delete(check, subject, 204)
            self._api.call(check, GET, 404, Sent(subject.path))

    def _created(self) -> Subject | None:
        body, key = self._marked.new_body(), str(uuid4())
        with self._log.check(CREATE, "a product can be created") as check:
            answer = self._marked.create(self._session, check, 201, body, key)
            product_id = answer.text("product", "productId")
            _expect_fields(check, answer, {**self._api.contract.defaults(CREATE), **body, "active": True})
            location = answer.header("Location")
            own = product_id and location == self._base_path + self._api.contract.product(product_id)
            check.expect(bool(own), "header", "/Location", "const", "is not the path of the new product")
            if product_id:
                return Subject(product_id, key, body, answer.at("product"), answer.header("ETag"))
        return None

    def _replayed(self, subject: Subject) -> None:
        with self._log.check(CREATE, "the same request again is answered with the first answer") as check:
            answer = self._marked.create(self._session, check, 201, subject.body, subject.key)
            marked = answer.header("Idempotent-Replayed") == "true"
            check.expect(marked, "header", "/Idempotent-Replayed", "const", "is not true")
            _expect_fields(check, answer, subject.created)

    def _key_reused(self, subject: Subject) -> None:
        with self._log.check(CREATE, "a key that was used with another body is a 422") as check:
            self._marked.create(self._session, check, 422, self._marked.new_body(), subject.key)

    def _name_taken(self, subject: Subject) -> None:
        with self._log.check(CREATE, "a name that is taken is a 409, whatever its case") as check:
            body = {**subject.body, "name": subject.body["name"].upper()}
            self._marked.create(self._session, check, 409, body, str(uuid4()))

    def _joined(self, subject: Subject) -> None:
        """With two products there are always pages to check."""
        with self._log.check(CREATE, "another product can be created") as check:
            subject.neighbour = self.create(check).text("product", "name")

    def _listed(self, subject: Subject, name: str, *, there: bool) -> None:
        """The list follows within some seconds: its index is eventually consistent."""
        with self._log.check(LIST, name) as check:
            for number in range(_LISTED_TRIES):
                if number:
                    self._session.pause(number / 2)
                listed = ids(walk(self._session, check, self._api.contract.largest_page))
                if (subject.product_id in listed) is there:
                    return
            check.found("body", "/products", "contains", "misses the product" if there else "still has the product")

    def _changed(self, subject: Subject) -> None:
        with self._log.check(UPDATE, "a change with the right If-Match happens, to the cent") as check:
            before = subject.etag
            _expect_fields(
                check, self._update(check, subject, 200, {"price": 10.005}, before), {"price": Decimal("10.01")}
            )
            changed = before is not None and subject.etag != before
            check.expect(changed, "header", "/ETag", "const", "is still the one of the version before")
        with self._log.check(GET, "a change shows at once") as check:
            answer = self._api.call(check, GET, 200, Sent(subject.path))
            changed_fields = {"price": Decimal("10.01"), "updatedAt": answer.at("product", "updatedAt")}
            _expect_fields(check, answer, {**subject.created, **changed_fields})
            check.expect(answer.header("ETag") == subject.etag, "header", "/ETag", "const", "is not the change's")

    def _stale(self, subject: Subject) -> None:
        with self._log.check(UPDATE, "a stale If-Match is a 412") as check:
            self._update(check, subject, 412, {"price": 1}, NEVER)
        with self._log.check(DELETE, "a stale If-Match is a 412") as check:
            self._delete(check, subject, 412, NEVER)
        with self._log.check(UPDATE, "If-None-Match: * is a 412, for the product exists") as check:
            sent = Sent(subject.path, headers={"If-None-Match": "*"}, body={"price": 1}, token=self._token)
            self._api.call(check, UPDATE, 412, sent)
        with self._log.check(GET, "a write that was refused changed nothing") as check:
            answer = self._api.call(check, GET, 200, Sent(subject.path))
            check.expect(answer.header("ETag") == subject.etag, "header", "/ETag", "const", "is another one")

    def _name_of_another(self, subject: Subject) -> None:
        name = "a name that is taken is a 409"
        if subject.neighbour is None:
            self._log.skip(UPDATE, name, "there is no other product")
            return
        with self._log.check(UPDATE, name) as check:
            self._update(check, subject, 409, {"name": subject.neighbour})

    def _retired(self, subject: Subject) -> None:
        with self._log.check(DELETE, "a product can be retired") as check:
            self._delete(check, subject, 204, if_match=subject.etag)
        with self._log.check(GET, "a retired product is a 404") as check:
            self._api.call(check, GET, 404, Sent(subject.path))
        with self._log.check(UPDATE, "a retired product is a 404, unless it is restored") as check:
            self._update(check, subject, 404, {"price": 1})
        with self._log.check(DELETE, "to retire it again is a 204") as check:
            self._delete(check, subject, 204)

    def _restored(self, subject: Subject) -> None:
        with self._log.check(UPDATE, "a retired product can be restored") as check:
            self._restore(check, subject)
        with self._log.check(GET, "a restored product can be read") as check:
            self._api.call(check, GET, 200, Sent(subject.path))

    def create(self, check: OpenCheck) -> Answer:
        """The answer to one more creation."""
        return self._marked.create(self._session, check, 201, self._marked.new_body(), str(uuid4()))

    def change(self, check: OpenCheck, subject: Subject) -> Answer:
        """The answer to a change of an active product."""
        return self._update(check, subject, 200, {"price": 12.5})

    def restore_and_retire(self, check: OpenCheck, subject: Subject) -> Answer:
        """The answer to the second of the two: to retire a retired product would write nothing."""
        self._restore(check, subject)
        return self._delete(check, subject, 204)

    def _restore(self, check: OpenCheck, subject: Subject) -> None:
        _expect_fields(check, self._update(check, subject, 200, {"active": True}), {"active": True})

    def _update(
        self, check: OpenCheck, subject: Subject, status: int, body: dict[str, Any], if_match: str | None = None
    ) -> Answer:
        sent = Sent(subject.path, headers=_condition(if_match), body=body, token=self._token)
        answer = self._api.call(check, UPDATE, status, sent)
        subject.etag = answer.header("ETag") or subject.etag
        return answer

    def _delete(self, check: OpenCheck, subject: Subject, status: int, if_match: str | None = None) -> Answer:
        sent = Sent(subject.path, headers=_condition(if_match), token=self._token)
        return self._api.call(check, DELETE, status, sent)

    def refusals(self) -> None:
        """What is refused before any rule of the catalogue is asked. Were it let in, it could change nothing."""
        self._violations()
        for operation_id, body in ((UPDATE, {"price": 1}), (DELETE, None)):
            with self._log.check(operation_id, "an unknown product is a 404") as check:
                self._refused(check, operation_id, 404, body)
        for operation_id in (CREATE, UPDATE):
            self._unfit_bodies(operation_id)
        for operation_id, body in ((CREATE, {}), (UPDATE, {}), (DELETE, None)):
            self._without_group(operation_id, body)

    def _violations(self) -> None:
        wrong = {"name": "x", "price": 0, "unknown": 1}
        places = {("body", f"/{name}") for name in wrong}
        for operation_id, rest in ((CREATE, self._marked.new_body()), (UPDATE, {})):
            with self._log.check(operation_id, "a 400 names every violation") as check:
                expect_violations(check, self._refused(check, operation_id, 400, {**rest, **wrong}), places)

    def _unfit_bodies(self, operation_id: str) -> None:
        if largest := self._api.contract.largest_body(operation_id):
            with self._log.check(operation_id, f"a body of more than {largest} bytes is a 413") as check:
                self._refused(check, operation_id, 413, b"{}".ljust(largest + 1))
        with self._log.check(operation_id, "a body that is no JSON is a 415") as check:
            self._refused(check, operation_id, 415, b"{}", {"Content-Type": "text/plain"})

    def _refused(
        self, check: OpenCheck, operation_id: str, status: int, body: Any, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """The answer to a request about a product that is not there."""
        sent = Sent(_nowhere(operation_id), headers=headers or {}, body=body, token=self._token)
        return self._api.call(check, operation_id, status, sent)

    def _without_group(self, operation_id: str, body: Any) -> None:
        name = "a user without the group is a 403"
        if self._session.token_without_group is None:
            self._log.skip(operation_id, name, "no token of such a user was given")
            return
        with self._log.check(operation_id, name) as check:
            sent = Sent(_nowhere(operation_id), body=body, token=self._session.token_without_group)
            self._api.call(check, operation_id, 403, sent)


def _nowhere(operation_id: str) -> dict[str, str]:
    return {} if operation_id == CREATE else {"productId": unknown_id()}


def _condition(if_match: str | None) -> dict[str, str]:
    return {"If-Match": if_match} if if_match else {}


def _expect_fields(check: OpenCheck, answer: Answer, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        exact = Decimal(str(value)) if isinstance(value, float) else value
        same = answer.at("product", name) == exact
        check.expect(same, "body", f"/product/{name}", "const", "is not what it has to be")
