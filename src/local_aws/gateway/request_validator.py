"""Request validators: the checks that API Gateway itself makes of a request.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
"""

from __future__ import annotations

import json
from decimal import Decimal

from jsonschema_rs import Draft4Validator

from local_aws.gateway.call import Call, GatewayError
from local_aws.gateway.imported_body import Place

VALIDATOR = "x-amazon-apigateway-request-validator"
VALIDATORS = "x-amazon-apigateway-request-validators"
_SCHEMAS = "#/components/schemas/"
_REPORTED = ("header", "path", "query")

# What a model can have; how schemas lie in the keywords that hold some.
_SIMPLE = frozenset(
    {
        "$ref", "description", "enum", "exclusiveMaximum", "exclusiveMinimum", "maxLength", "maxProperties", "maximum",
        "minLength", "minProperties", "minimum", "multipleOf", "pattern", "required", "title", "type", "uniqueItems",
    }
)  # fmt: skip
_ONE, _LISTS, _MAPS = frozenset({"items", "not"}), frozenset({"allOf", "anyOf", "oneOf"}), frozenset({"properties"})


def check_models(schemas: Place) -> None:
    """Raises NotEmulated: a schema is more than the JSON Schema draft 4 that models have."""
    for _, schema in schemas.members():
        _check_model(schema)


def _check_model(schema: Place) -> None:
    for keyword, place in schema.members():
        if keyword == "additionalProperties" and isinstance(place.value, bool):
            continue
        if keyword not in _SIMPLE | _ONE | _LISTS | _MAPS:
            raise place.not_emulated("models do not have it")
        if keyword == "$ref" and not place.text().startswith(_SCHEMAS):
            raise place.not_emulated("a model refers to models only")
        if keyword in _ONE:
            _check_model(place)
        elif keyword in _LISTS:
            for each in place.elements():
                _check_model(each)
        elif keyword in _MAPS:
            check_models(place)


class RequestValidator:
    """The checks of the requests for one method: required parameters, and the body by its media type's model."""

    def __init__(self, body: Place, item: Place, method: Place) -> None:
        """The validator that the method chooses, or the body for all of them. Raises NotEmulated."""
        required = []
        for parameter in (*item.get("parameters", []).elements(), *method.get("parameters", []).elements()):
            parameter.only(("name", "in", "required", "description", "schema"))
            where: str = parameter["in"].one_of("query", "header", "path")
            if parameter.get("required", False).one_of(True, False):
                required.append((where, parameter["name"].text()))
        models = {}
        schemas = body.get("components", {}).get("schemas", {}).mapping()
        content = method.get("requestBody", {}).only(("required", "description", "content")).get("content", {})
        for media, entry in content.members():
            if "schema" in entry:
                _check_model(entry["schema"])
                root = {"allOf": [entry["schema"].value], "components": {"schemas": schemas}}
                models[media.lower()] = Draft4Validator(root, validate_formats=False)
        checks, chosen = Place({}), method[VALIDATOR] if VALIDATOR in method else body.get(VALIDATOR, None)
        if chosen.value is not None:
            validators = body.get(VALIDATORS, {})
            if chosen.text() not in validators:
                raise chosen.not_emulated("there is no such request validator")
            checks = validators[chosen.text()].only(("validateRequestParameters", "validateRequestBody"))
        checks_parameters = checks.get("validateRequestParameters", False).one_of(True, False)
        self._required = sorted(required, key=lambda each: _REPORTED.index(each[0])) if checks_parameters else []
        self._models = models if checks.get("validateRequestBody", False).one_of(True, False) else {}

    def check(self, call: Call) -> None:
        """Raises GatewayError: a required parameter is missing or blank, or the body is not as its model says."""
        given = {"query": call.query(), "path": call.path_parameters, "header": dict(call.request.headers)}
        missing = [
            name
            for where, name in self._required
            if not given[where].get(name.lower() if where == "header" else name, "").strip()
        ]
        if missing:
            raise GatewayError("BAD_REQUEST_PARAMETERS", f"Missing required request parameters: [{', '.join(missing)}]")
        model = self._models.get(call.media_type())
        try:
            # An empty body is an empty object.
            valid = model is None or model.is_valid(json.loads(call.request.body or b"{}", parse_float=Decimal))
        except (ValueError, ArithmeticError, RecursionError):
            valid = False
        if not valid:
            raise GatewayError("BAD_REQUEST_BODY", "Invalid request body")
