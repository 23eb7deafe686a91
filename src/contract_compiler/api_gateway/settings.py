"""The settings that API Gateway needs on top of a contract (openapi/apigateway.yaml), read and checked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonschema_rs import Draft202012Validator

from contract.problems import PROBLEMS
from contract_compiler.api_gateway.gateway_responses import (
    DEFAULT_TYPES,
    RESPONSE_TYPES,
    is_mapped_header,
    is_mapping,
    quoted,
)
from contract_compiler.diagnostics import InvalidDocument
from contract_compiler.document import Node
from contract_compiler.operation_tables import scheme_names
from contract_compiler.traversal import operations

TIMEOUT = range(50, 29_001)  # In milliseconds.
_OWN_VERSION = "info.version"


def _object(required: tuple[str, ...], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties, "additionalProperties": False}


def _map(values: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": values}


# These words go into templates, where `$` and `#` begin an instruction and quotes end a text.
_WORDS = {"type": "string", "pattern": r"^[^$#'\"\\]+$"}
_DETAIL = _object(("in", "field", "message"), **{"in": _WORDS, "field": {"const": ""}, "message": _WORDS})
_WORDING = {"error": _WORDS, "message": _WORDS, "details": {"type": "array", "items": _DETAIL}}
_STATUS = {"type": "integer", "minimum": 400, "maximum": 599}
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
        **dict.fromkeys(RESPONSE_TYPES, _object(("status",), status=_STATUS, **_WORDING)),
        **dict.fromkeys(DEFAULT_TYPES, _object(("error", "message"), **_WORDING)),
    ),
)


def read(settings: Node, document: Node) -> dict[str, Any]:
    """The settings for this contract, as in the file, but that each of `headers` is a mapping expression.

    Raises:
        InvalidDocument: they do not have the structure above, name something that the contract does not have, lack an
            authorizer for a scheme that it uses, or cannot be written as API Gateway has it.
    """
    problems = list(_structure(settings)) or list(_unfit(settings, document))
    if problems:
        raise InvalidDocument(node.diagnostic("gateway-settings", message) for node, message in problems)
    version = quoted(document["info"].read("version"))
    headers = {
        name: version if source == _OWN_VERSION else source for name, source in settings.value["headers"].items()
    }
    return {**settings.value, "headers": headers}


def _structure(settings: Node) -> Iterator[tuple[Node, str]]:
    for error in Draft202012Validator(_SCHEMA).iter_errors(settings.value):
        node = settings
        for step in error.instance_path:
            node = node[step]
        yield node, error.message


def _unfit(settings: Node, document: Node) -> Iterator[tuple[Node, str]]:
    known = {operation.operation_id for operation in operations(document)}
    schemes = {name for operation in operations(document) for name in scheme_names(operation)}
    for name, node in settings.entries("operations"):
        if name not in known:
            yield node, "the contract has no such operation"
    for name, node in settings.entries("authorizers"):
        if name not in schemes:
            yield node, "no operation of the contract uses such a security scheme"
    for name in sorted(schemes - set(settings.value["authorizers"])):
        yield settings["authorizers"], f"nobody checks the tokens of {name}"
    for name, source in settings.entries("headers"):
        if not is_mapped_header(name):
            yield source, "API Gateway makes headers only whose names are letters, digits and ._$-"
        if source.value == _OWN_VERSION:
            if quoted(document["info"].read("version")) is None:
                yield source, "the contract's version has a quote, or is no visible ASCII: no header can hold it"
        elif not is_mapping(source.value):
            yield (
                source,
                f"neither a text in single quotes (visible ASCII, no quote inside it), nor {_OWN_VERSION}, nor a "
                "variable that API Gateway has for every response",
            )
    for _, node in settings.entries("gatewayResponses"):
        if node.read("status", 400) not in PROBLEMS and not ("error" in node and "message" in node):
            yield node, "the service has no words for this status: give error and message"
