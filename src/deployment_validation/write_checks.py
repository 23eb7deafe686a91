"""Checks of createProduct, updateProduct and deleteProduct: a test product's life, from creation to retirement."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Any
from uuid import uuid4

from deployment_validation.api import Answer, Connection, NoAnswer, Sent, Session
from deployment_validation.check_log import Check
from deployment_validation.contract import CREATE, DELETE, GET, LIST, UPDATE
from deployment_validation.read_checks import NEVER, expect_violations, ids, walk

MARK = "Deployment validation"
_LISTED_TRIES = 8
_CLEAN_UP_PAUSES = (0, 1, 1, 1, 1)
"""Seconds before each try."""
_SHOWN_ID = re.compile(r"[0-9A-Za-z-]{1,64}")


class WriteChecks:
    """The checks that write, on one test product. The session has a token; the contract's paths follow `base_path`."""

    def __init__(self, session: Session, marked: MarkedProducts, base_path: str) -> None:
        self.product_id: str | None = None
        self._session = session
        self._call = session.call
        self._check = session.log.check
        self._marked = marked
        self._base_path = base_path
        self._created: dict[str, Any] = {}
        self._neighbour: str | None = None  # The name of another test product.
        self._etag: str | None = None  # Of the last answer that had one.

    @property
    def _path(self) -> dict[str, str]:
        return {"productId": str(self.product_id)}

    def begin(self) -> None:
        """Creates the product that the other checks work on; its `product_id` is None if that does not work."""
        contract, create = self._session.contract, self._marked.create
        body, key = self._marked.new_body(), str(uuid4())
        with self._check(CREATE, "a product can be created") as check:
            answer = create(check, 201, body, key)
            product_id = answer.text("product", "productId")
            _expect_fields(check, answer, {**contract.defaults(CREATE), **body, "active": True})
            own = product_id and answer.header("Location") == self._base_path + contract.product(product_id)
            check.expect(bool(own), "header", "/Location", "const", "is not the path of the new product")
            if product_id:
                self.product_id, self._created, self._etag = product_id, answer.at("product"), answer.header("ETag")
        if self.product_id is None:
            for operation_id in (UPDATE, DELETE):
                self._session.log.skip(operation_id, "the life of a product", "no product could be created")
            return

        with self._check(CREATE, "the same request again is answered with the first answer") as check:
            answer = create(check, 201, body, key)
            replayed = answer.header("Idempotent-Replayed") == "true"
            check.expect(replayed, "header", "/Idempotent-Replayed", "const", "is not true")
            _expect_fields(check, answer, self._created)
        with self._check(CREATE, "a key that was used with another body is a 422") as check:
            create(check, 422, self._marked.new_body(), key)
        with self._check(CREATE, "a name that is taken is a 409, whatever its case") as check:
            create(check, 409, {**body, "name": body["name"].upper()}, str(uuid4()))
        # With two products there are always pages to check.
        with self._check(CREATE, "another product can be created") as check:
            self._neighbour = self.create(check).text("product", "name")
        self._listed("a new product is in the list", there=True)

    def live(self) -> None:
        """From a change to the second retirement. Leaves the product active."""
        check_call, write = self._session.check_call, self._write
        with self._check(UPDATE, "a change with the right If-Match happens, to the cent") as check:
            before = self._etag
            answer = self._update(check, {"price": 10.005}, {"If-Match": before} if before else {})
            _expect_fields(check, answer, {"price": Decimal("10.01")})
            changed = before is not None and self._etag != before
            check.expect(changed, "header", "/ETag", "const", "is still the one of the version before")
        with self._check(GET, "a change shows at once") as check:
            answer = self._call(check, GET, 200, Sent(self._path))
            changed_fields = {"price": Decimal("10.01"), "updatedAt": answer.at("product", "updatedAt")}
            _expect_fields(check, answer, {**self._created, **changed_fields})
            check.expect(answer.header("ETag") == self._etag, "header", "/ETag", "const", "is not the change's")

        change, only_new = {"price": 1}, {"If-None-Match": "*"}
        check_call(UPDATE, "a stale If-Match is a 412", 412, write(change, {"If-Match": NEVER}))
        check_call(DELETE, "a stale If-Match is a 412", 412, write(None, {"If-Match": NEVER}))
        check_call(UPDATE, "If-None-Match: * is a 412, for the product exists", 412, write(change, only_new))
        with self._check(GET, "a write that was refused changed nothing") as check:
            answer = self._call(check, GET, 200, Sent(self._path))
            check.expect(answer.header("ETag") == self._etag, "header", "/ETag", "const", "is another one")
        if self._neighbour is None:
            self._session.log.skip(UPDATE, "a name that is taken is a 409", "there is no other product")
        else:
            check_call(UPDATE, "a name that is taken is a 409", 409, write({"name": self._neighbour}))

        check_call(DELETE, "a product can be retired", 204, write(None, {"If-Match": self._etag} if self._etag else {}))
        check_call(GET, "a retired product is a 404", 404, Sent(self._path))
        check_call(UPDATE, "a retired product is a 404, unless it is restored", 404, write(change))
        check_call(DELETE, "to retire it again is a 204", 204, write())
        self._listed("a retired product is not in the list", there=False)
        with self._check(UPDATE, "a retired product can be restored") as check:
            self._restore(check)
        check_call(GET, "a restored product can be read", 200, Sent(self._path))

    def end(self) -> None:
        """Retires the product for good."""
        with self._check(DELETE, "a restored product can be retired again") as check:
            self._call(check, DELETE, 204, self._write())
            self._call(check, GET, 404, Sent(self._path))

    def _listed(self, name: str, *, there: bool) -> None:
        """The list follows within some seconds: its index is eventually consistent."""
        with self._check(LIST, name) as check:
            for number in range(_LISTED_TRIES):
                self._session.pause(number / 2)
                listed = ids(walk(self._session, check, self._session.contract.largest_page))
                if (self.product_id in listed) is there:
                    return
            check.found("body", "/products", "contains", "misses the product" if there else "still has the product")

    def create(self, check: Check) -> Answer:
        """The answer to one more creation."""
        return self._marked.create(check, 201, self._marked.new_body(), str(uuid4()))

    def change(self, check: Check) -> Answer:
        """The answer to a change of an active product."""
        return self._update(check, {"price": 12.5})

    def restore_and_retire(self, check: Check) -> Answer:
        """The answer to the second of the two: to retire a retired product would write nothing."""
        self._restore(check)
        return self._call(check, DELETE, 204, self._write())

    def _restore(self, check: Check) -> None:
        _expect_fields(check, self._update(check, {"active": True}), {"active": True})

    def _update(self, check: Check, body: dict[str, Any], headers: Mapping[str, str] | None = None) -> Answer:
        answer = self._call(check, UPDATE, 200, self._write(body, headers))
        self._etag = answer.header("ETag") or self._etag
        return answer

    def _write(self, body: Any = None, headers: Mapping[str, str] | None = None) -> Sent:
        return Sent(self._path, headers=headers or {}, body=body, token=self._session.token)

    def refusals(self) -> None:
        """What is refused before any rule of the catalogue is asked. Were it let in, it could change nothing.

        No request names a product: each is about one that is not there.
        """
        check_call, token, other = self._session.check_call, self._session.token, self._session.token_without_group
        wrong = {"name": "x", "price": 0, "unknown": 1}
        for operation_id, rest in ((CREATE, self._marked.new_body()), (UPDATE, {})):
            with self._check(operation_id, "a 400 names every violation") as check:
                answer = self._call(check, operation_id, 400, Sent(body={**rest, **wrong}, token=token))
                expect_violations(check, answer, {("body", f"/{name}") for name in wrong})
        for operation_id, body in ((UPDATE, {"price": 1}), (DELETE, None)):
            check_call(operation_id, "an unknown product is a 404", 404, Sent(body=body, token=token))
        for operation_id in (CREATE, UPDATE):
            if largest := self._session.contract.largest_body(operation_id):
                too_large = Sent(body=b"{}".ljust(largest + 1), token=token)
                check_call(operation_id, f"a body of more than {largest} bytes is a 413", 413, too_large)
            no_json = Sent(headers={"Content-Type": "text/plain"}, body=b"{}", token=token)
            check_call(operation_id, "a body that is no JSON is a 415", 415, no_json)
        for operation_id, body in ((CREATE, {}), (UPDATE, {}), (DELETE, None)):
            name = "a user without the group is a 403"
            if other is None:
                self._session.log.skip(operation_id, name, "no token of such a user was given")
            else:
                check_call(operation_id, name, 403, Sent(body=body, token=other))


