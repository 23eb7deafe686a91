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
from functools import partial
from typing import Any
from urllib.parse import urlsplit

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
from contract_compiler.operation_tables import is_text, may_be_json, media_range, security
from contract_compiler.output import json_text
from contract_compiler.parameters import IGNORED_HEADERS
from contract_compiler.traversal import OperationNode, operations, walk, written_out

_ANY_METHOD = "x-amazon-apigateway-any-method"
_INTEGRATION = "x-amazon-apigateway-integration"
_AUTHORIZER = "x-amazon-apigateway-authorizer"
_GATEWAY_RESPONSES = "x-amazon-apigateway-gateway-responses"

# Pages of the developer guide that give more than one rule its reason.
_NOTES = "api-gateway-known-issues"
_QUOTAS = "api-gateway-execution-service-limits-table"
_METHOD_PAGE = "api-gateway-method-settings-method-request"
_MAPPING_PAGE = "request-response-data-mappings"
_COGNITO_PAGE = "apigateway-enable-cognito-user-pool"
_RESPONSE_PAGE = "supported-gateway-response-types"
_EXTENSION_PAGE = "api-gateway-swagger-extensions"

# Where a rule is violated: a place, and the member of it that is at fault.
Place = tuple[Node, str | None]
Check = Callable[[Node], Iterable[Place]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its stable id, why it is one, the page of the developer guide that says so, and what finds violations."""

    id: str
    reason: str
    link: str
    places: Check


CONTRACT_RULES: list[Rule] = []
BODY_RULES: list[Rule] = []


def check(document: Node, rules: Iterable[Rule]) -> Iterator[Diagnostic]:
    """Every place of the document that violates one of the rules."""
    for rule in rules:
        for node, keyword in rule.places(document):
            yield node.diagnostic(rule.id, f"{rule.reason} ({rule.link})", keyword)


def _rule(
    number: str, reason: str, page: str, rules: Iterable[list[Rule]] = (CONTRACT_RULES, BODY_RULES)
) -> Callable[[Check], Check]:
    """Makes the decorated function a rule for contracts and for bodies."""

    def add(places: Check) -> Check:
        link = f"https://docs.aws.amazon.com/apigateway/latest/developerguide/{page}.html"
        for each in rules:
            each.append(Rule(f"AGW-{number}", reason, link, places))
        return places

    return add


_contract_rule = partial(_rule, rules=[CONTRACT_RULES])
_body_rule = partial(_rule, rules=[BODY_RULES])


def _methods(document: Node) -> Iterator[Node]:
    for _, item in document.members("paths"):
        yield from (item[method] for method in (*METHODS, _ANY_METHOD) if method in item)


def _integrations(document: Node) -> list[Node]:
    return [method[_INTEGRATION] for method in _methods(document) if _INTEGRATION in method]


def _responses(operation: OperationNode) -> Iterator[tuple[str, Node]]:
    yield from ((status, follow(response)) for status, response in operation.node.members("responses"))


def _having(holders: Iterable[Node], name: str) -> Iterator[Place]:
    yield from ((holder, name) for holder in holders if name in holder)


def _segments(path: str) -> list[str]:
    return path.strip("/").split("/")


# Paths and methods


@_rule("01", "REST APIs import OpenAPI 3.0, not 3.1", _NOTES)
def _version(document: Node) -> Iterator[Place]:
    if not re.fullmatch(r"3\.0\.[0-9]+", str(document.read("openapi"))):
        yield document, "openapi"


@_rule("02", "a segment is letters, digits and _.,:- or one parameter in braces", _NOTES)
def _segment_characters(document: Node) -> Iterator[Place]:
    for path, item in document.members("paths"):
        if not all(re.fullmatch(r"[A-Za-z0-9_.,:-]*|\{[^{}/]+\}", segment) for segment in _segments(path)):
            yield item, None


@_rule("28", "a resource is a segment with a name: a slash at the end, or two in a row, make none", _METHOD_PAGE)
def _empty_segments(document: Node) -> Iterator[Place]:
    yield from ((item, None) for path, item in document.members("paths") if path != "/" and "" in path.split("/")[1:])


@_rule(
    "29",
    "{name+} takes any number of segments, and the event calls it `name`: a path parameter of OpenAPI is one segment, "
    "and keeps the name of the template",
    "api-gateway-set-up-simple-proxy",
)
def _greedy_parameters(document: Node) -> Iterator[Place]:
    yield from ((item, None) for path, item in document.members("paths") if "+}" in path)


@_rule("30", "parameters at one place of the resource tree must have one name in all paths", _METHOD_PAGE)
def _sibling_parameters(document: Node) -> Iterator[Place]:
    names: dict[str, set[str]] = {}
    levels: list[tuple[Node, str]] = []
    for path, item in document.members("paths"):
        parent = ""
        for segment in _segments(path):
            if segment.startswith("{"):
                names.setdefault(parent, set()).add(segment)
                levels.append((item, parent))
            parent += "/{}" if segment.startswith("{") else f"/{segment}"
    yield from ((item, None) for item, parent in levels if len(names[parent]) > 1)


@_rule("10", "a REST API has at most 300 resources, each step of a path being one", _QUOTAS)
def _resources(document: Node) -> Iterator[Place]:
    resources = {""}
    for path, _ in document.members("paths"):
        steps = _segments(path)
        resources.update("/".join(steps[: count + 1]) for count in range(len(steps)))
    if len(resources) > 300:
        yield document, "paths"


@_rule("11", "/ping and /sping are API Gateway's own", _NOTES)
def _reserved_paths(document: Node) -> Iterator[Place]:
    yield from ((item, None) for path, item in document.members("paths") if _segments(path)[0] in ("ping", "sping"))


@_contract_rule("12", "the import ignores a server's path: write it into the paths", "api-gateway-import-api-basePath")
def _base_path(document: Node) -> Iterator[Place]:
    for server in document.elements("servers"):
        if urlsplit(server.read("url")).path.strip("/"):
            yield server, "url"


@_rule("26", "there are no TRACE methods", _METHOD_PAGE)
def _trace(document: Node) -> Iterator[Place]:
    yield from _having((item for _, item in document.members("paths")), "trace")


@_contract_rule(
    "36",
    "letters, digits, _ and -, a letter first: Terraform looks up the operation's function by it",
    "api-gateway-import-api",
)
def _operation_ids(document: Node) -> Iterator[Place]:
    for operation in operations(document):
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", operation.operation_id):
            yield operation.node, "operationId"


# Parameters and headers

# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
_LOST_BOTH_WAYS = frozenset(
    {
        "connection", "content-md5", "expect", "host", "max-forwards", "proxy-authenticate", "server", "te", "trailer",
        "transfer-encoding", "upgrade", "www-authenticate",
    }
)  # fmt: skip
_LOST_IN_RESPONSES = _LOST_BOTH_WAYS | {"authorization", "date", "user-agent", "via"}


@_rule("31", "a parameter's name is letters, digits and :._$-", _MAPPING_PAGE)
def _parameter_names(document: Node) -> Iterator[Place]:
    for parameter in written_out(document, "parameter"):
        where, name = parameter.read("in"), str(parameter.read("name"))
        is_sent = where != "cookie" and not (where == "header" and name.lower() in IGNORED_HEADERS)
        # A greedy parameter has a rule of its own.
        if is_sent and not re.fullmatch(r"[A-Za-z0-9:._$-]+\+?" if where == "path" else r"[A-Za-z0-9:._$-]+", name):
            yield parameter, "name"


@_contract_rule("32", "API Gateway takes this header out of requests, or overwrites it", _NOTES)
def _lost_request_headers(document: Node) -> Iterator[Place]:
    for parameter in written_out(document, "parameter"):
        if parameter.read("in") == "header" and parameter.read("name").lower() in _LOST_BOTH_WAYS:
            yield parameter, "name"


@_contract_rule("33", "API Gateway renames this header of a function's response, or drops it", _NOTES)
def _lost_response_headers(document: Node) -> Iterator[Place]:
    for operation in operations(document):
        for status, response in _responses(operation):
            # The authorizer answers 401 before the function is called, and a gateway response keeps its headers.
            own = {"www-authenticate"} if status == "401" and security(operation) else set()
            for name, header in response.entries("headers"):
                if name.lower() in _LOST_IN_RESPONSES - own:
                    yield header, None


# Bodies and models


def _is_binary(media: str) -> bool:
    """Whether a body of this type is anything but text to API Gateway."""
    text = media.endswith(("/xml", "+xml", "/x-www-form-urlencoded"))
    return not (text or is_text(media) or (may_be_json(media) and "*" not in media))


def binary_media_types(document: Node) -> list[str]:
    """The types of request bodies that API Gateway must hand on in base64: others it would take for text.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/lambda-proxy-binary-media.html
    """
    bodies = [follow(each.node["requestBody"]) for each in operations(document) if "requestBody" in each.node]
    names = {media_range(name) for body in bodies for name in body.read("content")}
    return sorted(name for name in names if _is_binary(name))


@_contract_rule(
    "35",
    "API Gateway hands on binary bodies only of media types that are named one by one, and sends them only to clients "
    "that ask for the type first: a URL to fetch them from is surer",
    "lambda-proxy-binary-media",
)
def _binary_bodies(document: Node) -> Iterator[Place]:
    for operation in operations(document):
        body = operation.node.get("requestBody")
        for name, media in follow(body).entries("content") if body else ():
            if "*" in name and _is_binary(media_range(name)):
                yield media, None
        for _, response in _responses(operation) if operation.method != "HEAD" else ():
            for name, media in response.entries("content"):
                if _is_binary(media_range(name)):
                    yield media, None


@_body_rule("03", "a model's name is letters and digits", "models-mappings-models")
def _model_names(body: Node) -> Iterator[Place]:
    models = body.entries("components", "schemas")
    yield from ((node, None) for name, node in models if not re.fullmatch(r"[A-Za-z0-9]+", name))


# Draft 4 does not know them, or the notes say that models do without them.
_NOT_IN_MODELS = frozenset(
    {
        "default", "deprecated", "discriminator", "example", "exclusiveMaximum", "exclusiveMinimum", "externalDocs",
        "format", "nullable", "readOnly", "writeOnly", "xml",
    }
)  # fmt: skip


@_body_rule("07", "models do not support it (JSON Schema draft 4, and less)", _NOTES)
def _model_keywords(body: Node) -> Iterator[Place]:
    for schema in written_out(body, "schema"):
        if schema.path[:2] == ("components", "schemas"):
            yield from ((schema, keyword) for keyword, _ in schema.members() if keyword in _NOT_IN_MODELS)


@_body_rule("08", "a method's response refers to a model, it does not spell one out", _NOTES)
def _response_models(body: Node) -> Iterator[Place]:
    for part in walk(body):
        is_answer = part.kind == "media type" and part.direction == "response"
        if is_answer and "$ref" not in part.node.read("schema", {"$ref": ""}):
            yield part.node, "schema"


@_body_rule("09", "references to whole responses are not followed", _NOTES)
def _response_references(body: Node) -> Iterator[Place]:
    yield from _having((part.node for part in walk(body) if part.kind == "response"), "$ref")


@_body_rule("38", "a REST API has at most 2000 documentation parts", _QUOTAS)
def _documentation_parts(body: Node) -> Iterator[Place]:
    # The import makes one of each description or summary, whatever it describes.
    if sum("description" in part.node or "summary" in part.node for part in walk(body)) > 2000:
        yield body, "paths"


@_body_rule("39", "a definition has at most 6 MB", "limits")
def _size(body: Node) -> Iterator[Place]:
    if len(json_text(body.value).encode()) > 6_000_000:
        yield body, None


# Who may call


@_contract_rule(
    "34",
    "a Cognito authorizer reads a token from the header Authorization, as bearer and OAuth 2 schemes have it",
    _COGNITO_PAGE,
)
def _readable_schemes(document: Node) -> Iterator[Place]:
    used = {name for each in operations(document) for alternative in security(each) for name in alternative}
    for name, node in document.entries("components", "securitySchemes"):
        scheme = follow(node)
        kind = scheme.read("type") if name in used else None
        if kind == "http" and str(scheme.read("scheme")).lower() != "bearer":
            yield scheme, "scheme"
        elif kind == "apiKey" and scheme.read("in") != "header":
            yield scheme, "in"
        elif kind == "apiKey" and scheme.read("name").lower() != "authorization":
            yield scheme, "name"


@_rule("37", "a method asks one authorizer, or none", "apigateway-control-access-to-api")
def _one_authorizer(document: Node) -> Iterator[Place]:
    for operation in operations(document):
        alternatives = security(operation)
        if len(alternatives) > 1 or any(len(alternative) != 1 for alternative in alternatives):
            yield operation.node, "security"


@_body_rule("40", "a REST API has at most 10 authorizers", _QUOTAS)
def _authorizers(body: Node) -> Iterator[Place]:
    if len(list(body.entries("components", "securitySchemes"))) > 10:
        yield body["components"], "securitySchemes"


@_body_rule("05", "security schemes are imported as apiKey only", _NOTES)
def _scheme_types(body: Node) -> Iterator[Place]:
    schemes = body.entries("components", "securitySchemes")
    yield from ((scheme, "type") for _, scheme in schemes if scheme.read("type") != "apiKey")


@_body_rule("06", "the document's own security is ignored: each method needs its own", _NOTES)
def _own_security(body: Node) -> Iterator[Place]:
    yield from _having([body], "security")
    yield from ((method, "security") for method in _methods(body) if "security" not in method)


@_body_rule(
    "23",
    "a Cognito authorizer reads the header Authorization, is declared as such twice, and names its pools",
    _COGNITO_PAGE,
)
def _cognito_authorizers(body: Node) -> Iterator[Place]:
    kind, authtype = "cognito_user_pools", "x-amazon-apigateway-authtype"
    for _, scheme in body.entries("components", "securitySchemes"):
        authorizer = scheme.get(_AUTHORIZER)
        own_kind = authorizer.read("type") if authorizer else None
        if kind not in (scheme.read(authtype), own_kind):
            continue
        for keyword, value in (("in", "header"), ("name", "Authorization"), (authtype, kind)):
            if scheme.read(keyword) != value:
                yield scheme, keyword
        if authorizer is None or own_kind != kind or not authorizer.read("providerARNs"):
            yield scheme, _AUTHORIZER


# Integrations and responses of API Gateway's own


@_body_rule(
    "15",
    f"a method needs an integration: aws_proxy by POST with {TIMEOUT[0]} to {TIMEOUT[-1]} ms, or a mock",
    "api-gateway-swagger-extensions-integration",
)
def _integration(body: Node) -> Iterator[Place]:
    for method in _methods(body):
        integration = method.get(_INTEGRATION)
        if integration is None or integration.read("type") not in ("aws_proxy", "mock"):
            yield method, _INTEGRATION
        elif integration.read("type") == "aws_proxy":
            if integration.read("httpMethod") != "POST":
                yield integration, "httpMethod"
            if integration.read("timeoutInMillis", TIMEOUT[-1]) not in TIMEOUT:
                yield integration, "timeoutInMillis"


@_body_rule("16", "the function is called by an alias, never unqualified", "set-up-lambda-proxy-integrations")
def _unqualified(body: Node) -> Iterator[Place]:
    unqualified = re.compile(r":function:[^:/]+(?::\$LATEST)?/invocations$")
    yield from ((each, "uri") for each in _integrations(body) if unqualified.search(each.read("uri", "")))


@_body_rule("17", "the chosen request validator is not declared", "api-gateway-swagger-extensions-request-validators")
def _validators(body: Node) -> Iterator[Place]:
    name = "x-amazon-apigateway-request-validator"
    for holder, _ in _having((body, *_methods(body)), name):
        chosen = str(holder.read(name))
        if chosen not in body.read(f"{name}s", {}) and not chosen.startswith("${"):
            yield holder, name


@_body_rule(
    "24",
    "without it an undeclared method is answered 403, Missing Authentication Token",
    "api-gateway-swagger-extensions-any-method",
)
def _undeclared_methods(body: Node) -> Iterator[Place]:
    yield from ((item, _ANY_METHOD) for _, item in body.members("paths") if _ANY_METHOD not in item)


@_body_rule("42", "there is no such gateway response", _RESPONSE_PAGE)
def _response_types(body: Node) -> Iterator[Place]:
    known = (*RESPONSE_TYPES, *DEFAULT_TYPES)
    yield from ((response, None) for kind, response in body.entries(_GATEWAY_RESPONSES) if kind not in known)


@_body_rule("27", "a status here becomes that of every refusal without a type of its own", _RESPONSE_PAGE)
def _default_statuses(body: Node) -> Iterator[Place]:
    responses = body.entries(_GATEWAY_RESPONSES)
    yield from _having((response for kind, response in responses if kind in DEFAULT_TYPES), "statusCode")


@_body_rule(
    "41",
    "a mapping goes from a text in single quotes, or from a variable that holds there, to a header whose name is "
    "letters, digits and ._$-",
    _MAPPING_PAGE,
)
def _mappings(body: Node) -> Iterator[Place]:
    gateway = [response for _, response in body.entries(_GATEWAY_RESPONSES)]
    mocks = [response for each in _integrations(body) for _, response in each.entries("responses")]
    for responses, prefix in ((gateway, "gatewayresponse.header."), (mocks, "method.response.header.")):
        for response in responses:
            for target, source in response.entries("responseParameters"):
                is_header = target.startswith(prefix) and is_mapped_header(target.removeprefix(prefix))
                # Terraform fills in what stands in ${}: an origin, which has no quote.
                if not is_header or not is_mapping(source.value, in_gateway_response=responses is gateway):
                    yield response["responseParameters"], target


# Extensions


def _extension_rule(number: str, name: str, reason: str, page: str) -> None:
    """Adds a rule against an extension that does nothing, or harm."""

    @_rule(number, reason, page)
    def _(document: Node) -> Iterator[Place]:
        items = (item for _, item in document.members("paths"))
        yield from _having((document, *items, *_methods(document)), name)


_extension_rule(
    "18",
    "x-amazon-apigateway-cors",
    "it is for HTTP APIs and does nothing here: a REST API needs OPTIONS methods",
    "api-gateway-swagger-extensions-cors-configuration",
)
_extension_rule(
    "20",
    "x-amazon-apigateway-policy",
    "the policy is set where the API is created: two places would undo each other",
    "openapi-extensions-policy",
)
_extension_rule(
    "22",
    "x-amazon-apigateway-endpoint-configuration",
    "it belongs to a server",
    "api-gateway-swagger-extensions-endpoint-configuration",
)


@_contract_rule("13", "the import replaces ${AWS::...}", "import-api-aws-variables")
def _aws_variables(document: Node) -> Iterator[Place]:
    if isinstance(document.value, str):
        yield from [(document, None)] if "${AWS::" in document.value else []
    elif isinstance(document.value, list):
        for element in document.elements():
            yield from _aws_variables(element)
    elif isinstance(document.value, dict):
        for _, member in document.entries():
            yield from _aws_variables(member)


@_rule("19", "it is for HTTP APIs only", _EXTENSION_PAGE)
def _http_api_only(document: Node) -> Iterator[Place]:
    schemes = [scheme for _, scheme in document.entries("components", "securitySchemes")]
    authorizers = [scheme[_AUTHORIZER] for scheme in schemes if _AUTHORIZER in scheme]
    yield from _having((document, *_methods(document)), "x-amazon-apigateway-importexport-version")
    yield from _having(_integrations(document), "payloadFormatVersion")
    yield from _having(authorizers, "enableSimpleResponses")
    yield from ((authorizer, "type") for authorizer in authorizers if authorizer.read("type") == "jwt")


@_rule("21", "the value is not allowed, or would make every body binary", _EXTENSION_PAGE)
def _api_settings(document: Node) -> Iterator[Place]:
    allowed: dict[str, Callable[[Any], bool]] = {
        "x-amazon-apigateway-binary-media-types": lambda types: isinstance(types, list) and "*/*" not in types,
        "x-amazon-apigateway-minimum-compression-size": lambda size: isinstance(size, int) and 0 <= size <= 10_485_760,
        "x-amazon-apigateway-api-key-source": lambda source: source in ("HEADER", "AUTHORIZER"),
    }
    for name, is_allowed in allowed.items():
        if name in document and not is_allowed(document.read(name)):
            yield document, name
