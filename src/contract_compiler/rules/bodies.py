"""Bodies: JSON is held against its schema, text is a string; what neither is cannot be enforced."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from contract_compiler.content import is_any_bytes, is_media_range, is_text, may_be_json, media_range
from contract_compiler.diagnostics import Diagnostic
from contract_compiler.document import Node
from contract_compiler.parameter_types import type_name
from contract_compiler.traversal import Part


def media_types(part: Part) -> Iterator[Diagnostic]:
    """Media types are well formed, and each is there once."""
    if "content" not in part.node:
        return
    counts = Counter(media_range(name) for name in part.node.read("content"))
    for name, media in part.node["content"].entries():
        if not is_media_range(media_range(name)):
            yield media.diagnostic(
                "media-type", "it is no media type or range, or has a parameter other than charset=utf-8"
            )
        elif counts[media_range(name)] > 1:
            yield media.diagnostic("media-type-twice", "the same media type is there twice")


def bodies(part: Part) -> Iterator[Diagnostic]:
    """A schema is enforced for JSON and for text; any other body is bytes."""
    for key, media in part.node["content"].entries() if "content" in part.node else ():
        name = media_range(key)
        if is_text(name):
            yield from _text(media)
        elif not may_be_json(name) and not is_any_bytes(media.get("schema")):
            message = f"a body of {name} cannot be held against a schema: only JSON and text can"
            yield media.diagnostic("body-unenforceable", message, "schema")


def _text(media: Node) -> Iterator[Diagnostic]:
    schema = media.get("schema")
    if schema is not None and type_name(schema) not in ("string", "any"):
        yield media.diagnostic("body-text-type", "the body of a text is a string", "schema")


def size_limits(part: Part) -> Iterator[Diagnostic]:
    """`x-max-bytes` is a number of bytes."""
    limit = part.node.read("x-max-bytes", 1)
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
        yield part.node.diagnostic("body-size", "it must be a whole number of bytes, at least 1", "x-max-bytes")
