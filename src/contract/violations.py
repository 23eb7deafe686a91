"""One way in which a request breaks its contract, as it is told to the client."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

# A Lambda may answer with 6 MB at most. A hostile body can break its contract in so many places, each with so long a
# pointer, that the list of them would not fit.
MAX_LISTED_CHARACTERS = 1_000_000


class Violation(NamedTuple):
    """`where` is body, query, path, header or cookie; `field` a JSON Pointer into it; `message` plain words.

    The message says what is allowed and never repeats the offending value.
    """

    where: str
    field: str
    message: str


def pointer(path: Iterable[str | int]) -> str:
    """The JSON Pointer (RFC 6901) of a path; "" for the whole document."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def listable(violations: Sequence[Violation]) -> Sequence[Violation]:
    """As many of the violations, from the first, as an answer has room for. All of them, unless a client is hostile."""
    room = MAX_LISTED_CHARACTERS
    for count, violation in enumerate(violations):
        room -= len(violation.field) + len(violation.message)
        if room < 0:
            return violations[:count]
    return violations
