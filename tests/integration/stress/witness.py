"""A client of the catalogue that keeps a ledger of what it is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from tests.integration.products.api import Answer
from tests.integration.stress.ledger import Acknowledged, Ledger

UNAVAILABLE = 503


class NoAnswer(Exception):
    """The service died before it answered, or the way to it did."""


class Caller(Protocol):
    """The catalogue as products' own `Api` offers it, in this process or far away. A call may raise NoAnswer."""

    @property
    def list(self) -> Callable[..., Answer]: ...

    @property
    def get(self) -> Callable[..., Answer]: ...

    @property
    def create(self) -> Callable[..., Answer]: ...

    @property
    def update(self) -> Callable[..., Answer]: ...

    @property
    def delete(self) -> Callable[..., Answer]: ...


class Witness:
    """Passes calls on, and notes their answers. None stands for no answer."""

    def __init__(self, caller: Caller, ledger: Ledger) -> None:
        self._caller = caller
        self.ledger = ledger

    def list(self, **query: Any) -> Answer | None:
        return self._called("list", **query)

    def get(self, product_id: str, **headers: str) -> Answer | None:
        return self._called("get", product_id, **headers)

    def create(self, body: Mapping[str, Any], **headers: str) -> Answer | None:
        self.ledger.creation_tried(body["period"])
        answer = self._called("create", body, **headers)
        if answer and answer.status == 201:
            self.ledger.creation(body, answer.product)
        if is_in_doubt(answer):
            self.ledger.creation_in_doubt(body["period"])
        return answer

    def update(self, product_id: str, body: Mapping[str, Any], **headers: str) -> Answer | None:
        answer = self._called("update", product_id, body, **headers)
        if answer and answer.status == 200:
            self.ledger.update(product_id, Acknowledged(_version(answer.etag), body, answer.product))
        if is_in_doubt(answer):
            self.ledger.write_in_doubt(product_id)
        return answer

    def delete(self, product_id: str, **headers: str) -> Answer | None:
        answer = self._called("delete", product_id, **headers)
        if answer and answer.status == 204:
            self.ledger.retirement(product_id, _version(headers["If_Match"]) if headers else None)
        if is_in_doubt(answer):
            self.ledger.write_in_doubt(product_id)
        return answer

    def _called(self, operation: str, *arguments: Any, **named: Any) -> Answer | None:
        try:
            answer: Answer = getattr(self._caller, operation)(*arguments, **named)
        except NoAnswer:
            self.ledger.answered(operation, 0)
            return None
        self.ledger.answered(operation, answer.status)
        return answer


def is_in_doubt(answer: Answer | None) -> bool:
    return answer is None or answer.status == UNAVAILABLE


def _version(etag: str) -> int:
    return int(etag.strip('"'))
