"""Rules of API Gateway's import: what it refuses, ignores or reads otherwise than an OpenAPI document means it.

`CONTRACT_RULES` are for a contract, whatever is rendered from it; `BODY_RULES` for the body that is imported. What
finds violations in a document stands below each group of rules. The ids are stable. Numbers that are missing are facts
that no document can violate: API Gateway ignores the limits of parameters (04), import warnings fail nothing unless
asked to (14), and responses of proxy integrations are never validated (25).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from contract.http_syntax import METHODS
from contract_compiler.api_gateway.gateway_responses import (
    DEFAULT_TYPES,
    RESPONSE_TYPES,
    is_mapped_header,
    is_mapping,
)
from contract_compiler.api_gateway.settings import TIMEOUT
from contract_compiler.diagnostics import Diagnostic
from contract_compiler.document import Node, follow
from contract_compiler.operation_tables import is_text, may_be_json, media_range, scheme_names, security
from contract_compiler.output import json_text
from contract_compiler.parameters import IGNORED_HEADERS
from contract_compiler.traversal import operations, walk

_ANY_METHOD = "x-amazon-apigateway-any-method"
_INTEGRATION = "x-amazon-apigateway-integration"
_VALIDATOR = "x-amazon-apigateway-request-validator"
_AUTHTYPE = "x-amazon-apigateway-authtype"
_AUTHORIZER = "x-amazon-apigateway-authorizer"
_GATEWAY_RESPONSES = "x-amazon-apigateway-gateway-responses"

_MAX_RESOURCES = 300
_MAX_DOCUMENTATION_PARTS = 2000
_MAX_AUTHORIZERS = 10
_MAX_BYTES = 6_000_000

# Pages of the developer guide that give more than one rule its reason.
_NOTES = "api-gateway-known-issues"
_QUOTAS = "api-gateway-execution-service-limits-table"
_METHOD_PAGE = "api-gateway-method-settings-method-request"
_MAPPING_PAGE = "request-response-data-mappings"
_COGNITO_PAGE = "apigateway-enable-cognito-user-pool"
_RESPONSE_PAGE = "supported-gateway-response-types"
_EXTENSION_PAGE = "api-gateway-swagger-extensions"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its stable id, why it is one, and the page of the developer guide that says so."""

    id: str
    reason: str
    link: str


CONTRACT_RULES: list[Rule] = []
BODY_RULES: list[Rule] = []

# The rule, the place that violates it, and the member of it that is at fault.
_Violation = tuple[Rule, Node, str | None]
_Finder = Callable[[Node], Iterator[_Violation]]
_FINDERS: list[tuple[frozenset[Rule], _Finder]] = []


def check(document: Node, rules: Collection[Rule]) -> Iterator[Diagnostic]:
    """Every place of the document that violates one of the rules.

    What finds none of them does not run. So rules for the body, which is ours, may rely on the shapes of its
    extensions: in a contract the value of an `x-` may be anything.
    """
    for own, find in _FINDERS:
        for rule, node, keyword in () if own.isdisjoint(rules) else find(document):
            if rule in rules:
                yield node.diagnostic(rule.id, f"{rule.reason} ({rule.link})", keyword)


def _finds(*rules: Rule) -> Callable[[_Finder], _Finder]:
    """Registers the decorated function as what finds violations of these rules."""

    def register(find: _Finder) -> _Finder:
        _FINDERS.append((frozenset(rules), find))
        return find

    return register


def _rule(number: str, reason: str, page: str, *, of: tuple[list[Rule], ...] = (CONTRACT_RULES, BODY_RULES)) -> Rule:
    """A rule for contracts and for bodies, unless it is `of` one of them."""
    rule = Rule(f"AGW-{number}", reason, f"https://docs.aws.amazon.com/apigateway/latest/developerguide/{page}.html")
    for rules in of:
        rules.append(rule)
    return rule


_contract_rule = partial(_rule, of=(CONTRACT_RULES,))
_body_rule = partial(_rule, of=(BODY_RULES,))

