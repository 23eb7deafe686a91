"""What API Gateway's import of an OpenAPI document for a REST API refuses, ignores or reads otherwise than it is meant.

`CONTRACT_RULES` are for a contract, whatever is rendered from it; `BODY_RULES` for the body that is imported. A rule is
a function from a document to the places that violate it. The ids are stable. Numbers that are missing are facts that no
document can violate: API Gateway ignores the limits of parameters (04), import warnings fail nothing unless asked to
(14), and responses of proxy integrations are never validated (25).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from contract.http_syntax import METHODS
from contract_compiler.api_gateway import mapping
from contract_compiler.diagnostics import Diagnostic
from contract_compiler.document import Node, follow
from contract_compiler.operation_tables import is_text, may_be_json, media_range, security
from contract_compiler.output import json_text
from contract_compiler.parameters import IGNORED_HEADERS
from contract_compiler.traversal import OperationNode, operations, walk

ANY_METHOD = "x-amazon-apigateway-any-method"
INTEGRATION = "x-amazon-apigateway-integration"
AUTHORIZER = "x-amazon-apigateway-authorizer"
AUTHTYPE = "x-amazon-apigateway-authtype"
GATEWAY_RESPONSES = "x-amazon-apigateway-gateway-responses"
VALIDATOR = "x-amazon-apigateway-request-validator"
VALIDATORS = "x-amazon-apigateway-request-validators"
TIMEOUT = range(50, 29_001)  # In milliseconds.

_MAX_RESOURCES = 300
_MAX_AUTHORIZERS = 10
_MAX_DOCUMENTATION_PARTS = 2_000
_MAX_BODY_BYTES = 6_000_000
_COGNITO = "cognito_user_pools"

_GUIDE = "https://docs.aws.amazon.com/apigateway/latest/developerguide/"
_NOTES = "api-gateway-known-issues.html"
_QUOTAS = "api-gateway-execution-service-limits-table.html"

# Where a rule is violated: a place, and the member of it that is at fault.
Place = tuple[Node, str | None]
Check = Callable[[Node], Iterable[Place]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its stable id, why it is one, the page of the developer guide that says so, and what finds it violated.

    `for_contract` and `for_body` say what it is a rule for.
    """

    id: str
    reason: str
    page: str
    places: Check
    for_contract: bool
    for_body: bool

    @property
    def link(self) -> str:
        """The page's address."""
        return _GUIDE + self.page


def check(document: Node, rules: Iterable[Rule]) -> Iterator[Diagnostic]:
    """Every place of the document that violates one of the rules."""
    for rule in rules:
        for node, keyword in rule.places(document):
            yield node.diagnostic(rule.id, f"{rule.reason} ({rule.link})", keyword)


_RULES: list[Rule] = []


def _rule(
    number: str, reason: str, page: str, *, contract: bool = False, body: bool = False
) -> Callable[[Check], Check]:
    """Adds the decorated function as a rule for a contract, for the imported body, or for both."""

    def add(places: Check) -> Check:
        _RULES.append(Rule(f"AGW-{number}", reason, page, places, contract, body))
        return places

    return add


def _extension_rule(number: str, name: str, reason: str, page: str) -> None:
    """Adds a rule against an extension that does nothing, or harm, in a contract and in a body."""

    def places(document: Node) -> Iterator[Place]:
        holders = (document, *(item for _, item in _paths(document)), *_methods(document))
        yield from ((holder, name) for holder in holders if name in holder)

    _rule(number, reason, page, contract=True, body=True)(places)


def _paths(document: Node) -> Iterator[tuple[str, Node]]:
    yield from (document["paths"].members() if "paths" in document else ())


def _methods(document: Node) -> Iterator[Node]:
    for _, item in _paths(document):
        yield from (item[method] for method in (*METHODS, ANY_METHOD) if method in item)


def _operations(document: Node) -> Iterator[OperationNode]:
    yield from (operations(document) if "paths" in document else ())


def _responses(operation: OperationNode) -> Iterator[tuple[str, Node]]:
    for status, response in operation.node["responses"].members() if "responses" in operation.node else ():
        yield status, follow(response)


