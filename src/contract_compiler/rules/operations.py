"""Operations: one id each, a handler each, a path that matches its parameters, and every answer declared."""

from __future__ import annotations

import keyword
from collections import Counter
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

from contract_compiler.diagnostics import Diagnostic
from contract_compiler.document import Node
from contract_compiler.operations import module_name, security
from contract_compiler.parameters import parameters
from contract_compiler.path_templates import anonymous, is_template, names
from contract_compiler.references import follow
from contract_compiler.traversal import Operation, operations

_BODILESS = {"GET", "HEAD", "DELETE", "TRACE"}  # RFC 7231, 4.3: a body has no meaning, so OpenAPI 3.0 ignores it
_NO_CONTENT = ("1", "204", "205", "304")  # RFC 9110, 6.4.1: these responses never have content


def operation_ids(document: Node) -> Iterator[Diagnostic]:
    """Every operation has an id, and no two have the same or become the same module."""
    counts = Counter(module_name(operation.operation_id) for operation in operations(document))
    for operation in operations(document):
        name = module_name(operation.operation_id)
        if "operationId" not in operation.node:
            yield operation.node.diagnostic("operation-id-missing", "every operation needs one", "operationId")
        elif not name.isidentifier() or keyword.iskeyword(name):
            message = f"it does not make a module name ({name or 'nothing'})"
            yield operation.node.diagnostic("operation-id-unusable", message, "operationId")
        elif counts[name] > 1:
            message = f"more than one operation has it, or one that becomes the same module ({name})"
            yield operation.node.diagnostic("operation-id-twice", message, "operationId")


def handlers(document: Node, folder: Path) -> Iterator[Diagnostic]:
    """Every operation has a module in `folder`, and every module there has an operation."""
    present = {path.stem for path in folder.glob("*.py") if not path.name.startswith("_")}
    wanted = {module_name(operation.operation_id): operation for operation in operations(document)}
    for name in wanted.keys() - present:
        message = f"there is no handler {folder.name}/{name}.py"
        yield wanted[name].node.diagnostic("handler-missing", message, "operationId")
    for name in present - wanted.keys():
        message = f"no operation belongs to the handler {folder.name}/{name}.py"
        yield document.diagnostic("handler-unknown", message, "paths")


def paths(document: Node) -> Iterator[Diagnostic]:
    """No two paths match the same requests, and templates are well formed."""
    counts = Counter(anonymous(path) for path, _ in document["paths"].members())
    for path, item in document["paths"].members():
        if counts[anonymous(path)] > 1:
            yield item.diagnostic("path-twice", "another path matches the same requests")
        if not is_template(path):
            yield item.diagnostic("path-template", "its braces do not make a template")
        if len(set(names(path))) < len(names(path)):
            yield item.diagnostic("path-template", "it names a parameter twice")


def path_parameters(operation: Operation) -> Iterator[Diagnostic]:
    """The path's template and the declared path parameters are the same names."""
    templated = set(names(operation.path))
    declared = {node.read("name"): node for node in parameters(operation) if node.read("in") == "path"}
    for name in templated - declared.keys():
        message = f"the path's {{{name}}} is not declared"
        yield operation.node.diagnostic("path-parameter-undeclared", message, "parameters")
    for name in declared.keys() - templated:
        yield declared[name].diagnostic("path-parameter-unknown", f"{operation.path} has no {{{name}}}", "name")


def request_bodies(operation: Operation) -> Iterator[Diagnostic]:
    """No request body where OpenAPI 3.0 would ignore it."""
    if operation.method in _BODILESS and "requestBody" in operation.node:
        message = f"OpenAPI 3.0 ignores a body of {operation.method} (RFC 7231 gives it no meaning)"
        yield operation.node.diagnostic("request-body-ignored", message, "requestBody")


def bodiless_responses(operation: Operation) -> Iterator[Diagnostic]:
    """No content where HTTP allows none."""
    for status, node in operation.node["responses"].members():
        if status.startswith(_NO_CONTENT) and follow(node).read("content"):
            message = f"a {status} never has content (RFC 9110, 6.4.1)"
            yield follow(node).diagnostic("response-body-impossible", message, "content")


def answers(operation: Operation) -> Iterator[Diagnostic]:
    """Every status that the engine itself may answer for this operation is declared."""
    declared = set(operation.node["responses"].value)
    for status in _own_statuses(operation):
        if not declared & {str(status.value), f"{status // 100}XX", "default"}:
            message = f"the operation can answer {status.value} {status.phrase}, which is not declared"
            yield operation.node.diagnostic("status-undeclared", message, "responses")


def _own_statuses(operation: Operation) -> Iterator[HTTPStatus]:
    # 400 for every operation: unknown query parameters are refused also where none is declared.
    yield HTTPStatus.BAD_REQUEST
    yield HTTPStatus.INTERNAL_SERVER_ERROR
    if security(operation) and {} not in security(operation):
        yield from (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
    if "requestBody" in operation.node:
        yield from (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)


def security_schemes(operation: Operation) -> Iterator[Diagnostic]:
    """Every security scheme that is asked for is declared."""
    known = operation.node.root.get("components", {}).get("securitySchemes", {})
    unknown = {name for alternative in security(operation) for name in alternative} - set(known)
    for name in sorted(unknown):
        yield operation.node.diagnostic("security-unknown", f"there is no security scheme {name}", "security")
