"""Numbers by a schema's limits: at them, between them, and just beyond them."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from random import Random
from typing import Any

from contract.messages import JSON
from tests.contract.differential.schemas import Schema

_FORMATS = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}
_SPAN = 1000


def integer(schema: Schema, rng: Random) -> int:
    """A whole number for the schema."""
    step = _exact(schema.get("multipleOf", 1))
    least, most = _limits(schema, max(step, Decimal(1)))
    first, last = _steps(least, most, step)
    value = step * rng.choice([first, last, rng.randint(first, max(first, last))])
    return int(value)


def number(schema: Schema, rng: Random) -> JSON:
    """A number for the schema: whole or with a fraction, with few digits or many, in either notation."""
    if "multipleOf" in schema:
        step = _exact(schema["multipleOf"])
        first, last = _steps(*_limits(schema, step), step)
        return step * rng.choice([first, last, rng.randint(first, max(first, last))])
    least, most = _limits(schema, Decimal("0.001"))
    return rng.choice([least, most, _between(least, most, rng), _whole(_between(least, most, rng))])


def spoilt(value: int | Decimal, schema: Schema, rng: Random) -> JSON:
    """A number beside the schema's limits, or written as another type's."""
    limits: list[Any] = [limit for key in ("minimum", "maximum") if (limit := schema.get(key)) is not None]
    limits += [*_FORMATS.get(schema.get("format", ""), ())]
    if limits and rng.randint(0, 1):
        return _exact(rng.choice(limits))  # Which is beyond an exclusive one.
    beside = [_exact(limit) + change for limit in limits for change in (-1, 0, 1, Decimal("0.001"), Decimal("-0.001"))]
    return rng.choice([*beside, str(value), value * -1, value + Decimal("0.5"), Decimal(value) + Decimal("1E-7")])


def _limits(schema: Schema, gap: Decimal) -> tuple[Decimal, Decimal]:
    """The least and the greatest value, exclusive limits moved by the gap."""
    low, high = _FORMATS.get(schema.get("format", ""), (None, None))
    least, most = _exact(schema.get("minimum", low)), _exact(schema.get("maximum", high))
    least += gap if schema.get("exclusiveMinimum") and "minimum" in schema else 0
    most -= gap if schema.get("exclusiveMaximum") and "maximum" in schema else 0
    if least.is_nan():
        least = Decimal(-_SPAN) if most.is_nan() else most - _SPAN
    return least, max(least, least + _SPAN if most.is_nan() else most)


def _exact(limit: Any) -> Decimal:
    return Decimal("nan") if limit is None else Decimal(str(limit))


def _steps(least: Decimal, most: Decimal, step: Decimal) -> tuple[int, int]:
    first = int((least / step).to_integral_value(ROUND_CEILING))
    last = int((most / step).to_integral_value(ROUND_FLOOR))
    return first, max(first, last)


def _between(least: Decimal, most: Decimal, rng: Random) -> Decimal:
    part = Decimal(rng.randint(0, 10**6)) / 10**6
    return round(least + (most - least) * part, rng.choice([0, 2, 7]))


def _whole(value: Decimal) -> JSON:
    return int(value)
