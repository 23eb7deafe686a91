"""Why a validation cannot be made."""

from __future__ import annotations


class CannotRun(Exception):
    """Nothing can be said of the deployment. The message is one line for the person at the keyboard, without values."""
