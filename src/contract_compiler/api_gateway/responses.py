"""What API Gateway answers itself: refusals, undeclared methods, preflights. All in the contract's words and shape.

Gateway responses know simple substitution only, mock integrations know VTL.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from contract.problems import PROBLEMS
from contract_compiler.api_gateway.answers import Answers, Mappings, exposed, quoted
from contract_compiler.api_gateway.settings import DEFAULT_TYPES, Settings
from contract_compiler.document import Node

Json = dict[str, Any]

_REQUEST_ID = "$context.requestId"
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


def gateway_responses(settings: Settings, answers: Answers) -> Json:
    """`x-amazon-apigateway-gateway-responses`, one for each type that can be customised.

    They cannot choose among several origins, so they name one: a script from another one cannot read what the gateway
    says itself, and still can read what functions say. To echo whatever origin asks would allow unlisted ones.
    """
    return {name: _gateway_response(name, node, answers) for name, node in settings.gateway_responses.entries()}


def undeclared_method(methods: Iterable[str], answers: Answers) -> Json:
    """`x-amazon-apigateway-any-method` of a path with these methods: 405."""
    mappings = answers.headers(405, Allow=quoted(", ".join(sorted(methods))))
    error, message = PROBLEMS[405]
    body = {"error": error, "message": message, "requestId": _REQUEST_ID}
    answers.check(405, body)
    return _mock(405, mappings, {_EXPOSE_HEADERS: exposed(mappings)}, _text(body))


def preflight(methods: Iterable[str], headers: Iterable[str], settings: Settings, answers: Answers) -> Json:
    """The OPTIONS method of a path: what a browser's script from an allowed origin may send there.

    https://fetch.spec.whatwg.org/#cors-preflight-fetch
    """
    allowed = {
        "Access-Control-Allow-Headers": ", ".join(headers),
        "Access-Control-Allow-Methods": ", ".join(methods),
        "Access-Control-Max-Age": str(settings.preflight_seconds),
    }
    return _mock(204, answers.headers_of_all(), {name: value for name, value in allowed.items() if value}, "")


def _gateway_response(name: str, node: Node, answers: Answers) -> Json:
    # The status that a default type stands in for is not known; every refusal of its class looks alike.
    status = node.read("status", 400 if name == DEFAULT_TYPES[0] else 500)
    body = _problem(status, node)
    answers.check(status, body)
    mappings = answers.headers(status)
    mappings |= {_ALLOW_ORIGIN: quoted("${error_origin}"), _EXPOSE_HEADERS: quoted(exposed(mappings))}
    response = {
        "responseParameters": {f"gatewayresponse.header.{key}": mappings[key] for key in mappings},
        "responseTemplates": {"application/json": _text(body)},
    }
    return response if name in DEFAULT_TYPES else {"statusCode": str(status), **response}


def _problem(status: int, node: Node) -> Json:
    error, message = PROBLEMS[status]
    problem = {
        "error": node.read("error", error),
        "message": node.read("message", message),
        "requestId": _REQUEST_ID,
    }
    return {**problem, "details": node.read("details")} if "details" in node else problem


def _mock(status: int, mappings: Mappings, for_allowed: Mappings, body: str) -> Json:
    """A method without a backend, whose template gives the headers `for_allowed` to allowed origins."""
    mappings = {**mappings, "Vary": quoted("Origin")}
    names = sorted({*mappings, _ALLOW_ORIGIN, *for_allowed})
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
            "requestTemplates": {"application/json": _text({"statusCode": status})},
            "responses": {
                "default": {
                    "statusCode": str(status),
                    "responseParameters": {f"method.response.header.{name}": mappings[name] for name in mappings},
                    "responseTemplates": {"application/json": _for_allowed_origins(for_allowed) + body},
                }
            },
        },
    }


def _for_allowed_origins(headers: Mappings) -> str:
    origin = f"#set($context.responseOverride.header.{_ALLOW_ORIGIN} = $origin)"
    others = [f'#set($context.responseOverride.header.{name} = "{value}")' for name, value in headers.items()]
    return "".join([_IF_ALLOWED, origin, *others, "#end"])


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
