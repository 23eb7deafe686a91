"""Preconditions on a version (RFC 9110, section 13): If-Match and If-None-Match, evaluated here and nowhere else.

A version's entity tag (8.8.3) is strong: version 3 is `"3"`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from products.errors import PreconditionFailed

if TYPE_CHECKING:
    pass

_TAG = re.compile(r'(W/)?"([!#-~]*)"')
# A version as this service writes it. Longer ones are no version of ours, and DynamoDB's numbers end at 38 digits.
_VERSION = re.compile(r"0|[1-9][0-9]{0,14}")

CHANGED = "If-Match does not name the current version. Read the resource again, and send the ETag of that answer."
WEAK = 'A weak tag (W/"...") never matches in If-Match. Send the ETag without W/; a proxy may have put it there.'
EXCLUDED = "If-None-Match rules out the current version."


def entity_tag(version: int) -> str:
    return f'"{version}"'


class EntityTags(NamedTuple):
    """The versions that a list of entity tags names: by strong tags, and by weak ones.

    Tags that this service never made name none. `any` for `*`, which names every version there can be.
    """

    strong: frozenset[int]
    weak: frozenset[int]
    any: bool

    @classmethod
    def read(cls, header: object) -> EntityTags | None:
        """The tags in a valid If-Match or If-None-Match; None when the header was not sent.

        Empty elements, which lists may have (RFC 9110, 5.6.1.2), are passed over.
        """
        if not isinstance(header, str):
            return None
        tags = [(weak, int(tag)) for weak, tag in _TAG.findall(header) if _VERSION.fullmatch(tag)]
        return cls(
            strong=frozenset(version for weak, version in tags if not weak),
            weak=frozenset(version for weak, version in tags if weak),
            any="*" in _TAG.sub("", header),
        )


class Preconditions(NamedTuple):
    """The preconditions of one request; a header that was not sent is None, and asks for nothing."""

    if_match: EntityTags | None = None
    if_none_match: EntityTags | None = None

    @classmethod
    def read(cls, headers: Mapping[str, object]) -> Preconditions:
        return cls(EntityTags.read(headers.get("If-Match")), EntityTags.read(headers.get("If-None-Match")))

    @property
    def admitted(self) -> frozenset[int] | None:
        """The versions that a write may change; None for all but the excluded ones."""
        if self.if_none_match is not None and self.if_none_match.any:
            return frozenset()
        if self.if_match is None or self.if_match.any:
            return None
        return self.if_match.strong - self.excluded

    @property
    def excluded(self) -> frozenset[int]:
        """The versions that a write may not change."""
        tags = self.if_none_match
        return frozenset() if tags is None else tags.strong | tags.weak

    def check_write(self, version: int, *, written_from: int | None = None) -> None:
        """Raises PreconditionFailed unless a write may change this version, the current one.

        `written_from`: the version that became the current one by just this change. If-Match may name that one, too:
        most likely the request is repeated, its first answer lost (RFC 9110, 13.1.1).
        """
        self._check_match(version, written_from)
        if self._is_excluded(version):
            raise PreconditionFailed(EXCLUDED)

    def not_modified(self, version: int) -> bool:
        """Whether a reader has the current version already: 304. Raises PreconditionFailed for If-Match.

        If-Match comes first (RFC 9110, 13.2.2).
        """
        self._check_match(version)
        return self._is_excluded(version)

    def _check_match(self, *versions: int | None) -> None:
        """The comparison is strong (13.1.1)."""
        tags = self.if_match
        if tags is not None and not tags.any and tags.strong.isdisjoint(versions):
            raise PreconditionFailed(CHANGED if tags.weak.isdisjoint(versions) else WEAK)

    def _is_excluded(self, version: int) -> bool:
        """The comparison is weak (13.1.2)."""
        return version in self.excluded or (self.if_none_match is not None and self.if_none_match.any)
