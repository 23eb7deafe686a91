"""Structure: the document is one of OpenAPI 3.0, and its references lead where they should.

The meta-schema that the OpenAPI Initiative publishes also refuses every keyword that OpenAPI 3.0 does not know:
`const`, `if`, `type: [string, "null"]`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.resources import files

from jsonschema_rs import Draft4Validator, ValidationError

from contract_compiler.diagnostics import Diagnostic, InvalidDocument
from contract_compiler.document import Node, follow, target
from contract_compiler.traversal import closure, walk

# "Any properties added SHALL be ignored" (OpenAPI 3.0.3, Reference Object): to ignore a description beside a reference
# is harmless, to ignore a limit is not.
_HARMLESS = frozenset({"$ref", "title", "summary", "description", "example", "examples", "externalDocs", "deprecated"})
_COMPONENT_NAME = re.compile(r"[A-Za-z0-9._-]+")
_VERSION = re.compile(r"3\.0\.[0-9]+(-.+)?")


def structure(document: Node) -> Iterator[Diagnostic]:
    """Every place where the document does not have the structure of OpenAPI 3.0."""
    version = document.read("openapi")
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        yield document.diagnostic("openapi-version", "only OpenAPI 3.0 is compiled (openapi: 3.0.x)", "openapi")
        return
    meta_schema = (files("openapi_spec_validator") / "resources/schemas/v3.0/schema.json").read_text("utf-8")
    for error in Draft4Validator(json.loads(meta_schema), validate_formats=False).iter_errors(document.value):
        for cause in _causes(error):
            yield from _findings(document, cause)
    # The meta-schema does not look at components of other names (OpenAPI 3.0.3, Components Object).
    components = document.get("components")
    for _, group in components.members() if components and isinstance(components.value, dict) else ():
        for name, node in group.entries() if isinstance(group.value, dict) else ():
            if not _COMPONENT_NAME.fullmatch(name):
                yield node.diagnostic("component-name", "only letters, digits, '.', '-' and '_' are allowed")


def _causes(error: ValidationError) -> Iterator[ValidationError]:
    """The error itself, or why the alternative that fits best does not fit."""

    def closeness(errors: list[ValidationError]) -> tuple[bool, int, int]:
        # "A reference" is nearly always one of the alternatives; whoever wrote no $ref did not mean it.
        is_reference = any(getattr(each.kind, "property", None) == "$ref" for each in errors)
        return not is_reference, max(len(each.instance_path) for each in errors), -len(errors)

    alternatives = getattr(error.kind, "context", [])
    if not alternatives or not all(alternatives):
        yield error
        return
    for cause in max(alternatives, key=closeness):
        yield from _causes(cause)


def _findings(document: Node, error: ValidationError) -> Iterator[Diagnostic]:
    node = document
    for step in error.instance_path:
        # The validator writes a status, a key of an object, as a number.
        node = node[step if isinstance(node.value, list) else str(step)]
    unexpected = getattr(error.kind, "unexpected", [])
    for key in unexpected:
        yield node.diagnostic("openapi-structure", "OpenAPI 3.0 has no such field here", key)
    if not unexpected:
        # The validator's own words for a combination would repeat everything that stands there.
        combined = error.kind.name in ("not", "oneOf", "anyOf")
        message = "these fields do not go together here" if combined else error.message
        yield node.diagnostic("openapi-structure", message, getattr(error.kind, "property", None))


def references(document: Node) -> Iterator[Diagnostic]:
    """Every reference that cannot be followed, leads to a part of another kind, or has something beside it."""
    parts = list(walk(document))
    kinds = {part.node.path: part.kind for part in parts}
    for node, kind in [(part.node, part.kind) for part in parts if "$ref" in part.node]:
        if kind == "path item":
            yield node.diagnostic("reference-path-item", "a path must be written out, not referred to", "$ref")
            continue
        for key, _ in node.members():
            if key not in _HARMLESS:
                message = "it stands beside a $ref, where OpenAPI 3.0 ignores it: put both in an allOf"
                yield node.diagnostic("reference-sibling", message, key)
        try:
            follow(node)
        except InvalidDocument as refused:
            yield from refused.diagnostics
        else:
            if kinds.get(target(node).path) != kind:
                yield node.diagnostic("reference-kind", f"it does not lead to a {kind} of the document", "$ref")


def endless_schemas(document: Node) -> Iterator[Diagnostic]:
    """Every schema that includes itself without going down into the value, so that no value could ever be checked."""
    schemas = [part.node for part in walk(document) if part.kind == "schema"]
    below = {schema.path: [each.path for each in _in_place(schema)] for schema in schemas}
    for schema in schemas:
        if "$ref" not in schema and schema.path in closure(below[schema.path], below.__getitem__):
            yield schema.diagnostic("schema-endless", "the schema includes itself at the same place")


def _in_place(schema: Node) -> Iterator[Node]:
    """The schemas that apply to the very value that this one applies to."""
    if "$ref" in schema:
        yield target(schema)
        return
    for keyword in ("allOf", "oneOf", "anyOf"):
        yield from schema.elements(keyword)
    if "not" in schema:
        yield schema["not"]
