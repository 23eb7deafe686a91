"""The Lambda handler of one operation: it takes an event and always returns a valid response."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Collection
from traceback import walk_tb
from typing import Any, TypeAlias

from contract import problems, strict_json
from contract.cors import Cors
from contract.gateway_event import NotRestEvent, RawRequest, origin_of, request_id_of
from contract.messages import JSON, Request, Response
from contract.operation import Operation
from contract.problems import Refusal, places_to_log
from contract.responses import InvalidResponse

logger = logging.getLogger("contract")

Respond: TypeAlias = "Callable[[Request], Response]"
Authorise: TypeAlias = "Callable[[RawRequest, Operation], None]"
ProblemBody: TypeAlias = "Callable[[Refusal, str], JSON]"
ProxyResponse: TypeAlias = "dict[str, Any]"
Handler: TypeAlias = "Callable[[object, object], ProxyResponse]"


def lambda_handler(
    operation: Operation,
    respond: Respond,
    *,
    authorise: Authorise | None = None,
    allowed_origins: Collection[str] = (),
    problem_body: ProblemBody = problems.problem_body,
) -> Handler:
    """Returns a handler for API Gateway REST proxy events, around a function from request to response.

    `respond` gets valid requests only; what it returns, or else the fallback of that, must be valid, too, or the client
    gets a 500 instead. It may raise Refusal; whatever the fallback raises, even a Refusal, is a 500. `authorise` gets
    the raw request, whose claims are the authorizer's (None without a token), and raises Refusal 401 or 403; an
    operation that the contract secures needs it, else ValueError.
    `problem_body` makes the body of an error in the contract's shape, if that is not the one of `problems`.
    """
    if operation.security and authorise is None:
        raise ValueError(f"{operation.operation_id} is secured by the contract and has nothing to authorise it")
    cors = Cors(allowed_origins, operation.responses.header_names())
    return _Exchange(operation, respond, authorise, problem_body, cors).answer


class _Exchange:
    """One operation's answers to events."""

    def __init__(
        self,
        operation: Operation,
        respond: Respond,
        authorise: Authorise | None,
        problem_body: ProblemBody,
        cors: Cors,
    ) -> None:
        self._operation = operation
        self._responses = operation.responses
        self._respond = respond
        self._authorise = authorise
        self._problem_body = problem_body
        self._cors = cors
        # On a laptop, whose data is nobody's.
        self._logs_messages = os.environ.get("ENVIRONMENT") == "local"
        # Lambda sets it: metrics tell a new version's failures from those of the one that serves beside it.
        self._version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")

    def answer(self, event: object, context: object) -> ProxyResponse:
        """Returns the answer to an event; a 500 when there is none, or none that is valid."""
        request_id = request_id_of(event, context)
        answer = self._valid_answer(event, request_id)
        answer["headers"] = self._cors.added_to(answer["headers"], origin_of(event))
        return answer

    def _valid_answer(self, event: object, request_id: str) -> ProxyResponse:
        message = None
        try:
            response = self._response(RawRequest(event, request_id), request_id)
            try:
                return self._sent(response, request_id)
            except InvalidResponse:
                better = response.fallback() if response.fallback else None
                if better is None:
                    raise
                return self._sent(better, request_id)
        except NotRestEvent as other:
            # A warm-up ping, a test event, a wrong trigger: nobody waits for the answer but who sent that.
            self._log(logging.WARNING, "not a REST proxy event", request_id, looksLike=str(other))
            message = f"This function answers REST proxy events of API Gateway, and got {other}."
        except InvalidResponse as invalid:
            self._log_invalid(invalid, request_id)
        except Exception as error:  # whatever it is, the client gets the one error shape
            self._log_failure(error, request_id)
        failure = self._problem(Refusal(500, message), request_id)
        try:
            return self._sent(failure, request_id)
        except InvalidResponse as invalid:
            # A contract that does not declare its own 500. Anything is better than the gateway's bare 502.
            self._log_invalid(invalid, request_id)
            return _proxy_response(self._responses.completed(failure, request_id), strict_json.dumps(failure.body))

    def _response(self, raw: RawRequest, request_id: str) -> Response:
        try:
            if raw.method != self._operation.method:
                raise Refusal(405, headers={"Allow": self._operation.method})
            if self._operation.security and self._authorise:
                self._authorise(raw, self._operation)
            return self._respond(self._operation.check_request(raw))
        except Refusal as refusal:
            level = logging.WARNING if refusal.status >= 500 else logging.INFO
            places = places_to_log(refusal.details, of_client=True)
            fields = {"status": refusal.status, "violations": len(refusal.details), "places": places}
            self._log(level, "request refused", request_id, **fields)
            return self._problem(refusal, request_id)

    def _problem(self, refusal: Refusal, request_id: str) -> Response:
        has_body = self._responses.may_have_body(refusal.status)
        return Response(refusal.status, self._problem_body(refusal, request_id) if has_body else None, refusal.headers)

    def _sent(self, response: Response, request_id: str) -> ProxyResponse:
        """Returns the response as it leaves. Raises InvalidResponse."""
        complete = self._responses.completed(response, request_id)
        return _proxy_response(complete, *self._responses.encoded(complete))

    def _log_invalid(self, invalid: InvalidResponse, request_id: str) -> None:
        places = places_to_log(invalid.violations, of_client=False)
        fields = {"status": invalid.status, "violations": len(invalid.violations), "places": places}
        self._log(logging.ERROR, "response breaks the contract", request_id, **fields)

    def _log_failure(self, error: Exception, request_id: str) -> None:
        """Logs the type and the frames, for the message of an exception may hold a customer's data."""
        kind = type(error)
        trace = walk_tb(error.__traceback__)
        frames = [f"{frame.f_code.co_filename}:{line} {frame.f_code.co_name}" for frame, line in trace]
        message = {"exceptionMessage": str(error)} if self._logs_messages else {}
        name = f"{kind.__module__}.{kind.__qualname__}"
        self._log(logging.ERROR, "handler failed", request_id, exceptionType=name, **message, frames=frames)

    def _log(self, level: int, message: str, request_id: str, **fields: object) -> None:
        # Lambda's own JSON format has a `requestId`, its own, and drops a field of that name.
        named = {"operationId": self._operation.operation_id, "functionVersion": self._version}
        logger.log(level, message, extra={**named, "gatewayRequestId": request_id, **fields})


def _proxy_response(response: Response, text: str, is_base64: bool = False) -> ProxyResponse:
    return {"statusCode": response.status, "headers": response.headers, "body": text, "isBase64Encoded": is_base64}
