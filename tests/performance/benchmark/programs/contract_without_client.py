"""The bare create behind the contract's checks, boto3 loaded, no client made."""

import without_client  # noqa: F401  # First: it takes the client's place.
from bare_with_contract import handler

__all__ = ["handler"]
