"""Everything that is checked before a document is compiled, in the order in which one check can rely on another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from contract_compiler.diagnostics import Diagnostic, InvalidDocument
from contract_compiler.document import Node
from contract_compiler.rules import bodies, examples, operations, parameters, references, schemas
from contract_compiler.rules.structure import structure
from contract_compiler.traversal import Kind, Operation, Part, walk
from contract_compiler.traversal import operations as all_operations

_OF_PART: dict[Kind, tuple[Callable[[Part], Iterator[Diagnostic]], ...]] = {
    "components": (schemas.component_names,),
    "path item": (parameters.unique,),
    "operation": (parameters.unique,),
    "parameter": (parameters.literal, parameters.empty_values, parameters.content),
    "header": (parameters.literal, parameters.content),
    "request body": (bodies.media_types, bodies.bodies, bodies.size_limits),
    "response": (bodies.media_types, bodies.bodies, parameters.headers),
    "schema": (
        schemas.known_format,
        schemas.portable_pattern,
        schemas.nullable_with_type,
        schemas.exclusive_with_bound,
        schemas.possible_range,
        schemas.array_items,
        schemas.one_direction,
        schemas.closed_parts,
        schemas.required_elsewhere,
        schemas.required_unknown,
        schemas.discriminator,
    ),
}
_OF_OPERATION: tuple[Callable[[Operation], Iterator[Diagnostic]], ...] = (
    operations.path_parameters,
    parameters.claims,
    operations.request_bodies,
    operations.bodiless_responses,
    operations.answers,
    operations.security_schemes,
)


def lint(document: Node, handlers: Path | None = None) -> None:
    """Check the whole document, and that every operation has its handler in the folder `handlers`, if one is given.

    Raises:
        InvalidDocument: with every finding of the first stage that has any. Each stage stands on the ones before it.
    """
    for stage in (structure, references.references, references.endless_schemas, _meaning, _examples):
        _refuse(stage(document))
    if handlers is not None:
        _refuse(operations.handlers(document, handlers))


def readable(document: Node) -> None:
    """Check only what must hold before anything can be said of a document, whoever is to enforce it.

    Raises:
        InvalidDocument: see `lint`.
    """
    for stage in (structure, references.references, references.endless_schemas, _parts):
        _refuse(stage(document))


def _refuse(found: Iterator[Diagnostic]) -> None:
    diagnostics = list(found)
    if diagnostics:
        raise InvalidDocument(diagnostics)


def _meaning(document: Node) -> Iterator[Diagnostic]:
    yield from operations.operation_ids(document)
    yield from operations.paths(document)
    for operation in all_operations(document):
        for check in _OF_OPERATION:
            yield from check(operation)
    yield from _parts(document)


def _parts(document: Node) -> Iterator[Diagnostic]:
    for part in _own_parts(document):
        for check_part in _OF_PART.get(part.kind, ()):
            yield from check_part(part)


def _examples(document: Node) -> Iterator[Diagnostic]:
    for part in _own_parts(document):
        yield from examples.examples(part)


def _own_parts(document: Node) -> Iterator[Part]:
    """The parts that are written out; a reference is judged where it leads."""
    return (part for part in walk(document) if "$ref" not in part.node)
