"""An operation's responses: what each status promises of headers and body, and whether a response is valid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from contract import strict_json
from contract.http_syntax import (
    is_field_value,
    is_json,
    matching_media_type,
    parse_media_type,
    preferred_media_type,
)
from contract.messages import JSON, Response
from contract.parameters import Serialization, trimmed
from contract.problems import Violation
from contract.schemas import Definitions
from contract.strict_json import MalformedText, pointer

if TYPE_CHECKING:
    from typing import Literal

# RFC 9110: sections 15.2, 15.3.5, 15.3.6 and 15.4.5; and 9.3.2 for the answer to HEAD.
_BODILESS = frozenset({204, 205, 304})
BodyForm: TypeAlias = "Literal['none', 'json', 'text', 'base64']"
_REQUEST_ID = "x-request-id"
_ANYTHING: Mapping[str, Any] = {"headers": {}, "content": {"*/*": {"schema": {}}}}


class InvalidResponse(Exception):
    """Exception for a response that is not valid against the contract.

    `status` is the response's own, `violations` every place that is wrong: each is `where` (status, header or body) and
    the `field` in it, a JSON Pointer, with the `rule` that it violates.
    """

    def __init__(self, status: int, violations: Sequence[Violation]) -> None:
        super().__init__(", ".join(f"{each.where} {each.field} {each.rule}" for each in violations))
        self.status = status
        self.violations = violations


class Responses:
    """All responses of an operation. `method` decides, with the status, whether a body is allowed at all."""

    def __init__(self, method: str, declared: Mapping[str, Any], definitions: Definitions) -> None:
        self._is_head = method == "HEAD"
        self._declared = declared
        self._definitions = definitions
        self._by_status: dict[int, _DeclaredResponse | None] = {}  # Made at the first use of their status.

    def header_names(self) -> list[str]:
        """Returns every header that some response declares, sorted."""
        return sorted({name for declared in self._declared.values() for name in declared["headers"]})

    def completed(self, response: Response, request_id: str) -> Response:
        """Returns the response with the headers that the contract alone decides, unless it names them itself.

        They are those with one possible value, the request's id, and the content type of a body.
        """
        declared = self._declared_for(response.status) or _DeclaredResponse(_ANYTHING, self._definitions)
        named = {name.lower() for name in response.headers}
        added = {
            header.name: request_id if header.constant is None else header.constant
            for header in declared.own_headers
            if header.key not in named
        }
        if self._has_body(response.status, declared) and "content-type" not in named:
            added["Content-Type"] = declared.preferred_media_type
        return Response(response.status, response.body, {**added, **response.headers})

    def encoded(self, response: Response) -> tuple[str, bool]:
        """Returns the body as it is sent, "" for none; and whether that is base64, as bytes are.

        Raises InvalidResponse.
        """
        form = self.check(response)
        if form == "json":
            return strict_json.dumps(response.body), False
        return str(response.body or ""), form == "base64"

    def check(self, response: Response) -> BodyForm:
        """Returns the form in which the body is to be sent.

        Raises InvalidResponse with all validation errors of status, headers and body.
        """
        status = response.status
        declared = self._declared_for(status)
        if declared is None:
            raise InvalidResponse(status, [Violation("status", "", "is not declared", "responses")])
        violations: list[Violation] = []
        headers: dict[str, object] = {}
        for name, value in response.headers.items():
            key = name.lower()
            if not isinstance(value, str):
                violations.append(Violation("header", pointer((name,)), "must be text", "type"))
            elif key in headers or not is_field_value(value):
                violations.append(Violation("header", pointer((name,)), "cannot be sent", "field-value"))
            headers[key] = value
        if not violations:
            violations += [each for header in declared.headers for each in header.violations(headers.get(header.key))]
        form: BodyForm = "none"
        if self._has_body(status, declared):
            form, found = declared.checked_body(response.body, headers.get("content-type"))
            violations += found
        elif response.body is not None:
            violations.append(Violation("body", "", "is not declared", "content"))
        if violations:
            raise InvalidResponse(status, violations)
        return form

    def may_have_body(self, status: int) -> bool:
        """Returns whether a body may go out with this status; with one that is not declared, it may."""
        declared = self._declared_for(status)
        return declared is None or self._has_body(status, declared)

    def _declared_for(self, status: int) -> _DeclaredResponse | None:
        """By the exact status, its range, or the default (OpenAPI 3.0.3, Responses Object)."""
        if status not in self._by_status:
            keys = (str(status), f"{status // 100}XX", "default")
            found = next((self._declared[key] for key in keys if key in self._declared), None)
            self._by_status[status] = None if found is None else _DeclaredResponse(found, self._definitions)
        return self._by_status[status]

    def _has_body(self, status: int, declared: _DeclaredResponse) -> bool:
        return bool(declared.content) and not self._is_head and status not in _BODILESS


class _DeclaredResponse:
    """The headers and the body that one status (or range of them) promises."""

    def __init__(self, declared: Mapping[str, Any], definitions: Definitions) -> None:
        self.headers = [_DeclaredHeader(name, header, definitions) for name, header in declared["headers"].items()]
        self.own_headers = [
            header for header in self.headers if header.constant is not None or header.key == _REQUEST_ID
        ]
        self.content = {key: definitions.optional_schema(entry) for key, entry in declared["content"].items()}
        self.preferred_media_type = preferred_media_type(self.content)

    def checked_body(self, body: JSON, content_type: object) -> tuple[BodyForm, list[Violation]]:
        """Returns the form in which the body is to be sent, and what is wrong with it."""
        essence, _ = parse_media_type(str(content_type or self.preferred_media_type)) or ("", None)
        key = matching_media_type(self.content, essence) if essence else None
        if key is None:
            return "none", [Violation("header", "/Content-Type", "is not declared", "content")]
        schema = self.content[key]
        errors = schema.errors(body) if schema else ()
        violations = [Violation("body", pointer(path), message, rule) for path, rule, message in errors]
        if is_json(essence):
            return "json", violations
        if not isinstance(body, str) and not violations:
            violations.append(Violation("body", "", "must be text", "type"))
        return "text" if schema else "base64", violations


class _DeclaredHeader:
    """One declared response header."""

    def __init__(self, name: str, declared: Mapping[str, Any], definitions: Definitions) -> None:
        self.name = name
        self.key = name.lower()
        self.constant: str | None = declared.get("constant")
        self._required: bool = declared["required"]
        # Most are plain texts, which no style takes apart.
        self._is_text = declared["shape"]["type"] == "string" and "media" not in declared
        self._serialization = Serialization(name, declared)
        self._schema = definitions.schema(declared["schema"])

    def violations(self, text: Any) -> list[Violation]:
        """Takes a field value without spaces around it, None for one that is not there."""
        if text is None:
            return [self._violation((), "required", "is required")] if self._required else []
        if text == self.constant:
            return []
        try:
            read = self._serialization
            value: JSON = text if self._is_text else read.value(read.taken_apart(text, trimmed))
        except MalformedText as malformed:
            return [self._violation(path, "style", message) for path, message in malformed.flaws]
        return [self._violation(*error) for error in self._schema.errors(value)]

    def _violation(self, path: Iterable[str | int], rule: str, message: str) -> Violation:
        return Violation("header", pointer((self.name, *path)), message, rule)
