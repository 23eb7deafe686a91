"""Who may call an operation, and with what: by what a client sends, not by what the document calls the scheme."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from contract_compiler.document import Node, follow
from contract_compiler.operation_tables import security
from contract_compiler.output import json_text
from contract_compiler.traversal import OperationNode
from contract_diff.changes import Change

_GROUPS = "x-allowed-groups"


@dataclass(frozen=True)
class _Credential:
    """What a caller has to show. `sent`: its kind and where it is sent; `groups`: None where any will do."""

    name: str
    sent: str
    scopes: frozenset[str]
    groups: frozenset[str] | None

    def meets(self, wanted: _Credential) -> bool:
        """Whether whoever has this one has the wanted one."""
        in_group = wanted.groups is None or (self.groups is not None and self.groups <= wanted.groups)
        return self.sent == wanted.sent and self.scopes >= wanted.scopes and in_group

    def __str__(self) -> str:
        groups = () if self.groups is None else (f"({', '.join(sorted(self.groups))})",)
        return " ".join((self.name, *sorted(self.scopes), *groups))


def security_changes(old: OperationNode, new: OperationNode) -> Iterator[Change]:
    """Whether everybody who could call before still can, and whether others can now."""
    before, after = _alternatives(old), _alternatives(new)
    words = f"was {_said(before)}, is {_said(after)}"
    if not _all_meet(before, after):
        former = {(each.name, each.sent) for alternative in before for each in alternative}
        later = {each.name: each.sent for alternative in after for each in alternative}
        if any(later.get(name, sent) != sent for name, sent in former):
            words = "clients must authenticate in another way"
            yield Change("security-scheme-changed", _at(old, new), words)
        else:
            yield Change("security-tightened", _at(old, new), words)
    elif not _all_meet(after, before):
        yield Change("security-loosened", _at(old, new), words)


def _all_meet(callers: list[list[_Credential]], alternatives: list[list[_Credential]]) -> bool:
    """Whether each of the callers meets one of the alternatives."""
    return all(
        any(all(any(own.meets(each) for own in caller) for each in wanted) for wanted in alternatives)
        for caller in callers
    )


def _alternatives(operation: OperationNode) -> list[list[_Credential]]:
    return [
        [_credential(_scheme(operation, name), name, scopes) for name, scopes in alternative.items()]
        for alternative in security(operation) or [{}]
    ]


def _scheme(operation: OperationNode, name: str) -> Node:
    root = Node(operation.node.root, (), operation.node.root)
    return follow(root["components"]["securitySchemes"][name])


def _credential(scheme: Node, name: str, scopes: list[str]) -> _Credential:
    """A hint such as bearerFormat does not count; the case of a header's name, or of an HTTP scheme's, neither."""
    sent = {key: scheme.read(key) for key in ("type", "in", "flows", "openIdConnectUrl")}
    sent["scheme"] = scheme.read("scheme", "").lower()
    sent["name"] = scheme.read("name", "").lower() if scheme.read("in") == "header" else scheme.read("name")
    groups = frozenset(scheme.read(_GROUPS)) if _GROUPS in scheme else None
    return _Credential(name, json_text(sent), frozenset(scopes), groups)


def _at(old: OperationNode, new: OperationNode) -> str:
    """Where the change stands: at a scheme, where the operation asks for the same schemes as before."""
    if security(old) == security(new):
        for name in {name for alternative in security(new) for name in alternative}:
            before, after = _scheme(old, name), _scheme(new, name)
            if _credential(before, name, []) != _credential(after, name, []):
                return after.pointer
    return (new.node.get("security") or new.node).pointer


def _said(alternatives: list[list[_Credential]]) -> str:
    return " or ".join(" and ".join(map(str, each)) or "nobody's token" for each in alternatives)
