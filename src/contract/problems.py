"""`Refusal`, an error response: the title and sentence of each status, the violations, and the body."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from contract.messages import JSON

# Titles are reason phrases of RFC 9110, section 15 (413 by its older, better known name) and of RFC 6585 (428, 429).
PROBLEMS: Mapping[int, tuple[str, str]] = {
    400: ("Bad Request", "The request is not valid."),
    401: ("Unauthorized", "Send a valid token in the Authorization header."),
    403: ("Forbidden", "You may not do this."),
    404: ("Not Found", "There is no such resource."),
    405: ("Method Not Allowed", "This path does not have that method."),
    406: ("Not Acceptable", "The answer does not come in a media type that you accept."),
    409: ("Conflict", "The request conflicts with the state of the resource."),
    410: ("Gone", "The resource is no longer there."),
    412: ("Precondition Failed", "A precondition of the request is not met."),
    413: ("Payload Too Large", "The body is too large."),
    415: ("Unsupported Media Type", "The body is not in a media type that this operation takes."),
    422: ("Unprocessable Content", "The request cannot be carried out."),
    428: ("Precondition Required", "Send the request with a precondition."),
    429: ("Too Many Requests", "Too many requests. Try again in a moment."),
    500: ("Internal Server Error", "The service failed. Quote the request id when you report it."),
    501: ("Not Implemented", "The service cannot do this yet."),
    502: ("Bad Gateway", "The service gave no usable answer."),
    503: ("Service Unavailable", "The service is busy. Try again in a moment."),
    504: ("Gateway Timeout", "The service took too long to answer."),
}
# A Lambda may answer with 6 MB at most. A hostile body can have so many errors, each with so long a
# pointer, that the list of them would not fit.
MAX_LISTED_CHARACTERS = 1_000_000
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_NO_MEMBERS: Mapping[str, JSON] = MappingProxyType({})

_MAX_LOGGED_PLACES = 20
_MAX_LOGGED_CHARACTERS = 200
# How many steps of a pointer are the contract's own when these rules are violated: the others are names of a client's.
_OWN_STEPS = {"additionalProperties": -1, "unevaluatedProperties": -1, "unknown": -1, "json": 1, "style": 2}


class Violation(NamedTuple):
    """A validation error of a request, as the client reads it.

    `where` is body, query, path, header or cookie; `field` a JSON Pointer into it; `message` says what is allowed, in
    plain words that never repeat the offending value. `rule` is for logs: the keyword of the schema, or `unknown`,
    `json`, `encoding`, `style` or `allowEmptyValue`.
    """

    where: str
    field: str
    message: str
    rule: str = ""


class Refusal(Exception):
    """Exception for a request that is answered with an error.

    `status` is one of PROBLEMS, whose words serve when `message` is None.
    `details` name the violations, `headers` go out with the answer, and so do `members`: what the contract adds to the
    body of this error. Raises ValueError for a status without words.
    """

    def __init__(
        self,
        status: int,
        message: str | None = None,
        *,
        details: Sequence[Violation] = (),
        headers: Mapping[str, str] = _NO_HEADERS,
        members: Mapping[str, JSON] = _NO_MEMBERS,
    ) -> None:
        if status not in PROBLEMS:
            raise ValueError(f"a refusal cannot have the status {status}")
        super().__init__(status)
        self.status = status
        self.message = message
        self.details = details
        self.headers = headers
        self.members = members


def invalid_request(violations: Sequence[Violation]) -> Refusal:
    """Returns the refusal of a request with these validation errors.

    It lists as many of them, from the first, as an answer can hold: all of them, unless a client is hostile.
    """
    count = listed = len(violations)
    left = MAX_LISTED_CHARACTERS
    for number, violation in enumerate(violations):
        left -= len(violation.field) + len(violation.message)
        if left < 0:
            listed = number
            break
    message = f"The request has {count} validation {'error' if count == 1 else 'errors'}."
    if listed < count:
        message += f" The first {listed} are listed."
    return Refusal(400, message, details=violations[:listed])


def places_to_log(violations: Sequence[Violation], *, of_client: bool) -> list[str]:
    """Returns the first violations as lines such as `body /price minimum`: places and rules, never values.

    `of_client`: names that only the client knows are left out.
    """
    lines = []
    for each in violations[:_MAX_LOGGED_PLACES]:
        steps = each.field.split("/")
        own = "/".join(steps[: _OWN_STEPS.get(each.rule)] if of_client else steps)
        lines.append(f"{each.where} {own} {each.rule}"[:_MAX_LOGGED_CHARACTERS])
    return lines


def problem_body(refusal: Refusal, request_id: str) -> JSON:
    """Returns the error as the client reads it: error, message, requestId, its members, details when there are any."""
    title, default_message = PROBLEMS[refusal.status]
    body: dict[str, JSON] = {
        "error": title,
        "message": refusal.message or default_message,
        "requestId": request_id,
        **refusal.members,
    }
    if refusal.details:
        body["details"] = [{"in": each.where, "field": each.field, "message": each.message} for each in refusal.details]
    return body
