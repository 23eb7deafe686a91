"""Whether every value that one schema allows is allowed by another one: keyword by keyword, and where it is not.

Each keyword that is demanded is looked at by itself: does what is known of the value see to it (`maxLength: 3` sees to
`maxLength: 5`)? Inside objects and arrays the same is asked of what is known there. Two things are added:

* Choices. Where a keyword is not seen to and an anyOf, oneOf or discriminator is known, each of its alternatives is
  taken for itself, together with all else that is known: a value is in one of them. A demanded anyOf needs one
  alternative that is seen to; a demanded oneOf, that no other can hold beside it.
* Schemas that contain themselves. A question that comes up again inside a property or an item of the value that it was
  asked of is taken to be answered with yes: a value is finite, so the answers for what is inside come first.

An answer of "yes" is sure; where the answer is "no", it may only be that this does not see it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

from contract.validation_errors import FORMAT_PATTERNS
from contract_diff.equality import same_schema
from contract_diff.flat_schemas import ALL_TYPES, NUMBERS, DocumentSchemas, FlatSchema, Part, Place

_MOST_ALTERNATIVES = 300  # of one question; beyond that the answer is "no".

_STRING, _ARRAY, _OBJECT = frozenset({"string"}), frozenset({"array"}), frozenset({"object"})
# Which types of values a keyword speaks of, and what a demand that is not seen to is about.
_KEYWORDS: dict[str, tuple[frozenset[str], str]] = {
    "type": (ALL_TYPES, "type"),
    "enum": (ALL_TYPES, "enum"),
    "multipleOf": (NUMBERS, "multiple"),
    "minimum": (NUMBERS, "range"),
    "exclusiveMinimum": (NUMBERS, "range"),
    "maximum": (NUMBERS, "range"),
    "exclusiveMaximum": (NUMBERS, "range"),
    "minLength": (_STRING, "length"),
    "maxLength": (_STRING, "length"),
    "pattern": (_STRING, "pattern"),
    "format": (_STRING, "format"),
    "minItems": (_ARRAY, "items"),
    "maxItems": (_ARRAY, "items"),
    "uniqueItems": (_ARRAY, "items"),
    "items": (_ARRAY, "items"),
    "minProperties": (_OBJECT, "properties"),
    "maxProperties": (_OBJECT, "properties"),
    "required": (_OBJECT, "required"),
    "properties": (_OBJECT, "properties"),
    "additionalProperties": (_OBJECT, "properties"),
}


@dataclass(frozen=True, slots=True)
class Gap:
    """A demand that is not seen to by what is known of a value.

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


