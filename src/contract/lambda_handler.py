"""The Lambda handler of one operation: event in, checked answer out, whatever happens in between."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Collection
from traceback import walk_tb
from types import TracebackType
from typing import Any, TypeAlias

from contract import problems, strict_json
from contract.cors import Cors
from contract.gateway_event import RawRequest, origin_of, read_event, request_id_of
from contract.messages import JSON, Request, Response
from contract.operation import Operation
from contract.problems import Refusal
from contract.responses import InvalidResponse

_LOG = logging.getLogger("contract")

Respond: TypeAlias = "Callable[[Request], Response]"
Authorise: TypeAlias = "Callable[[RawRequest, Operation], None]"
ProblemBody: TypeAlias = "Callable[[Refusal, str], JSON]"
ProxyResponse: TypeAlias = "dict[str, Any]"
Handler: TypeAlias = "Callable[[dict[str, Any], object], ProxyResponse]"


def lambda_handler(
    operation: Operation,
    respond: Respond,
    *,
    authorise: Authorise | None = None,
    allowed_origins: Collection[str] = (),
    problem_body: ProblemBody = problems.problem_body,
) -> Handler:
    """Returns a handler for API Gateway REST proxy events, around a function from request to response.

    `respond` gets requests that keep the contract; what it returns, or else the fallback of that, must keep it too, or
    the client gets a 500 instead. It may raise Refusal. `authorise` gets the raw request, whose claims are those of the
    authorizer (None without a token), and raises Refusal 401 or 403; an operation that the contract secures cannot do
    without it: ValueError.
    `problem_body` writes the contract's error shape, if it is not the one in `problems`.
    """
    if operation.security and authorise is None:
        raise ValueError(f"{operation.operation_id} is secured by the contract and has nothing to authorise it")
    cors = Cors(allowed_origins, operation.response_header_names())
    exchange = _Exchange(operation, respond, authorise, problem_body)

    def handler(event: dict[str, Any], context: object) -> ProxyResponse:
        answer = exchange.answer(event, context)
        answer["headers"] = cors.added_to(answer["headers"], origin_of(event))
        return answer

    return handler


class _Exchange:
    """From an event to an answer that keeps the contract."""

    def __init__(
        self, operation: Operation, respond: Respond, authorise: Authorise | None, problem_body: ProblemBody
    ) -> None:
        self._operation = operation
        self._respond = respond
        self._authorise = authorise
        self._problem_body = problem_body
        # Lambda sets it: metrics tell a new version's failures from those of the one that serves beside it.
        self._version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")

    def answer(self, event: dict[str, Any], context: object) -> ProxyResponse:
        """The answer to an event; a 500 when there is none, or none that keeps the contract."""
        request_id = request_id_of(event, context)
        try:
            return self._checked(self._response(event, context, request_id), request_id)
        except InvalidResponse as violation:
            self._log_violation(violation, request_id)
        except Exception as error:  # whatever it is, the client gets the one error shape
            self._log_failure(error, request_id)
        return self._failure(request_id)

    def _response(self, event: dict[str, Any], context: object, request_id: str) -> Response:
        try:
            return self._respond(self._request(event, context))
        except Refusal as refusal:
            level = logging.WARNING if refusal.status >= 500 else logging.INFO
            fields = {"status": refusal.status, "violations": len(refusal.details)}
            _LOG.log(level, "request refused", extra=self._fields(request_id, **fields))
            return self._problem(refusal, request_id)

    def _request(self, event: dict[str, Any], context: object) -> Request:
        raw = read_event(event, context)
        if raw.method != self._operation.method:
            raise Refusal(405, headers={"Allow": self._operation.method})
        if self._operation.security and self._authorise:
            self._authorise(raw, self._operation)
        return self._operation.check_request(raw)

    def _problem(self, refusal: Refusal, request_id: str) -> Response:
        return Response(refusal.status, self._problem_body(refusal, request_id), refusal.headers)

    def _checked(self, response: Response, request_id: str) -> ProxyResponse:
        try:
            return self._sent(response, request_id)
        except InvalidResponse:
            if response.fallback is None:
                raise
            return self._sent(response.fallback(), request_id)

    def _sent(self, response: Response, request_id: str) -> ProxyResponse:
        """The response as it leaves. Raises InvalidResponse."""
        complete = self._operation.completed(response, request_id)
        return _proxy_response(complete, *self._operation.encoded_body(complete))

    def _failure(self, request_id: str) -> ProxyResponse:
        problem = self._problem(Refusal(500), request_id)
        try:
            return self._sent(problem, request_id)
        except InvalidResponse as violation:
            # A contract that does not declare its own 500. Anything is better than the gateway's bare 502.
            self._log_violation(violation, request_id)
            return _proxy_response(self._operation.completed(problem, request_id), strict_json.dumps(problem.body))

    def _log_violation(self, violation: InvalidResponse, request_id: str) -> None:
        fields = {"where": violation.where, "pointer": violation.pointer, "keyword": violation.keyword}
        _LOG.error("response breaks the contract", extra=self._fields(request_id, **fields))

    def _log_failure(self, error: Exception, request_id: str) -> None:
        """Types and places only: the words of an exception may hold a customer's data."""
        fields = {"exceptionType": _name(type(error)), "frames": _frames(error.__traceback__)}
        _LOG.error("handler failed", extra=self._fields(request_id, **fields))

    def _fields(self, request_id: str, **fields: object) -> dict[str, object]:
        named = {"operationId": self._operation.operation_id, "functionVersion": self._version}
        return {**named, "requestId": request_id, **fields}


def _proxy_response(response: Response, text: str, is_base64: bool = False) -> ProxyResponse:
    return {"statusCode": response.status, "headers": response.headers, "body": text, "isBase64Encoded": is_base64}


def _name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _frames(trace: TracebackType | None) -> list[str]:
    return [f"{frame.f_code.co_filename}:{line} {frame.f_code.co_name}" for frame, line in walk_tb(trace)]
