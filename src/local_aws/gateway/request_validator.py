"""Request validators: what API Gateway itself looks at in a request.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from jsonschema_rs import Draft4Validator

from local_aws.gateway.call import Call, GatewayError
from local_aws.gateway.imported_body import Place

VALIDATOR = "x-amazon-apigateway-request-validator"
VALIDATORS = "x-amazon-apigateway-request-validators"
_SCHEMAS = "#/components/schemas/"
_REPORTED = ("header", "path", "query")
_PLACES = {"query": "querystring", "header": "header", "path": "path"}

# What a model can have; how schemas lie in the keywords that hold some.
_SIMPLE = frozenset(
    {
        "$ref", "description", "enum", "exclusiveMaximum", "exclusiveMinimum", "maxLength", "maxProperties", "maximum",
        "minLength", "minProperties", "minimum", "multipleOf", "pattern", "required", "title", "type", "uniqueItems",
    }
)  # fmt: skip
_ONE, _LISTS, _MAPS = frozenset({"items", "not"}), frozenset({"allOf", "anyOf", "oneOf"}), frozenset({"properties"})


class Models:
    """The body's models: JSON Schema draft 4."""

    def __init__(self, schemas: Place) -> None:
        for _, schema in schemas.members():
            _known(schema)
        self._schemas = schemas.mapping()

    def validator(self, schema: Place) -> Draft4Validator:
        """A validator for a request's schema, which may refer to models."""
        _known(schema)
        root = {"allOf": [schema.value], "components": {"schemas": self._schemas}}
        return Draft4Validator(root, validate_formats=False)


def _known(schema: Place) -> None:
    for keyword, place in schema.members():
        if keyword == "additionalProperties" and isinstance(place.value, bool):
            continue
        if keyword not in _SIMPLE | _ONE | _LISTS | _MAPS:
            raise place.not_emulated("models do not have it")
        if keyword == "$ref" and not place.text().startswith(_SCHEMAS):
            raise place.not_emulated("a model refers to models only")
        for inner in _inner(keyword, place):
            _known(inner)


def _inner(keyword: str, place: Place) -> Iterable[Place]:
    if keyword in _ONE:
        return [place]
    if keyword in _LISTS:
        return place.elements()
    return (schema for _, schema in place.members()) if keyword in _MAPS else []


@dataclass(frozen=True, slots=True)
class RequestValidator:
    """What is checked of the requests for one method. `bodies` has a validator for each media type with a model."""

    required: tuple[tuple[str, str], ...]
    bodies: Mapping[str, Draft4Validator]

    @classmethod
    def parse(cls, body: Place, item: Place, method: Place, models: Models) -> RequestValidator:
        """The validator that the method chooses, or the body for all of them."""
        checks = _checks(body, method)
        required = tuple(_required(_parameters(item, method)))
        bodies = dict(_bodies(method, models))
        return cls(
            required if checks.get("validateRequestParameters", False).one_of(True, False) else (),
            bodies if checks.get("validateRequestBody", False).one_of(True, False) else {},
        )

    def check(self, call: Call) -> None:
        """Raises GatewayError: a required parameter is missing or blank, or the body is not as its model says."""
        given = {"query": call.query(), "path": call.path_parameters, "header": dict(call.request.headers)}
        required = sorted(self.required, key=lambda each: _REPORTED.index(each[0]))
        missing = [name for where, name in required if not _value(given[where], where, name).strip()]
        if missing:
            raise GatewayError("BAD_REQUEST_PARAMETERS", f"Missing required request parameters: [{', '.join(missing)}]")
        model = self.bodies.get(call.media_type())
        if model is not None and not _is_valid(model, call.request.body):
            raise GatewayError("BAD_REQUEST_BODY", "Invalid request body")


def _value(given: Mapping[str, str], where: str, name: str) -> str:
    return given.get(name.lower() if where == "header" else name, "")


def _is_valid(model: Draft4Validator, body: bytes) -> bool:
    """An empty body is an empty object."""
    try:
        return model.is_valid(json.loads(body or b"{}", parse_float=Decimal))
    except (ValueError, ArithmeticError, RecursionError):
        return False


def _checks(body: Place, method: Place) -> Place:
    chosen = method[VALIDATOR] if VALIDATOR in method else body.get(VALIDATOR, None)
    if chosen.value is None:
        return Place({}, chosen.pointer)
    if chosen.text() not in body.get(VALIDATORS, {}):
        raise chosen.not_emulated("there is no such request validator")
    return body[VALIDATORS][chosen.text()].only(("validateRequestParameters", "validateRequestBody"))


def _parameters(item: Place, method: Place) -> Iterator[Place]:
    for holder in (item, method):
        yield from holder.get("parameters", []).elements()


def _required(parameters: Iterable[Place]) -> Iterator[tuple[str, str]]:
    for parameter in parameters:
        parameter.only(("name", "in", "required", "description", "schema"))
        where: Any = parameter["in"].one_of(*_PLACES)
        if parameter.get("required", False).one_of(True, False):
            yield where, parameter["name"].text()


def _bodies(method: Place, models: Models) -> Iterator[tuple[str, Draft4Validator]]:
    content = method.get("requestBody", {}).only(("required", "description", "content")).get("content", {})
    for media, entry in content.members():
        if "schema" in entry:
            yield media.lower(), models.validator(entry["schema"])
