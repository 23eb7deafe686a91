"""Cognito authorizers: who may call a method.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-integrate-with-cognito.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-enable-cognito-user-pool.html
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from local_aws.gateway.call import Call, GatewayError
from local_aws.gateway.imported_body import Place
from local_aws.gateway.stage import AuthorizerFailed, AuthorizerMisconfigured, Authorizers

_KIND = "cognito_user_pools"
_AUTHTYPE = "x-amazon-apigateway-authtype"
_AUTHORIZER = "x-amazon-apigateway-authorizer"


class CognitoAuthorizer:
    """One security scheme of the body."""

    def __init__(self, scheme: Place, authorizers: Authorizers) -> None:
        scheme.only(("type", "in", "name", "description", _AUTHTYPE, _AUTHORIZER))
        scheme["type"].one_of("apiKey")
        scheme["in"].one_of("header")
        scheme[_AUTHTYPE].one_of(_KIND)
        authorizer = scheme[_AUTHORIZER].only(("type", "providerARNs"))
        authorizer["type"].one_of(_KIND)
        self._header = scheme["name"].text().lower()
        self._pools = [each.text() for each in authorizer["providerARNs"].elements()]
        self._authorizers = authorizers

    async def claims(self, call: Call) -> Mapping[str, str]:
        """The claims of the caller's token. Raises GatewayError when it has none that is good."""
        # The token may stand by itself, or after the scheme's name.
        token = (call.header(self._header) or "").strip()
        scheme, _, rest = token.partition(" ")
        token = rest.strip() if scheme.lower() == "bearer" else token
        claims = await asyncio.to_thread(self._ask, token) if token else None
        if claims is None:
            call.note("authorizer", error="Unauthorized", status=401)
            raise GatewayError("UNAUTHORIZED", "Unauthorized")
        call.note("authorizer", status=200)
        call.note("authorizer.claims", **claims)
        return claims

    def _ask(self, token: str) -> Mapping[str, str] | None:
        try:
            found = (self._authorizers.claims(pool, token) for pool in self._pools)
            return next((claims for claims in found if claims is not None), None)
        except AuthorizerFailed:
            raise GatewayError("AUTHORIZER_FAILURE") from None
        except AuthorizerMisconfigured:
            raise GatewayError("AUTHORIZER_CONFIGURATION_ERROR") from None


def authorizer_of(method: Place, schemes: Mapping[str, CognitoAuthorizer]) -> CognitoAuthorizer | None:
    """The authorizer of a method; None when anybody may call it. Raises NotEmulated."""
    security = method.get("security", [])
    alternatives = list(security.elements())
    if not alternatives:
        return None
    requirements = [requirement for each in alternatives for requirement in each.members()]
    if len(requirements) != 1:
        raise security.not_emulated("a method has one authorizer")
    [(name, scopes)] = requirements
    if scopes.value or name not in schemes:
        raise scopes.not_emulated("only ID tokens of a declared scheme are emulated: no scopes")
    return schemes[name]
