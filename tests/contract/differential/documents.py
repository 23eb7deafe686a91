"""Hypothesis strategies for whole OpenAPI 3.0 documents with one operation."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TypeAlias

from hypothesis import strategies as st

from tests.contract.differential.respelling import is_spread_object
from tests.contract.differential.schema_strategies import (
    SchemaObject,
    Strategy,
    arrays,
    evenly,
    objects,
    scalars,
    schemas,
)

DocumentObject: TypeAlias = "dict[str, Any]"

OPERATION, METHOD = "putThing", "PUT"
_PLACES = {"query": ["q", "r"], "header": ["X-One", "X-Two"], "cookie": ["s"]}
_RECURSIVE = ("First", "Second")
_MEDIA_TYPES = ("application/json", "application/problem+json", "text/plain", "*/*", "application/*")
_ARRAY_STYLES: dict[str, list[tuple[str, bool]]] = {
    "path": [
        ("simple", False),
        ("simple", True),
        ("label", False),
        ("label", True),
        ("matrix", False),
        ("matrix", True),
    ],
    "query": [("form", True), ("form", False), ("spaceDelimited", False), ("pipeDelimited", False)],
    "header": [("simple", False), ("simple", True)],
    "cookie": [("form", False)],
}
_OBJECT_STYLES: dict[str, list[tuple[str, bool]]] = {
    **_ARRAY_STYLES,
    "query": [("form", True), ("form", False), ("deepObject", True)],
}

_RECURSIVE_OBJECTS = objects(schemas(*_RECURSIVE), one_way=True)
_FLAT_OBJECTS = objects(scalars)
_TEXTS = scalars.filter(lambda schema: schema["type"] == "string")
_JSON_CONTENT = schemas().map(lambda schema: {"content": {"application/json": {"schema": schema}}})


STYLES = {
    (name, explode) for place in ("path", "query") for name, explode in (*_ARRAY_STYLES[place], *_OBJECT_STYLES[place])
}


@st.composite
def documents(draw: st.DrawFn) -> DocumentObject:
    """A document; what its parts have in common is only that the compiler takes them."""
    components = draw(_components())
    pointers = st.sampled_from([{"$ref": f"#/components/schemas/{name}"} for name in components])
    bodies = evenly({"component": pointers, "inline": schemas(*components)})
    path_parameters = draw(_parameters("path", ["id", "part"]))
    others = [draw(_parameters(place, names)) for place, names in _PLACES.items()]
    operation = {
        "operationId": OPERATION,
        "parameters": [parameter for found in others for parameter in found],
        "responses": {status: draw(_response(bodies)) for status in ("200", "4XX", "default")},
    }
    if draw(st.booleans()):
        operation["requestBody"] = {"content": draw(_content(bodies)), "required": draw(st.booleans())}
    path = "/things" + "".join(f"/{{{parameter['name']}}}" for parameter in path_parameters)
    return {
        "openapi": "3.0.3",
        "info": {"title": "Random", "version": "1"},
        "paths": {path: {"parameters": path_parameters, METHOD.lower(): operation}},
        "components": {"schemas": components},
    }


@st.composite
def _components(draw: st.DrawFn) -> dict[str, SchemaObject]:
    """Schemas to refer to: two that may hold themselves and each other, and a family with a discriminator."""
    found = {name: draw(_RECURSIVE_OBJECTS) for name in _RECURSIVE}
    return found | (draw(_family()) if draw(st.booleans()) else {})


@st.composite
def _family(draw: st.DrawFn) -> dict[str, SchemaObject]:
    """Alternatives that a discriminator chooses between: beside oneOf or anyOf, or children of a parent."""
    mapping = {"mapping": {"kitten": "#/components/schemas/Cat", "Dog": "Dog"}} if draw(st.booleans()) else {}
    discriminator = {"discriminator": {"propertyName": "kind", **mapping}}
    tag: SchemaObject = {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}}}
    own = [{"type": "object", "properties": {"a": draw(scalars)}, "required": ["a"]} for _ in ("Cat", "Dog")]
    if draw(st.booleans()):
        parent = {"$ref": "#/components/schemas/Pet"}
        children = [{"allOf": [parent, schema]} for schema in own]
        return {"Pet": {**tag, **discriminator}, "Cat": children[0], "Dog": children[1]}
    keyword = draw(st.sampled_from(["oneOf", "anyOf"]))
    alternatives = [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}]
    branches = [{"allOf": [tag, schema]} for schema in own]
    return {"Pet": {keyword: alternatives, **discriminator}, "Cat": branches[0], "Dog": branches[1]}


@st.composite
def _parameters(draw: st.DrawFn, place: str, names: list[str]) -> list[DocumentObject]:
    found = []
    for name in names:
        if draw(st.booleans()):
            required = {"required": True} if place == "path" or draw(st.booleans()) else {}
            found.append({"name": name, "in": place, **required, **draw(_value(place))})
    return _unambiguous(found)


def _unambiguous(declared: list[DocumentObject]) -> list[DocumentObject]:
    """With one object at most whose fields are query parameters: nobody could tell whose they are."""
    spread = [each for each in declared if each["in"] == "query" and is_spread_object(each)]
    return [{**each, "explode": False} if each in spread[1:] else each for each in declared]


@lru_cache
def _value(place: str) -> st.SearchStrategy[DocumentObject]:
    choices = {
        "scalar": scalars.map(lambda schema: {"schema": schema}),
        "array": _styled(arrays(scalars), _ARRAY_STYLES[place]),
        "object": _styled(_FLAT_OBJECTS, _OBJECT_STYLES[place]),
        "content": _JSON_CONTENT,
    }
    return evenly(choices)


def _styled(values: Strategy, styles: list[tuple[str, bool]]) -> st.SearchStrategy[DocumentObject]:
    pairs = st.tuples(values, st.sampled_from(styles))
    return pairs.map(lambda pair: {"schema": pair[0], "style": pair[1][0], "explode": pair[1][1]})


@st.composite
def _content(draw: st.DrawFn, bodies: Strategy) -> DocumentObject:
    names = draw(st.lists(st.sampled_from(_MEDIA_TYPES), min_size=1, max_size=2, unique=True))
    # openapi-core takes the first range that fits, and not the narrowest.
    narrow_first = sorted(names, key=lambda name: name.count("*"))
    return {name: {"schema": draw(_TEXTS if name.startswith("text/") else bodies)} for name in narrow_first}


@st.composite
def _response(draw: st.DrawFn, bodies: Strategy) -> DocumentObject:
    response: DocumentObject = {"description": "An answer."}
    if draw(st.booleans()):
        response["content"] = draw(_content(bodies))
    if draw(st.booleans()):
        headers = draw(_parameters("header", ["X-Answer"]))
        response["headers"] = {each.pop("name"): {k: v for k, v in each.items() if k != "in"} for each in headers}
    return response
