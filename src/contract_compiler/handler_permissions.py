"""Permissions and settings of each function: the calls that its handler makes, and the settings that it reads.

A handler's module declares `PERMISSIONS`, a literal. It is read and never run, so that a role can be derived from it on
any machine. The `PERMISSIONS` of the handlers' package are those of every handler.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

from contract_compiler.diagnostics import Diagnostic, InvalidDocument
from contract_compiler.document import Node
from contract_compiler.operation_tables import module_name
from contract_compiler.traversal import operations


def handler_permissions(document: Node, handlers: Path) -> dict[str, Any]:
    """Returns what every operation reads and calls, by operationId: objects of objects and of lists of texts.

    Raises:
        InvalidDocument: a handler declares none, or it or the package something else than that.
    """
    package = handlers / "__init__.py"
    shared = _declared(package, otherwise={})
    found: dict[str, Any] = {}
    diagnostics: list[Diagnostic] = []
    for operation in operations(document):
        path = handlers / f"{module_name(operation.operation_id)}.py"
        own = _declared(path)
        unsound = [file for file, declared in ((package, shared), (path, own)) if not _is_sound(declared)]
        for file in unsound:
            message = (
                f"{handlers.name}/{file.name} does not declare PERMISSIONS, an object of objects and of lists of texts"
            )
            diagnostics.append(operation.node.diagnostic("handler-permissions", message, "operationId"))
        found[operation.operation_id] = {} if unsound else _joined(shared, own)
    if diagnostics:
        raise InvalidDocument(diagnostics)
    return found


def _declared(path: Path, otherwise: Any = None) -> Any:
    """The literal that the module calls PERMISSIONS, None for no literal; `otherwise` when nothing has that name."""
    for node in ast.parse(path.read_bytes()).body if path.is_file() else ():
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["PERMISSIONS"]:
            try:
                return ast.literal_eval(node.value)
            except ValueError:
                return None
    return otherwise


def _is_sound(declared: Any) -> bool:
    def is_list(value: Any) -> bool:
        return isinstance(value, list) and all(isinstance(each, str) for each in value)

    return isinstance(declared, dict) and all(
        isinstance(key, str) and (is_list(value) or _is_sound(value)) for key, value in declared.items()
    )


def _joined(one: Any, other: Any) -> Any:
    if isinstance(one, dict) and isinstance(other, dict):
        both = {key: _joined(one[key], other[key]) for key in one.keys() & other.keys()}
        return {**one, **other, **both}
    return sorted({*one, *other})