# Paths

_SEGMENT = _rule("02", "a segment is letters, digits and _.,:- or one parameter in braces", _NOTES)
_EMPTY_SEGMENT = _rule(
    "28", "a resource is a segment with a name: a slash at the end, or two in a row, make none", _METHOD_PAGE
)
_GREEDY_PARAMETER = _rule(
    "29",
    "{name+} takes any number of segments, and the event calls it `name`: a path parameter of OpenAPI is one segment, "
    "and keeps the name of the template",
    "api-gateway-set-up-simple-proxy",
)
_SIBLING = _rule("30", "parameters at one place of the resource tree must have one name in all paths", _METHOD_PAGE)
_RESOURCES = _rule("10", f"a REST API has at most {_MAX_RESOURCES} resources, each step of a path being one", _QUOTAS)
_RESERVED_PATH = _rule("11", "/ping and /sping are API Gateway's own", _NOTES)
_TRACE = _rule("26", "there are no TRACE methods", _METHOD_PAGE)
_NO_ANY_METHOD = _body_rule(
    "24",
    "without it an undeclared method is answered 403, Missing Authentication Token",
    "api-gateway-swagger-extensions-any-method",
)


@_finds(_SEGMENT, _EMPTY_SEGMENT, _GREEDY_PARAMETER, _RESOURCES, _RESERVED_PATH, _TRACE, _NO_ANY_METHOD)
def _paths(document: Node) -> Iterator[_Violation]:
    resources = {""}
    for path, item in document.members("paths"):
        segments = path.strip("/").split("/")
        resources.update("/".join(segments[: count + 1]) for count in range(len(segments)))
        if not all(re.fullmatch(r"[A-Za-z0-9_.,:-]*|\{[^{}/]+\}", segment) for segment in segments):
            yield _SEGMENT, item, None
        if path != "/" and "" in path.split("/")[1:]:
            yield _EMPTY_SEGMENT, item, None
        if "+}" in path:
            yield _GREEDY_PARAMETER, item, None
        if segments[0] in ("ping", "sping"):
            yield _RESERVED_PATH, item, None
        if "trace" in item:
            yield _TRACE, item, "trace"
        if _ANY_METHOD not in item:
            yield _NO_ANY_METHOD, item, _ANY_METHOD
    if len(resources) > _MAX_RESOURCES:
        yield _RESOURCES, document, "paths"


@_finds(_SIBLING)
def _sibling_parameters(document: Node) -> Iterator[_Violation]:
    names: dict[str, set[str]] = {}
    levels: list[tuple[Node, str]] = []
    for path, item in document.members("paths"):
        parent = ""
        for segment in path.strip("/").split("/"):
            if segment.startswith("{"):
                names.setdefault(parent, set()).add(segment)
                levels.append((item, parent))
            parent += "/{}" if segment.startswith("{") else f"/{segment}"
    yield from ((_SIBLING, item, None) for item, parent in levels if len(names[parent]) > 1)


# Operations

_OPERATION_ID = _contract_rule(
    "36",
    "letters, digits, _ and -, a letter first: Terraform looks up the operation's function by it",
    "api-gateway-import-api",
)
_ONE_AUTHORIZER = _rule("37", "a method asks one authorizer, or none", "apigateway-control-access-to-api")
_BINARY_BODY = _contract_rule(
    "35",
    "API Gateway hands on binary bodies only of media types that are named one by one, and sends them only to clients "
    "that ask for the type first: a URL to fetch them from is surer",
    "lambda-proxy-binary-media",
)
_LOST_IN_RESPONSES = _contract_rule(
    "33", "API Gateway renames this header of a function's response, or drops it", _NOTES
)
_LOST_IN_REQUESTS = _contract_rule("32", "API Gateway takes this header out of requests, or overwrites it", _NOTES)

# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
_LOST_BOTH_WAYS = frozenset(
    {
        "connection", "content-md5", "expect", "host", "max-forwards", "proxy-authenticate", "server", "te", "trailer",
        "transfer-encoding", "upgrade", "www-authenticate",
    }
)  # fmt: skip


@_finds(_OPERATION_ID, _ONE_AUTHORIZER, _BINARY_BODY, _LOST_IN_RESPONSES)
def _operations(document: Node) -> Iterator[_Violation]:
    for operation in operations(document):
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", operation.operation_id):
            yield _OPERATION_ID, operation.node, "operationId"
        alternatives = security(operation)
        if len(alternatives) > 1 or any(len(alternative) != 1 for alternative in alternatives):
            yield _ONE_AUTHORIZER, operation.node, "security"
        body = operation.node.get("requestBody")
        for name, media in follow(body).entries("content") if body else ():
            if "*" in name and _is_binary(media_range(name)):
                yield _BINARY_BODY, media, None
        for status, node in operation.node.members("responses"):
            response = follow(node)
            for name, media in response.entries("content") if operation.method != "HEAD" else ():
                if _is_binary(media_range(name)):
                    yield _BINARY_BODY, media, None
            # The authorizer answers 401 before the function is called, and a gateway response keeps its headers.
            own = {"www-authenticate"} if status == "401" and alternatives else set()
            for name, header in response.entries("headers"):
                if name.lower() in (_LOST_BOTH_WAYS | {"authorization", "date", "user-agent", "via"}) - own:
                    yield _LOST_IN_RESPONSES, header, None


def binary_media_types(document: Node) -> list[str]:
    """The types of request bodies that API Gateway must hand on in base64: others it would take for text.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/lambda-proxy-binary-media.html
    """
    bodies = [follow(each.node["requestBody"]) for each in operations(document) if "requestBody" in each.node]
    names = {media_range(name) for body in bodies for name in body.read("content")}
    return sorted(name for name in names if _is_binary(name))


def _is_binary(media: str) -> bool:
    """Whether a body of this type is anything but text to API Gateway."""
    text = media.endswith(("/xml", "+xml", "/x-www-form-urlencoded"))
    return not (text or is_text(media) or (may_be_json(media) and "*" not in media))


# Parts: parameters, responses, models

_PARAMETER_NAME = _rule("31", "a parameter's name is letters, digits and :._$-", _MAPPING_PAGE)
_MODEL_KEYWORD = _body_rule("07", "models do not support it (JSON Schema draft 4, and less)", _NOTES)
_RESPONSE_MODEL = _body_rule("08", "a method's response refers to a model, it does not spell one out", _NOTES)
_RESPONSE_REFERENCE = _body_rule("09", "references to whole responses are not followed", _NOTES)
_DOCUMENTATION = _body_rule("38", f"a REST API has at most {_MAX_DOCUMENTATION_PARTS} documentation parts", _QUOTAS)

# Draft 4 does not know them, or the notes say that models do without them.
_NOT_IN_MODELS = frozenset(
    {
        "default", "deprecated", "discriminator", "example", "exclusiveMaximum", "exclusiveMinimum", "externalDocs",
        "format", "nullable", "readOnly", "writeOnly", "xml",
    }
)  # fmt: skip


