"""The settings that API Gateway needs on top of a contract (openapi/apigateway.yaml), read and checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jsonschema_rs import Draft202012Validator

from contract.problems import PROBLEMS
from contract_compiler.api_gateway import mapping
from contract_compiler.api_gateway.rules import DEFAULT_TYPES, RESPONSE_TYPES, TIMEOUT
from contract_compiler.diagnostics import Diagnostic, InvalidDocument
from contract_compiler.document import Node
from contract_compiler.operation_tables import security
from contract_compiler.traversal import operations

_OWN_VERSION = "info.version"


def _object(required: tuple[str, ...], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties, "additionalProperties": False}


def _map(values: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": values}


# These words go into templates, where `$` and `#` begin an instruction and quotes end a text.
_WORDS = {"type": "string", "pattern": r"^[^$#'\"\\]+$"}
_DETAIL = _object(("in", "field", "message"), **{"in": _WORDS, "field": {"const": ""}, "message": _WORDS})
_WORDING = {"error": _WORDS, "message": _WORDS, "details": {"type": "array", "items": _DETAIL}}
_INTEGRATION = {"timeoutInMillis": {"type": "integer", "minimum": TIMEOUT[0], "maximum": TIMEOUT[-1]}}
_SCHEMA = _object(
    ("integration", "authorizers", "headers", "preflight", "gatewayResponses"),
    integration=_object(("timeoutInMillis",), **_INTEGRATION),
    operations=_map(_object((), **_INTEGRATION)),
    authorizers=_map(_object(("type",), type={"enum": ["cognito_user_pools"]})),
    headers=_map({"type": "string"}),
    preflight=_object(("maxAgeSeconds",), maxAgeSeconds={"type": "integer", "minimum": 0}),
    gatewayResponses=_object(
        (*RESPONSE_TYPES, *DEFAULT_TYPES),
        **dict.fromkeys(
            RESPONSE_TYPES, _object(("status",), status={"type": "integer", "minimum": 400, "maximum": 599}, **_WORDING)
        ),
        **dict.fromkeys(DEFAULT_TYPES, _object(("error", "message"), **_WORDING)),
    ),
)


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """`headers`: mapping expressions by header name. `gateway_responses`: by response type, as in the file."""

    integration: dict[str, Any]
    operations: dict[str, dict[str, Any]]
    authorizers: dict[str, dict[str, Any]]
    headers: dict[str, str]
    preflight_seconds: int
    gateway_responses: Node


def read(settings: Node, document: Node) -> GatewaySettings:
    """The settings, for this contract.

    Raises:
        InvalidDocument: they do not have the structure above, name something that the contract does not have, lack an
            authorizer for a scheme that it uses, or cannot be written as API Gateway has it.
    """
    diagnostics = list(_structure(settings)) or [*_unfit(settings, document), *_unwritable(settings, document)]
    if diagnostics:
        raise InvalidDocument(diagnostics)
    version = document["info"].read("version")
    return GatewaySettings(
        integration=settings.value["integration"],
        operations=settings.read("operations", {}),
        authorizers=settings.value["authorizers"],
        headers={
            name: f"'{version}'" if source == _OWN_VERSION else source
            for name, source in settings.value["headers"].items()
        },
        preflight_seconds=settings.value["preflight"]["maxAgeSeconds"],
        gateway_responses=settings["gatewayResponses"],
    )


def _structure(settings: Node) -> Iterator[Diagnostic]:
    for error in Draft202012Validator(_SCHEMA).iter_errors(settings.value):
        node = settings
        for step in error.instance_path:
            node = node[step]
        yield node.diagnostic("gateway-settings", error.message)


def _unfit(settings: Node, document: Node) -> Iterator[Diagnostic]:
    known = {operation.operation_id for operation in operations(document)}
    for name, node in settings["operations"].entries() if "operations" in settings else ():
        if name not in known:
            yield node.diagnostic("gateway-settings", "the contract has no such operation")
    schemes = {name for each in operations(document) for alternative in security(each) for name in alternative}
    for name, node in settings["authorizers"].entries():
        if name not in schemes:
            yield node.diagnostic("gateway-settings", "no operation of the contract uses such a security scheme")
    for name in sorted(schemes - set(settings.value["authorizers"])):
        yield settings["authorizers"].diagnostic("gateway-settings", f"nobody checks the tokens of {name}")


def _unwritable(settings: Node, document: Node) -> Iterator[Diagnostic]:
    for name, source in settings["headers"].entries():
        if not mapping.is_header_name(name):
            message = "API Gateway makes headers only whose names are letters, digits and ._$-"
            yield source.diagnostic("gateway-settings", message)
        if source.value == _OWN_VERSION:
            if mapping.quoted(document["info"].read("version")) is None:
                message = "the contract's version has a quote, or is no visible ASCII: no header can hold it"
                yield source.diagnostic("gateway-settings", message)
        elif not mapping.is_expression(source.value):
            message = (
                f"neither a text in single quotes (visible ASCII, no quote inside it), nor {_OWN_VERSION}, nor a "
                "variable that API Gateway has for every response"
            )
            yield source.diagnostic("gateway-settings", message)
    for _, node in settings["gatewayResponses"].entries():
        if node.read("status", 400) not in PROBLEMS and not ("error" in node and "message" in node):
            yield node.diagnostic(
                "gateway-settings", "the service has no words for this status: give error and message"
            )
