"""What can go wrong with a deployed API: at the start, in the functions behind it, in those who check its tokens."""

from __future__ import annotations

from local_aws.errors import CannotStart


class NotPlayable(CannotStart):
    """The imported body has something that this gateway cannot play. Names the place, as a JSON Pointer (RFC 6901)."""

    def __init__(self, pointer: str, reason: str) -> None:
        super().__init__(f"{pointer or '/'}: {reason}")
        self.pointer = pointer


class InvokeForbidden(Exception):
    """The function's resource policy does not let this method of this API call it."""


class InvokeFailed(Exception):
    """Lambda did not run the function: there is none, or it has no capacity left."""


class AuthorizerFailed(Exception):
    """The authorizer could not come to a decision."""


class AuthorizerMisconfigured(Exception):
    """The authorizer's user pool cannot be reached."""
