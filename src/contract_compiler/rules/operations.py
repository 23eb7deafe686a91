"""Operations: one id and one handler each, requests that can be read without guessing, and every answer declared."""

from __future__ import annotations

import keyword
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from contract_compiler.diagnostics import Diagnostic
from contract_compiler.document import Node, all_of_parts, follow
from contract_compiler.operation_tables import (
    declared_response,
    is_any_bytes,
    is_media_range,
    is_text,
    may_be_json,
    media_range,
    module_name,
    own_statuses,
    scheme_names,
)
from contract_compiler.parameters import explodes, identity, is_open, parameters, property_names, style, type_name
from contract_compiler.traversal import (
    BODILESS_METHODS,
    OperationNode,
    is_template,
    operations,
    template_names,
    without_names,
)

_SCALARS = frozenset({"string", "integer", "number", "boolean", "any"})
_MIXED = "a text cannot tell which of its types is meant"


def operation_ids(document: Node) -> Iterator[Diagnostic]:
    """Every operation has an id, and no two have the same or become the same module."""
    counts = Counter(module_name(operation.operation_id) for operation in operations(document))
    for operation in operations(document):
        name = module_name(operation.operation_id)
        if "operationId" not in operation.node:
            message = f"there is none, so it is {operation.operation_id}: give it one that stays when the path changes"
            yield operation.node.diagnostic("operation-id-missing", message, "operationId")
        if not name.isidentifier() or keyword.iskeyword(name):
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
    counts = Counter(without_names(path) for path, _ in document.members("paths"))
    for path, item in document.members("paths"):
        if counts[without_names(path)] > 1:
            yield item.diagnostic("path-twice", "another path matches the same requests")
        if not is_template(path):
            yield item.diagnostic("path-template", "its braces do not make a template")
        if len(set(template_names(path))) < len(template_names(path)):
            yield item.diagnostic("path-template", "it names a parameter twice")


def path_parameters(operation: OperationNode) -> Iterator[Diagnostic]:
    """The path's template and the declared path parameters are the same names."""
    templated = set(template_names(operation.path))
    declared = {node.read("name"): node for node in parameters(operation) if node.read("in") == "path"}
    for name in templated - declared.keys():
        message = f"the path's {{{name}}} is not declared"
        yield operation.node.diagnostic("path-parameter-undeclared", message, "parameters")
    for name in declared.keys() - templated:
        yield declared[name].diagnostic("path-parameter-unknown", f"{operation.path} has no {{{name}}}", "name")


def declarations(operation: OperationNode) -> Iterator[Diagnostic]:
    """No body where HTTP gives it no meaning; every status that the run time answers is declared."""
    node = operation.node
    if operation.method in BODILESS_METHODS and "requestBody" in node:
        message = f"OpenAPI 3.0 ignores a body of {operation.method} (RFC 7231 gives it no meaning): it is not checked"
        yield node.diagnostic("request-body-ignored", message, "requestBody")
    for status, response in node.members("responses"):
        if status.startswith(("1", "204", "205", "304")) and follow(response).read("content"):
            message = f"a {status} never has content (RFC 9110, 6.4.1): none is sent"
            yield follow(response).diagnostic("response-body-impossible", message, "content")
    for own in own_statuses(operation):
        if declared_response(operation, own) is None:
            message = f"the operation can answer {own.value} {own.phrase}, which is not declared"
            yield node.diagnostic("status-undeclared", message, "responses")


def security_schemes(document: Node) -> Iterator[Diagnostic]:
    """Every security scheme that an operation asks for is declared."""
    known = {name for name, _ in document.entries("components", "securitySchemes")}
    for operation in operations(document):
        for name in sorted(scheme_names(operation) - known):
            yield operation.node.diagnostic("security-unknown", f"there is no security scheme {name}", "security")


def allowed_groups(scheme: Node) -> Iterator[Diagnostic]:
    """`x-allowed-groups` is a list of names."""
    groups = scheme.read("x-allowed-groups", [])
    if not isinstance(groups, list) or not all(isinstance(each, str) for each in groups):
        yield scheme.diagnostic("security-groups", "it must be a list of names of groups", "x-allowed-groups")


def unique_parameters(holder: Node) -> Iterator[Diagnostic]:
    """No parameter of a path or an operation is declared twice at one place (header names whatever their case)."""
    nodes = list(holder.elements("parameters"))
    counts = Counter(identity(follow(node)) for node in nodes)
    for node in nodes:
        if counts[identity(follow(node))] > 1:
            yield node.diagnostic("parameter-twice", "the same name and place are there twice")


def parameter(node: Node) -> Iterator[Diagnostic]:
    """The text of a parameter or a header tells its type and fits its style, or is JSON, which `content` says."""
    # A header of a response has no `in`.
    if node.read("allowEmptyValue") is True and node.read("in", "query") != "query":
        yield node.diagnostic("parameter-empty-value", "it is valid for query parameters only", "allowEmptyValue")
    for name, media in node.entries("content"):
        if not may_be_json(media_range(name)) or "*" in name:
            yield media.diagnostic("parameter-media-type", "only JSON can be read from a parameter")
    if "content" in node:
        return
    schema = node["schema"]
    kind = type_name(schema)
    if kind == "mixed":
        yield schema.diagnostic("parameter-type-mixed", _MIXED)
    elif kind in ("array", "object"):
        yield from _styled(node, kind)
        yield from _flat(schema, style(node))


