"""An operation's answers: what each status promises of headers and body, and whether an answer keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from contract import media_types, strict_json, styles
from contract.messages import JSON, Response
from contract.problems import pointer
from contract.schemas import AnySchema, Definitions

if TYPE_CHECKING:
    from typing import Literal

# RFC 9110: sections 15.2, 15.3.5, 15.3.6 and 15.4.5; and 9.3.2 for the answer to HEAD.
_BODILESS = frozenset({204, 205, 304})
BodyForm: TypeAlias = "Literal['none', 'json', 'text', 'base64']"
_REQUEST_ID = "x-request-id"
_ANYTHING: Mapping[str, Any] = {"headers": {}, "content": {"*/*": {"schema": {}}}}


class ContractViolation(Exception):
    """An answer that breaks the contract: where (status, header or body), the pointer, and the keyword broken."""

    def __init__(self, pointer: str, keyword: str, where: str) -> None:
        super().__init__(f"{where} {pointer} {keyword}")
        self.pointer = pointer
        self.keyword = keyword
        self.where = where


class _Header:
    """One declared response header."""

    def __init__(self, name: str, declared: Mapping[str, Any], definitions: Definitions) -> None:
        self.name = name
        self.key = name.lower()
        self.constant: str | None = declared.get("constant")
        self.is_own = self.constant is not None or self.key == _REQUEST_ID
        self._required: bool = declared["required"]
        # Most are plain texts, which no style takes apart.
        self._is_text = declared["shape"]["type"] == "string" and "media" not in declared
        self._spelling = styles.Spelling(name, declared)
        self._schema = definitions.schema(declared["schema"])

    def check(self, value: str | None) -> None:
        """Takes a field value without spaces around it. Raises ContractViolation."""
        if value is None:
            if self._required:
                raise ContractViolation(pointer((self.name,)), "required", "header")
        elif value != self.constant:
            self._check_value(value if self._is_text else self._read(value))

    def _read(self, text: str) -> JSON:
        try:
            return self._spelling.value(self._spelling.taken_apart(text, styles.trimmed))
        except styles.Misspelt as misspelt:
            raise ContractViolation(pointer((self.name, *misspelt.flaws[0][0])), "style", "header") from None

    def _check_value(self, value: JSON) -> None:
        if breach := self._schema.first_breach(value):
            raise ContractViolation(pointer((self.name, *breach.path)), breach.keyword, "header")


class _Answer:
    """What one status (or range of them) promises."""

    def __init__(self, declared: Mapping[str, Any], definitions: Definitions) -> None:
        self.headers = [_Header(name, header, definitions) for name, header in declared["headers"].items()]
        self.content = {key: definitions.optional_schema(entry) for key, entry in declared["content"].items()}
        self._own = {header.key: header for header in self.headers if header.is_own}
        self._preferred = media_types.preferred(self.content)

    def completed(self, headers: Mapping[str, str], request_id: str, has_body: bool) -> dict[str, str]:
        """The headers with those that nobody needs to type: constants, the request's id, the content type of a body."""
        named = {name.lower() for name in headers}
        added = {
            own.name: request_id if own.constant is None else own.constant
            for key, own in self._own.items()
            if key not in named
        }
        if has_body and "content-type" not in named:
            added["Content-Type"] = self._preferred
        return {**added, **headers}


class Responses:
    """All answers of an operation. `method` decides, with the status, whether a body is allowed at all."""

    def __init__(self, method: str, declared: Mapping[str, Any], definitions: Definitions) -> None:
        self._is_head = method == "HEAD"
        self._declared = declared
        self._definitions = definitions
        self._answers: dict[int, _Answer | None] = {}  # Made at the first use of their status.

    def header_names(self) -> list[str]:
        """Every header that some answer declares, sorted."""
        return sorted({name for answer in self._declared.values() for name in answer["headers"]})

    def completed(self, response: Response, request_id: str) -> Response:
        """The response with the headers that the contract alone decides, unless it names them itself."""
        answer = self._answer(response.status) or _Answer(_ANYTHING, self._definitions)
        has_body = self._has_body(response.status, answer)
        return Response(response.status, response.body, answer.completed(response.headers, request_id, has_body))

    def encoded(self, response: Response) -> tuple[str, bool]:
        """The body as it is sent, "" for none; and whether that is base64, as bytes are. Raises what `check` raises."""
        form = self.check(response)
        if form == "json":
            return strict_json.dumps(response.body), False
        return str(response.body or ""), form == "base64"

    def check(self, response: Response) -> BodyForm:
        """The form in which the body is to be sent.

        Raises ContractViolation for the first thing (status, headers, body) that breaks the contract.
        """
        answer = self._answer(response.status)
        if answer is None:
            raise ContractViolation("", "responses", "status")
        headers = _in_lower_case(response.headers)
        for header in answer.headers:
            header.check(headers.get(header.key))
        if self._has_body(response.status, answer):
            return _checked_form(response.body, answer, headers.get("content-type"))
        if response.body is not None:
            raise ContractViolation("", "content", "body")
        return "none"

    def _answer(self, status: int) -> _Answer | None:
        if status not in self._answers:
            self._answers[status] = self._made(status)
        return self._answers[status]

    def _made(self, status: int) -> _Answer | None:
        """By the exact status, its range, or the default (OpenAPI 3.0.3, Responses Object)."""
        keys = (str(status), f"{status // 100}XX", "default")
        declared = next((self._declared[key] for key in keys if key in self._declared), None)
        return None if declared is None else _Answer(declared, self._definitions)

    def _has_body(self, status: int, answer: _Answer) -> bool:
        return bool(answer.content) and not self._is_head and status not in _BODILESS


def _checked_form(body: JSON, answer: _Answer, content_type: str | None) -> BodyForm:
    essence, schema = _negotiated(answer, content_type)
    if schema and (breach := schema.first_breach(body)):
        raise ContractViolation(pointer(breach.path), breach.keyword, "body")
    if media_types.is_json(essence):
        return "json"
    if not isinstance(body, str):
        raise ContractViolation("", "type", "body")
    return "text" if schema else "base64"


def _negotiated(answer: _Answer, content_type: str | None) -> tuple[str, AnySchema | None]:
    """The media type that the body is in, and its schema. Raises ContractViolation for one that is not declared."""
    media_type = media_types.parse(content_type or media_types.preferred(answer.content))
    key = media_types.match(answer.content, media_type.essence) if media_type else None
    if media_type is None or key is None:
        raise ContractViolation("/Content-Type", "content", "header")
    return media_type.essence, answer.content[key]


def _in_lower_case(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers by name in lower case. Raises ContractViolation for what could not be sent as it is."""
    lines: dict[str, str] = {}
    for name, value in headers.items():
        key = name.lower()
        if not isinstance(value, str):
            raise ContractViolation(pointer((name,)), "type", "header")
        if key in lines or not _is_field_value(value):
            raise ContractViolation(pointer((name,)), "field-value", "header")
        lines[key] = value
    return lines


def _is_field_value(text: str) -> bool:
    """RFC 9110, section 5.5, less what not every intermediary passes on: nothing but ASCII, no tabs, no line ends."""
    return text.isascii() and text.isprintable() and text == text.strip()
