"""Paths of an OpenAPI document: literals, and parameters in braces (OpenAPI 3.0.3, Paths Object)."""

from __future__ import annotations

import re

_PARAMETER = re.compile(r"\{([^{}]*)\}")


def names(path: str) -> list[str]:
    """The parameters, in their order."""
    return _PARAMETER.findall(path)


def anonymous(path: str) -> str:
    """The same for paths that match the same requests: what a parameter is called does not count."""
    return _PARAMETER.sub("{}", path)


def is_template(path: str) -> bool:
    """Whether every brace belongs to a parameter with a name."""
    return all(names(path)) and re.search("[{}]", _PARAMETER.sub("", path)) is None
