"""Versions as entity tags (RFC 9110, 8.8.3): version 3 is the strong tag `"3"`."""

from __future__ import annotations

import re

_TAG = re.compile(r'(W/)?"([!#-~]*)"')
# A version as this service writes it. Longer ones are no version of ours, and DynamoDB's numbers end at 38 digits.
_VERSION = re.compile(r"0|[1-9][0-9]{0,14}")


def entity_tag(version: int) -> str:
    return f'"{version}"'


def if_match(header: str | None) -> frozenset[int] | None:
    """The versions that `If-Match` admits; None when any will do (no header, or `*`).

    The comparison is strong (RFC 9110, 13.1.1): a weak tag, or one that this service never made, admits no version.
    """
    if header is None or header.strip() == "*":
        return None
    return frozenset(int(tag) for weak, tag in _TAG.findall(header) if not weak and _VERSION.fullmatch(tag))


def if_none_match(header: str | None, version: int) -> bool:
    """Whether the client's copy is still good. The comparison is weak (RFC 9110, 13.1.2): `W/"3"` matches `"3"`."""
    if header is None:
        return False
    return header.strip() == "*" or any(tag == str(version) for _, tag in _TAG.findall(header))
