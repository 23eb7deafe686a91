"""Whether the document is an OpenAPI 3.0 document at all, by the meta-schema that the OpenAPI Initiative publishes.

The meta-schema also refuses every keyword that OpenAPI 3.0 does not know (`const`, `if`, `type: [string, "null"]`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from jsonschema_rs import Draft4Validator, ValidationError

from contract_compiler.diagnostics import Diagnostic
from contract_compiler.document import Node

_VERSION = re.compile(r"3\.0\.[0-9]+(-.+)?")


def structure(document: Node) -> Iterator[Diagnostic]:
    """Every place where the document does not have the structure of OpenAPI 3.0."""
    version = document.read("openapi")
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        yield document.diagnostic("openapi-version", "only OpenAPI 3.0 is compiled (openapi: 3.0.x)", "openapi")
        return
    for error in Draft4Validator(_meta_schema(), validate_formats=False).iter_errors(document.value):
        for cause in _causes(error):
            yield from _findings(document, cause)


def _meta_schema() -> dict[str, Any]:
    text = (files("openapi_spec_validator") / "resources/schemas/v3.0/schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def _causes(error: ValidationError) -> Iterator[ValidationError]:
    """The error itself, or why the alternative that fits best does not fit."""
    alternatives = getattr(error.kind, "context", [])
    if not alternatives or not all(alternatives):
        yield error
        return
    for cause in max(alternatives, key=_closeness):
        yield from _causes(cause)


def _closeness(errors: list[ValidationError]) -> tuple[bool, int, int]:
    # "A reference" is nearly always one of the alternatives; whoever wrote no $ref did not mean it.
    is_reference = any(getattr(error.kind, "property", None) == "$ref" for error in errors)
    return not is_reference, max(len(error.instance_path) for error in errors), -len(errors)


def _findings(document: Node, error: ValidationError) -> Iterator[Diagnostic]:
    node = document
    for step in error.instance_path:
        # The validator writes a status, a key of an object, as a number.
        node = node[step if isinstance(node.value, list) else str(step)]
    unexpected = getattr(error.kind, "unexpected", None)
    if unexpected:
        yield from (
            node.diagnostic("openapi-structure", "OpenAPI 3.0 has no such field here", key) for key in unexpected
        )
    else:
        yield node.diagnostic("openapi-structure", _message(error), getattr(error.kind, "property", None))


def _message(error: ValidationError) -> str:
    # The validator's own words would repeat everything that stands there.
    combined = error.kind.name in ("not", "oneOf", "anyOf")
    return "these fields do not go together here" if combined else error.message
