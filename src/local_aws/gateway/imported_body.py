"""The body that is imported: `Place`, a value in it together with where it stands, and AWS's own variables filled in.

Nothing is read without saying what may be there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from local_aws import CannotStart
from local_aws.gateway.stage import ApiIdentity


class NotEmulated(CannotStart):
    """Exception for a part of the imported body that is not emulated. Names its JSON Pointer (RFC 6901)."""

    def __init__(self, pointer: str, reason: str) -> None:
        super().__init__(f"{pointer or '/'}: {reason}")
        self.pointer = pointer


@dataclass(frozen=True, slots=True)
class Place:
    """A value of the body with the place where it stands. `pointer` is a JSON Pointer (RFC 6901) into the body."""

    value: Any
    pointer: str = ""

    def not_emulated(self, reason: str) -> NotEmulated:
        """The exception to raise for this place."""
        return NotEmulated(self.pointer, reason)

    def __contains__(self, key: str) -> bool:
        return key in self.mapping()

    def __getitem__(self, key: str) -> Place:
        if key not in self.mapping():
            raise self.not_emulated(f"{key} is missing")
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
            raise self.not_emulated("a list is expected")
        return (Place(value, f"{self.pointer}/{index}") for index, value in enumerate(self.value))

    def mapping(self) -> Mapping[str, Any]:
        """The value, which is a JSON object."""
        if not isinstance(self.value, Mapping):
            raise self.not_emulated("an object is expected")
        return self.value

    def text(self) -> str:
        """The value, which is a string."""
        if not isinstance(self.value, str):
            raise self.not_emulated("a string is expected")
        return self.value

    def one_of(self, *allowed: object) -> Any:
        """The value, which is one of these."""
        if self.value not in allowed:
            raise self.not_emulated(f"only {', '.join(map(str, allowed))} are emulated")
        return self.value

    def only(self, known: Iterable[str]) -> Place:
        """The same place. Raises NotEmulated: it has other members than these, which nobody here would read."""
        for key in self.mapping():
            if key not in known:
                raise self[key].not_emulated("it is not known here")
        return self


def resolved(body: Mapping[str, Any], api: ApiIdentity) -> Any:
    """The body with AWS's own variables filled in."""
    text = json.dumps(body)
    for name, value in {"Partition": api.partition, "Region": api.region, "AccountId": api.account}.items():
        text = text.replace(f"${{AWS::{name}}}", value)
    return json.loads(text)
