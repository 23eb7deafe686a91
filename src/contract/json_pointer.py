"""JSON Pointers (RFC 6901)."""

from __future__ import annotations

from collections.abc import Iterable


def pointer(path: Iterable[str | int]) -> str:
    """Returns the JSON Pointer of a path; "" for the whole document."""
    return "".join("/" + escaped(str(step)) for step in path)


def escaped(step: str) -> str:
    """Returns one step as a pointer has it: `~0` for a tilde, `~1` for a slash."""
    return step.replace("~", "~0").replace("/", "~1")


def unescaped(step: str) -> str:
    """Returns the step that stands escaped in a pointer."""
    return step.replace("~1", "/").replace("~0", "~")