@_finds(_PARAMETER_NAME, _LOST_IN_REQUESTS, _MODEL_KEYWORD, _RESPONSE_MODEL, _RESPONSE_REFERENCE, _DOCUMENTATION)
def _parts(document: Node) -> Iterator[_Violation]:
    documentation = 0
    for part in walk(document):
        node = part.node
        # The import makes a part of each description or summary, whatever it describes.
        documentation += "description" in node or "summary" in node
        if part.kind == "parameter" and "$ref" not in node:
            where, name = node.read("in"), str(node.read("name"))
            is_sent = where != "cookie" and not (where == "header" and name.lower() in IGNORED_HEADERS)
            # A greedy parameter has a rule of its own.
            if is_sent and not re.fullmatch(r"[A-Za-z0-9:._$-]+\+?" if where == "path" else r"[A-Za-z0-9:._$-]+", name):
                yield _PARAMETER_NAME, node, "name"
            if where == "header" and name.lower() in _LOST_BOTH_WAYS:
                yield _LOST_IN_REQUESTS, node, "name"
        elif part.kind == "schema" and "$ref" not in node and node.path[:2] == ("components", "schemas"):
            yield from ((_MODEL_KEYWORD, node, keyword) for keyword, _ in node.members() if keyword in _NOT_IN_MODELS)
        elif part.kind == "media type" and part.direction == "response":
            if "$ref" not in node.read("schema", {"$ref": ""}):
                yield _RESPONSE_MODEL, node, "schema"
        elif part.kind == "response" and "$ref" in node:
            yield _RESPONSE_REFERENCE, node, "$ref"
    if documentation > _MAX_DOCUMENTATION_PARTS:
        yield _DOCUMENTATION, document, "paths"


# Who may call

_READABLE_SCHEME = _contract_rule(
    "34",
    "a Cognito authorizer reads a token from the header Authorization, as bearer and OAuth 2 schemes have it",
    _COGNITO_PAGE,
)
_SCHEME_TYPE = _body_rule("05", "security schemes are imported as apiKey only", _NOTES)
_COGNITO = _body_rule(
    "23",
    "a Cognito authorizer reads the header Authorization, is declared as such twice, and names its pools",
    _COGNITO_PAGE,
)
_AUTHORIZERS = _body_rule("40", f"a REST API has at most {_MAX_AUTHORIZERS} authorizers", _QUOTAS)
_HTTP_API_ONLY = _rule("19", "it is for HTTP APIs only", _EXTENSION_PAGE)


@_finds(_READABLE_SCHEME, _SCHEME_TYPE, _COGNITO, _AUTHORIZERS, _HTTP_API_ONLY)
def _schemes(document: Node) -> Iterator[_Violation]:
    used = {name for operation in operations(document) for name in scheme_names(operation)}
    schemes = dict(document.entries("components", "securitySchemes"))
    for name, node in schemes.items():
        scheme = follow(node)
        kind = scheme.read("type")
        if node.read("type") != "apiKey":
            yield _SCHEME_TYPE, node, "type"
        if name in used:
            if kind == "http" and str(scheme.read("scheme")).lower() != "bearer":
                yield _READABLE_SCHEME, scheme, "scheme"
            elif kind == "apiKey" and scheme.read("in") != "header":
                yield _READABLE_SCHEME, scheme, "in"
            elif kind == "apiKey" and scheme.read("name").lower() != "authorization":
                yield _READABLE_SCHEME, scheme, "name"
        yield from _authorizer(node)
    if len(schemes) > _MAX_AUTHORIZERS:
        yield _AUTHORIZERS, document["components"], "securitySchemes"


def _authorizer(scheme: Node) -> Iterator[_Violation]:
    authorizer = scheme.get(_AUTHORIZER)
    kind = authorizer.read("type") if authorizer else None
    if authorizer is not None and kind == "jwt":
        yield _HTTP_API_ONLY, authorizer, "type"
    if authorizer is not None and "enableSimpleResponses" in authorizer:
        yield _HTTP_API_ONLY, authorizer, "enableSimpleResponses"
    cognito = "cognito_user_pools"
    if cognito in (scheme.read(_AUTHTYPE), kind):
        for keyword, value in (("in", "header"), ("name", "Authorization"), (_AUTHTYPE, cognito)):
            if scheme.read(keyword) != value:
                yield _COGNITO, scheme, keyword
        if authorizer is None or kind != cognito or not authorizer.read("providerARNs"):
            yield _COGNITO, scheme, _AUTHORIZER


# Methods and their integrations

