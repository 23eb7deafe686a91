"""CORS headers of answers and of preflights: https://fetch.spec.whatwg.org/#http-cors-protocol."""

from __future__ import annotations

from collections.abc import Iterator

from cross_check.contract_document import DocumentOperation
from deployment_validation.check_log import Finding
from deployment_validation.connection import Answer
from deployment_validation.contract import Contract

ALLOW_ORIGIN = "Access-Control-Allow-Origin"
ALLOW_HEADERS = "Access-Control-Allow-Headers"
ALLOW_METHODS = "Access-Control-Allow-Methods"
EXPOSE_HEADERS = "Access-Control-Expose-Headers"
UNLISTED = "https://unlisted.example"

# Readable from script without being exposed: https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name
_SAFELISTED = frozenset({"access-control-allow-origin", "cache-control", "content-length", "content-type"})


def faults(contract: Contract, operation: DocumentOperation, answer: Answer, origin: str) -> Iterator[Finding]:
    """Why a script of this allowed origin cannot read the answer, or all its headers that the contract declares."""
    if answer.header(ALLOW_ORIGIN) != origin:
        yield _finding(ALLOW_ORIGIN, answer, "does not name the origin")
    exposed = answer.listed(EXPOSE_HEADERS)
    for name in contract.response_headers(operation.operation_id, answer.status):
        if answer.header(name) is not None and name.lower() not in _SAFELISTED | exposed:
            yield _finding(EXPOSE_HEADERS, answer, f"does not list {name}")


def faults_of_preflight(operations: list[DocumentOperation], answer: Answer, origin: str) -> Iterator[Finding]:
    """Why a script of this allowed origin could not send what these operations of one path take."""
    if answer.header(ALLOW_ORIGIN) != origin:
        yield _finding(ALLOW_ORIGIN, answer, "does not name the origin")
    if "origin" not in answer.listed("Vary"):
        yield _finding("Vary", answer, "does not list Origin")
    for name in {each.method for each in operations}:
        if name.lower() not in answer.listed(ALLOW_METHODS):
            yield _finding(ALLOW_METHODS, answer, f"does not list {name}")
    for name in sorted(set().union(*(each.request_headers() for each in operations))):
        if name.lower() not in answer.listed(ALLOW_HEADERS):
            yield _finding(ALLOW_HEADERS, answer, f"does not list {name}")


def faults_for_unlisted(answer: Answer, *, fixed: bool) -> Iterator[Finding]:
    """Why a script of an origin that is not allowed could read the answer.

    `fixed`: the answer is a refusal of the gateway, which can name one allowed origin, whoever asks.
    """
    allowed = answer.header(ALLOW_ORIGIN)
    if allowed in ("*", UNLISTED) or (allowed is not None and not fixed):
        yield _finding(ALLOW_ORIGIN, answer, "is there for an origin that is not allowed")


def _finding(name: str, answer: Answer, message: str) -> Finding:
    keyword = "required" if answer.header(name) is None else "cors"
    return Finding("header", f"/{name}", keyword, f"{message} (status {answer.status})")