def _styled(parameter: Node, kind: str) -> Iterator[Diagnostic]:
    name = style(parameter)
    if name in ("spaceDelimited", "pipeDelimited") and (kind == "object" or explodes(parameter)):
        message = f"{name} is defined for arrays with explode: false only"
        yield parameter.diagnostic("parameter-style", message, "explode" if kind == "array" else "style")
    if name == "deepObject" and (kind == "array" or not explodes(parameter)):
        yield parameter.diagnostic("parameter-style", "deepObject is defined for exploded objects only", "style")
    if parameter.read("in") == "cookie" and explodes(parameter):
        message = "a cookie cannot be exploded into several of one header: write explode: false"
        yield parameter.diagnostic("parameter-style", message, "explode" if "explode" in parameter else "in")


def _flat(schema: Node, style_name: str) -> Iterator[Diagnostic]:
    allowed = _SCALARS | {"array"} if style_name == "deepObject" else _SCALARS
    for part in all_of_parts(schema):
        inner = [part[key] for key in ("items", "additionalProperties") if isinstance(part.read(key), dict)]
        for child in (*inner, *(child for _, child in part.entries("properties"))):
            kind = type_name(child)
            if kind == "mixed":
                yield child.diagnostic("parameter-type-mixed", _MIXED)
            elif kind not in allowed:
                message = f"no style is defined for an {kind} inside a parameter: send it as JSON by content"
                yield child.diagnostic("parameter-nested", message)
            elif kind == "array":
                yield from _flat(child, "form")


def headers(response: Node) -> Iterator[Diagnostic]:
    """No header of a response is declared twice in different cases (RFC 9110, 5.1)."""
    counts = Counter(name.lower() for name, _ in response.entries("headers"))
    for name, node in response.entries("headers"):
        if counts[name.lower()] > 1:
            yield node.diagnostic("header-twice", "the same header is there twice: the case of its name does not count")


def query_parameters(operation: OperationNode) -> Iterator[Diagnostic]:
    """Every query parameter of a request belongs to one declared parameter."""
    nodes = [node for node in parameters(operation) if node.read("in") == "query"]
    names = {str(node.read("name")) for node in nodes}
    exploded = [node for node in nodes if "content" not in node and style(node) == "form" and explodes(node)]
    spread = [node for node in exploded if type_name(node["schema"]) == "object"]
    for node in [node for node in spread if is_open(node["schema"])][1:]:
        message = "another exploded object takes all unknown query parameters already"
        yield node.diagnostic("parameter-ambiguous", message)
    for node in spread:
        for name in sorted(names & property_names(node["schema"])):
            yield node.diagnostic("parameter-ambiguous", f"its property {name} has the name of a query parameter")


def media_types(holder: Node) -> Iterator[Diagnostic]:
    """Media types are well formed and there once; schemas stand where they are enforced: any other body is bytes."""
    counts = Counter(media_range(key) for key, _ in holder.entries("content"))
    for key, media in holder.entries("content"):
        name, schema = media_range(key), media.get("schema")
        if not is_media_range(name):
            message = "it is no media type or range, or has a parameter other than charset=utf-8"
            yield media.diagnostic("media-type", message)
        elif counts[name] > 1:
            yield media.diagnostic("media-type-twice", "the same media type is there twice")
        if is_text(name):
            if schema is not None and type_name(schema) not in ("string", "any"):
                yield media.diagnostic("body-text-type", "the body of a text is a string", "schema")
        elif not may_be_json(name) and not is_any_bytes(schema):
            message = f"a body of {name} is not checked against its schema: only JSON and text are, all else is bytes"
            yield media.diagnostic("body-unenforceable", message, "schema")


def size_limit(body: Node) -> Iterator[Diagnostic]:
    """`x-max-bytes` is a number of bytes."""
    limit = body.read("x-max-bytes", 1)
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
        yield body.diagnostic("body-size", "it must be a whole number of bytes, at least 1", "x-max-bytes")


def throttling(document: Node) -> Iterator[Diagnostic]:
    """Every limit has a rate and a burst that a gateway can have."""
    limits = [each.node["x-throttling"] for each in operations(document) if "x-throttling" in each.node]
    whole = document.get("x-throttling")
    if whole is not None:
        if isinstance(whole.value, dict) and whole.value.keys() <= {"read", "write"}:
            limits += [limit for _, limit in whole.entries()]
        else:
            yield whole.diagnostic("throttling", "it has limits for `read` and for `write`")
    for limit in limits:
        rate, burst = limit.read("requestsPerSecond"), limit.read("burst")
        numbers = isinstance(rate, int | Decimal) and not isinstance(rate, bool) and type(burst) is int
        if not numbers or len(limit.value) > 2 or rate <= 0 or burst < 1:
            message = "a limit has `requestsPerSecond`, above 0, and a whole `burst` of at least 1"
            yield limit.diagnostic("throttling", message)