def _component(document: Node, name: str) -> Iterator[tuple[str, Node]]:
    components = document.get("components")
    group = components.get(name) if components else None
    yield from (group.entries() if group else ())


def _segments(path: str) -> list[str]:
    return path.strip("/").split("/")


################################################################################
# Paths and methods
################################################################################


@_rule("01", "REST APIs import OpenAPI 3.0, not 3.1", _NOTES, contract=True, body=True)
def _version(document: Node) -> Iterator[Place]:
    if not re.fullmatch(r"3\.0\.[0-9]+", str(document.read("openapi"))):
        yield document, "openapi"


@_rule("02", "a segment is letters, digits and _.,:- or one parameter in braces", _NOTES, contract=True, body=True)
def _segment_characters(document: Node) -> Iterator[Place]:
    segment = re.compile(r"[A-Za-z0-9_.,:-]*|\{[^{}/]+\}")
    for path, item in _paths(document):
        if not all(segment.fullmatch(each) for each in _segments(path)):
            yield item, None


@_rule(
    "28",
    "a resource is a segment with a name: a slash at the end, or two in a row, make none",
    "api-gateway-method-settings-method-request.html",
    contract=True,
    body=True,
)
def _empty_segments(document: Node) -> Iterator[Place]:
    yield from ((item, None) for path, item in _paths(document) if path != "/" and "" in path.split("/")[1:])


@_rule(
    "29",
    "{name+} takes any number of segments, and the event calls it `name`: a path parameter of OpenAPI is one segment, "
    "and keeps the name of the template",
    "api-gateway-set-up-simple-proxy.html",
    contract=True,
    body=True,
)
def _greedy_parameters(document: Node) -> Iterator[Place]:
    yield from ((item, None) for path, item in _paths(document) if "+}" in path)


@_rule(
    "30",
    "parameters at one place of the resource tree must have one name in all paths",
    "api-gateway-method-settings-method-request.html",
    contract=True,
    body=True,
)
def _sibling_parameters(document: Node) -> Iterator[Place]:
    names: dict[str, set[str]] = {}
    levels: list[tuple[Node, str]] = []
    for path, item in _paths(document):
        parent = ""
        for segment in _segments(path):
            if segment.startswith("{"):
                names.setdefault(parent, set()).add(segment)
                levels.append((item, parent))
            parent += "/{}" if segment.startswith("{") else f"/{segment}"
    yield from ((item, None) for item, parent in levels if len(names[parent]) > 1)


@_rule(
    "10",
    f"a REST API has at most {_MAX_RESOURCES} resources, each step of a path being one",
    _QUOTAS,
    contract=True,
    body=True,
)
def _resources(document: Node) -> Iterator[Place]:
    resources = {""}
    for path, _ in _paths(document):
        steps = _segments(path)
        resources.update("/".join(steps[: count + 1]) for count in range(len(steps)))
    if len(resources) > _MAX_RESOURCES:
        yield document, "paths"


@_rule("11", "/ping and /sping are API Gateway's own", _NOTES, contract=True, body=True)
def _reserved_paths(document: Node) -> Iterator[Place]:
    yield from ((item, None) for path, item in _paths(document) if _segments(path)[0] in ("ping", "sping"))


@_rule(
    "12",
    "the import ignores a server's path: write it into the paths",
    "api-gateway-import-api-basePath.html",
    contract=True,
)
def _base_path(document: Node) -> Iterator[Place]:
    for server in document["servers"].elements() if "servers" in document else ():
        if urlsplit(server.read("url")).path.strip("/"):
            yield server, "url"


@_rule("26", "there are no TRACE methods", "api-gateway-method-settings-method-request.html", contract=True, body=True)
def _trace(document: Node) -> Iterator[Place]:
    yield from ((item, "trace") for _, item in _paths(document) if "trace" in item)


@_rule(
    "36",
    "letters, digits, _ and -, a letter first: Terraform looks up the operation's function by it",
    "api-gateway-import-api.html",
    contract=True,
)
def _operation_ids(document: Node) -> Iterator[Place]:
    for operation in _operations(document):
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", operation.operation_id):
            yield operation.node, "operationId"


################################################################################
# Parameters and headers
################################################################################

# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
_LOST_REQUEST_HEADERS = frozenset(
    {
        "connection", "content-md5", "expect", "host", "max-forwards", "proxy-authenticate", "server", "te", "trailer",
        "transfer-encoding", "upgrade", "www-authenticate",
    }
)  # fmt: skip
_LOST_RESPONSE_HEADERS = frozenset(
    {
        "authorization", "connection", "content-md5", "date", "expect", "host", "max-forwards", "proxy-authenticate",
        "server", "te", "trailer", "transfer-encoding", "upgrade", "user-agent", "via", "www-authenticate",
    }
)  # fmt: skip


@_rule(
    "31",
    "a parameter's name is letters, digits and :._$-",
    "request-response-data-mappings.html",
    contract=True,
    body=True,
)
def _parameter_names(document: Node) -> Iterator[Place]:
    for part in walk(document):
        if part.kind != "parameter" or "name" not in part.node:
            continue
        where, name = part.node.read("in"), str(part.node.read("name"))
        is_sent = where != "cookie" and not (where == "header" and name.lower() in IGNORED_HEADERS)
        # A greedy parameter has a rule of its own.
        if is_sent and not re.fullmatch(r"[A-Za-z0-9:._$-]+\+?" if where == "path" else r"[A-Za-z0-9:._$-]+", name):
            yield part.node, "name"


@_rule("32", "API Gateway takes this header out of requests, or overwrites it", _NOTES, contract=True)
def _lost_request_headers(document: Node) -> Iterator[Place]:
    for part in walk(document):
        is_header = part.kind == "parameter" and part.node.read("in") == "header"
        if is_header and part.node.read("name").lower() in _LOST_REQUEST_HEADERS:
            yield part.node, "name"


@_rule("33", "API Gateway renames this header of a function's response, or drops it", _NOTES, contract=True)
def _lost_response_headers(document: Node) -> Iterator[Place]:
    for operation in _operations(document):
        for status, response in _responses(operation):
            headers = response.get("headers")
            # The authorizer answers 401 before the function is called, and a gateway response keeps its headers.
            own = {"www-authenticate"} if status == "401" and security(operation) else set()
            for name, header in headers.entries() if headers else ():
                if name.lower() in _LOST_RESPONSE_HEADERS - own:
                    yield header, None


################################################################################
# Bodies and models
################################################################################


def _is_binary(media: str) -> bool:
    """Whether a body of this type is anything but text to API Gateway."""
    text = media.endswith(("/xml", "+xml", "/x-www-form-urlencoded"))
    return not (text or is_text(media) or (may_be_json(media) and "*" not in media))


def binary_media_types(document: Node) -> list[str]:
    """The types of request bodies that API Gateway must hand on in base64: others it would take for text.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/lambda-proxy-binary-media.html
    """
    bodies = (operation.node.get("requestBody") for operation in _operations(document))
    names = {media_range(name) for body in bodies if body for name in follow(body).read("content")}
    return sorted(name for name in names if _is_binary(name))


@_rule(
    "35",
    "API Gateway hands on binary bodies only of media types that are named one by one, and sends them only to clients "
    "that ask for the type first: a URL to fetch them from is surer",
    "lambda-proxy-binary-media.html",
    contract=True,
)
def _binary_bodies(document: Node) -> Iterator[Place]:
    for operation in _operations(document):
        body = operation.node.get("requestBody")
        for name, media in follow(body)["content"].entries() if body else ():
            if "*" in name and _is_binary(media_range(name)):
                yield media, None
        for _, response in _responses(operation):
            content = response.get("content") if operation.method != "HEAD" else None
            for name, media in content.entries() if content else ():
                if _is_binary(media_range(name)):
                    yield media, None


@_rule("03", "a model's name is letters and digits", "models-mappings-models.html", body=True)
def _model_names(body: Node) -> Iterator[Place]:
    models = _component(body, "schemas")
    yield from ((node, None) for name, node in models if not re.fullmatch(r"[A-Za-z0-9]+", name))


# Draft 4 does not know them, or the notes say that models do without them.
_NOT_IN_MODELS = frozenset(
    {
        "default", "deprecated", "discriminator", "example", "exclusiveMaximum", "exclusiveMinimum", "externalDocs",
        "format", "nullable", "readOnly", "writeOnly", "xml",
    }
)  # fmt: skip


