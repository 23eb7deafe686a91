"""Exception for what cannot start."""


class CannotStart(Exception):
    """Exception for a server that cannot start. The message is one line for a person, and says what to do about it."""
