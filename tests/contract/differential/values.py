"""Values by OpenAPI 3.0 schemas: valid ones, and ones that are spoilt in exactly one place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from random import Random
from typing import Any, Literal, TypeVar

from contract.messages import JSON
from tests.contract.differential import numbers, texts
from tests.contract.differential.schemas import Document, Schema, Schemas

Direction = Literal["request", "response"]
Made = TypeVar("Made")

_HIDING = {"request": "readOnly", "response": "writeOnly"}
_TYPES = ("string", "integer", "number", "boolean", "array", "object")
_ATTEMPTS = 10
_DEEP = 4  # From here on only what is required,
_DEEPEST = 6  # and from here on nothing: a schema may demand itself, and so have no finite value at all.
_OTHERS: tuple[JSON, ...] = (
    None, True, False, 0, 1, -1, Decimal("1.0"), Decimal("0.5"), "", "1", "true", "null", "é", [], [1], {}, {"a": 1},
)  # fmt: skip


def with_one_spoilt(values: Callable[[int], Values], make: Callable[[Values], Made], rng: Random) -> Made:
    """What is made of values that are spoilt in one place; `values` gives fresh ones, to be spoilt at a place."""
    first = values(0)
    made = make(first)
    spoil = rng.randint(1, max(first.places, 1))
    for _ in range(_ATTEMPTS):  # Not everything that is made has that many places.
        found = values(spoil)
        made = make(found)
        if found.places >= spoil:
            break
    return made


class Values:
    """Makes values for messages of one direction.

    Every schema it meets is one place. At the place that `spoil` counts to, the value breaks its schema, nearly always;
    everything else is made to be valid.
    """

    def __init__(self, document: Document, rng: Random, direction: Direction, spoil: int = 0) -> None:
        self.places = 0
        self._schemas = Schemas(document, rng)
        self._rng = rng
        self._hiding = _HIDING[direction]
        self._spoil = spoil

    def resolved(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        """The node, or what its references lead to."""
        return self._schemas.resolved(node)

    def takes_place(self) -> bool:
        """Counts one more place, and says whether it is the one to spoil."""
        self.places += 1
        return self.places == self._spoil

    def of(self, schema: Schema, depth: int = 0) -> JSON:
        """A value for the schema."""
        if depth > _DEEPEST:
            return None
        flat = self._schemas.flat(schema)
        spoilt = self.takes_place()
        value = self._kept(flat, depth)
        return self._spoilt(value, flat) if spoilt else value

    def _kept(self, flat: Schema, depth: int) -> JSON:
        if flat.get("nullable") and self._rng.randint(0, 5) == 0:
            return None
        if "enum" in flat:
            chosen: JSON = self._rng.choice(flat["enum"])
            return chosen
        return self._makers()[flat.get("type") or self._implied(flat)](flat, depth)

    def _implied(self, flat: Schema) -> str:
        if "properties" in flat or "required" in flat:
            return "object"
        return "array" if "items" in flat else self._rng.choice(_TYPES[:4])

    def _makers(self) -> Mapping[str, Callable[[Schema, int], JSON]]:
        return {
            "string": lambda flat, _: texts.kept(flat, self._rng),
            "integer": lambda flat, _: numbers.integer(flat, self._rng),
            "number": lambda flat, _: numbers.number(flat, self._rng),
            "boolean": lambda flat, _: self._rng.choice([True, False]),
            "array": self._array,
            "object": self._object,
        }

    def _array(self, flat: Schema, depth: int) -> JSON:
        least = flat.get("minItems", 0)
        most = min(flat.get("maxItems", least + 3), least + 3) if depth < _DEEP else least
        items = [self.of(flat.get("items", {}), depth + 1) for _ in range(self._rng.randint(least, max(least, most)))]
        return _distinct(items) if flat.get("uniqueItems") else items

    def _object(self, flat: Schema, depth: int) -> JSON:
        given = self._known_fields(flat, depth)
        value = {name: self.of(flat["properties"][name], depth + 1) for name in given}
        return value | self._additional(flat, depth, len(value))

    def _known_fields(self, flat: Schema, depth: int) -> list[str]:
        """The required fields, and as many of the others as the limits allow."""
        known = [name for name, child in flat.get("properties", {}).items() if not self._is_hidden(child)]
        required = [name for name in known if name in flat.get("required", ())]
        others = [name for name in known if name not in required]
        count = max(
            self._rng.randint(0, len(others)) if depth < _DEEP else 0, flat.get("minProperties", 0) - len(required)
        )
        room = flat.get("maxProperties", len(known)) - len(flat.get("required", ()))
        return required + self._rng.sample(others, max(0, min(count, room, len(others))))

    def _additional(self, flat: Schema, depth: int, present: int) -> dict[str, JSON]:
        rule = flat.get("additionalProperties", True)
        if rule is False:
            return {}
        names = [name for name in flat.get("required", ()) if name not in flat.get("properties", {})]
        present += len(names)
        count = 0 if depth >= _DEEP else self._rng.choice([0, 0, 1])
        missing = max(
            min(count, flat.get("maxProperties", present + 1) - present), flat.get("minProperties", 0) - present
        )
        names += [f"other{number}" for number in range(missing)]
        return {name: self.of(rule if isinstance(rule, dict) else {}, depth + 1) for name in names}

    def _is_hidden(self, schema: Schema) -> bool:
        return self._schemas.flat(schema).get(self._hiding) is True

    def _spoilt(self, value: JSON, flat: Schema) -> JSON:
        if self._rng.randint(0, 4) == 0:
            return self._rng.choice(_OTHERS)
        if isinstance(value, str):
            return texts.spoilt(value, flat, self._rng)
        if isinstance(value, dict):
            return self._spoilt_object(value, flat)
        if isinstance(value, list):
            return self._spoilt_array(value, flat)
        if isinstance(value, bool) or value is None:
            return self._rng.choice(_OTHERS)
        return numbers.spoilt(value, flat, self._rng)

    def _spoilt_object(self, value: dict[str, JSON], flat: Schema) -> JSON:
        hidden = [name for name, child in flat.get("properties", {}).items() if self._is_hidden(child)]
        name = self._rng.choice([*flat.get("required", ()), *hidden, *value, "unknown"])
        if name in value:
            return {key: member for key, member in value.items() if key != name}
        return {**value, name: self._rng.choice(_OTHERS)}

    def _spoilt_array(self, value: list[JSON], flat: Schema) -> JSON:
        changes: list[list[JSON]] = [[*value, self._rng.choice(_OTHERS)], value[: max(flat.get("minItems", 1) - 1, 0)]]
        if value:
            changes += [[*value, value[0]], value * (flat.get("maxItems", 3) // len(value) + 1)]
        return self._rng.choice(changes)


def _distinct(items: list[JSON]) -> list[JSON]:
    return [item for index, item in enumerate(items) if item not in items[:index]]
