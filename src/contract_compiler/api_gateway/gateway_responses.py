"""Responses of API Gateway's own: refusals, undeclared methods, preflights. All in the contract's words and shape.

Gateway responses know simple substitution only, mock integrations know VTL. Both make headers by mapping expressions:
a text in single quotes, with no way to write a quote inside it, or the name of a variable.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/request-response-data-mappings.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from jsonschema_rs import Draft202012Validator

from contract.cors import Cors
from contract.http_syntax import is_json, matching_media_type
from contract.problems import PROBLEMS
from contract_compiler.diagnostics import InvalidDocument
from contract_compiler.document import Node, follow
from contract_compiler.operation_tables import Table, operation_table
from contract_compiler.schemas import Schemas
from contract_compiler.traversal import operations

Json = dict[str, Any]
Mappings = dict[str, str]
"""Mapping expressions by header name."""
_Declared = tuple[Node, Table, Table]
"""A declared response: its node, its row, and the table of its operation."""

# API Gateway API Reference, GatewayResponse: https://docs.aws.amazon.com/apigateway/latest/api/API_GatewayResponse.html
DEFAULT_TYPES = ("DEFAULT_4XX", "DEFAULT_5XX")
RESPONSE_TYPES = (
    "ACCESS_DENIED", "API_CONFIGURATION_ERROR", "AUTHORIZER_CONFIGURATION_ERROR", "AUTHORIZER_FAILURE",
    "BAD_REQUEST_BODY", "BAD_REQUEST_PARAMETERS", "EXPIRED_TOKEN", "INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT",
    "INVALID_API_KEY", "INVALID_SIGNATURE", "MISSING_AUTHENTICATION_TOKEN", "QUOTA_EXCEEDED", "REQUEST_TOO_LARGE",
    "RESOURCE_NOT_FOUND", "THROTTLED", "UNAUTHORIZED", "UNSUPPORTED_MEDIA_TYPE", "WAF_FILTERED",
)  # fmt: skip

# The variables that hold for every response. Others are for gateway responses only (`context.error`) or for access logs
# only (`context.status`, `context.responseLatency`, `context.integration`, `context.xrayTraceId`).
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
_VARIABLES = (
    "accountId", "apiId", "authorizer.principalId", "awsEndpointRequestId", "deploymentId", "domainName",
    "domainPrefix", "extendedRequestId", "httpMethod", "identity.accountId", "identity.apiKey", "identity.apiKeyId",
    "identity.caller", "identity.sourceIp", "identity.user", "identity.userAgent", "identity.userArn",
    "identity.vpcId", "identity.vpceId", "isCanaryRequest", "path", "protocol", "requestId", "requestTime",
    "requestTimeEpoch", "resourceId", "resourcePath", "stage", "wafResponseCode", "webaclArn",
)  # fmt: skip
_VARIABLE = rf"context\.(?:{'|'.join(map(re.escape, _VARIABLES))}|authorizer\.claims\.[A-Za-z0-9_:-]+)"
_ERROR = r"context\.error\.(?:message|messageString|responseType|validationErrorString)"
_TEXT = r"'[ -&(-~]*'"  # Visible ASCII, as in a header, and no quote.

_JSON = "application/json"
_ALLOW_ORIGIN = "Access-Control-Allow-Origin"
_EXPOSE_HEADERS = "Access-Control-Expose-Headers"

# Browsers spell the header's name by the protocol's version, and API Gateway minds the case.
_IF_ALLOWED = (
    '#set($headers = $input.params().get("header"))'
    '#set($origin = $headers.get("Origin"))'
    '#if(!$origin)#set($origin = $headers.get("origin"))#end'
    "#set($allowed = [${allowed_origins}])"
    "#if($origin && $allowed.contains($origin))"
)


def quoted(text: str) -> str | None:
    """The mapping expression for a constant text; None if it has a quote in it or is no header's value."""
    expression = f"'{text}'"
    return expression if re.fullmatch(_TEXT, expression) else None


def is_mapping(text: str, *, in_gateway_response: bool = False) -> bool:
    """Whether the text is a mapping expression of a mock integration's response, or of a gateway response."""
    patterns = (_TEXT, _VARIABLE, _ERROR) if in_gateway_response else (_TEXT, _VARIABLE)
    return any(re.fullmatch(pattern, text) for pattern in patterns)


