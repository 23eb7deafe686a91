"""What API Gateway answers itself: refusals, undeclared methods, preflights. All in the contract's words and shape.

Gateway responses know simple substitution only, mock integrations know VTL.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

from jsonschema_rs import Draft202012Validator

from contract.cors import Cors
from contract.http_syntax import is_json, matching_media_type
from contract.problems import PROBLEMS
from contract_compiler.api_gateway import mapping
from contract_compiler.api_gateway.rules import DEFAULT_TYPES
from contract_compiler.api_gateway.settings import GatewaySettings
from contract_compiler.diagnostics import Diagnostic, InvalidDocument
from contract_compiler.document import Node, follow
from contract_compiler.operation_tables import Table, operation_table
from contract_compiler.schemas import Schemas
from contract_compiler.traversal import OperationNode, operations

Json = dict[str, Any]
Mappings = dict[str, str]
"""Mapping expressions by header name."""

_RULE = "gateway-answer"
_REQUEST_ID = "$context.requestId"
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


class DeclaredResponses:
    """The responses that the contract's operations declare, and how API Gateway makes what they promise.

    `sources` are mapping expressions for headers whose value the contract leaves open.
    """

    def __init__(self, document: Node, sources: Mapping[str, str]) -> None:
        self._paths = document["paths"]
        schemas = Schemas()
        self._tables = [(operation, operation_table(operation, schemas)) for operation in operations(document)]
        self._sources = sources

    def headers(self, status: int, **sources: str) -> Mappings:
        """A mapping expression for each header that responses with this status have.

        Raises:
            InvalidDocument: no operation declares the status, or one requires a header that has no source, that cannot
                be mapped, or that others have with another value.
        """
        found: dict[str, set[str | None]] = {}
        required: list[Node] = []
        for operation, key, response in self._declared(status):
            for name, row in response["headers"].items():
                found.setdefault(name, set()).add(self._expression(name, row, sources))
                if row["required"]:
                    required.append(follow(operation.node["responses"][key])["headers"][name])
        mappings = {name: values.pop() for name, values in sorted(found.items()) if len(values) == 1}
        missing = [node for node in required if mappings.get(node.path[-1]) is None]
        if missing:
            message = (
                f"the gateway cannot make the header {{}} of a {status}: it needs one source for all operations, a name"
                " of letters, digits and ._$-, and a constant value without quotes and of visible ASCII"
            )
            raise InvalidDocument(node.diagnostic(_RULE, message.format(node.path[-1])) for node in missing)
        return {name: expression for name, expression in mappings.items() if expression is not None}

    def headers_of_all(self) -> Mappings:
        """The headers that every response of the contract must have, and that are the same in all of them."""
        required = [
            {(name, self._expression(name, row, {})) for name, row in response["headers"].items() if row["required"]}
            for _, table in self._tables
            for response in table["responses"].values()
        ]
        common = set.intersection(*required) if required else set()
        return {name: expression for name, expression in common if expression is not None}

    def media_type(self, status: int, body: Any) -> str:
        """The JSON type in which every operation takes this sample of the gateway's responses with this status.

        Raises:
            InvalidDocument: no operation declares the status; one declares it without a body, without JSON, or with
                another shape; or they have no JSON type in common.
        """
        common: set[str] | None = None
        declared = [each for each in self._declared(status) if each[0].method != "HEAD"]
        for operation, key, response in declared:
            types = {name for name in response["content"] if is_json(name)}
            types |= {_JSON} if matching_media_type(response["content"], _JSON) else set()
            if not types:
                raise InvalidDocument(
                    [operation.node["responses"][key].diagnostic(_RULE, f"the gateway's {status} has JSON in it")]
                )
            common = types if common is None else common & types
        if common is not None and not common:
            raise InvalidDocument(
                [self._diagnostic(f"the gateway has one JSON type for a {status}: the operations share none")]
            )
        chosen = min(common or {_JSON}, key=lambda name: (name != _JSON, name))
        for operation, key, response in declared:
            row = response["content"][matching_media_type(response["content"], chosen)]
            table = next(table for each, table in self._tables if each is operation)
            schema = {**row.get("schema", {}), "$defs": table["definitions"]}
            if not Draft202012Validator(schema).is_valid(body):
                message = f"the gateway's {status} does not have the shape that {operation.operation_id} declares"
                raise InvalidDocument([operation.node["responses"][key].diagnostic(_RULE, message)])
        return chosen

    def _declared(self, status: int) -> Iterator[tuple[OperationNode, str, Table]]:
        """For each operation that declares the status: its name for it, and the compiled response."""
        found = False
        for operation, table in self._tables:
            for key in (str(status), f"{status // 100}XX", "default"):
                if key in table["responses"]:
                    found = True
                    yield operation, key, table["responses"][key]
                    break
        if not found:
            raise InvalidDocument([self._diagnostic(f"the gateway answers {status}, and no operation declares it")])

    def _expression(self, name: str, row: Mapping[str, Any], sources: Mapping[str, str]) -> str | None:
        if not mapping.is_header_name(name):
            return None
        if "constant" in row:
            return mapping.quoted(row["constant"])
        return sources.get(name) or self._sources.get(name)

    def _diagnostic(self, message: str) -> Diagnostic:
        return self._paths.diagnostic(_RULE, message)


def gateway_responses(settings: GatewaySettings, declared: DeclaredResponses) -> Json:
    """`x-amazon-apigateway-gateway-responses`, one for each type that can be customised.

    They cannot choose among several origins, so they name one: a script from another one cannot read what the gateway
    says itself, and still can read what functions say. To echo whatever origin asks would allow unlisted ones.
    """
    return {name: _gateway_response(name, node, declared) for name, node in settings.gateway_responses.entries()}


def undeclared_method(methods: Iterable[str], declared: DeclaredResponses) -> Json:
    """`x-amazon-apigateway-any-method` of a path with these methods: 405."""
    mappings = declared.headers(405, Allow=f"'{', '.join(sorted(methods))}'")
    error, message = PROBLEMS[405]
    body = {"error": error, "message": message, "requestId": _REQUEST_ID}
    media_type = declared.media_type(405, body)
    return _mock(405, mappings, {_EXPOSE_HEADERS: _exposed(mappings)}, media_type, _text(body))


def preflight(
    methods: Iterable[str], headers: Iterable[str], settings: GatewaySettings, declared: DeclaredResponses
) -> Json:
    """The OPTIONS method of a path: what a browser's script from an allowed origin may send there.

    https://fetch.spec.whatwg.org/#cors-preflight-fetch
    """
    allowed = {
        "Access-Control-Allow-Headers": ", ".join(headers),
        "Access-Control-Allow-Methods": ", ".join(methods),
        "Access-Control-Max-Age": str(settings.preflight_seconds),
    }
    for_allowed = {name: value for name, value in allowed.items() if value}
    mappings = {**declared.headers_of_all(), "Allow": f"'{', '.join(sorted(methods))}'"}
    return _mock(204, mappings, for_allowed, _JSON, "")


def _gateway_response(name: str, node: Node, declared: DeclaredResponses) -> Json:
    # The status that a default type stands in for is not known; every refusal of its class looks alike.
    status = node.read("status", 400 if name == DEFAULT_TYPES[0] else 500)
    error, message = PROBLEMS.get(status, ("", ""))
    body = {
        "error": node.read("error", error),
        "message": node.read("message", message),
        "requestId": _REQUEST_ID,
        **({"details": node.read("details")} if "details" in node else {}),
    }
    mappings = declared.headers(status)
    media_type = declared.media_type(status, body)
    mappings |= {_ALLOW_ORIGIN: "'${error_origin}'", _EXPOSE_HEADERS: f"'{_exposed(mappings)}'"}
    response = {
        "responseParameters": {f"gatewayresponse.header.{key}": mappings[key] for key in mappings},
        "responseTemplates": {media_type: _text(body)},
    }
    return response if name in DEFAULT_TYPES else {"statusCode": str(status), **response}


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
