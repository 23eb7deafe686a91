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
from itertools import accumulate
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
            # Importing a.b.c imports a and a.b first.
            for name in accumulate(waiting.pop().split("."), lambda package, name: f"{package}.{name}"):
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
        for imported, *names in _imported(module) if module.is_python else []:
            ships = imported.partition(".")[0] in sys.stdlib_module_names or any(map(self._find, [imported, *names]))
            if self.is_own(module) and not ships:
                raise BuildError(f"{module.name} imports {imported}, which is not among what ships")
            yield from (imported, *names)


@cache
def parse(module: Module) -> ast.Module:
    """The module's syntax tree. Raises SyntaxError."""
    return ast.parse(module.path.read_bytes(), filename=str(module.path))


@cache
def _imported(module: Module) -> list[list[str]]:
    """What the module imports, in functions too: each time the module, and what may be one (`from a import b`: a.b)."""
    found: list[list[str]] = []
    package = module.name.split(".") if module.path.name == "__init__.py" else module.name.split(".")[:-1]
    for node in _running(parse(module)):
        if isinstance(node, ast.Import):
            found += [[alias.name] for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            parents = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*parents, node.module] if node.module else parents)
            found.append([base, *(f"{base}.{alias.name}" for alias in node.names)])
    return found


def _running(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node of a tree but for those that only a type checker reads, or another system than Lambda's runs."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(node.orelse if _never_runs(node) else ast.iter_child_nodes(node))


def _never_runs(node: ast.AST) -> TypeGuard[ast.If]:
    match node:
        case ast.If(test=ast.Compare(left=left, ops=[ast.Eq()], comparators=[ast.Constant(value=system)])):
            return ast.unparse(left) == "sys.platform" and system != "linux"
        case ast.If(test=test):
            return ast.unparse(test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}
    return False


@cache
def _find_below(root: Path, name: str) -> Module | None:
    place = root.joinpath(*name.split("."))
    extensions = sorted(place.parent.glob(f"{place.name}.*so"))
    files = [place / "__init__.py", place.with_name(f"{place.name}.py"), *extensions]
    path = next((path for path in files if path.is_file()), None)
    return None if path is None else Module(name, path, path.relative_to(root).as_posix())
