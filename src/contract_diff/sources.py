"""Where the two contracts come from: files, or the history of the checkout; and what the changelog says was released.

The old contract is the last one that was released: the newest tag `v*` in the history of HEAD. Until there is a release
(the changelog dates none), it is the one that the branch left `main` with, and on `main` itself the one of the commit
before. A clone that does not reach so far back says so: it never passes because it knows too little.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from contract_compiler.document import Node, parse
from contract_compiler.lint import readable
from contract_diff.changes import Weight

CONTRACT = "openapi/products.yaml"
_DEEPEN = "Fetch {} (git fetch --tags --unshallow), or name the old contract."
# The grammar of semver.org, 2 and 9 to 10.
_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?")
_HEADING = re.compile(r"^## \[([^\]]+)\](?: - (\S+))?\s*$", re.MULTILINE)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class NoSource(Exception):
    """Exception for a source without a contract; the message says what to do."""


class NestedTooDeeply(Exception):
    """Exception for contracts whose schemas are one inside the other in more levels than are compared."""

    def __init__(self, *names: str) -> None:
        super().__init__(f"{' or '.join(dict.fromkeys(names))} is nested too deeply to compare. Nest fewer schemas.")


class NoVersion(Exception):
    """Exception for a text that is not a semantic version."""


class Version(NamedTuple):
    """A version (https://semver.org); `release` is False for one like 2.0.0-rc.1, which comes before 2.0.0."""

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


class Changelog:
    """A changelog in the form of https://keepachangelog.com/en/1.1.0/; `released` are the versions with a date."""

    def __init__(self, text: str) -> None:
        _, *fields = _HEADING.split(text)
        versions, dates, sections = fields[::3], fields[1::3], fields[2::3]
        self._sections = dict(zip(versions, sections, strict=True))
        self.released = [name for name, date in zip(versions, dates, strict=True) if _DATE.fullmatch(date or "")]

    def covers(self, version: str, words: str) -> bool:
        """Whether the section of that version, or of what is unreleased, has these words."""
        return any(words in self._sections.get(name, "") for name in (version, "Unreleased"))


@dataclass(frozen=True, slots=True)
class Source:
    """A contract, and what to call it; `chosen` says why it is compared, where nobody named it.

    `is_released`: False where nothing has been released yet, so that this version may still grow.
    """

    name: str
    document: Node
    chosen: str = ""
    is_released: bool = True

    @property
    def version(self) -> str:
        """Its `info.version`."""
        return str(self.document["info"].read("version"))


def read(name: str, project: Path) -> Source:
    """The contract in a file, or `git:REVISION`.

    Raises:
        NoSource: there is none.
        InvalidDocument: it is not an OpenAPI 3.0 document in UTF-8.
        NestedTooDeeply: it is one that cannot be checked.
        OSError: the file cannot be read.
    """
    revision = name.removeprefix("git:")
    found = _printed(project, "show", f"{revision}:{CONTRACT}") if name.startswith("git:") else Path(name).read_bytes()
    if found is None:
        raise NoSource(f"git knows no {CONTRACT} at {revision} (a shallow clone may lack it).")
    document = parse(found, name)
    try:
        readable(document)
    except RecursionError:
        raise NestedTooDeeply(name) from None
    return Source(name, document)


def last_released(project: Path, changelog: Changelog) -> Source:
    """The contract that clients have. Raises what `read` raises."""
    tag = git(project, "describe", "--tags", "--abbrev=0", "--match", "v[0-9]*")
    if tag is not None:
        return replace(read(f"git:{tag}", project), chosen=f"the newest release is {tag}")
    if changelog.released:
        missing = (
            f"The changelog says that {changelog.released[0]} was released, but no tag v* is in the history of HEAD."
        )
        raise NoSource(f"{missing} {_DEEPEN.format('it')}")
    revision, chosen = _unreleased(project)
    return replace(read(f"git:{revision}", project), chosen=f"nothing is released yet, and {chosen}", is_released=False)


def _unreleased(project: Path) -> tuple[str, str]:
    """The revision to compare with before the first release, and why."""
    head = git(project, "rev-parse", "--verify", "HEAD")
    if head is None:
        raise NoSource(f"There is no git history at {project}. Name the old contract.")
    for mainline in ("origin/main", "main"):
        base = git(project, "merge-base", "HEAD", mainline)
        if base is not None and base != head:
            return base, f"the branch left {mainline} at {base[:10]}"
    if git(project, "rev-parse", "--verify", "HEAD~1") is not None:
        return "HEAD~1", "HEAD~1 is the commit before"
    if git(project, "rev-parse", "--is-shallow-repository") == "true":
        missing = "it has neither a release nor the commit before, so there is nothing to compare."
        raise NoSource(f"This clone is shallow: {missing} {_DEEPEN.format('them')}")
    raise NoSource("This is the first commit, and nothing is released: name the old contract.")


def git(project: Path, *arguments: str) -> str | None:
    """What git prints, white space around it taken off; None when it fails. Raises NoSource where there is no git."""
    printed = _printed(project, *arguments)
    return None if printed is None else printed.decode("utf-8", "replace").strip()


def _printed(project: Path, *arguments: str) -> bytes | None:
    try:
        done = subprocess.run(["git", *arguments], cwd=project, capture_output=True, check=False)
    except FileNotFoundError:
        raise NoSource("git is needed for this and was not found. Name the old contract.") from None
    return done.stdout if done.returncode == 0 else None
