"""The bare create, boto3 loaded, no client made."""

import without_client  # noqa: F401  # First: it takes the client's place.
from bare import handler

__all__ = ["handler"]
