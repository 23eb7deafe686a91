"""Authorisation: the groups in the caller's token against the groups in the contract."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from products.errors import NotAdministrator, Unauthenticated

if TYPE_CHECKING:
    from contract.gateway_event import RawRequest
    from contract.operation import Operation

GROUPS_CLAIM = "cognito:groups"


def authorise(raw: RawRequest, operation: Operation) -> None:
    """Lets a caller pass who meets one of the operation's security requirements.

    The claims are those of a token that the gateway has verified, None without one. A scheme that names no
    `x-allowed-groups` lets nobody pass. Raises Unauthenticated or NotAdministrator.
    """
    if raw.claims is None:
        raise Unauthenticated
    groups = caller_groups(raw.claims, raw.headers.get("authorization", ()))

    def admits(scheme: str) -> bool:
        return not groups.isdisjoint(operation.security_schemes[scheme].get("x-allowed-groups", ()))

    if not any(all(admits(scheme) for scheme in schemes) for schemes in operation.security):
        raise NotAdministrator


def caller_groups(claims: Mapping[str, object], authorization: Sequence[str] = ()) -> frozenset[str]:
    """The caller's groups. `authorization` are the lines of that header.

    Cognito puts a list into the token, of which API Gateway makes a text: `a,b`, `[a b]` or `[a, b]`. A group's name
    may have commas and brackets, too (CreateGroup takes all but white space), so the text alone cannot tell the groups
    `x` and `platform-admin` from the one group `x,platform-admin`. The token can: it is the one that the gateway has
    verified if there is no other and the text says the same. A text that no token bears out is the name of one group;
    only an event without an Authorization header, which no gateway with an authorizer sends, is taken at its word.
    """
    claim = claims.get(GROUPS_CLAIM)
    if isinstance(claim, list):
        return frozenset(group for group in claim if isinstance(group, str))
    if not isinstance(claim, str):
        return frozenset()
    if not authorization or _words(claim) == {claim}:
        return _words(claim)
    groups = _token_groups(authorization[0]) if len(authorization) == 1 else frozenset()
    return groups if groups and _words(",".join(groups)) == _words(claim) else frozenset({claim})


def _words(text: str) -> frozenset[str]:
    inner = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    return frozenset(inner.replace(",", " ").split())


def _token_groups(authorization: str) -> frozenset[str]:
    """The groups in the payload of a token (RFC 7519, 3), which the gateway has checked; none for what is no token."""
    try:
        payload = authorization.rsplit(maxsplit=1)[-1].split(".")[1]
        content = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return frozenset(group for group in content[GROUPS_CLAIM] if isinstance(group, str))
    except (IndexError, KeyError, TypeError, ValueError):
        return frozenset()


def caller(claims: Mapping[str, object] | None) -> str:
    """The subject of the caller's token, unique in the user pool (OpenID Connect Core, 2)."""
    return str((claims or {}).get("sub", ""))
