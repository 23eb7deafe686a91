"""The API's paths: which resource a request is for.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-settings-method-request.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from local_aws.gateway.imported_body import Place

_PARAMETER = re.compile(r"\{([^{}+]+)(\+?)\}")
_LITERAL = re.compile(r"[A-Za-z0-9_.,:-]+")


@dataclass(frozen=True, slots=True)
class _Segment:
    """One step of a path. `rank` orders what matches: a literal before a parameter before a greedy one."""

    text: str
    rank: int

    @classmethod
    def parse(cls, text: str, place: Place) -> _Segment:
        if _LITERAL.fullmatch(text):
            return cls(text, 0)
        found = _PARAMETER.fullmatch(text)
        if found is None:
            raise place.not_emulated("a segment is a literal or one parameter")
        return cls(found[1], 2 if found[2] else 1)


@dataclass(frozen=True, slots=True)
class Resource:
    """One path of the API, with the parameters that are in it."""

    path: str
    segments: tuple[_Segment, ...]

    @classmethod
    def parse(cls, path: str, place: Place) -> Resource:
        segments = tuple(_Segment.parse(text, place) for text in _split(path))
        if not path.startswith("/") or any(segment.rank == 2 for segment in segments[:-1]):
            raise place.not_emulated("a path begins with a slash, and only its last segment is greedy")
        return cls(path, segments)

    @property
    def rank(self) -> tuple[int, ...]:
        return tuple(segment.rank for segment in self.segments)

    @property
    def in_arn(self) -> str:
        """The path as it stands in ARNs."""
        return "/" + "/".join(segment.text if segment.rank == 0 else "*" for segment in self.segments)

    def match(self, path: str) -> dict[str, str] | None:
        """The path's parameters as they were sent, still percent-encoded; None when it is another path."""
        parts = _split(path)
        if self.segments and self.segments[-1].rank == 2 and len(parts) >= len(self.segments):
            last = len(self.segments) - 1
            parts = [*parts[:last], "/".join(parts[last:])]
        if len(parts) != len(self.segments) or not all(map(_fits, self.segments, parts)):
            return None
        return {segment.text: part for segment, part in zip(self.segments, parts, strict=True) if segment.rank}


def _fits(segment: _Segment, part: str) -> bool:
    return part == segment.text if segment.rank == 0 else bool(part)


def _split(path: str) -> list[str]:
    """The segments; a slash at the end is none, in a greedy parameter neither."""
    return path.removeprefix("/").removesuffix("/").split("/") if path != "/" else []


def find(resources: Iterable[Resource], path: str) -> Iterator[tuple[Resource, Mapping[str, str]]]:
    """The resources that fit the path, in their order, and the parameters in it."""
    matches = ((resource, resource.match(path)) for resource in resources)
    return ((resource, found) for resource, found in matches if found is not None)
