"""Known differences of the generated models from the contract, which decides.

Every entry has a case in `test_models` that proves that it is still needed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from contract.messages import JSON


@dataclass(frozen=True)
class Objection:
    """What the one that refuses has against a value: the contract's keyword, or pydantic's type of error.

    `schema` is that of the field at fault, as the contract has it; `value` what stands there; `received` says whether
    it is part of what clients receive.
    """

    validator: str
    what: str
    schema: Mapping[str, Any]
    value: JSON
    received: bool


@dataclass(frozen=True)
class Difference:
    """`covers` says whether the other one cannot share the objection, for this reason."""

    reason: str
    covers: Callable[[Objection], bool]


def _is_date_time(objection: Objection) -> bool:
    return objection.schema.get("format") == "date-time"


KNOWN_DIFFERENCES = (
    Difference(
        "the models have no strict Decimal: a price in a string is a price to them",
        lambda each: (
            (each.validator, each.what) == ("contract", "type")
            and each.schema.get("type") == "number"
            and isinstance(each.value, str)
        ),
    ),
    Difference(
        "pydantic takes a date and time with a space for the T, with fewer digits, or as seconds since 1970",
        lambda each: each.validator == "contract" and each.what in ("type", "format") and _is_date_time(each),
    ),
    Difference(
        "an answer may grow: models of what is received ignore what they do not know",
        lambda each: (each.validator, each.what) == ("contract", "additionalProperties") and each.received,
    ),
    Difference(
        "pydantic has no leap seconds; RFC 3339, section 5.7, has",
        lambda each: each.validator == "model" and _is_date_time(each) and ":60" in str(each.value),
    ),
)


def reason(objection: Objection) -> str | None:
    """Why the other one does not share the objection; None when nothing explains it."""
    return next((each.reason for each in KNOWN_DIFFERENCES if each.covers(objection)), None)
