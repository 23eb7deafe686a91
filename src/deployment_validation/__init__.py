"""Validation of a deployment: calls it as its clients do, and holds every answer to the contract."""


class CannotRun(Exception):
    """Exception for a validation that cannot run. The message is one line for a person, without values."""