_OWN_SECURITY = _body_rule("06", "the document's own security is ignored: each method needs its own", _NOTES)
_METHOD_INTEGRATION = _body_rule(
    "15",
    f"a method needs an integration: aws_proxy by POST with {TIMEOUT[0]} to {TIMEOUT[-1]} ms, or a mock",
    "api-gateway-swagger-extensions-integration",
)
_UNQUALIFIED = _body_rule(
    "16", "the function is called by an alias, never unqualified", "set-up-lambda-proxy-integrations"
)
_MAPPING = _body_rule(
    "41",
    "a mapping goes from a text in single quotes, or from a variable that holds there, to a header whose name is "
    "letters, digits and ._$-",
    _MAPPING_PAGE,
)


@_finds(_OWN_SECURITY, _METHOD_INTEGRATION, _UNQUALIFIED, _MAPPING)
def _methods(document: Node) -> Iterator[_Violation]:
    for method in _all_methods(document):
        if "security" not in method:
            yield _OWN_SECURITY, method, "security"
        integration = method.get(_INTEGRATION)
        if integration is None or integration.read("type") not in ("aws_proxy", "mock"):
            yield _METHOD_INTEGRATION, method, _INTEGRATION
        elif integration.read("type") == "aws_proxy":
            if integration.read("httpMethod") != "POST":
                yield _METHOD_INTEGRATION, integration, "httpMethod"
            if integration.read("timeoutInMillis", TIMEOUT[-1]) not in TIMEOUT:
                yield _METHOD_INTEGRATION, integration, "timeoutInMillis"
        if integration is not None:
            if re.search(r":function:[^:/]+(?::\$LATEST)?/invocations$", integration.read("uri", "")):
                yield _UNQUALIFIED, integration, "uri"
            for _, response in integration.entries("responses"):
                yield from _mappings(response, "method.response.header.")


def _all_methods(document: Node) -> Iterator[Node]:
    for _, item in document.members("paths"):
        yield from (item[method] for method in (*METHODS, _ANY_METHOD) if method in item)


# Gateway responses

_RESPONSE_TYPE = _body_rule("42", "there is no such gateway response", _RESPONSE_PAGE)
_DEFAULT_STATUS = _body_rule(
    "27", "a status here becomes that of every refusal without a type of its own", _RESPONSE_PAGE
)


@_finds(_RESPONSE_TYPE, _DEFAULT_STATUS, _MAPPING)
def _gateway_responses(document: Node) -> Iterator[_Violation]:
    for kind, response in document.entries(_GATEWAY_RESPONSES):
        if kind not in (*RESPONSE_TYPES, *DEFAULT_TYPES):
            yield _RESPONSE_TYPE, response, None
        if kind in DEFAULT_TYPES and "statusCode" in response:
            yield _DEFAULT_STATUS, response, "statusCode"
        yield from _mappings(response, "gatewayresponse.header.")


def _mappings(response: Node, prefix: str) -> Iterator[_Violation]:
    for target, source in response.entries("responseParameters"):
        is_header = target.startswith(prefix) and is_mapped_header(target.removeprefix(prefix))
        # Terraform fills in what stands in ${}: an origin, which has no quote.
        if not is_header or not is_mapping(source.value, in_gateway_response=prefix.startswith("gatewayresponse")):
            yield _MAPPING, response["responseParameters"], target


# The document and its extensions