@_rule("07", "models do not support it (JSON Schema draft 4, and less)", _NOTES, body=True)
def _model_keywords(body: Node) -> Iterator[Place]:
    for part in walk(body):
        if part.kind == "schema" and part.node.path[:2] == ("components", "schemas") and "$ref" not in part.node:
            yield from ((part.node, keyword) for keyword, _ in part.node.members() if keyword in _NOT_IN_MODELS)


@_rule("08", "a method's response refers to a model, it does not spell one out", _NOTES, body=True)
def _response_models(body: Node) -> Iterator[Place]:
    for part in walk(body):
        is_answer = part.kind == "media type" and part.direction == "response"
        if is_answer and "$ref" not in part.node.read("schema", {"$ref": ""}):
            yield part.node, "schema"


@_rule("09", "references to whole responses are not followed", _NOTES, body=True)
def _response_references(body: Node) -> Iterator[Place]:
    for part in walk(body):
        if part.kind == "response" and "$ref" in part.node:
            yield part.node, "$ref"


@_rule("38", f"a REST API has at most {_MAX_DOCUMENTATION_PARTS} documentation parts", _QUOTAS, body=True)
def _documentation_parts(body: Node) -> Iterator[Place]:
    # The import makes one of each description or summary, whatever it describes.
    parts = sum("description" in part.node or "summary" in part.node for part in walk(body))
    if parts > _MAX_DOCUMENTATION_PARTS:
        yield body, "paths"


@_rule("39", f"a definition has at most {_MAX_BODY_BYTES // 1_000_000} MB", "limits.html", body=True)
def _size(body: Node) -> Iterator[Place]:
    if len(json_text(body.value).encode()) > _MAX_BODY_BYTES:
        yield body, None


################################################################################
# Who may call
################################################################################


@_rule(
    "34",
    "a Cognito authorizer reads a token from the header Authorization, as bearer and OAuth 2 schemes have it",
    "apigateway-enable-cognito-user-pool.html",
    contract=True,
)
def _readable_schemes(document: Node) -> Iterator[Place]:
    used = {name for each in _operations(document) for alternative in security(each) for name in alternative}
    for name, node in _component(document, "securitySchemes"):
        scheme = follow(node)
        kind = scheme.read("type")
        if name not in used or kind in ("oauth2", "openIdConnect"):
            continue
        if kind == "http" and str(scheme.read("scheme")).lower() != "bearer":
            yield scheme, "scheme"
        elif kind == "apiKey" and scheme.read("in") != "header":
            yield scheme, "in"
        elif kind == "apiKey" and scheme.read("name").lower() != "authorization":
            yield scheme, "name"


@_rule("37", "a method asks one authorizer, or none", "apigateway-control-access-to-api.html", contract=True, body=True)
def _one_authorizer(document: Node) -> Iterator[Place]:
    for operation in _operations(document):
        alternatives = security(operation)
        if len(alternatives) > 1 or any(len(alternative) != 1 for alternative in alternatives):
            yield operation.node, "security"


@_rule("40", f"a REST API has at most {_MAX_AUTHORIZERS} authorizers", _QUOTAS, body=True)
def _authorizers(body: Node) -> Iterator[Place]:
    if len(list(_component(body, "securitySchemes"))) > _MAX_AUTHORIZERS:
        yield body["components"], "securitySchemes"


@_rule("05", "security schemes are imported as apiKey only", _NOTES, body=True)
def _scheme_types(body: Node) -> Iterator[Place]:
    for _, scheme in _component(body, "securitySchemes"):
        if scheme.read("type") != "apiKey":
            yield scheme, "type"


@_rule("06", "the document's own security is ignored: each method needs its own", _NOTES, body=True)
def _own_security(body: Node) -> Iterator[Place]:
    if "security" in body:
        yield body, "security"
    yield from ((method, "security") for method in _methods(body) if "security" not in method)


