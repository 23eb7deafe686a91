"""Who may call an operation: the groups in the caller's token against the groups in the contract."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from products.errors import NotAdministrator, Unauthenticated

if TYPE_CHECKING:
    from contract.operation import Operation

GROUPS_CLAIM = "cognito:groups"


def authorise(claims: Mapping[str, object] | None, operation: Operation) -> None:
    """Lets a caller pass who meets one of the operation's security requirements.

    `claims` are those of a token that the gateway has verified, None without one. A scheme that names no
    `x-allowed-groups` lets nobody pass. Raises Unauthenticated or NotAdministrator.
    """
    if claims is None:
        raise Unauthenticated
    groups = caller_groups(claims)

    def admits(scheme: str) -> bool:
        return not groups.isdisjoint(operation.security_schemes[scheme].get("x-allowed-groups", ()))

    if not any(all(admits(scheme) for scheme in schemes) for schemes in operation.security):
        raise NotAdministrator


def caller_groups(claims: Mapping[str, object]) -> frozenset[str]:
    """The caller's groups: a list, as the token has it, or one of the texts that API Gateway makes of a list.

    Those are `a,b`, `[a b]` and `[a, b]`.
    """
    claim = claims.get(GROUPS_CLAIM)
    if isinstance(claim, str):
        inner = claim[1:-1] if claim.startswith("[") and claim.endswith("]") else claim
        return frozenset(inner.replace(",", " ").split())
    if isinstance(claim, list):
        return frozenset(group for group in claim if isinstance(group, str))
    return frozenset()


def caller(claims: Mapping[str, object] | None) -> str:
    """Who calls: the subject of the token, unique in the user pool (OpenID Connect Core, 2)."""
    return str((claims or {}).get("sub", ""))
