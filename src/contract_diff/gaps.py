"""Where one schema admits what another does not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from contract_diff.sourced import Place


@dataclass(frozen=True, slots=True)
class Gap:
    """A demand that is not met by everything that is known of a value.

    `facet` is what the demand is about, `known_at` and `demanded_at` are the places in the two documents, `known` and
    `demanded` what they say there, `name` is the property, if it is about one. `open`: it is only that the value has
    a property more than a closed object of the old contract knows.
    """

    facet: str
    known_at: Place
    demanded_at: Place
    known: Any = None
    demanded: Any = None
    name: str = ""
    open: bool = False


def serious(gaps: Iterable[Gap]) -> list[Gap]:
    """Those that are more than a property that an open object may have."""
    return [gap for gap in gaps if not gap.open]


def distinct(gaps: Iterable[Gap]) -> list[Gap]:
    """Each place and facet once."""
    return list({(gap.facet, gap.known_at, gap.demanded_at, gap.name): gap for gap in gaps}.values())
