"""What breaks the rules of API Gateway: one function for each, from a document to the places at fault."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from contract.http_syntax import METHODS
from contract_compiler.document import Node
from contract_compiler.traversal import walk

ANY_METHOD = "x-amazon-apigateway-any-method"
INTEGRATION = "x-amazon-apigateway-integration"
AUTHORIZER = "x-amazon-apigateway-authorizer"
AUTHTYPE = "x-amazon-apigateway-authtype"
GATEWAY_RESPONSES = "x-amazon-apigateway-gateway-responses"
VALIDATOR = "x-amazon-apigateway-request-validator"
VALIDATORS = "x-amazon-apigateway-request-validators"

_VERSION = re.compile(r"3\.0\.[0-9]+")
_SEGMENT = re.compile(r"[A-Za-z0-9_.,:-]+|\{[^{}/]+\}")
_MODEL_NAME = re.compile(r"[A-Za-z0-9]+")
_UNQUALIFIED = re.compile(r":function:[^:/]+(?::\$LATEST)?/invocations$")
MAX_RESOURCES = 300
TIMEOUT = range(50, 29_001)  # In milliseconds.
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


def _paths(document: Node) -> Iterator[tuple[str, Node]]:
    yield from (document["paths"].members() if "paths" in document else ())


def _operations(document: Node) -> Iterator[Node]:
    for _, item in _paths(document):
        yield from (item[method] for method in (*METHODS, ANY_METHOD) if method in item)


def _component(document: Node, name: str) -> Iterator[tuple[str, Node]]:
    components = document.get("components")
    group = components.get(name) if components else None
    yield from (group.entries() if group else ())


def version(document: Node) -> Iterator[Breach]:
    if not _VERSION.fullmatch(str(document.read("openapi"))):
        yield document, "openapi"


def segments(document: Node) -> Iterator[Breach]:
    for path, item in _paths(document):
        segments = path.strip("/").split("/")
        if path != "/" and not all(_SEGMENT.fullmatch(segment) for segment in segments):
            yield item, None


def model_names(document: Node) -> Iterator[Breach]:
    yield from ((node, None) for name, node in _component(document, "schemas") if not _MODEL_NAME.fullmatch(name))


def scheme_types(body: Node) -> Iterator[Breach]:
    for _, scheme in _component(body, "securitySchemes"):
        if scheme.read("type") != "apiKey":
            yield scheme, "type"


def own_security(body: Node) -> Iterator[Breach]:
    if "security" in body:
        yield body, "security"
    yield from ((operation, "security") for operation in _operations(body) if "security" not in operation)


def model_keywords(body: Node) -> Iterator[Breach]:
    for part in walk(body):
        if part.kind == "schema" and part.node.path[:2] == ("components", "schemas") and "$ref" not in part.node:
            yield from ((part.node, keyword) for keyword, _ in part.node.members() if keyword in _NOT_IN_MODELS)


def response_models(body: Node) -> Iterator[Breach]:
    for part in walk(body):
        if (
            part.kind == "media type"
            and part.direction == "response"
            and "$ref" not in part.node.read("schema", {"$ref": ""})
        ):
            yield part.node, "schema"


def response_references(body: Node) -> Iterator[Breach]:
    for part in walk(body):
        if part.kind == "response" and "$ref" in part.node:
            yield part.node, "$ref"


def resources(document: Node) -> Iterator[Breach]:
    resources = {""}
    for path, _ in _paths(document):
        segments = path.strip("/").split("/")
        resources.update("/".join(segments[: count + 1]) for count in range(len(segments)))
    if len(resources) > MAX_RESOURCES:
        yield document, "paths"


def reserved(document: Node) -> Iterator[Breach]:
    yield from ((item, None) for path, item in _paths(document) if path.split("/")[1] in ("ping", "sping"))


def base_path(document: Node) -> Iterator[Breach]:
    for server in document["servers"].elements() if "servers" in document else ():
        if urlsplit(server.read("url")).path.strip("/"):
            yield server, "url"


def aws_variables(document: Node) -> Iterator[Breach]:
    yield from ((node, None) for node in _texts(document) if "${AWS::" in node.value)


def _texts(node: Node) -> Iterator[Node]:
    if isinstance(node.value, str):
        yield node
    elif isinstance(node.value, dict | list):
        for child in node.elements() if isinstance(node.value, list) else (child for _, child in node.entries()):
            yield from _texts(child)


def methods(document: Node) -> Iterator[Breach]:
    yield from ((item, "trace") for _, item in _paths(document) if "trace" in item)


def integrations(body: Node) -> Iterator[Breach]:
    for operation in _operations(body):
        integration = operation.get(INTEGRATION)
        if integration is None or integration.read("type") not in ("aws_proxy", "mock"):
            yield operation, INTEGRATION
        elif integration.read("type") == "aws_proxy":
            if integration.read("httpMethod") != "POST":
                yield integration, "httpMethod"
            if integration.read("timeoutInMillis", TIMEOUT[-1]) not in TIMEOUT:
                yield integration, "timeoutInMillis"


def unqualified(body: Node) -> Iterator[Breach]:
    for operation in _operations(body):
        if INTEGRATION in operation and _UNQUALIFIED.search(operation[INTEGRATION].read("uri", "")):
            yield operation[INTEGRATION], "uri"


def validators(body: Node) -> Iterator[Breach]:
    known = body.read(VALIDATORS, {})
    for holder in (body, *_operations(body)):
        chosen = holder.read(VALIDATOR)
        if chosen is not None and chosen not in known and not chosen.startswith("${"):
            yield holder, VALIDATOR


def extension(name: str) -> Callable[[Node], Iterator[Breach]]:
    def breaches(document: Node) -> Iterator[Breach]:
        holders = (document, *(item for _, item in _paths(document)), *_operations(document))
        yield from ((holder, name) for holder in holders if name in holder)

    return breaches


def http_api_only(document: Node) -> Iterator[Breach]:
    yield from extension("x-amazon-apigateway-importexport-version")(document)
    for operation in _operations(document):
        if INTEGRATION in operation and "payloadFormatVersion" in operation[INTEGRATION]:
            yield operation[INTEGRATION], "payloadFormatVersion"
    for _, scheme in _component(document, "securitySchemes"):
        authorizer = scheme.get(AUTHORIZER)
        if authorizer is not None and authorizer.read("type") == "jwt":
            yield authorizer, "type"
        if authorizer is not None and "enableSimpleResponses" in authorizer:
            yield authorizer, "enableSimpleResponses"


def settings(document: Node) -> Iterator[Breach]:
    allowed: dict[str, Callable[[Any], bool]] = {
        "x-amazon-apigateway-binary-media-types": lambda types: "*/*" not in types,
        "x-amazon-apigateway-minimum-compression-size": lambda size: size in _COMPRESSION,
        "x-amazon-apigateway-api-key-source": lambda source: source in ("HEADER", "AUTHORIZER"),
    }
    for name, is_allowed in allowed.items():
        if name in document and not is_allowed(document.read(name)):
            yield document, name


def cognito(body: Node) -> Iterator[Breach]:
    for _, scheme in _component(body, "securitySchemes"):
        authorizer = scheme.get(AUTHORIZER)
        if _COGNITO not in (scheme.read(AUTHTYPE), authorizer.read("type") if authorizer else None):
            continue
        for keyword, value in (("in", "header"), ("name", "Authorization"), (AUTHTYPE, _COGNITO)):
            if scheme.read(keyword) != value:
                yield scheme, keyword
        if authorizer is None or authorizer.read("type") != _COGNITO or not authorizer.read("providerARNs"):
            yield scheme, AUTHORIZER


def undeclared_methods(body: Node) -> Iterator[Breach]:
    yield from ((item, ANY_METHOD) for _, item in _paths(body) if ANY_METHOD not in item)


def default_statuses(body: Node) -> Iterator[Breach]:
    for kind in ("DEFAULT_4XX", "DEFAULT_5XX"):
        response = body[GATEWAY_RESPONSES].get(kind) if GATEWAY_RESPONSES in body else None
        if response is not None and "statusCode" in response:
            yield response, "statusCode"
