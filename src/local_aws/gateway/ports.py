"""What a deployed API needs from the rest of its cloud."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from local_aws.proxy_event import Event


class InvokedFunctions(Protocol):
    """The functions of the account."""

    async def invoke(self, function_arn: str, event: Event, request_id: str, source_arn: str) -> object:
        """The answer, as JSON makes it, of the function with this ARN, which may end in an alias.

        `source_arn` names who calls; its resource policy may refuse that.

        Raises:
            FunctionFailed: it ran and gave no answer.
            InvokeForbidden: its resource policy refuses this caller.
            InvokeFailed: it did not run.
        """


class Authorizers(Protocol):
    """The user pools of the account."""

    def claims(self, user_pool_arn: str, token: str) -> Mapping[str, str] | None:
        """The claims of a good ID token of this pool, as an authorizer renders them; None for any other token.

        Raises:
            AuthorizerFailed: there was no decision.
            AuthorizerMisconfigured: there is no such pool.
        """
