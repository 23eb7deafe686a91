"""Preconditions on a version (RFC 9110, section 13): If-Match and If-None-Match, evaluated here and nowhere else.

A version's entity tag (8.8.3) is strong: version 3 is `"3"`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from products.errors import PreconditionFailed

_TAG = r'(W/)?"([!#-~]*)"'
# A version as this service writes it. Longer ones are no version of ours, and DynamoDB's numbers end at 38 digits.
_VERSION = r"0|[1-9][0-9]{0,14}"

CHANGED = "If-Match does not name the current version. Read the resource again, and send the ETag of that answer."
WEAK = 'A weak tag (W/"...") never matches in If-Match. Send the ETag without W/; a proxy may have put it there.'
EXCLUDED = "If-None-Match rules out the current version."


def entity_tag(version: int) -> str:
    return f'"{version}"'


class EntityTags:
    """The versions that the tags of a valid If-Match or If-None-Match name: `strong` ones, and `weak` ones.

    Tags that this service never made name none, and neither do empty elements, which lists may have (RFC 9110,
    5.6.1.2). `any` for `*`, which names every version there can be.
    """

    def __init__(self, header: str) -> None:
        tags = [(weak, int(tag)) for weak, tag in re.findall(_TAG, header) if re.fullmatch(_VERSION, tag)]
        self.strong = frozenset(version for weak, version in tags if not weak)
        self.weak = frozenset(version for weak, version in tags if weak)
        self.any = "*" in re.sub(_TAG, "", header)


class Preconditions:
    """The preconditions in the headers of one request; a header that was not sent asks for nothing."""

    def __init__(self, headers: Mapping[str, object]) -> None:
        if_match, if_none_match = headers.get("If-Match"), headers.get("If-None-Match")
        self.if_match = None if if_match is None else EntityTags(str(if_match))
        self.if_none_match = None if if_none_match is None else EntityTags(str(if_none_match))

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
