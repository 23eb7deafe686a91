"""Schemas: every keyword has a meaning where it stands, and together they leave something that is valid."""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_rs import Draft202012Validator, ValidationError

from contract_compiler import discriminators, formats
from contract_compiler.diagnostics import Diagnostic
from contract_compiler.document import Node, all_of_parts
from contract_compiler.patterns import PatternError, portability_faults, translate
from contract_compiler.schemas import hidden_names
from contract_compiler.traversal import Direction, Part

_DIRECTIONS: tuple[Direction, ...] = ("request", "response")


def known_format(part: Part) -> Iterator[Diagnostic]:
    """A format that nothing asserts would be silently left out."""
    name = part.node.read("format")
    if name is not None and formats.keywords(part.node.read("type"), name) is None:
        kind = part.node.read("type", "no type")
        message = f"{name} with {kind} cannot be enforced: state it as a pattern or as limits"
        yield part.node.diagnostic("schema-format", message, "format")


def pattern(part: Part) -> Iterator[Diagnostic]:
    """A pattern must mean the same to every engine, compile in the one that decides, and better in all of them."""
    if "pattern" not in part.node:
        return
    text = part.node.read("pattern")
    try:
        Draft202012Validator({"pattern": translate(text)})
    except PatternError as error:
        yield part.node.diagnostic("schema-pattern", str(error), "pattern")
    except ValidationError:
        yield part.node.diagnostic("schema-pattern", "it is no regular expression of ECMA-262", "pattern")
    else:
        for fault in portability_faults(text):
            yield part.node.diagnostic("pattern-portability", f"not every engine compiles it: {fault}", "pattern")


def nullable_with_type(part: Part) -> Iterator[Diagnostic]:
    """`nullable` without a type beside it has no effect (OpenAPI 3.0.3, Schema Object)."""
    if part.node.read("nullable") is True and "type" not in part.node:
        message = "it has no effect without a type beside it: state the type here"
        yield part.node.diagnostic("schema-nullable", message, "nullable")


def exclusive_with_bound(part: Part) -> Iterator[Diagnostic]:
    """`exclusiveMinimum: true` says how `minimum` is meant, and nothing alone."""
    for exclusive, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if part.node.read(exclusive) is True and bound not in part.node:
            yield part.node.diagnostic("schema-exclusive", f"it has no effect without {bound}", exclusive)


def possible_range(part: Part) -> Iterator[Diagnostic]:
    """A lower limit above its upper limit leaves nothing."""
    for lower, upper in (
        ("minimum", "maximum"),
        ("minLength", "maxLength"),
        ("minItems", "maxItems"),
        ("minProperties", "maxProperties"),
    ):
        if lower in part.node and upper in part.node and part.node.read(lower) > part.node.read(upper):
            yield part.node.diagnostic("schema-range", f"nothing lies between {lower} and {upper}", lower)


def array_items(part: Part) -> Iterator[Diagnostic]:
    """`items` must be present if the type is array (OpenAPI 3.0.3, Schema Object)."""
    if part.node.read("type") == "array" and "items" not in part.node:
        yield part.node.diagnostic("schema-items", "an array must say what its items are", "items")


def one_direction(part: Part) -> Iterator[Diagnostic]:
    """A property cannot be both for requests only and for responses only."""
    if part.node.read("readOnly") is True and part.node.read("writeOnly") is True:
        yield part.node.diagnostic("schema-direction", "it cannot be writeOnly and readOnly", "readOnly")


def closed_parts(part: Part) -> Iterator[Diagnostic]:
    """A part of an allOf that admits its own properties alone refuses those of its neighbours."""
    if "allOf" not in part.node:
        return
    parts = list(all_of_parts(part.node))
    names = {name for each in parts for name in (*each.read("properties", {}), *each.read("required", []))}
    for closed in parts:
        foreign = names - set(closed.read("properties", {}))
        if closed.read("additionalProperties") is False and foreign:
            message = f"a part of this allOf allows no other properties, yet others bring {', '.join(sorted(foreign))}"
            yield part.node.diagnostic("schema-closed-part", message, "allOf")


def required_elsewhere(part: Part) -> Iterator[Diagnostic]:
    """A readOnly property that another part of an allOf requires would be required in requests too."""
    if "allOf" not in part.node:
        return
    parts = list(all_of_parts(part.node))
    for direction in _DIRECTIONS:
        hidden = {name for each in parts for name in hidden_names(each, direction)}
        for each in parts:
            for name in hidden.intersection(each.read("required", [])) - hidden_names(each, direction):
                message = f"{name} is not for every message, so it must be required where it is declared"
                yield each.diagnostic("schema-required-elsewhere", message, "required")


def discriminator(part: Part) -> Iterator[Diagnostic]:
    """A discriminator names schemas that it can choose between."""
    if "discriminator" not in part.node:
        return
    yield from _inline_alternatives(part.node)
    if len(discriminators.alternatives(part.node)) < 1 + discriminators.has_children(part.node):
        yield part.node.diagnostic("discriminator-choice", "there are no schemas to choose between", "discriminator")
    yield from _mapping(part.node)


def _mapping(schema: Node) -> Iterator[Diagnostic]:
    mapping = schema["discriminator"].get("mapping")
    known = {node.path for node in discriminators.alternatives(schema)}
    for _, reference in mapping.entries() if mapping else ():
        chosen = discriminators.named(schema, reference.value)
        if chosen is None or chosen.path not in known:
            message = f"{reference.value} is not one of the schemas to choose between"
            yield reference.diagnostic("discriminator-mapping", message)


def _inline_alternatives(schema: Node) -> Iterator[Diagnostic]:
    for keyword in ("oneOf", "anyOf"):
        for branch in schema[keyword].elements() if keyword in schema else ():
            if "$ref" not in branch:
                message = "a discriminator cannot name it: make it a component and refer to it"
                yield branch.diagnostic("discriminator-inline", message)


def required_unknown(part: Part) -> Iterator[Diagnostic]:
    """A required property that a closed schema does not know can never be there."""
    known = part.node.read("properties", {})
    if part.node.read("additionalProperties") is False and "allOf" not in part.node:
        for name in part.node.read("required", []):
            if name not in known:
                yield part.node.diagnostic("schema-required-unknown", f"{name} is required but not allowed", "required")
