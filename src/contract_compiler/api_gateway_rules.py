"""What API Gateway's import of an OpenAPI document for a REST API refuses, ignores or takes otherwise than it is meant.

`CONTRACT_RULES` hold for a contract, whatever is rendered from it; `BODY_RULES` for the body that is imported. The ids
are stable. Numbers that are missing are facts that no document can break: API Gateway ignores the limits of parameters
(04), import warnings fail nothing unless asked to (14), and responses of proxy integrations are never validated (25).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from contract_compiler.document import Node
from contract_compiler.findings import Finding
from contract_compiler.walk import METHODS, walk

ANY_METHOD = "x-amazon-apigateway-any-method"
INTEGRATION = "x-amazon-apigateway-integration"
AUTHORIZER = "x-amazon-apigateway-authorizer"
AUTHTYPE = "x-amazon-apigateway-authtype"
GATEWAY_RESPONSES = "x-amazon-apigateway-gateway-responses"
VALIDATOR = "x-amazon-apigateway-request-validator"
VALIDATORS = "x-amazon-apigateway-request-validators"

_GUIDE = "https://docs.aws.amazon.com/apigateway/latest/developerguide/"
_NOTES = "api-gateway-known-issues.html"
_QUOTAS = "api-gateway-execution-service-limits-table.html"

_VERSION = re.compile(r"3\.0\.[0-9]+")
_SEGMENT = re.compile(r"[A-Za-z0-9_.,:-]+|\{[^{}/]+\}")
_MODEL_NAME = re.compile(r"[A-Za-z0-9]+")
_UNQUALIFIED = re.compile(r":function:[^:/]+(?::\$LATEST)?/invocations$")
_MAX_RESOURCES = 300
_TIMEOUT = range(50, 29_001)
_COMPRESSION = range(10_485_761)
_COGNITO = "cognito_user_pools"
# Draft 4 does not know them, or the notes say that models do without them.
_NOT_IN_MODELS = frozenset(
    {
        "default", "deprecated", "discriminator", "example", "exclusiveMaximum", "exclusiveMinimum", "externalDocs",
        "format", "nullable", "readOnly", "writeOnly", "xml",
    }
)  # fmt: skip

# Where a rule is broken: a place, and the member of it that is at fault.
Breach = tuple[Node, str | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its stable id, why it is one, the page of the developer guide that says so, and what breaks it."""

    id: str
    reason: str
    page: str
    breaches: Callable[[Node], Iterable[Breach]]

    @property
    def link(self) -> str:
        """The page's address."""
        return _GUIDE + self.page


def check(document: Node, rules: Iterable[Rule]) -> Iterator[Finding]:
    """Every place of the document that breaks one of the rules."""
    for rule in rules:
        for node, keyword in rule.breaches(document):
            yield node.finding(rule.id, f"{rule.reason} ({rule.link})", keyword)


def _paths(document: Node) -> Iterator[tuple[str, Node]]:
    yield from (document["paths"].members() if "paths" in document else ())


def _operations(document: Node) -> Iterator[Node]:
    for _, item in _paths(document):
        yield from (item[method] for method in (*METHODS, ANY_METHOD) if method in item)


def _component(document: Node, name: str) -> Iterator[tuple[str, Node]]:
    components = document.get("components")
    group = components.get(name) if components else None
    yield from (group.entries() if group else ())


def _version(document: Node) -> Iterator[Breach]:
    if not _VERSION.fullmatch(str(document.read("openapi"))):
        yield document, "openapi"


def _segments(document: Node) -> Iterator[Breach]:
    for path, item in _paths(document):
        segments = path.strip("/").split("/")
        if path != "/" and not all(_SEGMENT.fullmatch(segment) for segment in segments):
            yield item, None


def _model_names(document: Node) -> Iterator[Breach]:
    yield from ((node, None) for name, node in _component(document, "schemas") if not _MODEL_NAME.fullmatch(name))


def _scheme_types(body: Node) -> Iterator[Breach]:
    for _, scheme in _component(body, "securitySchemes"):
        if scheme.read("type") != "apiKey":
            yield scheme, "type"


def _own_security(body: Node) -> Iterator[Breach]:
    if "security" in body:
        yield body, "security"
    yield from ((operation, "security") for operation in _operations(body) if "security" not in operation)


def _model_keywords(body: Node) -> Iterator[Breach]:
    for part in walk(body):
        if part.kind == "schema" and part.node.path[:2] == ("components", "schemas") and "$ref" not in part.node:
            yield from ((part.node, keyword) for keyword, _ in part.node.members() if keyword in _NOT_IN_MODELS)


