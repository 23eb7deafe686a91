"""openapi-core as the second validator of every exchange. The first one, in the function, is the one that decides.

An exchange's messages are nobody's classes: whatever has these fields is a request or a response. So both the local
gateways and the validation of a deployment hand in their own, and share no code.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol
from urllib.parse import parse_qsl, unquote

from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.validation.schemas.exceptions import InvalidSchemaValue
from werkzeug.datastructures import Headers, ImmutableMultiDict

from cross_check.contract_document import DocumentOperation

SentHeaders = tuple[tuple[str, str], ...]
"""Names and values in the order in which they were sent; a name may stand several times."""


class Request(Protocol):
    """`path` is still percent-encoded, `query` is without its question mark; names of `headers` are in lower case."""

    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def query(self) -> str: ...
    @property
    def headers(self) -> SentHeaders: ...
    @property
    def body(self) -> bytes: ...


class Response(Protocol):
    """Names of `headers` are in any case."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> SentHeaders: ...
    @property
    def body(self) -> bytes: ...


@dataclass(frozen=True)
class Exchange:
    """`path_parameters` are still percent-encoded."""

    operation: DocumentOperation
    request: Request
    path_parameters: Mapping[str, str]
    response: Response
    request_id: str


@dataclass(frozen=True)
class OpenapiCoreError:
    """An error of openapi-core's: its kind, and the keywords that are violated with their places. Never a value."""

    error: str
    keywords: tuple[tuple[str, str], ...] = ()


CRASH = "crash"


class SecondValidator:
    """Validates exchanges by an OpenAPI document. Never raises: a crash of openapi-core is an error called `crash`.

    `json_types` are the keys of `content` that stand for JSON; `settings` are fields of openapi-core's Config.
    """

    def __init__(
        self, document: dict[str, Any], json_types: Iterable[str] = ("application/json",), **settings: Any
    ) -> None:
        parsers: dict[str, Callable[[bytes], Any]] = dict.fromkeys(json_types, _parse)
        config = Config(spec_validator_cls=None, extra_media_type_deserializers=parsers, **settings)  # type: ignore[arg-type]
        self._openapi = OpenAPI.from_dict({**_for_python(document), "servers": [{"url": "/"}]}, config=config)

    def of_request(self, exchange: Exchange) -> list[OpenapiCoreError]:
        return _errors(lambda: self._openapi.iter_request_errors(_Request(exchange)))

    def of_response(self, exchange: Exchange) -> list[OpenapiCoreError]:
        return _errors(lambda: self._openapi.iter_response_errors(_Request(exchange), _Response(exchange)))


def _errors(found: Callable[[], Iterable[Exception]]) -> list[OpenapiCoreError]:
    try:
        return [_error(each) for each in found()]
    except Exception as crash:  # Its parsers raise all sorts on hostile input.
        return [OpenapiCoreError(CRASH, ((type(crash).__name__, ""),))]


def _error(error: Exception) -> OpenapiCoreError:
    cause = error.__cause__
    found: Iterable[Any] = cause.schema_errors if isinstance(cause, InvalidSchemaValue) else ()
    name = getattr(error, "name", "")  # Of a parameter or header, as the document spells it.
    broken = tuple((str(each.validator), "/".join((name, *map(str, each.absolute_path)))) for each in found)
    kind = type(error).__name__
    return OpenapiCoreError(kind, broken or (((kind, name),) if name else ()))


class _Request:
    """openapi-core's view of a request, as the function got it: body as text, path parameters decoded once."""

    def __init__(self, exchange: Exchange) -> None:
        request, headers = exchange.request, _joined(exchange.request.headers)
        self.host_url = "http://localhost"
        self.method = request.method.lower()
        self.path = request.path
        self.path_pattern = exchange.operation.path
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(parse_qsl(request.query, keep_blank_values=True, errors="replace")),
            header=headers,
            path={name: unquote(value) for name, value in exchange.path_parameters.items()},
            cookie=_cookies(headers.get("cookie", "")),
        )
        self.body = request.body.decode("utf-8", errors="replace").encode() or None
        # Alone: a malformed parameter (`;charset`) makes openapi-core's parser raise.
        self.content_type = headers.get("content-type", "").partition(";")[0].strip().lower()


class _Response:
    def __init__(self, exchange: Exchange) -> None:
        self.status_code, self.data = exchange.response.status, exchange.response.body
        self.headers = _joined(exchange.response.headers)
        self.content_type = self.headers.get("content-type", "")


def _cookies(field: str) -> ImmutableMultiDict[str, str]:
    pairs = (pair.strip().partition("=") for pair in field.split(";"))
    return ImmutableMultiDict([(name, unquote(value)) for name, equals, value in pairs if equals])


def _joined(pairs: Iterable[tuple[str, str]]) -> Headers:
    """A repeated header is one list (RFC 9110, 5.3)."""
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name.lower(), []).append(value)
    return Headers({name: ", ".join(each) for name, each in values.items()})


def _for_python(document: dict[str, Any]) -> dict[str, Any]:
    """The document with decimal limits, for 0.01 is no float, and with patterns that end where ECMA 262 has it."""
    content: dict[str, Any] = json.loads(json.dumps(document), parse_float=Decimal, object_hook=_closed_pattern)
    return content


def _closed_pattern(node: dict[str, Any]) -> dict[str, Any]:
    pattern = node.get("pattern")
    if isinstance(pattern, str) and pattern.endswith("$") and not pattern.endswith("\\$"):
        # In ECMA 262 `$` is the end; in Python it is also the place before a last line break. openapi-core uses the
        # package regress where it finds it, else Python's re: the end is written as both know it.
        node["pattern"] = pattern[:-1] + r"(?![\s\S])"
    return node


def _parse(body: bytes | str, **_: str) -> Any:
    """JSON (RFC 8259) with decimal numbers; a parameter's is a string. Raises ValueError for what is no strict JSON."""
    try:
        value = json.loads(
            body if isinstance(body, str) else body.decode(),
            parse_float=Decimal,
            parse_constant=_not_json,
            object_pairs_hook=_without_duplicates,
        )
        json.dumps(value, ensure_ascii=False, default=str).encode()  # A lone surrogate is no Unicode text.
    except (ArithmeticError, RecursionError) as error:
        raise ValueError(type(error).__name__) from None
    return value


def _not_json(_: str) -> Any:
    raise ValueError("a constant that is not JSON")


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("a name twice in one object")
    return dict(pairs)