def _expect_fields(check: Check, answer: Answer, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        exact = Decimal(str(value)) if isinstance(value, float) else value
        same = answer.at("product", name) == exact
        check.expect(same, "body", f"/product/{name}", "const", "is not what it has to be")


class MarkedProducts:
    """The products that a validation makes: named for it, and retired in every case.

    It knows each that there may be, even when the answer that would name it never came.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._contract = session.contract
        self._mark = f"{MARK} {uuid4()}"
        self._made = 0
        self._ids: set[str] = set()
        self._open: list[tuple[str, dict[str, Any]]] = []

    def new_body(self) -> dict[str, Any]:
        """A new product with a name of its own."""
        self._made += 1
        return {
            "name": f"{self._mark} {self._made}",
            "description": "Made by scripts/validate_deployment.py to check this deployment, and retired at its end.",
            "price": 79.77,
            "period": "per validation",
            "features": ["Nothing for sale"],
        }

    def create(self, check: Check, status: int, body: dict[str, Any], key: str) -> Answer:
        """The answer of createProduct, which has to have this status. Raises Stop."""
        attempt = (key, body)
        self._open.append(attempt)
        sent = Sent(headers={"Idempotency-Key": key}, body=body, token=self._session.token)
        answer = self._session.request(check, CREATE, sent)
        if product_id := answer.text("product", "productId"):
            self._ids.add(product_id)
        self._session.validate(check, self._contract.operations[CREATE], answer, status)
        if status >= 400 or product_id:
            self._open.remove(attempt)
        return answer

    def retire(self, check: Check, connection: Connection) -> None:
        """Leaves no product of this validation active, or finds those that stay. Checks nothing else."""
        clean_up = _CleanUp(self._session, connection)
        for key, body in self._open:
            if made := clean_up.ids_of(key, body):
                self._ids |= made
                continue
            listed, complete = clean_up.listed(self._mark)
            self._ids |= listed.keys()
            if not complete and body["name"] not in listed.values():
                what = f"it is not known whether the test product {body['name']} is active: look for it by hand"
                check.found("status", "", "clean-up", what)
        for product_id in sorted(self._ids):
            if not clean_up.retires(product_id):
                shown = product_id if _SHOWN_ID.fullmatch(product_id) else "with an unusual id"
                check.found("status", "", "clean-up", f"the test product {shown} is still active: retire it by hand")


class _CleanUp:
    """Finds and retires products by whatever answers come, good or bad."""

    def __init__(self, session: Session, connection: Connection) -> None:
        self._contract = session.contract
        self._connection = connection
        self._headers = {"Authorization": f"Bearer {session.token}", "Content-Type": "application/json"}
        self._pause = session.pause

    def ids_of(self, key: str, body: dict[str, Any]) -> set[str]:
        """The id of the product that a request with this key made, or makes now: it is repeated."""
        headers = {**self._headers, "Idempotency-Key": key}
        for seconds in _CLEAN_UP_PAUSES:
            self._pause(seconds)
            answer = self._answer("POST", self._contract.collection, headers, content=json.dumps(body).encode())
            if answer and (product_id := answer.text("product", "productId")):
                return {product_id}
            if answer and answer.status in range(400, 500) and answer.header("Retry-After") is None:
                break
        return set()

    def listed(self, mark: str) -> tuple[dict[str, str], bool]:
        """The listed products whose name begins so, names by id, and whether the list was read to its end."""
        found: dict[str, str] = {}
        query = {"limit": str(self._contract.largest_page)}
        seen: set[str] = set()
        complete = True
        while answer := self._answer("GET", self._contract.collection, {}, params=query):
            complete = complete and answer.status == 200 and isinstance(answer.at("products"), list)
            products = (each for each in answer.members("products") if isinstance(each, dict))
            names = ((str(each.get("productId")), str(each.get("name"))) for each in products)
            found |= {product_id: name for product_id, name in names if name.startswith(mark)}
            token = answer.text("nextToken")
            if token is None or token in seen:
                return found, complete and answer.at("nextToken") is None
            seen.add(token)
            query["nextToken"] = token
        return found, False

    def retires(self, product_id: str) -> bool:
        """Whether the product is not to be read any more."""
        path = self._contract.product(product_id)
        for seconds in _CLEAN_UP_PAUSES:
            self._pause(seconds)
            self._answer("DELETE", path, self._headers)
            answer = self._answer("GET", path, {"Cache-Control": "no-cache"})
            if answer and answer.status == 404:
                return True
        return False

    def _answer(self, method: str, path: str, headers: dict[str, str], **content: Any) -> Answer | None:
        with suppress(NoAnswer):
            return self._connection.send(method, path, headers, **content)
        return None
