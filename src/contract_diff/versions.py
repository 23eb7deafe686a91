"""Semantic versions (https://semver.org): which part must move, and whether it did."""

from __future__ import annotations

import re
from typing import NamedTuple

from contract_diff.changes import Weight

# The grammar of semver.org, 2 and 9 to 10.
_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?")


class NoVersion(Exception):
    """A text is not a semantic version."""


class Version(NamedTuple):
    """A version; `release` is False for one like 2.0.0-rc.1, which comes before 2.0.0."""

    major: int
    minor: int
    patch: int
    release: bool

    @classmethod
    def read(cls, text: str) -> Version:
        """Raises NoVersion."""
        found = _VERSION.fullmatch(text)
        if found is None:
            raise NoVersion(f"info.version is not a semantic version: {text}")
        return cls(int(found[1]), int(found[2]), int(found[3]), found[4] is None)

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    def next(self, weight: Weight) -> Version:
        """The least version that tells of such a change; below 1.0.0 the minor part tells of breaks (semver.org, 4)."""
        if weight is Weight.BREAKING and self.major:
            return Version(self.major + 1, 0, 0, True)
        if weight is Weight.BREAKING or (weight is Weight.ADDITION and self.major):
            return Version(self.major, self.minor + 1, 0, True)
        return Version(self.major, self.minor, self.patch + 1, True)

    def tells(self, former: Version, weight: Weight) -> bool:
        """Whether this version, after `former`, tells of such a change."""
        return self[:3] >= former.next(weight)[:3]
