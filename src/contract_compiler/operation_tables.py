"""One self-contained table for each operation: all that the run time needs to check its requests and responses.

Bodies have a row for each media type (https://spec.openapis.org/oas/v3.0.3#media-type-object).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from contract.http_syntax import is_json
from contract_compiler.defaults import body_defaults
from contract_compiler.document import Node, follow
from contract_compiler.output import TABLES, definition_texts, json_text
from contract_compiler.parameters import header_rows, parameter_rows
from contract_compiler.schemas import Schemas
from contract_compiler.traversal import Direction, OperationNode, operations

FORMAT = 1

Table = dict[str, Any]

_TOKEN = r"[!#$&^_.+0-9a-z-]+"  # RFC 6838, 4.2, and the lower-case half of it: the names ignore case
_RANGE = re.compile(rf"(?:\*/\*|{_TOKEN}/(?:\*|{_TOKEN}))")
_BYTES = {"type": "string", "format": "binary"}
_CHARSET = re.compile(r'\s*;\s*charset\s*=\s*"?utf-8"?\s*$')
# What the run time answers by itself, and the document does not declare, contradicts nothing that it says.
_UNDECLARED: Table = {"headers": {}, "content": {"application/json": {"schema": {}}}}


def module_name(operation_id: str) -> str:
    """The operation's name as a Python module and a file: `listProducts` becomes `list_products`."""
    words = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", operation_id)
    return re.sub(r"[^a-z0-9]+", "_", re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", words).lower()).strip("_")


def tables(document: Node) -> dict[str, str]:
    """The text of one table for each operation and of their index, by path relative to the output folder.

    The document must have passed `contract_compiler.lint.lint`.

    Raises:
        InvalidDocument: a default cannot be filled in.
    """
    schemas = Schemas()
    compiled = {
        f"{TABLES}/{module_name(operation.operation_id)}.json": operation_table(operation, schemas)
        for operation in operations(document)
    }
    texts = definition_texts(schemas.definitions)
    files = {name: json_text(table, texts=texts) for name, table in compiled.items()}
    return files | {f"{TABLES}.json": json_text(index(document))}


def operation_table(operation: OperationNode, schemas: Schemas) -> Table:
    """The table of one operation. `schemas` are the document's, and can serve all of its operations.

    Raises:
        InvalidDocument: a default cannot be filled in.
    """
    table = {
        "format": FORMAT,
        "operationId": operation.operation_id,
        "method": operation.method,
        "path": operation.path,
        "security": security(operation),
        "securitySchemes": _security_schemes(operation),
        "parameters": parameter_rows(operation, schemas),
        "requestBody": _request_body(operation, schemas),
        "responses": _responses(operation, schemas),
    }
    return table | {"definitions": schemas.reachable(table)}


def index(document: Node) -> Table:
    """The table of contents: every operation's name, route, security and throttling."""
    return {
        "format": FORMAT,
        "title": document["info"].read("title"),
        "version": document["info"].read("version"),
        "operations": [
            {
                "operationId": operation.operation_id,
                "module": module_name(operation.operation_id),
                "method": operation.method,
                "path": operation.path,
                "security": security(operation),
                "throttling": throttling(operation),
            }
            for operation in sorted(operations(document), key=lambda operation: operation.operation_id)
        ],
    }


def security(operation: OperationNode) -> list[dict[str, list[str]]]:
    """The alternatives of which a caller must meet one, the operation's own or the document's; [] is public."""
    everywhere = operation.node.root.get("security", [])
    return list(operation.node.read("security", everywhere))


def scheme_names(operation: OperationNode) -> set[str]:
    """The security schemes that any of the alternatives asks for."""
    return {name for alternative in security(operation) for name in alternative}


def throttling(operation: OperationNode) -> dict[str, Any] | None:
    """The limits for all callers of the operation together: `requestsPerSecond`, and `burst`, how many at once.

    They are the operation's own `x-throttling`, or the document's for operations that read (GET, HEAD) or write; None
    is the gateway's default.
    """
    everywhere = operation.node.root.get("x-throttling", {})
    kind = "read" if operation.method in ("GET", "HEAD") else "write"
    found: dict[str, Any] | None = operation.node.read("x-throttling", everywhere.get(kind))
    return found


def own_statuses(operation: OperationNode) -> Iterator[HTTPStatus]:
    """The statuses that the run time answers by itself."""
    # 400 for every operation: unknown query parameters are refused also where none is declared.
    yield HTTPStatus.BAD_REQUEST
    yield HTTPStatus.INTERNAL_SERVER_ERROR
    if security(operation) and {} not in security(operation):
        yield from (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
    if operation.request_body is not None:
        yield from (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)


def declared_response(operation: OperationNode, status: HTTPStatus) -> Node | None:
    """The Response Object for a status, of itself, its range or the default; None when it is not declared."""
    responses = operation.node["responses"]
    keys = (str(status.value), f"{status // 100}XX", "default")
    return next((follow(responses[key]) for key in keys if key in responses), None)


def _security_schemes(operation: OperationNode) -> dict[str, Any]:
    document = Node(operation.node.root, (), operation.node.root)
    schemes = {}
    for name in sorted(scheme_names(operation)):
        scheme = follow(document["components"]["securitySchemes"][name])
        schemes[name] = {key: value for key, value in scheme.value.items() if key != "description"}
    return schemes


def _request_body(operation: OperationNode, schemas: Schemas) -> Table | None:
    body = operation.request_body
    if body is None:
        return None
    rows = content_rows(body["content"], schemas, "request")
    for name, media in body.entries("content"):
        schema = media.get("schema")
        rows[media_range(name)]["defaults"] = {} if schema is None else body_defaults(schema)
    return {"required": body.read("required", False), "maxBytes": body.read("x-max-bytes"), "content": rows}


def _responses(operation: OperationNode, schemas: Schemas) -> Table:
    rows: Table = {}
    for status, node in operation.node.members("responses"):
        response = follow(node)
        # The content of an answer to HEAD describes what GET would send: HEAD has no body itself (RFC 9110, 9.3.2).
        content = None if operation.method == "HEAD" else response.get("content")
        rows[status] = {
            "headers": header_rows(response.get("headers"), schemas),
            "content": content_rows(content, schemas, "response"),
        }
    for own in own_statuses(operation):
        if declared_response(operation, own) is None:
            rows[str(own.value)] = _UNDECLARED
    return rows


def content_rows(content: Node | None, schemas: Schemas, direction: Direction) -> dict[str, dict[str, Any]]:
    """The table's rows for bodies; a row without `schema` allows any bytes of its media type."""
    rows: dict[str, dict[str, Any]] = {}
    for key, media in content.entries() if content is not None else ():
        name, schema = media_range(key), media.get("schema")
        rows[name] = {}
        if may_be_json(name) or is_text(name):
            if schema is not None:
                rows[name]["schema"] = schemas.translate(schema, direction)
            elif "*" not in name:
                rows[name]["schema"] = {}
    return rows


def media_range(name: str) -> str:
    """The media type or range in lower case, without `charset=utf-8`, which goes without saying (RFC 8259, 8.1)."""
    return _CHARSET.sub("", name.lower().strip())


def is_media_range(name: str) -> bool:
    """Whether the text is a media type or range without parameters."""
    return _RANGE.fullmatch(name) is not None


def may_be_json(name: str) -> bool:
    """Whether bodies of this media type or range can be JSON, other than one string."""
    return name in ("*/*", "application/*") or is_json(name)


def is_text(name: str) -> bool:
    """Whether bodies of this media type or range are one string to a schema: a plain text or, under a range, JSON's."""
    return name.startswith("text/") and not is_json(name)


def is_any_bytes(schema: Node | None) -> bool:
    """Whether a body's schema admits any bytes: there is none, or it says `format: binary` and nothing else."""
    return schema is None or {key: value for key, value in follow(schema).value.items() if key in _BYTES} == _BYTES