class Subset:
    """Compares schemas of two documents.

    `open_home`: the document whose closed objects count as open. A property that they do not know is then an open gap.
    """

    def __init__(self, open_home: DocumentSchemas | None = None) -> None:
        self._open_home = open_home
        self._depth = 0  # inside the value of the question
        self._alternatives = 0
        self._underway: dict[object, int] = {}  # each question, and at which depth it was asked
        self._answered: dict[object, list[Gap]] = {}
        self._looks: Mapping[str, Callable[[FlatSchema, Part], Iterable[Gap]]] = {
            "required": self._required,
            "properties": self._properties,
            "additionalProperties": self._other_properties,
            "items": self._items,
            "anyOf": partial(self._choice, "anyOf"),
            "oneOf": partial(self._choice, "oneOf"),
            "not": self._not,
        }

    def gaps(self, known: Part, demanded: Part) -> list[Gap]:
        """What of `demanded` is not seen to by `known`; nothing where every value of `known` is one of `demanded`."""
        self._alternatives = 0
        found = self._gaps(FlatSchema([known], known.place, self._open_home), demanded)
        return list({(gap.facet, gap.known_at, gap.demanded_at, gap.name): gap for gap in found}.values())

    def _gaps(self, known: FlatSchema, demanded: Part) -> list[Gap]:
        if self._is_impossible(known):
            return []
        return [gap for part in demanded.flat() for gap in self._part(known, part)]

    def _part(self, known: FlatSchema, part: Part) -> list[Gap]:
        if any(each.key == part.key or same_schema(each, part) for each in known.parts):
            return []
        question = (known.key, part.key)
        if question in self._answered:
            return self._answered[question]
        if question in self._underway:
            inside = self._underway[question] < self._depth
            return [] if inside else [Gap("alternative", known.place, part.place)]
        answered_before = len(self._answered)
        self._underway[question] = self._depth
        found = self._keywords(known, part, part.value if isinstance(part.value, dict) else ())
        if part.value is False:
            found = [Gap("alternative", known.place, part.place)]
        del self._underway[question]
        if serious(found):
            # What was answered meanwhile may have taken this one to be answered with yes.
            while len(self._answered) > answered_before:
                self._answered.popitem()
        self._answered[question] = found
        return found

    def _holds(self, known: FlatSchema, demanded: Part) -> bool:
        return not serious(self._gaps(known, demanded))

    def _keywords(self, known: FlatSchema, part: Part, keywords: Iterable[str]) -> list[Gap]:
        if known.values is None:
            return [gap for keyword in keywords for gap in self._keyword(known, part, keyword)]
        refused = [value for value in known.values if not part.is_valid(value)]
        facet = "nullable" if refused == [None] and len(known.values) > 1 else "enum"
        return [Gap(facet, known.place_of("enum"), (*part.place, "enum"), refused)] if refused else []

    def _keyword(self, known: FlatSchema, part: Part, keyword: str) -> list[Gap]:
        found = list(self._keyword_at_once(known, part, keyword))
        choice = next(known.choices(), [])
        if not serious(found) or not choice:
            return found
        self._alternatives += len(choice)
        if self._alternatives > _MOST_ALTERNATIVES:
            return found
        possible = [each for each in choice if not self._is_impossible(each)]
        return [gap for each in possible for gap in self._keywords(each, part, [keyword])]

    def _keyword_at_once(self, known: FlatSchema, part: Part, keyword: str) -> Iterable[Gap]:
        """The keyword's gaps without a look at the alternatives of a choice that is known."""
        concerned, facet = _KEYWORDS.get(keyword, (ALL_TYPES, "alternative"))
        # x-integer-literal is part of `type`, and x-pattern-description demands nothing.
        if keyword.startswith("x-") or not known.types & concerned:
            return []
        if keyword in self._looks:
            return self._looks[keyword](known, part)
        if _is_seen_to(keyword, known, part):
            return []
        said: tuple[Any, Any] = (known.said(keyword), part.read(keyword))
        if keyword == "type":
            facet = "nullable" if known.types - part.types == {"null"} else "type"
            said = (_type_names(known.types), _type_names(part.types))
        return [Gap(facet, known.place_of(keyword), (*part.place, keyword), *said)]

    def _required(self, known: FlatSchema, part: Part) -> Iterator[Gap]:
        for name in part.read("required"):
            if name not in known.required:
                yield Gap("required", known.place_of("required"), (*part.place, "required"), name=name)

    def _items(self, known: FlatSchema, part: Part) -> list[Gap]:
        with self._inside():
            return [] if known.most("maxItems") == 0 else self._gaps(known.items(), part.below("items"))

    def _properties(self, known: FlatSchema, part: Part) -> Iterator[Gap]:
        for name in part.read("properties"):
            yield from self._property(known, part.below("properties", name), name)

    @contextmanager
    def _inside(self) -> Iterator[None]:
        self._depth += 1
        yield
        self._depth -= 1

    def _property(self, known: FlatSchema, demanded: Part, name: str) -> Iterator[Gap]:
        with self._inside():
            is_refused = demanded.value is False and not self._is_impossible(known.member(name))
            found = [] if demanded.value is False else self._gaps(known.member(name), demanded)
        if is_refused:
            yield self._surplus(known, demanded, name)
        elif serious(found) and name not in known.listed:
            yield Gap("undescribed-property", known.place, demanded.place, name=name)
        else:
            yield from found

    def _other_properties(self, known: FlatSchema, part: Part) -> Iterator[Gap]:
        demanded = part.below("additionalProperties")
        for name in sorted(known.listed - set(part.read("properties", {}))):
            with self._inside():
                member = known.member(name)
                if demanded.value is not False:
                    yield from self._gaps(member, demanded)
                elif not self._is_impossible(member):
                    yield self._surplus(known, demanded, name)
        with self._inside():
            if demanded.value is not False:
                yield from self._gaps(known.others(), demanded)
            elif not self._is_impossible(known.others()):
                is_open = demanded.home is self._open_home
                yield Gap("open-object", known.place, demanded.place, True, False, open=is_open)

    def _surplus(self, known: FlatSchema, demanded: Part, name: str) -> Gap:
        """A property that may be there and is not allowed."""
        holders = (part for part in known.parts if part.read("properties", {}).get(name, False) is not False)
        place = next(((*part.place, "properties", name) for part in holders), known.place)
        return Gap("property", place, demanded.place, name=name, open=demanded.home is self._open_home)

    def _choice(self, keyword: str, known: FlatSchema, part: Part) -> list[Gap]:
        """An anyOf or oneOf that is demanded."""
        branches = part.alternatives(keyword)
        attempts = [self._gaps(known, branch) for branch in branches]
        possible = [not self._is_impossible(known.and_also(branch)) for branch in branches]
        for index, found in enumerate(attempts):
            alone = not any(possible[:index] + possible[index + 1 :])
            if not serious(found) and (keyword == "anyOf" or alone):
                return found
        if keyword == "oneOf" and any(_same_choice(own, part) for own in known.parts):
            return []
        if possible.count(True) == 1:  # That one was meant.
            return attempts[possible.index(True)]
        return [Gap("alternative", known.place, (*part.place, keyword))]

    def _not(self, known: FlatSchema, part: Part) -> list[Gap]:
        excluded = part.below("not")
        if self._is_impossible(known.and_also(excluded)):
            return []
        alone = FlatSchema([excluded], excluded.place, self._open_home)
        if any(self._holds(alone, own.below("not")) for own in known.parts if "not" in own):
            return []
        return [Gap("exclusion", known.place_of("not"), (*part.place, "not"))]

    def _is_impossible(self, known: FlatSchema) -> bool:
        """Whether it is sure that no value is valid against all this."""
        question = ("impossible", known.key)
        if question in self._underway:
            return False
        self._underway[question] = self._depth
        try:
            if any(part.value is False for part in known.parts) or known.values == []:
                return True
            if known.values is None and all(self._lacks(known, name) for name in known.types):
                return True
            if any(all(self._is_impossible(each) for each in choice) for choice in known.choices()):
                return True
            exclusions = (part for part in known.parts if "not" in part)
            return any(
                self._holds(known.and_also(part.without("not"), instead_of=part), part.below("not"))
                for part in exclusions
            )
        finally:
            del self._underway[question]

    def _lacks(self, known: FlatSchema, name: str) -> bool:
        """Whether there is no value of that type."""
        if name in NUMBERS:
            return _lacks_numbers(known, integers=name == "integer")
        word = {"string": "Length", "array": "Items", "object": "Properties"}.get(name)
        if word is None:
            return False
        most, least = known.most(f"max{word}"), known.least(f"min{word}")
        if most is not None and least > most:
            return True
        with self._inside():
            if name == "array":
                return least > 0 and self._is_impossible(known.items())
            return name == "object" and any(self._is_impossible(known.member(each)) for each in known.required)