def _response_models(body: Node) -> Iterator[Breach]:
    for part in walk(body):
        if (
            part.kind == "media type"
            and part.direction == "response"
            and "$ref" not in part.node.read("schema", {"$ref": ""})
        ):
            yield part.node, "schema"


def _response_references(body: Node) -> Iterator[Breach]:
    for part in walk(body):
        if part.kind == "response" and "$ref" in part.node:
            yield part.node, "$ref"


def _resources(document: Node) -> Iterator[Breach]:
    resources = {""}
    for path, _ in _paths(document):
        segments = path.strip("/").split("/")
        resources.update("/".join(segments[: count + 1]) for count in range(len(segments)))
    if len(resources) > _MAX_RESOURCES:
        yield document, "paths"


def _reserved(document: Node) -> Iterator[Breach]:
    yield from ((item, None) for path, item in _paths(document) if path.split("/")[1] in ("ping", "sping"))


def _base_path(document: Node) -> Iterator[Breach]:
    for server in document["servers"].elements() if "servers" in document else ():
        if urlsplit(server.read("url")).path.strip("/"):
            yield server, "url"


def _aws_variables(document: Node) -> Iterator[Breach]:
    yield from ((node, None) for node in _texts(document) if "${AWS::" in node.value)


def _texts(node: Node) -> Iterator[Node]:
    if isinstance(node.value, str):
        yield node
    elif isinstance(node.value, dict | list):
        for child in node.elements() if isinstance(node.value, list) else (child for _, child in node.entries()):
            yield from _texts(child)


def _methods(document: Node) -> Iterator[Breach]:
    yield from ((item, "trace") for _, item in _paths(document) if "trace" in item)


def _integrations(body: Node) -> Iterator[Breach]:
    for operation in _operations(body):
        integration = operation.get(INTEGRATION)
        if integration is None or integration.read("type") not in ("aws_proxy", "mock"):
            yield operation, INTEGRATION
        elif integration.read("type") == "aws_proxy":
            if integration.read("httpMethod") != "POST":
                yield integration, "httpMethod"
            if integration.read("timeoutInMillis", 29_000) not in _TIMEOUT:
                yield integration, "timeoutInMillis"


def _unqualified(body: Node) -> Iterator[Breach]:
    for operation in _operations(body):
        if INTEGRATION in operation and _UNQUALIFIED.search(operation[INTEGRATION].read("uri", "")):
            yield operation[INTEGRATION], "uri"


def _validators(body: Node) -> Iterator[Breach]:
    known = body.read(VALIDATORS, {})
    for holder in (body, *_operations(body)):
        chosen = holder.read(VALIDATOR)
        if chosen is not None and chosen not in known and not chosen.startswith("${"):
            yield holder, VALIDATOR


def _extension(name: str) -> Callable[[Node], Iterator[Breach]]:
    def breaches(document: Node) -> Iterator[Breach]:
        holders = (document, *(item for _, item in _paths(document)), *_operations(document))
        yield from ((holder, name) for holder in holders if name in holder)

    return breaches


def _http_api_only(document: Node) -> Iterator[Breach]:
    yield from _extension("x-amazon-apigateway-importexport-version")(document)
    for operation in _operations(document):
        if INTEGRATION in operation and "payloadFormatVersion" in operation[INTEGRATION]:
            yield operation[INTEGRATION], "payloadFormatVersion"
    for _, scheme in _component(document, "securitySchemes"):
        authorizer = scheme.get(AUTHORIZER)
        if authorizer is not None and authorizer.read("type") == "jwt":
            yield authorizer, "type"
        if authorizer is not None and "enableSimpleResponses" in authorizer:
            yield authorizer, "enableSimpleResponses"


def _settings(document: Node) -> Iterator[Breach]:
    allowed: dict[str, Callable[[Any], bool]] = {
        "x-amazon-apigateway-binary-media-types": lambda types: "*/*" not in types,
        "x-amazon-apigateway-minimum-compression-size": lambda size: size in _COMPRESSION,
        "x-amazon-apigateway-api-key-source": lambda source: source in ("HEADER", "AUTHORIZER"),
    }
    for name, is_allowed in allowed.items():
        if name in document and not is_allowed(document.read(name)):
            yield document, name


