"""Which modules a module can reach: every import that its code names, followed to the end.

Imports inside functions count too: they run late, on the very error path that no trial run takes. What stands under
`if TYPE_CHECKING`, or `if sys.platform ==` something else than Linux, does not. Nothing is executed, so the answer is
the same on every machine.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeGuard

from lambda_packages.target import BuildError


@dataclass(frozen=True, order=True)
class Module:
    """A module's file; `arcname` is where it stands below its root, and will stand in the zip."""

    name: str
    path: Path
    arcname: str

    @property
    def is_python(self) -> bool:
        return self.path.suffix == ".py"

    @property
    def package(self) -> str:
        return self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]


class Imports:
    """Follows imports through `own` folders, whose imports must all be found, and `third_party` ones, which may
    name optional packages that are not there."""

    def __init__(self, own: Sequence[Path], third_party: Sequence[Path]) -> None:
        self._own = tuple(own)
        self._roots = (*own, *third_party)

    def reachable(self, entry: str) -> list[Module]:
        """The modules that `entry` can import, itself included, by name. Raises BuildError for one that is missing."""
        found: dict[str, Module] = {}
        waiting = [entry]
        while waiting:
            for name in _with_parents(waiting.pop()):
                module = None if name in found else self._find(name)
                if module is not None:
                    found[name] = module
                    waiting.extend(self._names(module))
        if entry not in found:
            raise BuildError(f"there is no module {entry}")
        return sorted(found.values())

    def is_own(self, module: Module) -> bool:
        return any(module.path.is_relative_to(root) for root in self._own)

    def _find(self, name: str) -> Module | None:
        return next((module for root in self._roots if (module := _find_below(root, name)) is not None), None)

    def _names(self, module: Module) -> Iterator[str]:
        for imported in _imported(module) if module.is_python else []:
            if self.is_own(module):
                self._check(module, imported)
            yield from imported.names

    def _check(self, module: Module, imported: _Imported) -> None:
        top = imported.module.partition(".")[0]
        if top in sys.stdlib_module_names or any(self._find(name) for name in (imported.module, *imported.names)):
            return
        raise BuildError(f"{module.name} imports {imported.module}, which is not among what ships")


@dataclass(frozen=True)
class _Imported:
    """One import: the module, and every name that may be a module (`from a import b` may mean a.b)."""

    module: str
    names: tuple[str, ...]


def parse(module: Module) -> ast.Module:
    """The module's syntax tree. Raises SyntaxError."""
    return _parse(module.path)


@cache
def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_bytes(), filename=str(path))


@cache
def _imported(module: Module) -> list[_Imported]:
    """What the module imports, in functions too."""
    found: list[_Imported] = []
    for node in _running(parse(module)):
        if isinstance(node, ast.Import):
            found += [_Imported(alias.name, (alias.name,)) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, module)
            found.append(_Imported(base, (base, *(f"{base}.{alias.name}" for alias in node.names))))
    return found


def _running(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node of a tree but for those that only a type checker reads, or another system than Lambda's runs."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(node.orelse if _never_runs(node) else ast.iter_child_nodes(node))


def _never_runs(node: ast.AST) -> TypeGuard[ast.If]:
    if not isinstance(node, ast.If):
        return False
    match node.test:
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[ast.Constant(value=system)]):
            return ast.unparse(left) == "sys.platform" and system != "linux"
    return ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}


def _absolute(node: ast.ImportFrom, module: Module) -> str:
    if not node.level:
        return node.module or ""
    parts = module.package.split(".")
    parents = parts[: len(parts) - node.level + 1]
    return ".".join([*parents, node.module] if node.module else parents)


def _with_parents(name: str) -> list[str]:
    """Importing a.b.c imports a and a.b first."""
    parts = name.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts) + 1)]


@cache
def _find_below(root: Path, name: str) -> Module | None:
    place = root.joinpath(*name.split("."))
    extensions = sorted(place.parent.glob(f"{place.name}.*so"))
    files = [place / "__init__.py", place.with_name(f"{place.name}.py"), *extensions]
    path = next((path for path in files if path.is_file()), None)
    return None if path is None else Module(name, path, path.relative_to(root).as_posix())