def _is_seen_to(keyword: str, known: FlatSchema, part: Part) -> bool:
    """Whether every value that `known` allows is valid against this keyword: one of a whole value, known or not."""
    demand = part.read(keyword)
    most = known.most(keyword if keyword.startswith("max") else "maxItems")
    match keyword:
        case "type":
            is_met = known.types <= part.types
        case "multipleOf":
            steps = [Fraction(each) for each in known.all_of(keyword)] + [Fraction(1)] * known.only_integers
            is_met = any((each / Fraction(demand)).denominator == 1 for each in steps)
        case "minimum" | "exclusiveMinimum":
            is_met = known.lower is not None and part.lower is not None and known.lower >= part.lower
        case "maximum" | "exclusiveMaximum":
            is_met = known.upper is not None and part.upper is not None and known.upper <= part.upper
        case "minLength" | "minItems" | "minProperties":
            is_met = known.least(keyword) >= demand
        case "maxLength" | "maxItems" | "maxProperties":
            is_met = most is not None and most <= demand
        case "uniqueItems":
            is_met = not demand or any(known.all_of(keyword)) or (most is not None and most < 2)
        case "pattern":  # What a format's own pattern demands, its format says.
            is_met = demand in known.all_of(keyword) or demand == FORMAT_PATTERNS.get(part.read("format"))
        case "format":
            is_met = demand in known.all_of(keyword)
        case _:  # enum, for values that cannot be counted, and what is not listed here.
            is_met = False
    return is_met


def _lacks_numbers(known: FlatSchema, *, integers: bool) -> bool:
    if known.lower is None or known.upper is None:
        return False
    (low, is_out), (high, is_in) = known.lower, known.upper
    if low > high or (low == high and (is_out or not is_in)):
        return True
    return integers and low.denominator != 1 and low.__floor__() == high.__floor__()


def _same_choice(own: Part, part: Part) -> bool:
    """Whether the two oneOf list the same schemas, in whatever order."""
    left = part.alternatives("oneOf")
    for mine in own.alternatives("oneOf"):
        same = next((each for each in left if same_schema(mine, each)), None)
        if same is None:
            return False
        left.remove(same)
    return not left


def _type_names(types: frozenset[str]) -> str:
    number = {"number"} if "fraction" in types else types & {"integer"}
    return " or ".join(sorted(types - NUMBERS | number))
