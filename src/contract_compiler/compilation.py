"""A document in, files out: everything that is derived from it, as text, before any of it is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from contract_compiler.api_gateway.body import Json, render
from contract_compiler.api_gateway.rules import BODY_RULES, CONTRACT_RULES, check
from contract_compiler.client_document import client_document
from contract_compiler.diagnostics import InvalidDocument
from contract_compiler.document import Node, load
from contract_compiler.handler_permissions import handler_permissions
from contract_compiler.operation_tables import index, module_name, operation_table
from contract_compiler.operation_types import operation_types
from contract_compiler.output import TABLES, definition_texts, json_text
from contract_compiler.schemas import Schemas
from contract_compiler.traversal import operations
from contract_compiler.type_generators import python_types, typescript_types

Files = dict[str, str]
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Extras:
    """The names of the files to make besides the tables; None for those not wanted."""

    bundle: str | None = None
    models: str | None = None
    types: str | None = None
    operation_types: str | None = None
    typescript: str | None = None
    node_tools: Path = Path("node_modules")
    api_gateway: str | None = None
    api_gateway_settings: Path = Path("apigateway.yaml")
    permissions: str | None = None
    handlers: Path | None = None


def tables(document: Node) -> Files:
    """One table for each operation and their index, by path relative to the output folder.

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


def extras(document: Node, wanted: Extras, progress: Progress) -> Files:
    """The other files that are wanted, by path relative to the output folder.

    Raises:
        ToolError: a generator is missing or failed.
        InvalidDocument: API Gateway cannot import the document, its settings do not fit, or a handler does not declare
            its permissions.
        OSError: the settings cannot be read.
    """
    files: Files = {}
    bundle = json_text(document.value, sort_keys=False)
    makers: tuple[tuple[str | None, Callable[[], str]], ...] = (
        (wanted.bundle, lambda: bundle),
        (wanted.models, lambda: python_types(client_document(document), "models")),
        (wanted.types, lambda: python_types(client_document(document), "types")),
        (
            wanted.operation_types,
            lambda: operation_types(document, str(wanted.types), files),
        ),
        (wanted.typescript, lambda: typescript_types(client_document(document), wanted.node_tools)),
        (wanted.api_gateway, lambda: json_text(import_body(document, load(wanted.api_gateway_settings)))),
        (wanted.permissions, lambda: json_text(handler_permissions(document, wanted.handlers or Path()))),
    )
    for name, make in makers:
        if name is not None:
            progress(f"making {name}")
            files[name] = make()
    return files


def import_body(document: Node, settings: Node) -> Json:
    """The body that API Gateway imports, with placeholders for what an environment decides.

    The document must have passed `contract_compiler.lint.lint`.

    Raises:
        InvalidDocument: API Gateway cannot import the document, or its settings do not fit.
    """
    if diagnostics := list(check(document, CONTRACT_RULES)):
        raise InvalidDocument(diagnostics)
    body = render(document, settings)
    if diagnostics := list(check(Node(body, (), body, "the body for API Gateway"), BODY_RULES)):
        raise InvalidDocument(diagnostics)
    return body