@_rule(
    "23",
    "a Cognito authorizer reads the header Authorization, is declared as such twice, and names its pools",
    "apigateway-enable-cognito-user-pool.html",
    body=True,
)
def _cognito(body: Node) -> Iterator[Place]:
    for _, scheme in _component(body, "securitySchemes"):
        authorizer = scheme.get(AUTHORIZER)
        if _COGNITO not in (scheme.read(AUTHTYPE), authorizer.read("type") if authorizer else None):
            continue
        for keyword, value in (("in", "header"), ("name", "Authorization"), (AUTHTYPE, _COGNITO)):
            if scheme.read(keyword) != value:
                yield scheme, keyword
        if authorizer is None or authorizer.read("type") != _COGNITO or not authorizer.read("providerARNs"):
            yield scheme, AUTHORIZER


################################################################################
# Integrations and responses of API Gateway's own
################################################################################


@_rule(
    "15",
    f"a method needs an integration: aws_proxy by POST with {TIMEOUT[0]} to {TIMEOUT[-1]} ms, or a mock",
    "api-gateway-swagger-extensions-integration.html",
    body=True,
)
def _integrations(body: Node) -> Iterator[Place]:
    for method in _methods(body):
        integration = method.get(INTEGRATION)
        if integration is None or integration.read("type") not in ("aws_proxy", "mock"):
            yield method, INTEGRATION
        elif integration.read("type") == "aws_proxy":
            if integration.read("httpMethod") != "POST":
                yield integration, "httpMethod"
            if integration.read("timeoutInMillis", TIMEOUT[-1]) not in TIMEOUT:
                yield integration, "timeoutInMillis"


@_rule(
    "16",
    "the function is called by an alias, never unqualified",
    "set-up-lambda-proxy-integrations.html",
    body=True,
)
def _unqualified(body: Node) -> Iterator[Place]:
    unqualified = re.compile(r":function:[^:/]+(?::\$LATEST)?/invocations$")
    for method in _methods(body):
        if INTEGRATION in method and unqualified.search(method[INTEGRATION].read("uri", "")):
            yield method[INTEGRATION], "uri"


@_rule(
    "17",
    "the chosen request validator is not declared",
    "api-gateway-swagger-extensions-request-validators.html",
    body=True,
)
def _validators(body: Node) -> Iterator[Place]:
    known = body.read(VALIDATORS, {})
    for holder in (body, *_methods(body)):
        chosen = holder.read(VALIDATOR)
        if chosen is not None and chosen not in known and not chosen.startswith("${"):
            yield holder, VALIDATOR


@_rule(
    "24",
    "without it an undeclared method is answered 403, Missing Authentication Token",
    "api-gateway-swagger-extensions-any-method.html",
    body=True,
)
def _undeclared_methods(body: Node) -> Iterator[Place]:
    yield from ((item, ANY_METHOD) for _, item in _paths(body) if ANY_METHOD not in item)


# API Gateway API Reference, GatewayResponse: https://docs.aws.amazon.com/apigateway/latest/api/API_GatewayResponse.html
DEFAULT_TYPES = ("DEFAULT_4XX", "DEFAULT_5XX")
RESPONSE_TYPES = (
    "ACCESS_DENIED", "API_CONFIGURATION_ERROR", "AUTHORIZER_CONFIGURATION_ERROR", "AUTHORIZER_FAILURE",
    "BAD_REQUEST_BODY", "BAD_REQUEST_PARAMETERS", "EXPIRED_TOKEN", "INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT",
    "INVALID_API_KEY", "INVALID_SIGNATURE", "MISSING_AUTHENTICATION_TOKEN", "QUOTA_EXCEEDED", "REQUEST_TOO_LARGE",
    "RESOURCE_NOT_FOUND", "THROTTLED", "UNAUTHORIZED", "UNSUPPORTED_MEDIA_TYPE", "WAF_FILTERED",
)  # fmt: skip


@_rule("42", "there is no such gateway response", "supported-gateway-response-types.html", body=True)
def _response_types(body: Node) -> Iterator[Place]:
    for kind, response in body[GATEWAY_RESPONSES].entries() if GATEWAY_RESPONSES in body else ():
        if kind not in (*RESPONSE_TYPES, *DEFAULT_TYPES):
            yield response, None


