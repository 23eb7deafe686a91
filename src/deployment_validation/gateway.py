"""Checks of what the gateway answers itself. None of them can write, not even where a write is let in."""

from __future__ import annotations

import re

from cross_check.contract_document import Operation, version_headers
from deployment_validation import cors
from deployment_validation.answers import Answer
from deployment_validation.api import Sent
from deployment_validation.checks import Stop, Trial
from deployment_validation.findings import GATEWAY
from deployment_validation.options import GATEWAY_SETTINGS
from deployment_validation.session import Session, unknown_id

_SHOWN_VERSION = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6}){2}")
_NO_TOKEN = {"no token": {}, "a bad token": {"Authorization": "Bearer not-a-token"}}


def check(session: Session) -> None:
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
    with session.checks.check(GATEWAY, "an unknown route is a 404 in the contract's shape") as trial:
        operation = next(iter(session.api.contract.declaring(404)))
        session.api.judge(trial, operation, session.api.send(trial, "GET", f"/{unknown_id()}", {}), 404)


def _undeclared_method(session: Session, path: str) -> None:
    contract = session.api.contract
    method = contract.undeclared_method(path)
    with session.checks.check(GATEWAY, f"{method} {path} is a 405 that names the methods") as trial:
        answer = session.api.send(trial, method, _filled(path), {})
        session.api.judge(trial, contract.of_path(path)[0], answer, 405)
        named = {method.lower() for method in contract.methods(path)}
        trial.expect(answer.listed("Allow") == named, "header", "/Allow", "const", "does not list the path's methods")


def _version(session: Session) -> None:
    contract = session.api.contract
    path = contract.paths[0]
    with session.checks.check(GATEWAY, f"it serves version {contract.version} of the contract") as trial:
        answer = session.api.send(trial, contract.undeclared_method(path), _filled(path), {})
        for name in version_headers(GATEWAY_SETTINGS):
            served = answer.header(name)
            trial.expect(served is not None, "header", f"/{name}", "required", "is missing")
            if served not in (None, contract.version):
                trial.found("header", f"/{name}", "const", _other_version(str(served), contract.version))


def _other_version(served: str, wanted: str) -> str:
    return f"is {served if _SHOWN_VERSION.fullmatch(served) else 'another'}, not {wanted}"


def _without_token(session: Session, operation: Operation) -> None:
    path = {each.name: unknown_id() for each in operation.parameters if each.place == "path"}
    for name, headers in _NO_TOKEN.items():
        with session.checks.check(operation.operation_id, f"with {name} it is a 401") as trial:
            # A body that the contract refuses, a product that is not there: nothing is written even if it is let in.
            sent = Sent(path, headers=headers, body={} if operation.has_body else None)
            session.api.call(trial, operation.operation_id, 401, sent)


def _preflight(session: Session, path: str) -> None:
    operations = session.api.contract.of_path(path)
    if session.api.origin:
        with session.checks.check(GATEWAY, f"a preflight of {path} lets an allowed origin in") as trial:
            answer = _ask(session, trial, path, session.api.origin)
            trial.add(cors.faults_of_preflight(operations, answer, session.api.origin))
            for name in ("X-Content-Type-Options", "X-Request-Id"):
                trial.expect(answer.header(name) is not None, "header", f"/{name}", "required", "is missing")
    with session.checks.check(GATEWAY, f"a preflight of {path} lets no other origin in") as trial:
        trial.add(cors.faults_for_unlisted(_ask(session, trial, path, cors.UNLISTED), fixed=False))


def _ask(session: Session, trial: Trial, path: str, origin: str) -> Answer:
    operations = session.api.contract.of_path(path)
    wanted = {"Access-Control-Request-Method": operations[0].method, "Origin": origin}
    answer = session.api.send(trial, "OPTIONS", _filled(path), wanted)
    if answer.status not in (200, 204):
        trial.found("status", "", "status", f"is {answer.status}, not 204")
        raise Stop
    return answer


def _unlisted_origin(session: Session) -> None:
    with session.checks.check(GATEWAY, "no refusal lets another origin in") as trial:
        answer = session.api.send(trial, "GET", f"/{unknown_id()}", {"Origin": cors.UNLISTED})
        trial.add(cors.faults_for_unlisted(answer, fixed=True))


def _filled(path: str) -> str:
    return re.sub(r"\{[^}]*\}", lambda _: unknown_id(), path)