def _cognito(body: Node) -> Iterator[Breach]:
    for _, scheme in _component(body, "securitySchemes"):
        authorizer = scheme.get(AUTHORIZER)
        if _COGNITO not in (scheme.read(AUTHTYPE), authorizer.read("type") if authorizer else None):
            continue
        for keyword, value in (("in", "header"), ("name", "Authorization"), (AUTHTYPE, _COGNITO)):
            if scheme.read(keyword) != value:
                yield scheme, keyword
        if authorizer is None or authorizer.read("type") != _COGNITO or not authorizer.read("providerARNs"):
            yield scheme, AUTHORIZER


def _undeclared_methods(body: Node) -> Iterator[Breach]:
    yield from ((item, ANY_METHOD) for _, item in _paths(body) if ANY_METHOD not in item)


def _default_statuses(body: Node) -> Iterator[Breach]:
    for kind in ("DEFAULT_4XX", "DEFAULT_5XX"):
        response = body[GATEWAY_RESPONSES].get(kind) if GATEWAY_RESPONSES in body else None
        if response is not None and "statusCode" in response:
            yield response, "statusCode"


_BOTH = (
    Rule("AGW-01", "REST APIs import OpenAPI 3.0, not 3.1", _NOTES, _version),
    Rule("AGW-02", "a segment is letters, digits and _.,:- or one parameter in braces", _NOTES, _segments),
    Rule("AGW-03", "a model's name is letters and digits", "models-mappings-models.html", _model_names),
    Rule(
        "AGW-10",
        f"a REST API has at most {_MAX_RESOURCES} resources, each step of a path being one",
        _QUOTAS,
        _resources,
    ),
    Rule("AGW-11", "/ping and /sping are API Gateway's own", _NOTES, _reserved),
    Rule(
        "AGW-18",
        "it is for HTTP APIs and does nothing here: a REST API needs OPTIONS methods",
        "api-gateway-swagger-extensions-cors-configuration.html",
        _extension("x-amazon-apigateway-cors"),
    ),
    Rule("AGW-19", "it is for HTTP APIs only", "api-gateway-swagger-extensions.html", _http_api_only),
    Rule(
        "AGW-20",
        "the policy is set where the API is created: two places would undo each other",
        "openapi-extensions-policy.html",
        _extension("x-amazon-apigateway-policy"),
    ),
    Rule(
        "AGW-21",
        "the value is not allowed, or would make every body binary",
        "api-gateway-swagger-extensions.html",
        _settings,
    ),
    Rule(
        "AGW-22",
        "it belongs to a server",
        "api-gateway-swagger-extensions-endpoint-configuration.html",
        _extension("x-amazon-apigateway-endpoint-configuration"),
    ),
    Rule("AGW-26", "there are no TRACE methods", "api-gateway-method-settings-method-request.html", _methods),
)
CONTRACT_RULES = (
    *_BOTH,
    Rule(
        "AGW-12",
        "the import ignores a server's path: write it into the paths",
        "api-gateway-import-api-basePath.html",
        _base_path,
    ),
    Rule("AGW-13", "the import replaces ${AWS::...}", "import-api-aws-variables.html", _aws_variables),
)
BODY_RULES = (
    *_BOTH,
    Rule("AGW-05", "security schemes are imported as apiKey only", _NOTES, _scheme_types),
    Rule("AGW-06", "the document's own security is ignored: each method needs its own", _NOTES, _own_security),
    Rule("AGW-07", "models do not support it (JSON Schema draft 4, and less)", _NOTES, _model_keywords),
    Rule("AGW-08", "a method's response refers to a model, it does not spell one out", _NOTES, _response_models),
    Rule("AGW-09", "references to whole responses are not followed", _NOTES, _response_references),
    Rule(
        "AGW-15",
        "a method needs an integration: aws_proxy by POST with 50 to 29000 ms, or a mock",
        "api-gateway-swagger-extensions-integration.html",
        _integrations,
    ),
    Rule(
        "AGW-16",
        "the function is called by an alias, never unqualified",
        "set-up-lambda-proxy-integrations.html",
        _unqualified,
    ),
    Rule(
        "AGW-17",
        "the chosen request validator is not declared",
        "api-gateway-swagger-extensions-request-validators.html",
        _validators,
    ),
    Rule(
        "AGW-23",
        "a Cognito authorizer reads the header Authorization, is declared as such twice, and names its pools",
        "apigateway-enable-cognito-user-pool.html",
        _cognito,
    ),
    Rule(
        "AGW-24",
        "without it an undeclared method is answered 403, Missing Authentication Token",
        "api-gateway-swagger-extensions-any-method.html",
        _undeclared_methods,
    ),
    Rule(
        "AGW-27",
        "a status here becomes that of every refusal without a type of its own",
        "supported-gateway-response-types.html",
        _default_statuses,
    ),
)
