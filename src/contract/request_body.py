"""The request's body: its size, its media type, its JSON, its schema, its defaults; in this order."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from copy import deepcopy
from types import MappingProxyType
from typing import Any, TypeAlias

from contract import strict_json
from contract.gateway_event import MalformedBody, RawRequest
from contract.http_syntax import is_json, is_validated, matching_media_type, parse_media_type
from contract.messages import JSON
from contract.problems import Refusal, Violation
from contract.schemas import AnySchema, Definitions
from contract.strict_json import pointer

# RFC 9110, section 8.3: a body of no stated type may be taken for this one, and is: nothing is guessed.
_UNSTATED = "application/octet-stream"

# What one media type's body must be (None: any bytes), and what is filled in where it is silent.
_Content: TypeAlias = "tuple[AnySchema | None, Mapping[str, Any]]"

# Each error costs some 15 microseconds and a kilobyte: the hundreds of thousands that a larger body can have would
# outlast the gateway's timeout and a small function's memory.
ALL_ERRORS_UP_TO_BYTES = 65_536

_NONE: Mapping[str, Any] = MappingProxyType({})


class RequestBody:
    """The body that an operation takes."""

    def __init__(self, declared: Mapping[str, Any], definitions: Definitions) -> None:
        self._required: bool = declared["required"]
        self._max_bytes: int | None = declared["maxBytes"]
        self._content = {
            key: (definitions.optional_schema(entry), entry["defaults"]) for key, entry in declared["content"].items()
        }

    def read(self, raw: RawRequest) -> tuple[JSON, list[Violation]]:
        """Returns the body's value, defaults filled in, or None when there is none; and every violation.

        Of a body of more than ALL_ERRORS_UP_TO_BYTES, the first violation of the schema only.
        JSON is its value, a text of another kind a string, and bytes without a schema are their base64 text.
        Raises Refusal 413 and 415.
        """
        try:
            data = raw.body_bytes()
        except MalformedBody:
            return None, [_violation((), "encoding", "is not properly encoded text")]
        if data is None:
            return None, [_violation((), "required", "is required")] if self._required else []
        if self._max_bytes is not None and len(data) > self._max_bytes:
            raise Refusal(413, f"The body may have at most {self._max_bytes} bytes.")
        essence, (schema, defaults) = self._negotiated(raw)
        if schema is None:
            return base64.b64encode(data).decode(), []
        try:
            value: JSON = strict_json.loads(data) if is_json(essence) else data.decode()
        except strict_json.MalformedText as malformed:
            return None, [_violation(path, "json", message) for path, message in malformed.flaws]
        except UnicodeDecodeError:
            return None, [_violation((), "encoding", "is not valid UTF-8")]
        errors = schema.errors(value, only_first=len(data) > ALL_ERRORS_UP_TO_BYTES)
        if not errors:
            fill(value, defaults)
        return value, [_violation(*error) for error in errors]

    def _negotiated(self, raw: RawRequest) -> tuple[str, _Content]:
        """Returns the body's media type and its content; what a schema validates must be UTF-8, not compressed."""
        stated = raw.header("content-type")
        essence, charset = parse_media_type(_UNSTATED if stated is None else stated) or ("", None)
        key = matching_media_type(self._content, essence) if essence else None
        if key is not None:
            schema, defaults = self._content[key]
            coding = (raw.header("content-encoding") or "identity").lower()
            if schema is None or (coding == "identity" and is_validated(essence, charset)):
                return essence, (schema, defaults)
        raise Refusal(415, f"Send the body as {' or '.join(self._content)}, in UTF-8.")


def fill(value: JSON, defaults: Mapping[str, Any]) -> None:
    """Puts the defaults of absent fields into a valid value, in place.

    `defaults` mirrors the schema: `properties` by name, each with its `default` or what is below it, `additional` for
    the other fields of an object, and `items` for an array.
    """
    if isinstance(value, dict):
        properties = defaults.get("properties", _NONE)
        if "additional" in defaults:
            for name in value.keys() - properties.keys():
                fill(value[name], defaults["additional"])
        for name, below in properties.items():
            if name in value:
                fill(value[name], below)
            elif "default" in below:
                value[name] = deepcopy(below["default"])  # A handler may change its own.
    elif isinstance(value, list) and "items" in defaults:
        for member in value:
            fill(member, defaults["items"])


def _violation(path: tuple[str | int, ...], rule: str, message: str) -> Violation:
    return Violation("body", pointer(path), message, rule)
