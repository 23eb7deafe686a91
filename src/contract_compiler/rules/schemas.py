"""Schemas: every keyword has a meaning where it stands, and together they leave something that is valid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from jsonschema_rs import Draft202012Validator, ValidationError

from contract_compiler import discriminators, formats
from contract_compiler.diagnostics import Diagnostic
from contract_compiler.document import Node, all_of_parts
from contract_compiler.patterns import PatternError, portability_faults, translate
from contract_compiler.schemas import hidden_names
from contract_compiler.traversal import Direction

_LIMITS = (
    ("minimum", "maximum"),
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minProperties", "maxProperties"),
)


def keywords(schema: Node) -> Iterator[Diagnostic]:
    """Keywords that need another one beside them, or leave nothing that is valid (OpenAPI 3.0.3, Schema Object)."""
    kind = schema.read("type")
    if kind is None and schema.read("nullable") is True:
        message = "it has no effect without a type beside it: state the type here"
        yield schema.diagnostic("schema-nullable", message, "nullable")
    if kind == "array" and "items" not in schema:
        yield schema.diagnostic("schema-items", "an array must say what its items are", "items")
    for exclusive, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if schema.read(exclusive) is True and bound not in schema:
            yield schema.diagnostic("schema-exclusive", f"it has no effect without {bound}", exclusive)
    for lower, upper in _LIMITS:
        if lower in schema and upper in schema and schema.read(lower) > schema.read(upper):
            yield schema.diagnostic("schema-range", f"nothing lies between {lower} and {upper}", lower)
    for combination in ("allOf", "oneOf", "anyOf"):
        if schema.read(combination) == []:
            message = "JSON Schema has it hold at least one schema"
            yield schema.diagnostic("schema-combination-empty", message, combination)
    if schema.read("readOnly") is True and schema.read("writeOnly") is True:
        yield schema.diagnostic("schema-direction", "it cannot be writeOnly and readOnly", "readOnly")


def texts(schema: Node) -> Iterator[Diagnostic]:
    """A format that something asserts, and a pattern that means the same to every engine, better compiles in all."""
    name, kind = schema.read("format"), schema.read("type")
    if name is not None and formats.keywords(kind, name) is None:
        message = f"{name} with {kind or 'no type'} cannot be enforced: state it as a pattern or as limits"
        yield schema.diagnostic("schema-format", message, "format")
    if "pattern" in schema:
        pattern = schema.read("pattern")
        try:
            Draft202012Validator({"pattern": translate(pattern)})
        except PatternError as error:
            yield schema.diagnostic("schema-pattern", str(error), "pattern")
        except ValidationError:
            yield schema.diagnostic("schema-pattern", "it is no regular expression of ECMA-262", "pattern")
        else:
            for fault in portability_faults(pattern):
                yield schema.diagnostic("pattern-portability", f"not every engine compiles it: {fault}", "pattern")


def objects(schema: Node) -> Iterator[Diagnostic]:
    """Required properties that a closed object does not allow, and parts of an allOf that exclude each other."""
    if "allOf" not in schema:
        if schema.read("additionalProperties") is False:
            for name in schema.read("required", []):
                if name not in schema.read("properties", {}):
                    message = f"{name} is required but not allowed"
                    yield schema.diagnostic("schema-required-unknown", message, "required")
        return
    parts = list(all_of_parts(schema))
    names = {name for each in parts for name in (*each.read("properties", {}), *each.read("required", []))}
    for part in parts:
        foreign = names - set(part.read("properties", {}))
        if part.read("additionalProperties") is False and foreign:
            message = f"a part of this allOf allows no other properties, yet others bring {', '.join(sorted(foreign))}"
            yield schema.diagnostic("schema-closed-part", message, "allOf")
    for direction in get_args(Direction):
        hidden = {name for each in parts for name in hidden_names(each, direction)}
        for part in parts:
            # One part's readOnly property would be required in requests too.
            for name in hidden.intersection(part.read("required", [])) - hidden_names(part, direction):
                message = f"{name} is not for every message, so it must be required where it is declared"
                yield part.diagnostic("schema-required-elsewhere", message, "required")


def discriminator(schema: Node) -> Iterator[Diagnostic]:
    """A discriminator names schemas that it can choose between."""
    if "discriminator" not in schema:
        return
    for branch in (*schema.elements("oneOf"), *schema.elements("anyOf")):
        if "$ref" not in branch:
            message = "a discriminator cannot name it: make it a component and refer to it"
            yield branch.diagnostic("discriminator-inline", message)
    alternatives = discriminators.alternatives(schema)
    if len(alternatives) < 1 + discriminators.has_children(schema):
        yield schema.diagnostic("discriminator-choice", "there are no schemas to choose between", "discriminator")
    for _, reference in schema.entries("discriminator", "mapping"):
        chosen = discriminators.named(schema, reference.value)
        if chosen is None or all(chosen.path != each.path for each in alternatives):
            message = f"{reference.value} is not one of the schemas to choose between"
            yield reference.diagnostic("discriminator-mapping", message)
