"""What each handler says of itself: the settings that it reads and the calls that it makes, for whoever grants them.

A handler's module declares `NEEDS`, a literal. It is read and never run, so that a role can be derived from it on any
machine. The `NEEDS` of the handlers' package are those of every handler.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from contract_compiler.document import Node
from contract_compiler.findings import Finding, Refused
from contract_compiler.operations import module_name
from contract_compiler.walk import Operation, operations

NAME = "NEEDS"

Needs = dict[str, Any]


def needs(document: Node, handlers: Path) -> Needs:
    """The needs of every operation, by operationId: objects of objects and of lists of texts.

    Raises:
        Refused: a handler declares none, or it or the package something else than that.
    """
    package = handlers / "__init__.py"
    shared = _declared(package, otherwise={})
    found: Needs = {}
    findings: list[Finding] = []
    for operation in operations(document):
        path = handlers / f"{module_name(operation.operation_id)}.py"
        own = _declared(path)
        faults = [*_faults(operation, package, shared), *_faults(operation, path, own)]
        found[operation.operation_id] = {} if faults else _joined(shared, own)
        findings += faults
    if findings:
        raise Refused(findings)
    return found


def _declared(path: Path, otherwise: Any = None) -> Any:
    """The literal that the module gives the name to, None when it is no literal; `otherwise` when there is no name."""
    for node in ast.parse(path.read_bytes()).body if path.is_file() else ():
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == [NAME]:
            try:
                return ast.literal_eval(node.value)
            except ValueError:
                return None
    return otherwise


def _faults(operation: Operation, path: Path, declared: Any) -> Iterator[Finding]:
    if not _is_sound(declared):
        message = f"{path.parent.name}/{path.name} does not declare {NAME}, an object of objects and of lists of texts"
        yield operation.node.finding("handler-needs", message, "operationId")


def _is_sound(declared: Any) -> bool:
    return isinstance(declared, dict) and all(
        isinstance(key, str) and (_is_list(value) or _is_sound(value)) for key, value in declared.items()
    )


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _joined(one: Any, other: Any) -> Any:
    if isinstance(one, dict) and isinstance(other, dict):
        both = {key: _joined(one[key], other[key]) for key in one.keys() & other.keys()}
        return {**one, **other, **both}
    return sorted({*one, *other})
