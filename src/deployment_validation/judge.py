"""Holds an answer to the contract, by openapi-core."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cross_check.contract_document import Operation
from cross_check.exchange import Exchange
from cross_check.second_opinion import Fault, SecondOpinion
from deployment_validation.answers import Answer
from deployment_validation.contract import Contract
from deployment_validation.findings import Finding

_MISSING = {"MissingRequiredHeader": "required", "MissingData": "required"}
_WITHOUT_BODY = (204, 304)


@dataclass(frozen=True)
class _Asked:
    """As much of a request as says which operation answered it."""

    method: str
    path: str
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


class Judge:
    """openapi-core with one contract."""

    def __init__(self, contract: Contract) -> None:
        self._opinion = SecondOpinion(contract.content)

    def findings(self, operation: Operation, answer: Answer) -> list[Finding]:
        """What of the answer breaks the contract's word on this operation. None of its values is in it."""
        request = _Asked(operation.method, operation.path)
        exchange = Exchange(operation, request, {}, answer, "")
        found = [each for fault in self._opinion.of_response(exchange) for each in _findings(fault)]
        return [*found, *_body(answer)]


def _findings(fault: Fault) -> Iterator[Finding]:
    if fault.error == "ResponseNotFound":
        yield Finding("status", "", "responses", "is none that the contract declares for this operation")
        return
    for broken, place in fault.keywords or ((fault.error, ""),):
        keyword = _MISSING.get(fault.error, broken)
        if place.startswith("/") or not place:
            yield Finding("body", place.rstrip("/"), keyword, "breaks the contract")
        else:
            yield Finding("header", f"/{place.rstrip('/')}", keyword, "breaks the contract")


def _body(answer: Answer) -> Iterator[Finding]:
    if answer.status in _WITHOUT_BODY and answer.body:
        yield Finding("body", "", "content", "is there, though the contract allows none")
