"""Where the two contracts come from: files, or the history of the checkout.

The old contract is the last one that was released: the newest tag `v*` in the history of HEAD. Until there is a release
(the changelog dates none), it is the one that the branch left `main` with, and on `main` itself the one of the commit
before. A clone that does not reach so far back says so: it never passes because it knows too little.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

from contract_compiler.document import Node, parse
from contract_compiler.lint import readable
from contract_diff.versions import Changelog

CONTRACT = "openapi/products.yaml"
_MAINLINES = ("origin/main", "main")


class NoSource(Exception):
    """Exception for a source without a contract; the message says what to do."""


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
        Refused: it is not an OpenAPI 3.0 document.
    """
    return Source(name, _parsed(_text(name, project)))


def working_tree(project: Path) -> Source:
    """The contract as it is in the checkout. Raises InvalidDocument and OSError."""
    return replace(read(str(project / CONTRACT), project), name=CONTRACT)


def last_released(project: Path, changelog: Changelog) -> Source:
    """The contract that clients have. Raises NoSource and InvalidDocument."""
    tag = _git(project, "describe", "--tags", "--abbrev=0", "--match", "v[0-9]*")
    if tag is not None:
        return _at(project, tag, f"the newest release is {tag}", is_released=True)
    if changelog.released:
        raise NoSource(
            f"The changelog says that {changelog.released[0]} was released, but no tag v* is in the history of HEAD. "
            "Fetch it (git fetch --tags --unshallow), or name the old contract."
        )
    return _before(project)


def _before(project: Path) -> Source:
    if _git(project, "rev-parse", "--verify", "HEAD") is None:
        raise NoSource(f"There is no git history at {project}. Name the old contract.")
    for mainline in _MAINLINES:
        base = _git(project, "merge-base", "HEAD", mainline)
        if base is not None and base != _git(project, "rev-parse", "HEAD"):
            why = f"nothing is released yet, and the branch left {mainline} at {base[:10]}"
            return _at(project, base, why, is_released=False)
    if _git(project, "rev-parse", "--verify", "HEAD~1") is None:
        raise NoSource(_no_parent(project))
    why = "nothing is released yet, and HEAD~1 is the commit before"
    return _at(project, "HEAD~1", why, is_released=False)


def _no_parent(project: Path) -> str:
    if _git(project, "rev-parse", "--is-shallow-repository") == "true":
        return (
            "This clone is shallow: it has neither a release nor the commit before, so there is nothing to compare. "
            "Fetch them (git fetch --tags --unshallow), or name the old contract."
        )
    return "This is the first commit, and nothing is released: name the old contract."


def _at(project: Path, revision: str, chosen: str, *, is_released: bool) -> Source:
    return replace(read(f"git:{revision}", project), chosen=chosen, is_released=is_released)


def _parsed(text: str) -> Node:
    document = parse(text)
    readable(document)
    return document


def _text(name: str, project: Path) -> str:
    if not name.startswith("git:"):
        return Path(name).read_text(encoding="utf-8")
    text = _git(project, "show", f"{name.removeprefix('git:')}:{CONTRACT}")
    if text is None:
        raise NoSource(f"git knows no {CONTRACT} at {name.removeprefix('git:')} (a shallow clone may lack it).")
    return text


def _git(project: Path, *arguments: str) -> str | None:
    """What git says, None when it fails."""
    try:
        done = subprocess.run(["git", *arguments], cwd=project, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise NoSource("git is needed for this and was not found. Name the old contract.") from None
    return done.stdout.strip() if done.returncode == 0 else None
