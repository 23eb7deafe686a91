"""What one function's zip holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lambda_packages.botocore_data import aws_calls, trimmed
from lambda_packages.imports import Imports, Module
from lambda_packages.target import BuildError

_BOTOCORE_DATA = "botocore/data"
# In a package's folder, but for people and type checkers.
_NOT_DATA = frozenset({".py", ".pyc", ".pyi", ".so", ".typed", ".md", ".rst"})


@dataclass(frozen=True)
class Function:
    """`name` is the operationId in snake case: the name of the handler's module, of its table and of the zip."""

    name: str

    @property
    def module(self) -> str:
        return f"products.handlers.{self.name}"

    @property
    def handler(self) -> str:
        """As Lambda's configuration wants it."""
        return f"{self.module}.handler"

    @property
    def table(self) -> str:
        """The compiled operation, below the project and below the zip's root alike."""
        return f"generated/operations/{self.name}.json"


@dataclass(frozen=True)
class Contents:
    """A zip's files by arcname: `sources` are still to be compiled, `files` go in as they are, `made` are new."""

    sources: dict[str, Path]
    files: dict[str, Path]
    made: dict[str, bytes]


def functions(project: Path) -> list[Function]:
    """One for each compiled operation. Raises BuildError when nothing is compiled."""
    names = sorted(path.stem for path in (project / "generated" / "operations").glob("*.json"))
    if not names:
        raise BuildError("generated/operations is empty: run scripts/generate first")
    return [Function(name) for name in names]


def contents(function: Function, project: Path, wheels: Path) -> Contents:
    """Everything that the function can reach, and nothing else. Raises BuildError."""
    imports = Imports(own=[project / "src"], third_party=[wheels])
    modules = imports.reachable(function.module)
    files = {module.arcname: module.path for module in modules if not module.is_python}
    made: dict[str, bytes] = {}
    if any(module.name == "botocore" for module in modules):
        calls = aws_calls(module for module in modules if imports.is_own(module))
        data = trimmed(wheels / _BOTOCORE_DATA, calls)
        made = {f"{_BOTOCORE_DATA}/{path}": content for path, content in data.items()}
    return Contents(
        sources={module.arcname: module.path for module in modules if module.is_python},
        files={**files, **dict(_data(modules)), function.table: project / function.table},
        made=made,
    )


def _data(modules: Iterable[Module]) -> Iterator[tuple[str, Path]]:
    """What lies beside a package's modules: certificates, time zones."""
    for module in modules:
        if module.path.name == "__init__.py":
            for path in module.path.parent.iterdir():
                if path.is_file() and path.suffix not in _NOT_DATA:
                    yield f"{module.arcname.removesuffix('__init__.py')}{path.name}", path
