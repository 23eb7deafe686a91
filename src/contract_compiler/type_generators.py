"""Types for clients: Python's, made by datamodel-code-generator, and TypeScript's, made by openapi-typescript (npm).

The settings of the first are profiles of `[tool.datamodel-codegen]` in pyproject.toml: `models` for pydantic models,
`types` for TypedDicts. What no setting gives the models is done to the generator's text: see `finished`.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterable, Iterator
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from contract_compiler.diagnostics import ToolError
from contract_compiler.output import json_text

Profile = Literal["models", "types"]

_BASE = Path(__file__).with_name("pydantic_base.py")
_LONGEST = 88
_SENTINEL = "MISSING"
_LIMITS = frozenset({"ge", "gt", "le", "lt", "multiple_of"})

_Edit = tuple[int, int, str]
"""Begin and end of the text that is replaced, in bytes, and the text in its place."""


def typescript_types(document: dict[str, Any], node_tools: Path) -> str:
    """The text of a `.d.ts` module with the paths, operations and components of a document (`client_document`).

    `node_tools` is a folder `node_modules` that holds openapi-typescript.

    Raises:
        ToolError: the generator is missing or refuses the document.
    """
    tool = "openapi-typescript"
    program = node_tools / ".bin" / tool
    if not program.exists():
        raise ToolError(tool, f"{program} is missing: install openapi-typescript 7 there (npm)")
    # What has a default may be left out.
    return _generated(tool, [str(program)], document, "types.d.ts", ["--default-non-nullable", "false"])


def python_types(document: dict[str, Any], profile: Profile) -> str:
    """The text of a Python module with the types of every schema in a document for clients (`client_document`).

    Raises:
        ToolError: the generator is missing or refuses the document.
    """
    command = [sys.executable, "-m", "datamodel_code_generator", "--profile", profile, "--input"]
    text = _generated("datamodel-code-generator", command, document, "types.py")
    return finished(text) if profile == "models" else text


def _generated(tool: str, command: list[str], document: dict[str, Any], name: str, options: Iterable[str] = ()) -> str:
    with TemporaryDirectory() as folder:
        source, module = Path(folder, "document.json"), Path(folder, name)
        source.write_text(json_text(document, sort_keys=False), encoding="utf-8")
        arguments = [str(source), "--output", str(module), *options]
        done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise ToolError(tool, done.stderr)
        return module.read_text(encoding="utf-8")


def finished(models: str) -> str:
    """The generator's pydantic models, made usable for a client.

    The generator marks what may be left out by a sentinel, which is true and which older pydantic releases do not have:
    here it is None, and never sent. Decimals become JSON's numbers; their limits are decimal, too, for older releases
    compare with binary ones. `pydantic_base` has the classes for that.
    """
    (head, imported, body), (_, needed, shared) = _split(models), _split(_BASE.read_text(encoding="utf-8"))
    return f"{head}{_imports([*imported, *needed])}{shared}{_edited(body)}"


def _split(module: str) -> tuple[str, list[ast.ImportFrom], str]:
    """The text before the module's imports, the imports, and the text after them."""
    lines = module.splitlines(keepends=True)
    imports = [each for each in ast.parse(module).body if isinstance(each, ast.ImportFrom)]
    return "".join(lines[: imports[0].lineno - 1]), imports, "".join(lines[imports[-1].end_lineno :])


def _imports(statements: list[ast.ImportFrom]) -> str:
    """All the imports, but for the sentinel's."""
    names: dict[str, set[str]] = {}
    for statement in statements:
        wanted = {ast.unparse(alias) for alias in statement.names if alias.name != _SENTINEL}
        names.setdefault(str(statement.module), set()).update(wanted)
    future, *others = sorted(filter(names.get, names), key=lambda name: (name != "__future__", name))
    lines = []
    for module in others:
        imported = sorted(names[module])
        line = f"from {module} import {', '.join(imported)}"
        wrapped = [f"from {module} import (", *(f"    {name}," for name in imported), ")"]
        lines += [line] if len(line) <= _LONGEST else wrapped
    return "\n".join((f"from {future} import annotations", "", *lines, ""))


def _edited(body: str) -> str:
    source = _Source(body)
    text = source.text
    edits = [edit for node in ast.walk(ast.parse(body)) for edit in _edits(node, source)]
    for begin, end, new in sorted(edits, reverse=True):
        text = text[:begin] + new.encode() + text[end:]
    return text.decode()


class _Source:
    """The text of a module in bytes, as the places in its syntax tree count."""

    def __init__(self, body: str) -> None:
        self.text = body.encode()
        self.starts = list(accumulate(map(len, self.text.splitlines(keepends=True)), initial=0))

    def begin(self, node: ast.expr) -> int:
        return self.starts[node.lineno - 1] + node.col_offset

    def end(self, node: ast.expr) -> int:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.starts[node.end_lineno - 1] + node.end_col_offset

    def instead(self, node: ast.expr, new: str) -> _Edit:
        return self.begin(node), self.end(node), new


def _edits(node: ast.AST, source: _Source) -> Iterator[_Edit]:
    match node:
        case ast.ClassDef(bases=[ast.Name(id="BaseModel") as base]):
            yield source.instead(base, "_Model")
        case ast.AnnAssign(value=ast.Name(id="MISSING") as value):
            yield source.instead(value, "None")
            yield from _optional(node.annotation, source)
            yield from _decimals(node.annotation, source)
        case ast.AnnAssign():
            yield from _decimals(node.annotation, source)
        case ast.Call(func=ast.Name(id="TypeAliasType"), args=[_, meaning]):
            yield from _decimals(meaning, source)


def _optional(annotation: ast.expr, source: _Source) -> Iterator[_Edit]:
    """None in the sentinel's place, and where null is not allowed, a mark that says so."""
    unions = [each for each in ast.walk(annotation) if isinstance(each, ast.BinOp)]
    union = next(each for each in unions if isinstance(each.right, ast.Name) and each.right.id == _SENTINEL)
    if any(isinstance(each, ast.Constant) and each.value is None for each in ast.walk(union.left)):
        yield source.end(union.left), source.end(union.right), ""
        return
    yield source.instead(union.right, "None")
    match annotation:
        case ast.Subscript(value=ast.Name(id="Annotated"), slice=ast.Tuple(elts=[*_, last])):
            # On a line of its own if the one before it has one.
            margin = source.text[source.starts[last.lineno - 1] : source.begin(last)].decode()
            line_break = " " if margin.strip() else f"\n{margin}"
            yield source.end(last), source.end(last), f",{line_break}_NotNull"
        case _:
            yield source.begin(annotation), source.begin(annotation), "Annotated["
            yield source.end(annotation), source.end(annotation), ", _NotNull]"


def _decimals(annotation: ast.expr, source: _Source) -> Iterator[_Edit]:
    names = [each for each in ast.walk(annotation) if isinstance(each, ast.Name) and each.id == "Decimal"]
    yield from (source.instead(name, "_JsonNumber") for name in names)
    for field in (each for each in ast.walk(annotation) if names and isinstance(each, ast.Call)):
        for limit in field.keywords:
            if limit.arg in _LIMITS and isinstance(limit.value, ast.Constant):
                digits = source.text[source.begin(limit.value) : source.end(limit.value)].decode()
                yield source.instead(limit.value, f'Decimal("{digits}")')
