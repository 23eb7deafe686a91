"""A contract as the body that API Gateway imports: a REST API with Lambda proxy integrations.

The text is a Terraform template. An environment fills in `api_name`, `invoke_arns` (a map by operationId),
`cognito_user_pool_arn`, `request_validator`, `allowed_origins` (in VTL, each in single quotes) and `error_origin` (one
of them): names without double quotes: it is JSON before and after. A `${` of the contract's own is written `$${`.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
"""

from __future__ import annotations

from typing import Any

from contract.http_syntax import is_json
from contract_compiler.api_gateway import settings as api_gateway_settings
from contract_compiler.api_gateway.gateway_responses import (
    DeclaredResponses,
    gateway_responses,
    preflight,
    undeclared_method,
)
from contract_compiler.api_gateway.models import Models
from contract_compiler.api_gateway.rules import BODY_RULES, CONTRACT_RULES, binary_media_types, check
from contract_compiler.api_gateway.settings import GatewaySettings
from contract_compiler.defaults import own_default
from contract_compiler.diagnostics import InvalidDocument
from contract_compiler.document import Node, all_of_parts, follow
from contract_compiler.operation_tables import media_range, security
from contract_compiler.parameters import parameters, type_name, value_schema
from contract_compiler.traversal import OperationNode, operations

Json = dict[str, Any]

REQUEST_VALIDATORS = {
    name: {"validateRequestParameters": name in ("parameters", "all"), "validateRequestBody": name == "all"}
    for name in ("none", "parameters", "all")
}
_SIMPLE_TYPES = ("string", "integer", "number", "boolean")


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
    return _Renderer(document, api_gateway_settings.read(settings, document)).body()


def _escaped(node: Node) -> Node:
    value = _without_templates(node.value)
    return Node(value, (), value, node.source)


def _without_templates(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_templates(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_without_templates(element) for element in value]
    return value.replace("${", "$${").replace("%{", "%%{") if isinstance(value, str) else value


class _Renderer:
    def __init__(self, document: Node, settings: GatewaySettings) -> None:
        self._document = document
        self._settings = settings
        self._declared = DeclaredResponses(document, settings.headers)
        self._models = Models(document)

    def body(self) -> Json:
        info = self._document["info"]
        paths = {path: self._path(path) for path, _ in self._document["paths"].members()}
        schemes = {name: _authorizer(settings["type"]) for name, settings in self._settings.authorizers.items()}
        binary = binary_media_types(self._document)
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
            "x-amazon-apigateway-gateway-responses": gateway_responses(self._settings, self._declared),
            "x-amazon-apigateway-request-validator": "${request_validator}",
            "x-amazon-apigateway-request-validators": REQUEST_VALIDATORS,
        }

    def _path(self, path: str) -> Json:
        here = [operation for operation in operations(self._document) if operation.path == path]
        methods = [operation.method for operation in here]
        item = {operation.method.lower(): self._operation(operation) for operation in here}
        headers = sorted({name for operation in here for name in _request_headers(operation)})
        own = {
            "options": preflight(methods, headers, self._settings, self._declared),
            "x-amazon-apigateway-any-method": undeclared_method(methods, self._declared),
        }
        segments = [_parameter(each) for each in parameters(here[0]) if each.read("in") == "path"] if here else []
        return {**{method: {**mock, "parameters": segments} for method, mock in own.items()}, **item}

    def _operation(self, operation: OperationNode) -> Json:
        words = {key: operation.node.read(key) for key in ("summary", "description") if key in operation.node}
        rendered: Json = {
            "operationId": operation.operation_id,
            **words,
            "responses": _responses(operation),
            # Stated even where it is the document's own: API Gateway reads it nowhere else.
            "security": security(operation),
            "x-amazon-apigateway-integration": self._integration(operation),
        }
        if known := [_parameter(each) for each in parameters(operation) if each.read("in") != "cookie"]:
            rendered["parameters"] = known
        if content := self._content(operation):
            rendered["requestBody"] = {"required": True, "content": content}
        return rendered

    def _integration(self, operation: OperationNode) -> Json:
        return {
            "type": "aws_proxy",
            "httpMethod": "POST",
            "uri": f"${{invoke_arns.{operation.operation_id}}}",
            # A proxy integration hands on every body, whatever is said here: the function checks its media type.
            # https://docs.aws.amazon.com/apigateway/latest/developerguide/integration-passthrough-behaviors.html
            "passthroughBehavior": "when_no_match",
            **self._settings.integration,
            **self._settings.operations.get(operation.operation_id, {}),
        }

    def _content(self, operation: OperationNode) -> Json:
        """The models of a body by its media type.

        A body that may be absent has none: API Gateway validates the absent one as an empty object.
        """
        body = operation.request_body
        if body is None or not follow(body).read("required", False):
            return {}
        name = operation.operation_id[:1].upper() + operation.operation_id[1:] + "Body"
        return {
            media_range(media): {"schema": self._models.reference(node["schema"], name)}
            for media, node in follow(body)["content"].entries()
            if is_json(media_range(media)) and "schema" in node
        }


def _authorizer(kind: str) -> Json:
    """A security scheme as API Gateway imports it: an API key in the header that holds the token.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-enable-cognito-user-pool.html
    """
    return {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "x-amazon-apigateway-authtype": kind,
        "x-amazon-apigateway-authorizer": {"type": kind, "providerARNs": ["${cognito_user_pool_arn}"]},
    }


def _responses(operation: OperationNode) -> Json:
    """The statuses, for whoever reads the API in the console: a function's answer passes as it is."""
    answers = operation.node["responses"].members()
    return {
        status: {"description": follow(answer).read("description")} for status, answer in answers if status.isdecimal()
    }


def _parameter(parameter: Node) -> Json:
    """What API Gateway keeps of a parameter: it checks that a required one is there and not blank, and nothing else."""
    kind = type_name(value_schema(parameter))
    kept = {key: parameter.read(key) for key in ("name", "in", "description") if key in parameter}
    return {
        **kept,
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


def _request_headers(operation: OperationNode) -> list[str]:
    """The headers that a script may send with this operation, and that are no browser's own business."""
    declared = [each.read("name") for each in parameters(operation) if each.read("in") == "header"]
    typed = ["Content-Type"] if operation.request_body is not None else []
    return [*declared, *typed, *(["Authorization"] if security(operation) else [])]
