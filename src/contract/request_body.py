"""The request's body: its size, its media type, its JSON, its schema, its defaults; in this order."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from contract import media_types, strict_json
from contract.defaults import fill
from contract.gateway_event import MalformedBody, RawRequest
from contract.messages import JSON
from contract.problems import Refusal, Violation, pointer
from contract.schemas import AnySchema, Definitions

if TYPE_CHECKING:
    from contract.breaches import Breach

# RFC 9110, section 8.3: a body of no stated type may be taken for this one, and is: nothing is guessed.
_UNSTATED = "application/octet-stream"


# What one media type's body must be (None: any bytes), and what is filled in where it is silent.
_Content: TypeAlias = "tuple[AnySchema | None, Mapping[str, Any]]"


# Each breach costs some 15 microseconds and a kilobyte: the hundreds of thousands that a larger body can have would
# outlast the gateway's patience and a small function's memory.
TOLD_IN_FULL_BYTES = 65_536


class RequestBody:
    """The body that an operation takes."""

    def __init__(self, declared: Mapping[str, Any], definitions: Definitions) -> None:
        self._required: bool = declared["required"]
        self._max_bytes: int | None = declared["maxBytes"]
        self._content = {
            key: (definitions.optional_schema(entry), entry["defaults"]) for key, entry in declared["content"].items()
        }

    def read(self, raw: RawRequest) -> tuple[JSON, list[Violation]]:
        """The body's value, defaults filled in, or None when there is none; and every violation.

        Of a body of more than TOLD_IN_FULL_BYTES, the first violation of the schema only.
        JSON is its value, a text of another kind a string, and bytes without a schema are their base64 text.
        Raises Refusal 413 and 415.
        """
        try:
            data = raw.body_bytes()
        except MalformedBody:
            return None, [_violation((), "is not properly encoded text")]
        if data is None:
            return None, [_violation((), "is required")] if self._required else []
        self._check_size(data)
        essence, (schema, defaults) = self._negotiated(raw)
        if schema is None:
            return base64.b64encode(data).decode(), []
        return _checked(data, media_types.is_json(essence), schema, defaults)

    def _check_size(self, data: bytes) -> None:
        if self._max_bytes is not None and len(data) > self._max_bytes:
            raise Refusal(413, f"The body may have at most {self._max_bytes} bytes.")

    def _negotiated(self, raw: RawRequest) -> tuple[str, _Content]:
        """The body's media type and what the contract says of it. What a schema judges must be UTF-8, uncompressed."""
        stated = raw.header("content-type")
        media_type = media_types.parse(_UNSTATED if stated is None else stated)
        key = media_types.match(self._content, media_type.essence) if media_type else None
        if media_type is None or key is None:
            raise self._unsupported()
        schema, defaults = self._content[key]
        coding = (raw.header("content-encoding") or "identity").lower()
        if schema and (coding != "identity" or not media_types.is_readable(media_type)):
            raise self._unsupported()
        return media_type.essence, (schema, defaults)

    def _unsupported(self) -> Refusal:
        return Refusal(415, f"Send the body as {' or '.join(self._content)}, in UTF-8.")


def _checked(
    data: bytes, is_json: bool, schema: AnySchema, defaults: Mapping[str, Any]
) -> tuple[JSON, list[Violation]]:
    try:
        value: JSON = strict_json.loads(data) if is_json else data.decode()
    except strict_json.MalformedJson as malformed:
        return None, [_violation(path, message) for path, message in malformed.flaws]
    except UnicodeDecodeError:
        return None, [_violation((), "is not valid UTF-8")]
    violations = [_violation(breach.path, breach.message) for breach in _breaches(schema, value, len(data))]
    if not violations:
        fill(value, defaults)
    return value, violations


def _breaches(schema: AnySchema, value: JSON, size: int) -> list[Breach]:
    if size <= TOLD_IN_FULL_BYTES:
        return schema.breaches(value)
    first = schema.first_breach(value)
    return [first] if first else []


def _violation(path: tuple[str | int, ...], message: str) -> Violation:
    return Violation("body", pointer(path), message)
