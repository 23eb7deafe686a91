"""The changelog, as Keep a Changelog has it (https://keepachangelog.com/en/1.1.0/): what it says of which version."""

from __future__ import annotations

import re

_HEADING = re.compile(r"^## \[([^\]]+)\](?: - (\S+))?\s*$", re.MULTILINE)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_UNRELEASED = "Unreleased"


class Changelog:
    """The sections of a changelog, by version."""

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

    def tells(self, version: str, words: str) -> bool:
        """Whether the section of that version, or of what is unreleased, has these words."""
        return any(words in self._sections.get(name, "") for name in (version, _UNRELEASED))
