"""Checks of what the gateway answers itself. None of them can write, not even where a write is let in."""

from __future__ import annotations

import re

from cross_check.contract_document import DocumentOperation, version_headers
from deployment_validation import cors
from deployment_validation.api import Sent, Session
from deployment_validation.check_log import GATEWAY, OpenCheck, Stop
from deployment_validation.connection import Answer
from deployment_validation.contract import filled, unknown_id
from deployment_validation.options import GATEWAY_SETTINGS

_SHOWN_VERSION = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6}){2}")
_NO_TOKEN = {"no token": {}, "a bad token": {"Authorization": "Bearer not-a-token"}}


def check_gateway(session: Session) -> None:
    """Unknown routes, undeclared methods, the contract's version, missing tokens, preflights."""
    _unknown_route(session)
    for path in session.api.contract.paths:
        _undeclared_method(session, path)
    _version(session)
    for operation in session.api.contract.operations.values():
        if operation.secured:
            _without_token(session, operation)
    for path in session.api.contract.paths:
        _preflight(session, path)
    _unlisted_origin(session)


def _unknown_route(session: Session) -> None:
    with session.log.check(GATEWAY, "an unknown route is a 404 in the contract's shape") as check:
        operation = next(iter(session.api.contract.declaring(404)))
        session.api.validate(check, operation, session.api.send(check, "GET", f"/{unknown_id()}", {}), 404)


def _undeclared_method(session: Session, path: str) -> None:
    contract = session.api.contract
    method = contract.undeclared_method(path)
    with session.log.check(GATEWAY, f"{method} {path} is a 405 that names the methods") as check:
        answer = session.api.send(check, method, filled(path), {})
        session.api.validate(check, contract.of_path(path)[0], answer, 405)
        named = {method.lower() for method in contract.methods(path)}
        check.expect(answer.listed("Allow") == named, "header", "/Allow", "const", "does not list the path's methods")


def _version(session: Session) -> None:
    contract = session.api.contract
    path = contract.paths[0]
    with session.log.check(GATEWAY, f"it serves version {contract.version} of the contract") as check:
        answer = session.api.send(check, contract.undeclared_method(path), filled(path), {})
        for name in version_headers(GATEWAY_SETTINGS):
            served = answer.header(name)
            check.expect(served is not None, "header", f"/{name}", "required", "is missing")
            if served not in (None, contract.version):
                shown = served if _SHOWN_VERSION.fullmatch(str(served)) else "another"
                check.found("header", f"/{name}", "const", f"is {shown}, not {contract.version}")


def _without_token(session: Session, operation: DocumentOperation) -> None:
    path = {each.name: unknown_id() for each in operation.parameters if each.place == "path"}
    for name, headers in _NO_TOKEN.items():
        with session.log.check(operation.operation_id, f"with {name} it is a 401") as check:
            # A body that the contract refuses, a product that is not there: nothing is written even if it is let in.
            sent = Sent(path, headers=headers, body={} if operation.has_body else None)
            session.api.call(check, operation.operation_id, 401, sent)


def _preflight(session: Session, path: str) -> None:
    operations = session.api.contract.of_path(path)
    if session.api.origin:
        with session.log.check(GATEWAY, f"a preflight of {path} lets an allowed origin in") as check:
            answer = _ask(session, check, path, session.api.origin)
            check.add(cors.faults_of_preflight(operations, answer, session.api.origin))
            for name in ("X-Content-Type-Options", "X-Request-Id"):
                check.expect(answer.header(name) is not None, "header", f"/{name}", "required", "is missing")
    with session.log.check(GATEWAY, f"a preflight of {path} lets no other origin in") as check:
        check.add(cors.faults_for_unlisted(_ask(session, check, path, cors.UNLISTED), fixed=False))


def _ask(session: Session, check: OpenCheck, path: str, origin: str) -> Answer:
    operations = session.api.contract.of_path(path)
    wanted = {"Access-Control-Request-Method": operations[0].method, "Origin": origin}
    answer = session.api.send(check, "OPTIONS", filled(path), wanted)
    if answer.status not in (200, 204):
        check.found("status", "", "status", f"is {answer.status}, not 204")
        raise Stop
    return answer


def _unlisted_origin(session: Session) -> None:
    with session.log.check(GATEWAY, "no refusal lets another origin in") as check:
        answer = session.api.send(check, "GET", f"/{unknown_id()}", {"Origin": cors.UNLISTED})
        check.add(cors.faults_for_unlisted(answer, fixed=True))