def is_mapped_header(name: str) -> bool:
    """Whether a mapping can make a header of this name."""
    return re.fullmatch(r"[A-Za-z0-9._$-]+", name) is not None


class ResponseRenderer:
    """Renderer of API Gateway's own responses, with the headers, in the JSON type and shape that operations declare.

    `sources` are mapping expressions for headers whose value the contract leaves open.
    """

    def __init__(self, document: Node, sources: Mapping[str, str]) -> None:
        self._paths = document["paths"]
        schemas = Schemas()
        self._tables = [(each.node["responses"], operation_table(each, schemas)) for each in operations(document)]
        self._sources = sources

    def by_type(self, settings: Mapping[str, Mapping[str, Any]]) -> Json:
        """`x-amazon-apigateway-gateway-responses`: one for each type that can be customised, with its settings.

        They cannot choose among several origins, so they name one: a script from another one cannot read what the
        gateway says itself, and still can read what functions say. To echo whatever origin asks would allow unlisted
        ones.

        Raises:
            InvalidDocument: no operation declares a status; one requires a header that has no source, that cannot be
                mapped, or that others have with another value; one declares it without a body, without JSON, or with
                another shape; or they have no JSON type in common.
        """
        rendered: Json = {}
        for name, own in settings.items():
            # The status that a default type stands in for is not known; every refusal of its class looks alike.
            status = own.get("status", 400 if name == DEFAULT_TYPES[0] else 500)
            words = {key: own[key] for key in ("error", "message", "details") if key in own}
            mappings, media_type, text = self._problem(status, words)
            mappings |= {_ALLOW_ORIGIN: "'${error_origin}'", _EXPOSE_HEADERS: f"'{_exposed(mappings)}'"}
            rendered[name] = {
                **({} if name in DEFAULT_TYPES else {"statusCode": str(status)}),
                "responseParameters": {f"gatewayresponse.header.{key}": mappings[key] for key in mappings},
                "responseTemplates": {media_type: text},
            }
        return rendered

    def undeclared_method(self, methods: Iterable[str]) -> Json:
        """`x-amazon-apigateway-any-method` of a path with these methods: 405. Raises as `by_type`."""
        mappings, media_type, text = self._problem(405, {}, Allow=f"'{', '.join(sorted(methods))}'")
        return _mock(405, mappings, {_EXPOSE_HEADERS: _exposed(mappings)}, media_type, text)

    def preflight(self, methods: Iterable[str], headers: Iterable[str], max_age: int) -> Json:
        """The OPTIONS method of a path: what a browser's script from an allowed origin may send there.

        The browser may remember it for `max_age` seconds. https://fetch.spec.whatwg.org/#cors-preflight-fetch
        """
        allowed = {
            "Access-Control-Allow-Headers": ", ".join(headers),
            "Access-Control-Allow-Methods": ", ".join(methods),
            "Access-Control-Max-Age": str(max_age),
        }
        # The headers that every response of the contract must have, and that are the same in all of them.
        required = [
            {(name, self._expression(name, row, {})) for name, row in response["headers"].items() if row["required"]}
            for _, table in self._tables
            for response in table["responses"].values()
        ]
        common = set.intersection(*required) if required else set()
        mappings = {name: expression for name, expression in common if expression}
        mappings["Allow"] = f"'{', '.join(sorted(methods))}'"
        return _mock(204, mappings, {name: value for name, value in allowed.items() if value}, _JSON, "")

    def _problem(self, status: int, words: Json, **sources: str) -> tuple[Mappings, str, str]:
        """The mappings, the media type and the text of an error response; `sources` are for headers of its own."""
        declared: list[_Declared] = []
        for responses, table in self._tables:
            keys = (str(status), f"{status // 100}XX", "default")
            key = next((key for key in keys if key in table["responses"]), None)
            if key is not None:
                # A status of the run time's own may be in the table alone.
                declared.append((responses.get(key) or responses, table["responses"][key], table))
        if not declared:
            raise _refusal(self._paths, f"the gateway answers {status}, and no operation declares it")
        error, message = PROBLEMS.get(status, ("", ""))
        body = {"error": error, "message": message, "requestId": "$context.requestId", **words}
        return self._mappings(status, declared, sources), self._media_type(status, declared, body), _text(body)

    def _mappings(self, status: int, declared: list[_Declared], sources: Mapping[str, str]) -> Mappings:
        found: dict[str, set[str]] = {}
        required: list[Node] = []
        for node, response, _ in declared:
            for name, row in response["headers"].items():
                found.setdefault(name, set()).add(self._expression(name, row, sources))
                if row["required"]:
                    required.append(follow(node)["headers"][name])
        mappings = {name: min(values) for name, values in sorted(found.items()) if len(values) == 1 and all(values)}
        missing = [node for node in required if node.path[-1] not in mappings]
        if missing:
            message = (
                f"the gateway cannot make the header {{}} of a {status}: it needs one source for all operations, a name"
                " of letters, digits and ._$-, and a constant value without quotes and of visible ASCII"
            )
            raise InvalidDocument(node.diagnostic("gateway-answer", message.format(node.path[-1])) for node in missing)
        return mappings

    def _expression(self, name: str, row: Mapping[str, Any], sources: Mapping[str, str]) -> str:
        """The header's mapping expression; "" where there is none."""
        expression = quoted(row["constant"]) if "constant" in row else sources.get(name) or self._sources.get(name)
        return expression or "" if is_mapped_header(name) else ""

    def _media_type(self, status: int, declared: list[_Declared], body: Json) -> str:
        """The JSON type in which every operation takes the body."""
        declared = [each for each in declared if each[2]["method"] != "HEAD"]
        common: set[str] | None = None
        for node, response, _ in declared:
            types = {name for name in response["content"] if is_json(name)}
            types |= {_JSON} if matching_media_type(response["content"], _JSON) else set()
            if not types:
                raise _refusal(node, f"the gateway's {status} has JSON in it")
            common = types if common is None else common & types
        if common is not None and not common:
            raise _refusal(self._paths, f"the gateway has one JSON type for a {status}: the operations share none")
        chosen = min(common or {_JSON}, key=lambda name: (name != _JSON, name))
        for node, response, table in declared:
            row = response["content"][matching_media_type(response["content"], chosen)]
            schema = {**row.get("schema", {}), "$defs": table["definitions"]}
            if not Draft202012Validator(schema).is_valid(body):
                shape = f"the shape that {table['operationId']} declares"
                raise _refusal(node, f"the gateway's {status} does not have {shape}")
        return chosen


