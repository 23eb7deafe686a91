"""What a person has to be told."""


class CannotStart(Exception):
    """The local cloud cannot start. The message is one line for a person, and says what to do about it."""
