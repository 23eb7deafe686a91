"""Bodies by media type.

OpenAPI 3.0.3, Media Type Object: https://spec.openapis.org/oas/v3.0.3#media-type-object
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from contract.http_syntax import is_json
from contract_compiler.document import Node
from contract_compiler.references import follow
from contract_compiler.schemas import Schemas
from contract_compiler.traversal import Direction

_TOKEN = r"[!#$&^_.+0-9a-z-]+"  # RFC 6838, 4.2, and the lower-case half of it: the names ignore case
_RANGE = re.compile(rf"(?:\*/\*|{_TOKEN}/(?:\*|{_TOKEN}))")
_BYTES = {"type": "string", "format": "binary"}
_CHARSET = re.compile(r'\s*;\s*charset\s*=\s*"?utf-8"?\s*$')


def media_range(name: str) -> str:
    """The media type or range in lower case, without `charset=utf-8`, which goes without saying (RFC 8259, 8.1)."""
    return _CHARSET.sub("", name.lower().strip())


def is_media_range(name: str) -> bool:
    """Whether the text is a media type or range without parameters."""
    return _RANGE.fullmatch(name) is not None


def may_be_json(name: str) -> bool:
    """Whether bodies of this media type or range can be JSON, other than one string."""
    return name in ("*/*", "application/*") or is_json(name)


def is_text(name: str) -> bool:
    """Whether bodies of this media type or range are one string to a schema: a plain text or, under a range, JSON's."""
    return name.startswith("text/") and not is_json(name)


def is_any_bytes(schema: Node | None) -> bool:
    """Whether a body's schema admits any bytes: there is none, or it says `format: binary` and nothing else."""
    return schema is None or {key: value for key, value in follow(schema).value.items() if key in _BYTES} == _BYTES


def content_rows(content: Node | None, schemas: Schemas, direction: Direction) -> dict[str, dict[str, Any]]:
    """The table's rows for bodies; a row without `schema` allows any bytes of its media type."""
    return {name: _row(name, media, schemas, direction) for name, media in _entries(content)}


def _entries(content: Node | None) -> Iterator[tuple[str, Node]]:
    if content is not None:
        yield from ((media_range(name), media) for name, media in content.entries())


def _row(name: str, media: Node, schemas: Schemas, direction: Direction) -> dict[str, Any]:
    schema = media.get("schema")
    if may_be_json(name) or is_text(name):
        if schema is not None:
            return {"schema": schemas.translate(schema, direction)}
        return {} if "*" in name else {"schema": {}}
    return {}