@_rule(
    "27",
    "a status here becomes that of every refusal without a type of its own",
    "supported-gateway-response-types.html",
    body=True,
)
def _default_statuses(body: Node) -> Iterator[Place]:
    for kind, response in body[GATEWAY_RESPONSES].entries() if GATEWAY_RESPONSES in body else ():
        if kind in DEFAULT_TYPES and "statusCode" in response:
            yield response, "statusCode"


@_rule(
    "41",
    "a mapping goes from a text in single quotes, or from a variable that holds there, to a header whose name is "
    "letters, digits and ._$-",
    "request-response-data-mappings.html",
    body=True,
)
def _mappings(body: Node) -> Iterator[Place]:
    gateway = [each for _, each in body[GATEWAY_RESPONSES].entries()] if GATEWAY_RESPONSES in body else []
    integrations = [method[INTEGRATION] for method in _methods(body) if INTEGRATION in method]
    mocks = [each for mock in integrations if "responses" in mock for _, each in mock["responses"].entries()]
    for responses, prefix in ((gateway, "gatewayresponse.header."), (mocks, "method.response.header.")):
        for response in responses:
            for target, source in response["responseParameters"].entries() if "responseParameters" in response else ():
                is_header = target.startswith(prefix) and mapping.is_header_name(target.removeprefix(prefix))
                # Terraform fills in what stands in ${}: an origin, which has no quote.
                if not is_header or not mapping.is_expression(source.value, in_gateway_response=responses is gateway):
                    yield response["responseParameters"], target


################################################################################
# Extensions
################################################################################

_extension_rule(
    "18",
    "x-amazon-apigateway-cors",
    "it is for HTTP APIs and does nothing here: a REST API needs OPTIONS methods",
    "api-gateway-swagger-extensions-cors-configuration.html",
)
_extension_rule(
    "20",
    "x-amazon-apigateway-policy",
    "the policy is set where the API is created: two places would undo each other",
    "openapi-extensions-policy.html",
)
_extension_rule(
    "22",
    "x-amazon-apigateway-endpoint-configuration",
    "it belongs to a server",
    "api-gateway-swagger-extensions-endpoint-configuration.html",
)


@_rule("13", "the import replaces ${AWS::...}", "import-api-aws-variables.html", contract=True)
def _aws_variables(document: Node) -> Iterator[Place]:
    if isinstance(document.value, str):
        yield from [(document, None)] if "${AWS::" in document.value else []
    elif isinstance(document.value, list):
        for element in document.elements():
            yield from _aws_variables(element)
    elif isinstance(document.value, dict):
        for _, member in document.entries():
            yield from _aws_variables(member)


@_rule("19", "it is for HTTP APIs only", "api-gateway-swagger-extensions.html", contract=True, body=True)
def _http_api_only(document: Node) -> Iterator[Place]:
    version = "x-amazon-apigateway-importexport-version"
    yield from ((holder, version) for holder in (document, *_methods(document)) if version in holder)
    for method in _methods(document):
        if INTEGRATION in method and "payloadFormatVersion" in method[INTEGRATION]:
            yield method[INTEGRATION], "payloadFormatVersion"
    for _, scheme in _component(document, "securitySchemes"):
        authorizer = scheme.get(AUTHORIZER)
        if authorizer is not None and authorizer.read("type") == "jwt":
            yield authorizer, "type"
        if authorizer is not None and "enableSimpleResponses" in authorizer:
            yield authorizer, "enableSimpleResponses"


@_rule(
    "21",
    "the value is not allowed, or would make every body binary",
    "api-gateway-swagger-extensions.html",
    contract=True,
    body=True,
)
def _api_settings(document: Node) -> Iterator[Place]:
    compression = range(10_485_761)
    allowed: dict[str, Callable[[Any], bool]] = {
        "x-amazon-apigateway-binary-media-types": lambda types: isinstance(types, list) and "*/*" not in types,
        "x-amazon-apigateway-minimum-compression-size": lambda size: isinstance(size, int) and size in compression,
        "x-amazon-apigateway-api-key-source": lambda source: source in ("HEADER", "AUTHORIZER"),
    }
    for name, is_allowed in allowed.items():
        if name in document and not is_allowed(document.read(name)):
            yield document, name


CONTRACT_RULES = tuple(rule for rule in _RULES if rule.for_contract)
BODY_RULES = tuple(rule for rule in _RULES if rule.for_body)