_VERSION = _rule("01", "REST APIs import OpenAPI 3.0, not 3.1", _NOTES)
_BASE_PATH = _contract_rule(
    "12", "the import ignores a server's path: write it into the paths", "api-gateway-import-api-basePath"
)
_MODEL_NAME = _body_rule("03", "a model's name is letters and digits", "models-mappings-models")
_SIZE = _body_rule("39", f"a definition has at most {_MAX_BYTES // 1_000_000} MB", "limits")
_SETTING = _rule("21", "the value is not allowed, or would make every body binary", _EXTENSION_PAGE)
_UNKNOWN_VALIDATOR = _body_rule(
    "17", "the chosen request validator is not declared", "api-gateway-swagger-extensions-request-validators"
)
_AWS_VARIABLE = _contract_rule("13", "the import replaces ${AWS::...}", "import-api-aws-variables")
# What does nothing, or harm, wherever it stands.
_NO_EXTENSION = {
    "x-amazon-apigateway-cors": _rule(
        "18",
        "it is for HTTP APIs and does nothing here: a REST API needs OPTIONS methods",
        "api-gateway-swagger-extensions-cors-configuration",
    ),
    "x-amazon-apigateway-policy": _rule(
        "20",
        "the policy is set where the API is created: two places would undo each other",
        "openapi-extensions-policy",
    ),
    "x-amazon-apigateway-endpoint-configuration": _rule(
        "22", "it belongs to a server", "api-gateway-swagger-extensions-endpoint-configuration"
    ),
}


@_finds(_VERSION, _BASE_PATH, _SETTING)
def _document(document: Node) -> Iterator[_Violation]:
    if not re.fullmatch(r"3\.0\.[0-9]+", str(document.read("openapi"))):
        yield _VERSION, document, "openapi"
    for server in document.elements("servers"):
        # RFC 3986, appendix B: every text has a path, even a template or one with a malformed host.
        path = re.match(r"(?:[^:/?#]+:)?(?://[^/?#]*)?([^?#]*)", server.read("url"))
        if path and path[1].strip("/"):
            yield _BASE_PATH, server, "url"
    allowed: dict[str, Callable[[Any], bool]] = {
        "x-amazon-apigateway-binary-media-types": lambda types: isinstance(types, list) and "*/*" not in types,
        "x-amazon-apigateway-minimum-compression-size": lambda size: isinstance(size, int) and 0 <= size <= 10_485_760,
        "x-amazon-apigateway-api-key-source": lambda source: source in ("HEADER", "AUTHORIZER"),
    }
    for name, is_allowed in allowed.items():
        if name in document and not is_allowed(document.read(name)):
            yield _SETTING, document, name


@_finds(_MODEL_NAME, _SIZE, _OWN_SECURITY, _UNKNOWN_VALIDATOR)
def _body(body: Node) -> Iterator[_Violation]:
    for name, model in body.entries("components", "schemas"):
        if not re.fullmatch(r"[A-Za-z0-9]+", name):
            yield _MODEL_NAME, model, None
    if len(json_text(body.value).encode()) > _MAX_BYTES:
        yield _SIZE, body, None
    if "security" in body:
        yield _OWN_SECURITY, body, "security"
    for holder in (body, *_all_methods(body)):
        chosen = holder.read(_VALIDATOR)
        if chosen is not None and chosen not in body.read(f"{_VALIDATOR}s", {}) and not chosen.startswith("${"):
            yield _UNKNOWN_VALIDATOR, holder, _VALIDATOR


@_finds(_HTTP_API_ONLY, *_NO_EXTENSION.values())
def _extensions(document: Node) -> Iterator[_Violation]:
    methods, version = list(_all_methods(document)), "x-amazon-apigateway-importexport-version"
    for holder in (document, *methods):
        if version in holder:
            yield _HTTP_API_ONLY, holder, version
    for integration in (method[_INTEGRATION] for method in methods if _INTEGRATION in method):
        if "payloadFormatVersion" in integration:
            yield _HTTP_API_ONLY, integration, "payloadFormatVersion"
    for holder in (document, *(item for _, item in document.members("paths")), *methods):
        yield from ((rule, holder, name) for name, rule in _NO_EXTENSION.items() if name in holder)


@_finds(_AWS_VARIABLE)
def _aws_variables(node: Node) -> Iterator[_Violation]:
    if isinstance(node.value, str) and "${AWS::" in node.value:
        yield _AWS_VARIABLE, node, None
    elif isinstance(node.value, list):
        for element in node.elements():
            yield from _aws_variables(element)
    elif isinstance(node.value, dict):
        for _, member in node.entries():
            yield from _aws_variables(member)
