"""The body that is imported: `Place`, a value in it together with where it stands, and AWS's own variables filled in.

Nothing is read without saying what may be there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from local_aws.errors import CannotStart
from local_aws.gateway.stage import ApiIdentity


class NotPlayable(CannotStart):
    """The imported body has something that this gateway cannot play. Names the place, as a JSON Pointer (RFC 6901)."""

    def __init__(self, pointer: str, reason: str) -> None:
        super().__init__(f"{pointer or '/'}: {reason}")
        self.pointer = pointer


@dataclass(frozen=True, slots=True)
class Place:
    """`pointer` is a JSON Pointer (RFC 6901) into the body."""

    value: Any
    pointer: str = ""

    def refused(self, reason: str) -> NotPlayable:
        """The error to raise when this place cannot be played."""
        return NotPlayable(self.pointer, reason)

    def __contains__(self, key: str) -> bool:
        return key in self.mapping()

    def __getitem__(self, key: str) -> Place:
        if key not in self.mapping():
            raise self.refused(f"{key} is missing")
        return Place(self.value[key], f"{self.pointer}/{key.replace('~', '~0').replace('/', '~1')}")

    def get(self, key: str, default: Any) -> Place:
        """The member, or the default in its place."""
        return self[key] if key in self else Place(default, f"{self.pointer}/{key}")

    def members(self) -> Iterator[tuple[str, Place]]:
        """The members of an object."""
        return ((key, self[key]) for key in self.mapping())

    def elements(self) -> Iterator[Place]:
        """The elements of a list."""
        if not isinstance(self.value, list):
            raise self.refused("a list is expected")
        return (Place(value, f"{self.pointer}/{index}") for index, value in enumerate(self.value))

    def mapping(self) -> Mapping[str, Any]:
        """The value, which is a JSON object."""
        if not isinstance(self.value, Mapping):
            raise self.refused("an object is expected")
        return self.value

    def text(self) -> str:
        """The value, which is a string."""
        if not isinstance(self.value, str):
            raise self.refused("a string is expected")
        return self.value

    def one_of(self, *allowed: object) -> Any:
        """The value, which is one of these."""
        if self.value not in allowed:
            raise self.refused(f"only {', '.join(map(str, allowed))} can be played")
        return self.value

    def only(self, known: Iterable[str]) -> Place:
        """The same place, after a look for members that nobody here would read."""
        for key in self.mapping():
            if key not in known:
                raise self[key].refused("it is not known here")
        return self


def resolved(body: Any, api: ApiIdentity) -> Any:
    """The body with AWS's own variables filled in."""
    if isinstance(body, dict):
        return {key: resolved(value, api) for key, value in body.items()}
    if isinstance(body, list):
        return [resolved(value, api) for value in body]
    return _filled(body, api) if isinstance(body, str) else body


def _filled(text: str, api: ApiIdentity) -> str:
    values = {"Partition": api.partition, "Region": api.region, "AccountId": api.account}
    for name, value in values.items():
        text = text.replace(f"${{AWS::{name}}}", value)
    return text
