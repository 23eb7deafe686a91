"""Versions: which part must move (https://semver.org), whether it did, and what the changelog says of each."""

from __future__ import annotations

import re
from typing import NamedTuple

from contract_diff.changes import Weight

# The grammar of semver.org, 2 and 9 to 10.
_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?")


class NoVersion(Exception):
    """Exception for a text that is not a semantic version."""


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
        """The least version for such a change; below 1.0.0 the minor part moves for breaks (semver.org, 4)."""
        if weight is Weight.BREAKING and self.major:
            return Version(self.major + 1, 0, 0, True)
        if weight is Weight.BREAKING or (weight is Weight.ADDITION and self.major):
            return Version(self.major, self.minor + 1, 0, True)
        return Version(self.major, self.minor, self.patch + 1, True)

    def covers(self, former: Version, weight: Weight) -> bool:
        """Whether this version, after `former`, is high enough for such a change."""
        return self[:3] >= former.next(weight)[:3]


_HEADING = re.compile(r"^## \[([^\]]+)\](?: - (\S+))?\s*$", re.MULTILINE)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_UNRELEASED = "Unreleased"


class Changelog:
    """The sections of a changelog in the form of https://keepachangelog.com/en/1.1.0/, by version."""

    def __init__(self, text: str) -> None:
        self._dates: dict[str, str] = {}
        self._sections: dict[str, str] = {}
        headings = list(_HEADING.finditer(text))
        ends = [*(heading.start() for heading in headings[1:]), len(text)]
        for heading, end in zip(headings, ends, strict=False):
            self._dates[heading[1]] = heading[2] or ""
            self._sections[heading[1]] = text[heading.end() : end]

    def is_released(self, version: str) -> bool:
        """Whether the version has a date."""
        return _DATE.fullmatch(self._dates.get(version, "")) is not None

    @property
    def released(self) -> list[str]:
        """Every version with a date, the newest first."""
        return [version for version in self._dates if self.is_released(version)]

    def covers(self, version: str, words: str) -> bool:
        """Whether the section of that version, or of what is unreleased, has these words."""
        return any(words in self._sections.get(name, "") for name in (version, _UNRELEASED))
