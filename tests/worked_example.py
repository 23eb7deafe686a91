"""The worked examples of CONTRIBUTING.md, carried out in a copy of the project."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "CONTRIBUTING.md"
FIELD, FILTER, OPERATION = "An example: a field", "An example: a filter", "An example: an operation"

SECOND_RESOURCE = ROOT / "tests/fixtures/second_resource"

_HEADING = re.compile(r"(?:  )?[a-z]\w*:\n")
_COPIED = ("openapi", "generated", "src", "tests", "scripts", "terraform", "pyproject.toml", "CHANGELOG.md")
_LEFT = shutil.ignore_patterns(
    "__pycache__",
    "node_modules",
    ".fallbacks",
    ".oldest_pydantic",
    ".python_client",
    ".terraform*",
    "*.tfstate*",
    ".*_cache",
    ".hypothesis",
)
_BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ENVIRONMENT = """\
PROJECT=$(cd "$(dirname "${{BASH_SOURCE[0]}}")/.." && pwd)
PYTHON={python}
NODE_TOOLS={tools}
install_node_tools() {{ :; }}
say() {{ printf '%s\\n' "$*" >&2; }}
"""


@dataclass(frozen=True)
class Block:
    """A fenced block of the page: a `diff`, or a file in full if it has a `path`, or what a command prints.

    `lines` are the numbers of its first and last line.
    """

    language: str
    path: str
    text: str
    lines: tuple[int, int]


def blocks(section: str) -> list[Block]:
    """Those of one section, in their order."""
    page = PAGE.read_text(encoding="utf-8")
    start = page.index(f"\n## {section}\n")
    end = page.find("\n## ", start + 1)
    found = _BLOCK.finditer(page, start, len(page) if end < 0 else end)
    lines = [(each, page.count("\n", 0, each.start()) + 2, page.count("\n", 0, each.end())) for each in found]
    return [Block(each[1], each[2] or "", each[3], (first, last)) for each, first, last in lines]


class WorkedExample:
    """A copy of the project below `root`, in which scripts run with this very interpreter."""

    def __init__(self, root: Path, *, node_tools: Path | None = None) -> None:
        self.root = root
        for name in _COPIED:
            _copy(ROOT / name, root / name)
        tools = node_tools or ROOT / "scripts/toolchain/node_modules"
        (root / "scripts/environment").write_text(_ENVIRONMENT.format(python=sys.executable, tools=tools))
        undone = [self._undo(section) for section in (OPERATION, FILTER, FIELD)]
        if any(undone):
            self.script("generate")

    def _undo(self, section: str) -> bool:
        """Takes the section's example out again where the checkout has followed it; whether it had."""
        done = False
        for block in reversed(blocks(section)):
            if block.language == "diff":
                with suppress(AssertionError):  # It is not in there, or no longer as it was: git then changes nothing.
                    self._run(["git", "apply", "--recount", "--reverse", "-"], block.text)
                    done = True
            elif block.path:
                (self.root / block.path).unlink(missing_ok=True)
        return done

    def follow(self, section: str) -> set[str]:
        """Do what the section says; the files that were touched. Raises AssertionError for a diff that is stale."""
        touched = set()
        for block in blocks(section):
            if block.path:
                (self.root / block.path).write_text(block.text)
                touched.add(block.path)
            elif block.language == "diff":
                files = re.findall(r"^\+\+\+ b/(.+)$", block.text, re.MULTILINE)
                try:
                    self._run(["git", "apply", "--recount", "-"], block.text)
                except AssertionError as failed:
                    raise AssertionError(
                        f"{PAGE.name}, lines {block.lines[0]} to {block.lines[1]}: the diff does not apply any more."
                        f" Give its unchanged lines as they are now in {', '.join(files)}.\n{failed}"
                    ) from None
                touched |= set(files)
        return touched

    def add_second_resource(self) -> set[str]:
        """Do what the page's recipe for a resource says, with the files in tests/fixtures; those that were touched."""
        touched = {"openapi/products.yaml"}
        contract = self.root / "openapi/products.yaml"
        lines = contract.read_text(encoding="utf-8").splitlines(keepends=True)
        headings: list[str] = []
        followed = any(line.startswith("  /v1.0/categories") for line in lines)
        added = (SECOND_RESOURCE / "openapi/categories.yaml").read_text(encoding="utf-8").splitlines(keepends=True)
        for line in [] if followed else added:
            if _HEADING.fullmatch(line):
                headings.append(line)
                place = lines.index(line) + 1
            elif headings:
                lines.insert(place, line)
                place += 1
        contract.write_text("".join(lines), encoding="utf-8")
        for folder in ("src", "tests"):
            shutil.copytree(SECOND_RESOURCE / folder, self.root / folder, dirs_exist_ok=True, ignore=_LEFT)
            found = (path.relative_to(SECOND_RESOURCE) for path in (SECOND_RESOURCE / folder).rglob("*.py"))
            touched |= {path.as_posix() for path in found}
        return touched

    def script(self, *command: str) -> str:
        """What one of the scripts prints."""
        return self._run([str(self.root / "scripts" / command[0]), *command[1:]])

    def python(self, *arguments: str) -> str:
        """What the interpreter prints; only the copy is imported from."""
        return self._run([sys.executable, *arguments])

    def files(self) -> Mapping[str, bytes]:
        """Every file of the copy that is not made by running things."""
        found = (path for path in self.root.rglob("*") if path.is_file() and not _is_made(path))
        return {path.relative_to(self.root).as_posix(): path.read_bytes() for path in found}

    def operations(self) -> list[str]:
        """The operationIds of the compiled contract."""
        index = json.loads((self.root / "generated/operations.json").read_bytes())
        return [operation["operationId"] for operation in index["operations"]]

    def _run(self, command: list[str], text: str = "") -> str:
        path = os.pathsep.join((str(self.root / "src"), str(self.root)))
        environment = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
        for name in ("CI", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG"):
            environment.pop(name, None)
        done = subprocess.run(
            command, cwd=self.root, env=environment, input=text, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
        return done.stdout


def _is_made(path: Path) -> bool:
    return any(part == "__pycache__" or part.startswith(".") for part in path.parts)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=_LEFT, symlinks=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
