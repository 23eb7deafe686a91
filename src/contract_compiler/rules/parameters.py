"""Parameters and response headers: only what can be read back from a request without guessing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from contract_compiler.diagnostics import Diagnostic
from contract_compiler.document import Node, all_of_parts, follow
from contract_compiler.operation_tables import may_be_json, media_range
from contract_compiler.parameters import explodes, identity, is_open, parameters, property_names, style, type_name
from contract_compiler.traversal import OperationNode, Part

_SCALARS = frozenset({"string", "integer", "number", "boolean", "any"})
_SEPARATED = frozenset({"spaceDelimited", "pipeDelimited"})


def unique(part: Part) -> Iterator[Diagnostic]:
    """No parameter is declared twice at one place (header names whatever their case)."""
    if "parameters" not in part.node:
        return
    nodes = [follow(node) for node in part.node["parameters"].elements()]
    counts = Counter(identity(node) for node in nodes)
    for index, node in enumerate(nodes):
        if counts[identity(node)] > 1:
            yield part.node["parameters"][index].diagnostic(
                "parameter-twice", "the same name and place are there twice"
            )


def literal(part: Part) -> Iterator[Diagnostic]:
    """The text of a parameter must tell its type, and fit the style."""
    if "$ref" in part.node or "content" in part.node:
        return
    schema = part.node["schema"]
    kind = type_name(schema)
    if kind == "mixed":
        yield schema.diagnostic("parameter-type-mixed", "a text cannot tell which of its types is meant")
    elif kind in ("array", "object"):
        yield from _styled(part.node, kind)
        yield from _flat(schema, style(part.node))


def _styled(node: Node, kind: str) -> Iterator[Diagnostic]:
    name = style(node)
    if name in _SEPARATED and (kind == "object" or explodes(node)):
        message = f"{name} is defined for arrays with explode: false only"
        yield node.diagnostic("parameter-style", message, "explode" if kind == "array" else "style")
    if name == "deepObject" and (kind == "array" or not explodes(node)):
        yield node.diagnostic("parameter-style", "deepObject is defined for exploded objects only", "style")
    if node.read("in") == "cookie" and explodes(node):
        message = "a cookie cannot be exploded into several of one header: write explode: false"
        yield node.diagnostic("parameter-style", message, "explode" if "explode" in node else "in")


def _flat(schema: Node, style_name: str) -> Iterator[Diagnostic]:
    for part in all_of_parts(schema):
        for child in _children(part):
            kind = type_name(child)
            allowed = _SCALARS | {"array"} if style_name == "deepObject" else _SCALARS
            if kind == "mixed":
                yield child.diagnostic("parameter-type-mixed", "a text cannot tell which of its types is meant")
            elif kind not in allowed:
                message = f"no style is defined for an {kind} inside a parameter: send it as JSON by content"
                yield child.diagnostic("parameter-nested", message)
            elif kind == "array":
                yield from _flat(child, "form")


def _children(schema: Node) -> Iterator[Node]:
    if "items" in schema:
        yield schema["items"]
    if isinstance(schema.read("additionalProperties"), dict):
        yield schema["additionalProperties"]
    if "properties" in schema:
        yield from (child for _, child in schema["properties"].entries())


def empty_values(part: Part) -> Iterator[Diagnostic]:
    """`allowEmptyValue` is for query parameters alone (OpenAPI 3.0.3, Parameter Object)."""
    if part.node.read("allowEmptyValue") is True and part.node.read("in") != "query":
        yield part.node.diagnostic("parameter-empty-value", "it is valid for query parameters only", "allowEmptyValue")


def headers(part: Part) -> Iterator[Diagnostic]:
    """No header of a response is declared twice in different cases (RFC 9110, 5.1)."""
    counts = Counter(name.lower() for name in part.node.read("headers", ()))
    for name, node in part.node["headers"].entries() if "headers" in part.node else ():
        if counts[name.lower()] > 1:
            yield node.diagnostic("header-twice", "the same header is there twice: the case of its name does not count")


def claims(operation: OperationNode) -> Iterator[Diagnostic]:
    """Every query parameter of a request belongs to one declared parameter."""
    nodes = [node for node in parameters(operation) if node.read("in") == "query"]
    names = {str(node.read("name")) for node in nodes}
    spread = [node for node in nodes if _is_spread(node)]
    for node in [node for node in spread if is_open(node["schema"])][1:]:
        yield node.diagnostic(
            "parameter-ambiguous", "another exploded object takes all unknown query parameters already"
        )
    for node in spread:
        for name in sorted(names & property_names(node["schema"])):
            yield node.diagnostic("parameter-ambiguous", f"its property {name} has the name of a query parameter")


def _is_spread(parameter: Node) -> bool:
    exploded = "content" not in parameter and style(parameter) == "form" and explodes(parameter)
    return exploded and type_name(parameter["schema"]) == "object"


def content(part: Part) -> Iterator[Diagnostic]:
    """A parameter with `content` is JSON text."""
    for name, media in part.node["content"].entries() if "content" in part.node else ():
        if not may_be_json(media_range(name)) or "*" in name:
            yield media.diagnostic("parameter-media-type", "only JSON can be read from a parameter")
