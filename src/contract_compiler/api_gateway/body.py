"""A contract as the body that API Gateway imports: a REST API with Lambda proxy integrations.

The text is a Terraform template. An environment fills in `api_name`, `invoke_arns` (a map by operationId),
`cognito_user_pool_arn`, `request_validator`, `allowed_origins` (in VTL, each in single quotes) and `error_origin` (one
of them): names without double quotes: it is JSON before and after. A `${` of the contract's own is written `$${`.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html

Request bodies become models: the part of JSON Schema draft 4 that API Gateway's request validator understands. A model
refuses less than the contract, and never more: what API Gateway does not understand, or may read otherwise (the dialect
of a `pattern`), is left out, for the function validates every body again.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count
from typing import Any

from contract.http_syntax import is_json
from contract_compiler.api_gateway import settings as gateway_settings
from contract_compiler.api_gateway.gateway_responses import ResponseRenderer
from contract_compiler.api_gateway.rules import BODY_RULES, CONTRACT_RULES, binary_media_types, check
from contract_compiler.defaults import own_default
from contract_compiler.diagnostics import InvalidDocument
from contract_compiler.document import Node, all_of_parts, follow
from contract_compiler.operation_tables import media_range, security
from contract_compiler.output import json_text
from contract_compiler.parameters import parameters, type_name, value_schema
from contract_compiler.schemas import is_hidden, required
from contract_compiler.traversal import OperationNode, operations

Json = dict[str, Any]

_SIMPLE_TYPES = ("string", "integer", "number", "boolean")
# What models do without: additionalProperties, pattern, allOf, oneOf, exclusiveMinimum, format are unsupported,
# minItems and maxItems not checked.
_COPIED_TO_MODELS = ("description", "type", "minLength", "maxLength", "minimum", "maximum")
_COMPONENTS = ("components", "schemas")


def import_body(document: Node, settings: Node) -> Json:
    """The body that API Gateway imports, with placeholders for what an environment decides.

    The document must have passed `contract_compiler.lint.lint`.

    Raises:
        InvalidDocument: API Gateway cannot import the document, or its settings do not fit.
    """
    if diagnostics := list(check(document, CONTRACT_RULES)):
        raise InvalidDocument(diagnostics)
    body = render(document, settings)
    if diagnostics := list(check(Node(body, (), body, "the body for API Gateway"), BODY_RULES)):
        raise InvalidDocument(diagnostics)
    return body


def render(document: Node, settings: Node) -> Json:
    """The import body for a contract that the rules allow, with the settings of openapi/apigateway.yaml.

    Raises:
        InvalidDocument: the settings do not fit the contract, or API Gateway cannot do what it says.
    """
    document, settings = _escaped(document), _escaped(settings)
    return _Renderer(document, gateway_settings.read(settings, document)).body()


def with_texts(value: Any, change: Callable[[str], str]) -> Any:
    """The JSON value with every text in it changed; names of members stay."""
    if isinstance(value, dict):
        return {key: with_texts(member, change) for key, member in value.items()}
    if isinstance(value, list):
        return [with_texts(element, change) for element in value]
    return change(value) if isinstance(value, str) else value


def _escaped(node: Node) -> Node:
    value = with_texts(node.value, lambda text: text.replace("${", "$${").replace("%{", "%%{"))
    return Node(value, (), value, node.source)


class _Renderer:
    def __init__(self, document: Node, settings: Json) -> None:
        self._document = document
        self._settings = settings
        self._responses = ResponseRenderer(document, settings["headers"])
        self._models = _Models(document)

    def body(self) -> Json:
        info = self._document["info"]
        paths = {path: self._path(path) for path, _ in self._document.members("paths")}
        binary = binary_media_types(self._document)
        # An API key in the header that holds the token is how API Gateway imports an authorizer:
        # https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-enable-cognito-user-pool.html
        schemes = {
            name: {
                "type": "apiKey",
                "in": "header",
                "name": "Authorization",
                "x-amazon-apigateway-authtype": own["type"],
                "x-amazon-apigateway-authorizer": {
                    "type": own["type"],
                    "providerARNs": ["${cognito_user_pool_arn}"],
                },
            }
            for name, own in self._settings["authorizers"].items()
        }
        responses = self._responses.by_type(self._settings["gatewayResponses"])
        return {
            "openapi": self._document.value["openapi"],
            "info": {
                "title": "${api_name}",
                "description": f"{info.read('title')} {info.read('version')}",
                "version": info.read("version"),
            },
            "paths": paths,
            "components": {"schemas": self._models.models, "securitySchemes": schemes},
            **({"x-amazon-apigateway-binary-media-types": binary} if binary else {}),
            "x-amazon-apigateway-gateway-responses": responses,
            "x-amazon-apigateway-request-validator": "${request_validator}",
            "x-amazon-apigateway-request-validators": {
                name: {"validateRequestParameters": name in ("parameters", "all"), "validateRequestBody": name == "all"}
                for name in ("none", "parameters", "all")
            },
        }

    def _path(self, path: str) -> Json:
        here = [operation for operation in operations(self._document) if operation.path == path]
        methods = [operation.method for operation in here]
        item = {operation.method.lower(): self._operation(operation) for operation in here}
        # What a script may send, less what is the browser's own business.
        headers = {node.read("name") for each in here for node in parameters(each) if node.read("in") == "header"}
        headers |= {"Content-Type"} if any(each.request_body is not None for each in here) else set()
        headers |= {"Authorization"} if any(security(each) for each in here) else set()
        max_age = self._settings["preflight"]["maxAgeSeconds"]
        own = {
            "options": self._responses.preflight(methods, sorted(headers), max_age),
            "x-amazon-apigateway-any-method": self._responses.undeclared_method(methods),
        }
        segments = [_parameter(each) for each in parameters(here[0]) if each.read("in") == "path"] if here else []
        return {**{method: {**mock, "parameters": segments} for method, mock in own.items()}, **item}

    def _operation(self, operation: OperationNode) -> Json:
        name = operation.operation_id
        rendered: Json = {
            "operationId": name,
            **{key: operation.node.read(key) for key in ("summary", "description") if key in operation.node},
            # The statuses, for whoever reads the API in the console: a function's answer passes as it is.
            "responses": {
                status: {"description": follow(response).read("description")}
                for status, response in operation.node.members("responses")
                if status.isdecimal()
            },
            # Stated even where it is the document's own: API Gateway reads it nowhere else.
            "security": security(operation),
            "x-amazon-apigateway-integration": {
                "type": "aws_proxy",
                "httpMethod": "POST",
                "uri": f"${{invoke_arns.{name}}}",
                # A proxy integration hands on every body, whatever is said here: the function checks its media type.
                # https://docs.aws.amazon.com/apigateway/latest/developerguide/integration-passthrough-behaviors.html
                "passthroughBehavior": "when_no_match",
                **self._settings["integration"],
                **self._settings.get("operations", {}).get(name, {}),
            },
        }
        if known := [_parameter(each) for each in parameters(operation) if each.read("in") != "cookie"]:
            rendered["parameters"] = known
        body = operation.request_body
        # A body that may be absent has no model: API Gateway validates the absent one as an empty object.
        if body is not None and body.read("required"):
            model = f"{name[:1].upper()}{name[1:]}Body"
            content = {
                media_range(media): {"schema": self._models.reference(node["schema"], model)}
                for media, node in body.entries("content")
                if is_json(media_range(media)) and "schema" in node
            }
            rendered |= {"requestBody": {"required": True, "content": content}} if content else {}
        return rendered


def _parameter(parameter: Node) -> Json:
    """What API Gateway keeps of a parameter: it checks that a required one is there and not blank, and nothing else."""
    kind = type_name(value_schema(parameter))
    return {
        **{key: parameter.read(key) for key in ("name", "in", "description") if key in parameter},
        "required": parameter.read("in") == "path" or _is_never_blank(parameter),
        "schema": {"type": kind if kind in _SIMPLE_TYPES else "string"},
    }


def _is_never_blank(parameter: Node) -> bool:
    """Whether a request without this parameter, or with white space for it, is never valid against the contract.

    Headers are left to the function: API Gateway minds the case of their names. So are objects and arrays, which may
    be sent under other names than the parameter's.
    """
    if parameter.read("in") != "query" or parameter.read("required") is not True or "content" in parameter:
        return False
    kind, schema = type_name(parameter["schema"]), parameter["schema"]
    if parameter.read("allowEmptyValue") is True or own_default(schema) is not None:
        return False
    if kind in ("integer", "number", "boolean"):
        return True
    values = [value for part in all_of_parts(schema) for value in part.read("enum", [])]
    return kind == "string" and bool(values) and all(str(value).strip() for value in values)


class _Models:
    """The models that request bodies refer to, by name; two schemas never share one.

    A model's name is letters and digits. A component keeps its own name, without what cannot be in a model's.
    """

    def __init__(self, document: Node) -> None:
        self.models: dict[str, Json] = {}
        self._names: dict[tuple[str, ...], str] = {}
        names = [name for name, _ in document.entries(*_COMPONENTS)]
        # Those that keep their names as they are come first, so that none of the others takes one.
        for name in sorted(names, key=lambda name: _letters(name) != name):
            self._names[(*_COMPONENTS, name)] = self._free(name)

    def reference(self, schema: Node, name: str) -> Json:
        """A reference to the model of a schema, whose name starts with `name` unless the contract names it."""
        schema = follow(schema)
        if schema.path not in self._names:
            self._names[schema.path] = self._free(name)
        model = self._names[schema.path]
        if model not in self.models:
            self.models[model] = {}  # For a schema that contains itself.
            self.models[model] = self._model(schema)
        return {"$ref": f"#/components/schemas/{model}"}

    def _free(self, name: str) -> str:
        letters, taken = _letters(name) or "Model", self._names.values()
        return next(free for number in count(1) if (free := f"{letters}{number if number > 1 else ''}") not in taken)

    def _schema(self, schema: Node) -> Json:
        if "$ref" not in schema:
            return self._model(schema)
        steps = [step for step in follow(schema).path if step not in (*_COMPONENTS, "properties")]
        return self.reference(schema, "".join(step[:1].upper() + step[1:] for step in steps))

    def _model(self, schema: Node) -> Json:
        # Draft 4 has a type for null, and lists it in an enum.
        nullable = schema.read("nullable") is True
        kept = (key for key in _COPIED_TO_MODELS if key in schema and not (nullable and key == "type"))
        model = {key: schema.read(key) for key in kept}
        if "enum" in schema and not nullable:
            # Draft 4 lists each value once; OpenAPI does not mind.
            model["enum"] = list({json_text(value): value for value in schema.value["enum"]}.values())
        if "properties" in schema:
            members = [each for each in schema.entries("properties") if not is_hidden(each[1], "request")]
            model["properties"] = {name: self._schema(member) for name, member in members}
        if "items" in schema:
            model["items"] = self._schema(schema["items"])
        names = required(schema, "request")
        return model | ({"required": names} if names else {})


def _letters(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", name)
