"""The two validators of an exchange: the compiled engine, and openapi-core by the document itself."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Context, localcontext

from contract import strict_json
from contract.gateway_event import RawRequest
from contract.messages import Response
from contract.operation import Operation
from contract.problems import Refusal, problem_body
from contract.responses import InvalidResponse
from cross_check.contract_document import ContractDocument, DocumentOperation
from cross_check.second_validator import Exchange, OpenapiCoreError, SecondValidator
from local_aws.asgi import HttpRequest, HttpResponse
from local_aws.gateway.call import Call
from local_aws.gateway.lambda_proxy import proxy_event
from local_aws.gateway.stage import Stage
from tests.contract.differential.parameters import declared_headers, declared_media_types, declared_parameters
from tests.contract.differential.respelling import path_for_openapi_core, query_for_openapi_core
from tests.contract.differential.schemas import Document
from tests.contract.differential.spelling import Declared

_ACCEPTED = HttpResponse(200, (), b"")
_ID = "id"
# Of the quotient, whose whole part a remainder needs: Decimal's own 28 digits are too few for 1e30 % 0.5.
_EXACT = Context(prec=1000)


@dataclass(frozen=True)
class RequestComparison:
    """What both say of a request. The exchange's response is the engine's refusal, or an empty 200."""

    exchange: Exchange
    parameters: Sequence[Declared]
    media_types: frozenset[str]
    refusal: Refusal | None
    faults: tuple[OpenapiCoreError, ...]

    @property
    def accepted(self) -> bool:
        """Whether the engine accepts it."""
        return self.refusal is None

    @property
    def agreed(self) -> bool:
        """Whether openapi-core says the same."""
        return self.accepted != bool(self.faults)

    def sent(self, declared: Declared) -> str:
        """The part of the request in which the parameter is spelled."""
        request = self.exchange.request
        place = "cookie" if declared["in"] == "cookie" else declared["name"].lower()
        header = ", ".join(value for name, value in request.headers if name == place)
        texts = {"path": self.exchange.path_parameters.get(declared["name"], ""), "query": request.query}
        return texts.get(declared["in"], header)


@dataclass(frozen=True)
class ResponseComparison:
    """What both say of a response."""

    response: Response
    parameters: Sequence[Declared]
    invalid: InvalidResponse | None
    faults: tuple[OpenapiCoreError, ...]

    @property
    def accepted(self) -> bool:
        """Whether the engine accepts it."""
        return self.invalid is None

    @property
    def agreed(self) -> bool:
        """Whether openapi-core says the same."""
        return self.accepted != bool(self.faults)

    def sent(self, declared: Declared) -> str:
        """The header's value."""
        values = {name.lower(): value for name, value in self.response.headers.items()}
        return values.get(declared["name"].lower(), "")


class Validators:
    """Both validators of one document; `tables` are the engine's, by operationId."""

    def __init__(self, document: Document, tables: Mapping[str, Operation], validator: SecondValidator) -> None:
        self._document = document
        self._second_validator = validator
        self._tables = tables
        self.operations = {
            operation.operation_id: operation for operation in ContractDocument({**document}).operations()
        }
        self._parameters = {
            name: declared_parameters(document, operation.path, operation.method)
            for name, operation in self.operations.items()
        }

    def of_request(self, name: str, request: HttpRequest, path_parameters: Mapping[str, str]) -> RequestComparison:
        """What they say of a request to this operation; its path parameters are still percent-encoded."""
        declared, parameters = self.operations[name], self._parameters[name]
        refusal = self._refusal(declared, request, path_parameters)
        exchange = Exchange(declared, request, path_parameters, _answer(refusal), _ID)
        respelt = replace(
            exchange,
            request=query_for_openapi_core(parameters, request),
            path_parameters=path_for_openapi_core(parameters, path_parameters),
        )
        media_types = declared_media_types(self._document, declared.path, declared.method)
        with localcontext(_EXACT):
            faults = tuple(self._second_validator.of_request(respelt))
        return RequestComparison(exchange, parameters, media_types, refusal, faults)

    def of_response(self, name: str, response: Response) -> ResponseComparison:
        """What they say of a response of this operation."""
        declared = self.operations[name]
        request = HttpRequest(declared.method, declared.path, "", (), b"", "127.0.0.1")
        exchange = Exchange(declared, request, {}, _on_the_wire(response), _ID)
        invalid = self._invalid(name, response)
        headers = declared_headers(self._document, declared.path, declared.method, response.status)
        with localcontext(_EXACT):
            faults = tuple(self._second_validator.of_response(exchange))
        return ResponseComparison(response, headers, invalid, faults)

    def _refusal(self, declared: DocumentOperation, request: HttpRequest, path: Mapping[str, str]) -> Refusal | None:
        call = Call(request, Stage("local"), request.path, path, request_id=_ID)
        event = proxy_event(call, declared.path, request.headers)
        try:
            self._tables[declared.operation_id].check_request(RawRequest(event))
        except Refusal as refusal:
            return refusal
        return None

    def _invalid(self, name: str, response: Response) -> InvalidResponse | None:
        try:
            self._tables[name].responses.check(response)
        except InvalidResponse as invalid:
            return invalid
        return None


def _answer(refusal: Refusal | None) -> HttpResponse:
    if refusal is None:
        return _ACCEPTED
    return HttpResponse(refusal.status, (), json.dumps(problem_body(refusal, _ID)).encode())


def _on_the_wire(response: Response) -> HttpResponse:
    types = [value for name, value in response.headers.items() if name.lower() == "content-type"]
    is_text = isinstance(response.body, str) and types[:1] != [] and types[0].lower().startswith("text/")
    text = str(response.body) if is_text else strict_json.dumps(response.body)
    body = b"" if response.body is None else text.encode()
    return HttpResponse(response.status, tuple(response.headers.items()), body)
