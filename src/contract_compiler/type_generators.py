"""Types for clients: Python's, made by datamodel-code-generator, and TypeScript's, made by openapi-typescript (npm).

The settings of the first are profiles of `[tool.datamodel-codegen]` in pyproject.toml: `models` for pydantic models,
`types` for TypedDicts. What no setting gives the models is done to the generator's text: see `finished`.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from contract_compiler.diagnostics import ToolError
from contract_compiler.output import json_text

Profile = Literal["models", "types"]

_BASE = Path(__file__).with_name("model_base.py")
_LONGEST = 88
_SENTINEL = "MISSING"
_LIMITS = frozenset({"ge", "gt", "le", "lt", "multiple_of"})

_Edit = tuple[int, int, str]
"""Where the text that is replaced begins and ends, in bytes, and what stands there then."""


def python_types(document: dict[str, Any], profile: Profile) -> str:
    """The text of a Python module with the types of every schema in a document for clients (`client_document`).

    Raises:
        ToolError: the generator is missing or refuses the document.
    """
    with TemporaryDirectory() as folder:
        source, module = Path(folder, "document.json"), Path(folder, "types.py")
        source.write_text(json_text(document, sort_keys=False), encoding="utf-8")
        command = [sys.executable, "-m", "datamodel_code_generator", "--profile", profile]
        command += ["--input", str(source), "--output", str(module)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise ToolError("datamodel-code-generator", done.stderr)
        text = module.read_text(encoding="utf-8")
    return finished(text) if profile == "models" else text


def finished(models: str) -> str:
    """The generator's pydantic models, made usable for a client.

    The generator marks what may be left out by a sentinel, which is true and which older pydantic releases do not have:
    here it is None, and never sent. Decimals become JSON's numbers; their limits are decimal, too, for older releases
    compare with binary ones. `model_base` has the classes for that.
    """
    base = _BASE.read_text(encoding="utf-8")
    (head, _, body), (_, _, shared) = _split(models), _split(base)
    return f"{head}{_imports(ast.parse(models), ast.parse(base))}{shared}{_edited(body)}"


def _split(module: str) -> tuple[str, str, str]:
    """What stands before the module's imports, the imports, and the rest."""
    lines = module.splitlines(keepends=True)
    imports = [each for each in ast.parse(module).body if isinstance(each, ast.ImportFrom)]
    first, last = imports[0].lineno - 1, imports[-1].end_lineno
    return "".join(lines[:first]), "".join(lines[first:last]), "".join(lines[last:])


def _imports(*modules: ast.Module) -> str:
    """All that the modules import, but for the sentinel."""
    names: dict[str, set[str]] = {}
    for statement in (each for module in modules for each in module.body if isinstance(each, ast.ImportFrom)):
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
    text = body.encode()  # As the places in a syntax tree count: in bytes.
    starts = list(accumulate(map(len, text.splitlines(keepends=True)), initial=0))
    places = _Places(text, starts)
    edits = [edit for node in ast.walk(ast.parse(body)) for edit in _edits(node, places)]
    for begin, end, new in sorted(edits, reverse=True):
        text = text[:begin] + new.encode() + text[end:]
    return text.decode()


@dataclass(frozen=True)
class _Places:
    """Where the nodes of a syntax tree begin and end in its text."""

    text: bytes
    starts: list[int]

    def begin(self, node: ast.expr) -> int:
        return self.starts[node.lineno - 1] + node.col_offset

    def end(self, node: ast.expr) -> int:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.starts[node.end_lineno - 1] + node.end_col_offset

    def source(self, node: ast.expr) -> str:
        return self.text[self.begin(node) : self.end(node)].decode()

    def line_break(self, node: ast.expr) -> str:
        """What stands before a node that begins its line; a space before one that does not."""
        margin = self.text[self.starts[node.lineno - 1] : self.begin(node)].decode()
        return " " if margin.strip() else f"\n{margin}"

    def instead(self, node: ast.expr, new: str) -> _Edit:
        return self.begin(node), self.end(node), new

    def before(self, node: ast.expr, new: str) -> _Edit:
        return self.begin(node), self.begin(node), new

    def after(self, node: ast.expr, new: str) -> _Edit:
        return self.end(node), self.end(node), new


def _edits(node: ast.AST, places: _Places) -> Iterator[_Edit]:
    match node:
        case ast.ClassDef(bases=[ast.Name(id="BaseModel") as base]):
            yield places.instead(base, "_Model")
        case ast.AnnAssign(value=ast.Name(id="MISSING") as value):
            yield places.instead(value, "None")
            yield from _optional(node.annotation, places)
            yield from _decimals(node.annotation, places)
        case ast.AnnAssign():
            yield from _decimals(node.annotation, places)
        case ast.Call(func=ast.Name(id="TypeAliasType"), args=[_, meaning]):
            yield from _decimals(meaning, places)


def _optional(annotation: ast.expr, places: _Places) -> Iterator[_Edit]:
    """None in the sentinel's place, and where null is not allowed, a mark that says so."""
    union = next(each for each in ast.walk(annotation) if isinstance(each, ast.BinOp) and _is(each.right, _SENTINEL))
    if any(isinstance(each, ast.Constant) and each.value is None for each in ast.walk(union.left)):
        yield places.end(union.left), places.end(union.right), ""
        return
    yield places.instead(union.right, "None")
    match annotation:
        case ast.Subscript(value=ast.Name(id="Annotated"), slice=ast.Tuple(elts=[*_, last])):
            yield places.after(last, f",{places.line_break(last)}_NotNull")
        case _:
            yield places.before(annotation, "Annotated[")
            yield places.after(annotation, ", _NotNull]")


def _decimals(annotation: ast.expr, places: _Places) -> Iterator[_Edit]:
    names = [each for each in ast.walk(annotation) if _is(each, "Decimal")]
    yield from (places.instead(name, "_JsonNumber") for name in names if isinstance(name, ast.expr))
    for field in (each for each in ast.walk(annotation) if names and isinstance(each, ast.Call)):
        for limit in field.keywords:
            if limit.arg in _LIMITS and isinstance(limit.value, ast.Constant):
                yield places.instead(limit.value, f'Decimal("{places.source(limit.value)}")')


def _is(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


_TOOL = "openapi-typescript"


def typescript_types(document: dict[str, Any], node_tools: Path) -> str:
    """The text of a `.d.ts` module with the paths, operations and components of a document (`client_document`).

    `node_tools` is a folder `node_modules` that holds openapi-typescript.

    Raises:
        ToolError: the generator is missing or refuses the document.
    """
    program = node_tools / ".bin" / _TOOL
    if not program.exists():
        raise ToolError(_TOOL, f"{program} is missing: install openapi-typescript 7 there (npm)")
    with TemporaryDirectory() as folder:
        source, module = Path(folder, "document.json"), Path(folder, "types.d.ts")
        source.write_text(json_text(document, sort_keys=False), encoding="utf-8")
        command = [str(program), str(source), "--output", str(module)]
        command += ["--default-non-nullable", "false"]  # What has a default may be left out.
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise ToolError(_TOOL, done.stderr)
        return module.read_text(encoding="utf-8")
