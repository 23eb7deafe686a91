"""Parameters and response headers as rows of the table, and the types that their texts are read as.

OpenAPI 3.0.3, Parameter Object: https://spec.openapis.org/oas/v3.0.3#parameter-object
"""

from __future__ import annotations

from typing import Any

from contract_compiler.defaults import own_default
from contract_compiler.document import Node, all_of_parts, follow
from contract_compiler.schemas import Schemas
from contract_compiler.traversal import Direction, OperationNode

Row = dict[str, Any]

DEFAULT_STYLES = {"path": "simple", "query": "form", "header": "simple", "cookie": "form"}

# Header parameters that "SHALL be ignored" (OpenAPI 3.0.3, Parameter Object): the request body, the responses and the
# security schemes say what is allowed there.
IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization"})


def parameters(operation: OperationNode) -> list[Node]:
    """The operation's parameters, references followed: its own, and those of its path that it does not override."""
    found: dict[tuple[str, str], Node] = {}
    for holder in (operation.item, operation.node):
        for node in holder.elements("parameters"):
            parameter = follow(node)
            found[identity(parameter)] = parameter
    return [node for key, node in found.items() if key[0] != "header" or key[1] not in IGNORED_HEADERS]


def identity(parameter: Node) -> tuple[str, str]:
    """A parameter's place and name, which no two share; the case of a header's name does not count (RFC 9110, 5.1)."""
    place, name = parameter.read("in"), parameter.read("name")
    return place, name.lower() if place == "header" else name


def parameter_rows(operation: OperationNode, schemas: Schemas) -> list[Row]:
    """The table's rows for the operation's parameters, in the document's order."""
    rows = []
    for parameter in parameters(operation):
        row = {
            "in": parameter.read("in"),
            "name": parameter.read("name"),
            "required": parameter.read("required", False),
            "allowEmptyValue": parameter.read("allowEmptyValue", False),
            **_reading(parameter, schemas, "request"),
        }
        default = own_default(value_schema(parameter))
        rows.append(row if default is None else {**row, "default": default.value})
    return rows


def header_rows(headers: Node | None, schemas: Schemas) -> dict[str, Row]:
    """The table's rows for the headers of a response; `Content-Type` is ignored, as OpenAPI asks.

    A row's `constant` is the one value that a required header can have, ready to be sent.
    """
    rows: dict[str, Row] = {}
    for name, node in headers.entries() if headers is not None else ():
        if name.lower() == "content-type":
            continue
        header = follow(node)
        required = header.read("required", False)
        rows[name] = {"required": required, **_reading(header, schemas, "response")}
        enum = _first(header["schema"], "enum") if required and "schema" in header else None
        if enum is not None and len(enum.value) == 1 and isinstance(enum.value[0], str | int):
            value = enum.value[0]
            rows[name]["constant"] = str(value).lower() if isinstance(value, bool) else str(value)
    return rows


def value_schema(holder: Node) -> Node | None:
    """The schema of the value of a parameter, a header or a media type; None where it has none.

    It is given by `schema`, or in a parameter or a header by the one media type of `content`.
    """
    if "content" in holder:
        return next(media.get("schema") for _, media in holder.entries("content"))
    return holder.get("schema")


def style(parameter: Node) -> str:
    """The parameter's style, stated or the default of its place."""
    return str(parameter.read("style", DEFAULT_STYLES[parameter.read("in", "header")]))


def explodes(parameter: Node) -> bool:
    """Whether arrays and objects are spread; deepObject knows no other way, so there it need not be stated."""
    return bool(parameter.read("explode", style(parameter) in ("form", "deepObject")))


def _reading(parameter: Node, schemas: Schemas, direction: Direction) -> Row:
    schema = value_schema(parameter)
    row: Row = {
        "style": style(parameter),
        "explode": explodes(parameter),
        "shape": {"type": "any"} if "content" in parameter else parameter_type(schema),
        "schema": schemas.translate(schema, direction) if schema is not None else {},
    }
    if "content" in parameter:
        row["media"] = next(iter(parameter.read("content"))).lower()
    return row


ParameterType = dict[str, Any]


def parameter_type(schema: Node | None) -> ParameterType:
    """The type that a literal of this schema is read as; `{"type": "any"}`, plain text, where the schema names none.

    Seen through references, allOf, and alternatives that agree on a type.
    """
    name = type_name(schema)
    if schema is None or name not in ("array", "object"):
        return {"type": name}
    if name == "array":
        return {"type": "array", "items": parameter_type(_first(schema, "items"))}
    properties = {
        name: parameter_type(child) for part in all_of_parts(schema) for name, child in part.entries("properties")
    }
    rule = _first(schema, "additionalProperties")
    others = {"type": "any"} if rule is None or rule.value is True else parameter_type(rule)
    return {"type": "object", "properties": properties, "additional": others if is_open(schema) else None}


def type_name(schema: Node | None) -> str:
    """The one type of a schema's values; `any` if it names none, `mixed` if it names several."""
    names: set[str] = set()
    waiting, seen = [] if schema is None else [schema], set()
    while waiting:
        parts = list(all_of_parts(waiting.pop()))
        if parts[0].path in seen:
            continue
        seen.add(parts[0].path)
        found = {str(part.read("type")) for part in parts if "type" in part}
        # An integer is a number: together they ask for an integer.
        names |= {"integer"} if found == {"integer", "number"} else found
        for part in parts if not found else ():
            for keyword in ("oneOf", "anyOf"):
                waiting.extend(part.elements(keyword))
    if names == {"integer", "number"}:
        return "number"
    return "mixed" if len(names) > 1 else next(iter(names), "any")


def property_names(schema: Node) -> set[str]:
    """The properties that an object schema, with what it includes, names."""
    return {name for part in all_of_parts(schema) for name in part.read("properties", {})}


def is_open(schema: Node) -> bool:
    """Whether an object may have properties that the schema does not name."""
    rule = _first(schema, "additionalProperties")
    return rule is None or rule.value is not False


def _first(schema: Node, keyword: str) -> Node | None:
    return next((part[keyword] for part in all_of_parts(schema) if keyword in part), None)
