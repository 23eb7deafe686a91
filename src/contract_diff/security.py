"""What became of who may call an operation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contract_compiler.document import Node
from contract_compiler.operations import security
from contract_compiler.references import follow
from contract_compiler.traversal import Operation
from contract_diff.changes import Change

_GROUPS = "x-allowed-groups"
_Requirement = Mapping[str, list[str]]


def security_changes(old: Operation, new: Operation) -> Iterator[Change]:
    """Whether everybody who could call before still can, and whether others can now."""
    before, after = (security(each) or [{}] for each in (old, new))
    at = (new.node.get("security") or new.node).pointer
    if not all(any(_meets(each, wanted) for wanted in after) for each in before):
        yield Change("security-tightened", at, f"was {_said(before)}, is {_said(after)}")
    elif not all(any(_meets(each, wanted) for wanted in before) for each in after):
        yield Change("security-loosened", at, f"was {_said(before)}, is {_said(after)}")
    names = {name for each in before for name in each} & {name for each in after for name in each}
    for name in sorted(names):
        yield from _scheme(_found(old, name), _found(new, name))


def _meets(caller: _Requirement, wanted: _Requirement) -> bool:
    """Whether a caller who meets the one requirement meets the other."""
    return all(name in caller and set(scopes) <= set(caller[name]) for name, scopes in wanted.items())


def _said(alternatives: list[Any]) -> str:
    words = [
        " and ".join(f"{name} {' '.join(scopes)}".strip() for name, scopes in each.items()) for each in alternatives
    ]
    return " or ".join(word or "nobody's token" for word in words)


def _found(operation: Operation, name: str) -> Node:
    root = Node(operation.node.root, (), operation.node.root)
    return follow(root["components"]["securitySchemes"][name])


def _scheme(old: Node, new: Node) -> Iterator[Change]:
    if _essence(old) != _essence(new):
        yield Change("security-scheme-changed", new.pointer, "clients must authenticate in another way")
    before, after = (None if _GROUPS not in each else set(each.read(_GROUPS)) for each in (old, new))
    at = (new.get(_GROUPS) or new).pointer
    if after is not None and (before is None or before - after):
        yield Change("security-tightened", at, "callers of some groups are no longer let in")
    elif before is not None and (after is None or after - before):
        yield Change("security-loosened", at, "callers of other groups are let in, too")


def _essence(scheme: Node) -> Mapping[str, Any]:
    return {key: value for key, value in scheme.value.items() if key != "description" and not key.startswith("x-")}
