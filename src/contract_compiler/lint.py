"""Checks of a document before it is compiled, in the order in which one can rely on another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from contract_compiler.diagnostics import Diagnostic, InvalidDocument
from contract_compiler.document import Node
from contract_compiler.rules import examples, operations, schemas, structure
from contract_compiler.traversal import Kind, walk
from contract_compiler.traversal import operations as all_operations

# What these rules find compiles to something that contradicts nothing of the document: it leaves open or undeclared
# what the checks would need, or says what has no effect. All else would be enforced otherwise than it is meant.
WARNINGS = frozenset(
    {
        "body-unenforceable", "error-body", "example-breaks-schema", "operation-id-missing",
        "parameter-empty-value", "pattern-portability", "request-body-ignored", "response-body-impossible",
        "schema-format", "schema-items", "status-undeclared",
    }
)  # fmt: skip

_Rule = Callable[[Node], Iterator[Diagnostic]]
_READABLE: tuple[_Rule, ...] = (structure.structure, structure.references, structure.endless_schemas)
_OF_PART: dict[Kind, tuple[_Rule, ...]] = {
    "path item": (operations.unique_parameters,),
    "operation": (operations.unique_parameters,),
    "parameter": (operations.parameter,),
    "header": (operations.parameter,),
    "request body": (operations.media_types, operations.size_limit),
    "response": (operations.media_types, operations.headers),
    "security scheme": (operations.allowed_groups,),
    "schema": (schemas.keywords, schemas.texts, schemas.objects, schemas.discriminator),
}


def lint(document: Node, handlers: Path | None = None, *, strict: bool = False) -> list[Diagnostic]:
    """Check the whole document, and return the warnings: what compiles, and is better said otherwise (see WARNINGS).

    Every operation must have its handler in the folder `handlers`, if one is given. `strict` refuses warnings, too.

    Raises:
        InvalidDocument: with every error of the first stage that has any. Each stage relies on the ones before it.
    """
    stages: list[_Rule] = [*_READABLE, _meaning, examples.examples]
    if handlers is not None:
        stages.append(lambda checked: operations.handlers(checked, handlers))
    return _run(document, stages, strict=strict)


def readable(document: Node) -> None:
    """Check only what must hold before anything can be said of a document, whoever is to enforce it.

    Raises:
        InvalidDocument: see `lint`.
    """
    _run(document, [*_READABLE, _parts], strict=False)


def _run(document: Node, stages: list[_Rule], *, strict: bool) -> list[Diagnostic]:
    warnings: list[Diagnostic] = []
    for stage in stages:
        found = list(stage(document))
        errors = [diagnostic for diagnostic in found if strict or diagnostic.rule not in WARNINGS]
        if errors:
            raise InvalidDocument(errors)
        warnings += found
    return sorted(set(warnings))


def _meaning(document: Node) -> Iterator[Diagnostic]:
    for of_document in (operations.operation_ids, operations.paths, operations.throttling, _parts):
        yield from of_document(document)
    for operation in all_operations(document):
        for of_operation in (operations.path_parameters, operations.declarations, operations.query_parameters):
            yield from of_operation(operation)


def _parts(document: Node) -> Iterator[Diagnostic]:
    yield from operations.security_schemes(document)
    for part in walk(document):
        # Only what is written out: a reference is checked where it leads.
        for check in () if "$ref" in part.node else _OF_PART.get(part.kind, ()):
            yield from check(part.node)
