"""Parameters and response headers: only what can be read back from a request without guessing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from contract_compiler.diagnostics import Diagnostic
from contract_compiler.document import Node, all_of_parts, follow
from contract_compiler.operation_tables import may_be_json, media_range
from contract_compiler.parameters import explodes, identity, is_open, parameters, property_names, style, type_name
from contract_compiler.traversal import OperationNode

_SCALARS = frozenset({"string", "integer", "number", "boolean", "any"})
_MIXED = "a text cannot tell which of its types is meant"


def unique(holder: Node) -> Iterator[Diagnostic]:
    """No parameter of a path or an operation is declared twice at one place (header names whatever their case)."""
    nodes = list(holder.elements("parameters"))
    counts = Counter(identity(follow(node)) for node in nodes)
    for node in nodes:
        if counts[identity(follow(node))] > 1:
            yield node.diagnostic("parameter-twice", "the same name and place are there twice")


def readable(parameter: Node) -> Iterator[Diagnostic]:
    """The text of a parameter or a header tells its type and fits its style, or is JSON, which `content` says."""
    if parameter.read("allowEmptyValue") is True and parameter.read("in") != "query":
        yield parameter.diagnostic("parameter-empty-value", "it is valid for query parameters only", "allowEmptyValue")
    for name, media in parameter.entries("content"):
        if not may_be_json(media_range(name)) or "*" in name:
            yield media.diagnostic("parameter-media-type", "only JSON can be read from a parameter")
    if "content" in parameter:
        return
    schema = parameter["schema"]
    kind = type_name(schema)
    if kind == "mixed":
        yield schema.diagnostic("parameter-type-mixed", _MIXED)
    elif kind in ("array", "object"):
        yield from _styled(parameter, kind)
        yield from _flat(schema, style(parameter))


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


def claims(operation: OperationNode) -> Iterator[Diagnostic]:
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
