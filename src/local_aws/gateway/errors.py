"""Exceptions for an API that cannot be played, and for authorizers without a decision."""

from __future__ import annotations

from local_aws.errors import CannotStart


class NotPlayable(CannotStart):
    """The imported body has something that this gateway cannot play. Names the place, as a JSON Pointer (RFC 6901)."""

    def __init__(self, pointer: str, reason: str) -> None:
        super().__init__(f"{pointer or '/'}: {reason}")
        self.pointer = pointer


class AuthorizerFailed(Exception):
    """The authorizer could not come to a decision."""


class AuthorizerMisconfigured(Exception):
    """The authorizer's user pool cannot be reached."""
