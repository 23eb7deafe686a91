"""Checks of what the gateway answers itself. None of them can write, not even where a write is let in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cross_check.contract_document import DocumentOperation, version_headers
from deployment_validation.api import ALLOW_ORIGIN, Answer, Sent, Session, header_finding
from deployment_validation.check_log import GATEWAY, Check, Finding, Stop
from deployment_validation.contract import CONTRACT, filled, unknown_id

UNLISTED = "https://unlisted.example"

_ALLOW_HEADERS = "Access-Control-Allow-Headers"
_ALLOW_METHODS = "Access-Control-Allow-Methods"
_SHOWN_VERSION = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6}){2}")
_NO_TOKEN = {"no token": {}, "a bad token": {"Authorization": "Bearer not-a-token"}}


def check_gateway(session: Session) -> None:
    """Unknown routes, undeclared methods, the contract's version, missing tokens, preflights."""
    contract, log = session.contract, session.log
    with log.check(GATEWAY, "an unknown route is a 404 in the contract's shape") as check:
        declaring = [each for each in contract.operations.values() if 404 in contract.statuses(each.operation_id)]
        session.validate(check, declaring[0], session.send(check, "GET", f"/{unknown_id()}", {}), 404)
    for path in contract.paths:
        method = contract.undeclared_method(path)
        with log.check(GATEWAY, f"{method} {path} is a 405 that names the methods") as check:
            answer = session.send(check, method, filled(path), {})
            session.validate(check, contract.of_path(path)[0], answer, 405)
            right = answer.listed("Allow") == {each.lower() for each in contract.methods(path)}
            check.expect(right, "header", "/Allow", "const", "does not list the path's methods")
    with log.check(GATEWAY, f"it serves version {contract.version} of the contract") as check:
        path = contract.paths[0]
        answer = session.send(check, contract.undeclared_method(path), filled(path), {})
        for name in version_headers(CONTRACT.with_name("apigateway.yaml")):
            served = answer.header(name)
            check.expect(served is not None, "header", f"/{name}", "required", "is missing")
            if served not in (None, contract.version):
                shown = served if _SHOWN_VERSION.fullmatch(str(served)) else "another"
                check.found("header", f"/{name}", "const", f"is {shown}, not {contract.version}")
    for operation in contract.operations.values():
        for name, headers in _NO_TOKEN.items() if operation.secured else ():
            # A body that the contract refuses, an id that nothing has: nothing is written even if it is let in.
            sent = Sent(headers=headers, body={} if operation.has_body else None)
            session.check_call(operation.operation_id, f"with {name} it is a 401", 401, sent)
    for path in contract.paths:
        if session.origin:
            with log.check(GATEWAY, f"a preflight of {path} lets an allowed origin in") as check:
                answer = _preflight(session, check, path, session.origin)
                check.add(_preflight_findings(contract.of_path(path), answer, session.origin))
                for name in ("X-Content-Type-Options", "X-Request-Id"):
                    check.expect(answer.header(name) is not None, "header", f"/{name}", "required", "is missing")
        with log.check(GATEWAY, f"a preflight of {path} lets no other origin in") as check:
            check.add(unlisted_findings(_preflight(session, check, path, UNLISTED), fixed=False))
    with log.check(GATEWAY, "no refusal lets another origin in") as check:
        answer = session.send(check, "GET", f"/{unknown_id()}", {"Origin": UNLISTED})
        check.add(unlisted_findings(answer, fixed=True))


def _preflight(session: Session, check: Check, path: str, origin: str) -> Answer:
    """The answer to a preflight, https://fetch.spec.whatwg.org/#cors-preflight-fetch. Raises Stop for a bad status."""
    asked = {"Access-Control-Request-Method": session.contract.of_path(path)[0].method, "Origin": origin}
    answer = session.send(check, "OPTIONS", filled(path), asked)
    if answer.status not in (200, 204):
        check.found("status", "", "status", f"is {answer.status}, not 204")
        raise Stop
    return answer


def _preflight_findings(operations: list[DocumentOperation], answer: Answer, origin: str) -> Iterator[Finding]:
    """Why a script of this allowed origin could not send what these operations of one path take."""
    if answer.header(ALLOW_ORIGIN) != origin:
        yield header_finding(ALLOW_ORIGIN, answer, "does not name the origin")
    headers = sorted(set().union(*(each.request_headers() for each in operations)))
    needed = {"Vary": ["Origin"], _ALLOW_METHODS: [each.method for each in operations], _ALLOW_HEADERS: headers}
    for header, values in needed.items():
        missing = [each for each in values if each.lower() not in answer.listed(header)]
        yield from (header_finding(header, answer, f"does not list {each}") for each in missing)


def unlisted_findings(answer: Answer, *, fixed: bool) -> Iterator[Finding]:
    """Why a script of an origin that is not allowed could read the answer.

    `fixed`: the answer is a refusal of the gateway, which can name one allowed origin, whoever asks.
    """
    allowed = answer.header(ALLOW_ORIGIN)
    if allowed in ("*", UNLISTED) or (allowed is not None and not fixed):
        yield header_finding(ALLOW_ORIGIN, answer, "is there for an origin that is not allowed")
