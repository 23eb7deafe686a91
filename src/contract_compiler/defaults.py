"""Defaults: the values that the run time fills in for what a request leaves out.

Through references, allOf, properties, items and additionalProperties; never through oneOf, anyOf or not, where it is
open which branch was meant.
"""

from __future__ import annotations

from typing import Any

from contract_compiler.diagnostics import InvalidDocument
from contract_compiler.document import Node, all_of_parts, follow
from contract_compiler.schemas import holds_default, is_hidden

_Place = tuple[str, ...]
_BELOW = (("items", "items"), ("additionalProperties", "additional"))


def own_default(schema: Node | None) -> Node | None:
    """The default that stands at the schema itself, seen through references and allOf."""
    parts = all_of_parts(schema) if schema is not None else ()
    return next((part["default"] for part in parts if "default" in part), None)


def body_defaults(schema: Node) -> dict[str, Any]:
    """The defaults inside a request body, as a tree of `properties`, `items` and `additional`; {} if there are none.

    Raises:
        InvalidDocument: a default would have to be filled in at every depth of a schema that contains itself.
    """
    return _inside(schema, (), {})


def _inside(schema: Node, passed: tuple[_Place, ...], made: dict[_Place, dict[str, Any]]) -> dict[str, Any]:
    place = follow(schema).path
    if not holds_default(schema):
        return {}
    if place in passed:
        message = "a default below it would have to be filled in at every depth, for the schema contains itself"
        raise InvalidDocument([schema.diagnostic("default-endless", message)])
    if place not in made:
        tree: dict[str, Any] = {}
        for part in all_of_parts(schema):
            tree = _merged(tree, _of_part(part, (*passed, place), made))
        made[place] = tree
    return made[place]


def _of_part(part: Node, passed: tuple[_Place, ...], made: dict[_Place, dict[str, Any]]) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    for name, child in part.entries("properties"):
        if not is_hidden(child, "request"):
            default = own_default(child)
            found = ({} if default is None else {"default": default.value}) | _inside(child, passed, made)
            properties |= {name: found} if found else {}
    result: dict[str, Any] = {"properties": properties} if properties else {}
    for keyword, key in _BELOW:
        if isinstance(part.read(keyword), dict) and (found := _inside(part[keyword], passed, made)):
            result[key] = found
    return result


def _merged(tree: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Both trees in a new one; where both have a default, the first's."""
    result = {**other, **tree}
    for key in tree.keys() & other.keys() - {"default"}:
        result[key] = _merged(tree[key], other[key])
    return result