def _refusal(node: Node, message: str) -> InvalidDocument:
    return InvalidDocument([node.diagnostic("gateway-answer", message)])


def _mock(status: int, mappings: Mappings, for_allowed: Mappings, media_type: str, body: str) -> Json:
    """A method without a backend, whose template gives the headers `for_allowed` to allowed origins."""
    mappings = {**mappings, "Vary": "'Origin'"}
    names = sorted({*mappings, _ALLOW_ORIGIN, *for_allowed})
    override = "#set($context.responseOverride.header."
    # Text in single quotes is no template: the name of a header may have a dollar in it.
    others = [f"{override}{name} = '{value}')" for name, value in for_allowed.items()]
    template = "".join([_IF_ALLOWED, f"{override}{_ALLOW_ORIGIN} = $origin)", *others, "#end", body])
    return {
        "responses": {
            str(status): {
                "description": HTTPStatus(status).phrase,
                "headers": {name: {"schema": {"type": "string"}} for name in names},
            }
        },
        "security": [],
        "x-amazon-apigateway-integration": {
            "type": "mock",
            # With any other choice a body that is not JSON would be taken for the outcome of the request template.
            "passthroughBehavior": "never",
            "requestTemplates": {_JSON: _text({"statusCode": status})},
            "responses": {
                "default": {
                    "statusCode": str(status),
                    "responseParameters": {f"method.response.header.{name}": mappings[name] for name in mappings},
                    "responseTemplates": {media_type: template},
                }
            },
        },
    }


def _exposed(names: Iterable[str]) -> str:
    """The value of Access-Control-Expose-Headers for these headers: what the functions' answers say, too."""
    return Cors(["any"], sorted(names)).added_to({}, "any").get(_EXPOSE_HEADERS, "")


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
