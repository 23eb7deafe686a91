"""Changes of one schema, by what one version allows and the other does not: keyword by keyword, both ways.

`Subset` answers whether every value that one schema allows (the *known* one) is allowed by another (the *demanded*
one), and where it is not. Each keyword that is demanded is looked at by itself: does what is known of the value ensure
it, as `maxLength: 3` ensures `maxLength: 5`? Inside objects and arrays the same is asked of what is known there. Two
things are added:

* Choices. Where a keyword is not ensured and an anyOf, oneOf or discriminator is known, each of its alternatives is
  taken for itself, together with all else that is known: a value is in one of them. A demanded anyOf needs one
  alternative that is ensured; a demanded oneOf, that no other can hold beside it.
* Schemas that contain themselves. A question that comes up again inside a property or an item of the value that it was
  asked of is taken to be answered with yes: a value is finite, so the answers for what is inside come first.

An answer of "yes" is sure; where the answer is "no", it may only be that this does not see it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from contract.validation_errors import FORMAT_PATTERNS
from contract_compiler.document import Node
from contract_compiler.output import json_text
from contract_compiler.traversal import Direction
from contract_diff.changes import Change, schema_rule
from contract_diff.flat_schemas import (
    ALL_TYPES,
    NOTHING,
    NUMBERS,
    DocumentSchemas,
    FlatSchema,
    Place,
    PlacedSchema,
    same_schema,
    type_set,
)

# Of one comparison of two schemas; beyond that the answer is "no".
_MOST_ALTERNATIVES = 300
MOST_QUESTIONS = 10_000
_UNSHOWN = "; this cannot be shown to be compatible"

# Which types of values a keyword speaks of, and what a change of it is about.
_KEYWORDS: dict[str, tuple[frozenset[str], str]] = {
    keyword: (frozenset(types), facet)
    for types, facet, keywords in (
        (ALL_TYPES, "type", ["type"]),
        (ALL_TYPES, "enum", ["enum"]),
        (NUMBERS, "multiple", ["multipleOf"]),
        (NUMBERS, "range", ["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"]),
        ({"string"}, "length", ["minLength", "maxLength"]),
        ({"string"}, "pattern", ["pattern"]),
        ({"string"}, "format", ["format"]),
        ({"array"}, "items", ["minItems", "maxItems", "uniqueItems", "items"]),
        ({"object"}, "required", ["required"]),
        ({"object"}, "properties", ["minProperties", "maxProperties", "properties", "additionalProperties"]),
    )
    for keyword in keywords
}
# What is said when fewer values are allowed than before, and when more are.
_SENTENCES = {
    "nullable": ("null is no longer allowed", "null is allowed now"),
    "required": ("{name} must be there now", "{name} may be left out now"),
    "property": ("there is no {name} any more", "{name} is new"),
    "undescribed-property": (
        "{name} is described now, where anything was allowed before",
        "{name} is no longer described: anything is allowed there now",
    ),
    "open-object": ("unknown properties are no longer allowed", "unknown properties are allowed now"),
    "alternative": (
        "something that was allowed before matches none of the alternatives, or several" + _UNSHOWN,
        "something matches now that matched none of the alternatives before, or several" + _UNSHOWN,
    ),
    "exclusion": ("more is excluded" + _UNSHOWN, "less is excluded" + _UNSHOWN),
}


@dataclass(frozen=True, slots=True)
class Gap:
    """A demand that is not ensured by what is known of a value.

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


def schema_changes(old: PlacedSchema, new: PlacedSchema, direction: Direction) -> list[Change]:
    """The changes from the old schema to the new one.

    In a request fewer values are a break, in a response more are, but for properties that are new to a closed object:
    `additionalProperties: false` in a response says that nothing leaks, not that nothing will ever be added.
    """
    is_request = direction == "request"
    fewer = [(gap, True) for gap in Subset().gaps(old, new)]
    more = [(gap, False) for gap in Subset(None if is_request else old.document).gaps(new, old)]
    breaks, others = (fewer, more) if is_request else (more, fewer)

    def subject(gap: Gap, is_fewer: bool) -> object:
        """The same for a change that goes both ways, such as one pattern for another: then only the break is told."""
        one_way = is_fewer if gap.facet in ("enum", "alternative") else None
        return gap.facet, gap.demanded_at if is_fewer else gap.known_at, gap.name, one_way

    broken = {subject(*each) for each in breaks}
    found = breaks + [each for each in others if subject(*each) not in broken]
    return [_change(gap, old.document.root, new.document.root, direction, fewer=is_fewer) for gap, is_fewer in found]


def _change(gap: Gap, old: Node, new: Node, direction: Direction, *, fewer: bool) -> Change:
    old_place, new_place = (gap.known_at, gap.demanded_at) if fewer else (gap.demanded_at, gap.known_at)
    was, now = (gap.known, gap.demanded) if fewer else (gap.demanded, gap.known)
    if gap.facet in _SENTENCES:
        message = _SENTENCES[gap.facet][not fewer].format(name=gap.name)
    elif gap.facet == "enum" and gap.demanded is None:
        message = f"{', '.join(map(_text, gap.known))} is {'no longer allowed' if fewer else 'allowed now'}"
    elif gap.facet == "enum":
        message = f"{'only' if fewer else 'more than'} {', '.join(map(_text, gap.demanded))} is allowed now"
    else:
        if was is None:
            words = f"is {_text(now)}, and there was none before"
        else:
            words = f"was {_text(was)}, " + ("and there is none now" if now is None else f"is {_text(now)}")
        unshown = _UNSHOWN if gap.facet in ("pattern", "format") and None not in (was, now) else ""
        message = f"{gap.demanded_at[-1]} {words}{unshown}"
    rule = schema_rule(direction, gap.facet, fewer=fewer)
    if gap.facet == ("property" if fewer else "undescribed-property"):  # It stands in the old document only.
        return Change(rule, _pointer(old, old_place), message, "old")
    return Change(rule, _pointer(new, new_place), message)


def _pointer(root: Node, place: Place) -> str:
    """The pointer to the place, or to what is nearest above it: some demands have no keyword of their own."""
    node = root
    for step in place:
        if isinstance(node.value, list):
            node = node[int(step)]
        elif step in node:
            node = node[step]
        else:
            break
    return node.pointer


def _text(value: Any) -> str:
    return value if isinstance(value, str) and value else " ".join(json_text(value).split())


class Subset:
    """One question about the schemas of two documents.

    `open_document`: the one whose closed objects count as open. A property that they do not know is then an open gap.
    `questions` counts what had to be found out on the way, at most `MOST_QUESTIONS`: all that takes long.
    """

    def __init__(self, open_document: DocumentSchemas | None = None) -> None:
        self._open_document = open_document
        self.questions = 0
        self._alternatives = 0
        self._assumed = 0  # How often an answer was taken for granted, for its question was underway.
        self._underway: dict[object, int] = {}  # each question, and how deep in the value it was asked
        self._answered: dict[object, list[Gap]] = {}
        self._possible: set[object] = set()  # What is not surely impossible, whatever is taken for granted.

    def gaps(self, known: PlacedSchema, demanded: PlacedSchema) -> list[Gap]:
        """What of `demanded` is not ensured by `known`; nothing where every value of `known` is one of `demanded`."""
        found = self._gaps(FlatSchema([known], known.place, self._open_document), demanded)
        return list({(gap.facet, gap.known_at, gap.demanded_at, gap.name): gap for gap in found}.values())

    def _gaps(self, known: FlatSchema, demanded: PlacedSchema) -> list[Gap]:
        if self._is_impossible(known):
            return []
        return [gap for part in demanded.flat for gap in self._part(known, part)]

    def _part(self, known: FlatSchema, part: PlacedSchema) -> list[Gap]:
        """The gaps of one flat schema, each question answered once."""
        if any(each is part or same_schema(each, part) for each in known.parts):
            return []
        question = (known.key, part)
        if question in self._answered:
            return self._answered[question]
        if question in self._underway:
            self._assumed += 1
            is_inside = self._underway[question] < known.depth  # And so "yes", as the docstring of the module has it.
            return [] if is_inside else [Gap("alternative", known.place, part.place)]
        if self.questions == MOST_QUESTIONS:
            return [Gap("alternative", known.place, part.place)]
        self.questions += 1
        answered_before = len(self._answered)
        self._underway[question] = known.depth
        found = self._keywords(known, part, part.value)
        del self._underway[question]
        if serious(found):
            # What was answered meanwhile may have taken this one to be answered with yes.
            while len(self._answered) > answered_before:
                self._answered.popitem()
        self._answered[question] = found
        return found

    def _keywords(self, known: FlatSchema, part: PlacedSchema, keywords: Iterable[str]) -> list[Gap]:
        """The gaps of these keywords: at once, or else in each alternative of the first choice that is known."""
        if known.values is not None:
            refused = [value for value in known.values if not part.schema.is_valid(value)]
            facet = "nullable" if refused == [None] and len(known.values) > 1 else "enum"
            return [Gap(facet, known.place_of("enum"), (*part.place, "enum"), refused)] if refused else []
        found: list[Gap] = []
        for keyword in keywords:
            gaps, choice = self._keyword(known, part, keyword), next(known.choices(), [])
            if serious(gaps) and choice:
                self._alternatives += len(choice)
                if self._alternatives <= _MOST_ALTERNATIVES:
                    possible = (each for each in choice if not self._is_impossible(each))
                    gaps = [gap for each in possible for gap in self._keywords(each, part, [keyword])]
            found += gaps
        return found

    def _keyword(self, known: FlatSchema, part: PlacedSchema, keyword: str) -> list[Gap]:
        concerned, facet = _KEYWORDS.get(keyword, (ALL_TYPES, "alternative"))
        # x-integer-literal is part of `type`, and x-pattern-description demands nothing.
        if keyword.startswith("x-") or not known.types & concerned:
            return []
        at, place, demand = known.place_of(keyword), (*part.place, keyword), part.value[keyword]
        found: list[Gap] = []
        match keyword:
            case "required":
                found = [Gap(facet, at, place, name=name) for name in demand if name not in known.required]
            case "properties":
                found = [gap for name in demand for gap in self._property(known, part.below(keyword, name), name)]
            case "additionalProperties":
                found = self._other_properties(known, part)
            case "items" if known.most("maxItems") != 0:
                found = self._gaps(known.inside("items"), part.below(keyword))
            case "anyOf" | "oneOf":
                found = self._choice(keyword, known, part)
            case "not" if not self._is_impossible(known.and_also(part.below(keyword))):
                found = [Gap("exclusion", at, place)]
            case "type" if not known.types <= (types := type_set(demand)):
                facet = "nullable" if known.types - types == {"null"} else "type"
                found = [Gap(facet, at, place, _type_names(known.types), _type_names(types))]
            case _ if keyword not in ("items", "not", "type") and not _is_ensured(keyword, known, part):
                found = [Gap(facet, at, place, known.shown(keyword), demand)]
        return found

    def _property(self, known: FlatSchema, demanded: PlacedSchema, name: str) -> list[Gap]:
        found = self._gaps(known.member(name), demanded)
        if found and demanded.value is NOTHING:
            holders = (part for part in known.parts if part.value.get("properties", {}).get(name, False) is not False)
            place = next(((*part.place, "properties", name) for part in holders), known.place)
            return [Gap("property", place, demanded.place, name=name, open=demanded.document is self._open_document)]
        if serious(found) and name not in known.listed:
            return [Gap("undescribed-property", known.place, demanded.place, name=name)]
        return found

    def _other_properties(self, known: FlatSchema, part: PlacedSchema) -> list[Gap]:
        demanded = part.below("additionalProperties")
        named = sorted(known.listed - part.value.get("properties", {}).keys())
        found = [gap for name in named for gap in self._property(known, demanded, name)]
        others = self._gaps(known.inside("additionalProperties"), demanded)
        if others and demanded.value is NOTHING:
            others = [Gap("open-object", known.place, demanded.place, open=demanded.document is self._open_document)]
        return found + others

    def _choice(self, keyword: str, known: FlatSchema, part: PlacedSchema) -> list[Gap]:
        """An anyOf or oneOf that is demanded."""
        branches = part.alternatives(keyword)
        attempts = [self._gaps(known, branch) for branch in branches]
        possible = [index for index, each in enumerate(branches) if not self._is_impossible(known.and_also(each))]
        for index, found in enumerate(attempts):
            if not serious(found) and (keyword == "anyOf" or {index}.issuperset(possible)):
                return found
        if keyword == "oneOf" and any(_same_choice(own, part) for own in known.parts):
            return []
        if len(possible) == 1:  # That one was meant.
            return attempts[possible[0]]
        return [Gap("alternative", known.place, (*part.place, keyword))]

    def _is_impossible(self, known: FlatSchema) -> bool:
        """Whether it is sure that no value is valid against all this."""
        if known.values is not None:
            return not known.values
        question = ("impossible", known.key)
        if question in self._underway:
            self._assumed += 1
            return False
        if known.key in self._possible or self.questions == MOST_QUESTIONS:
            return False
        self.questions += 1
        assumed_before = self._assumed
        self._underway[question] = known.depth
        exclusions = (
            (known.and_also(part.without("not"), instead_of=part), part.below("not"))
            for part in known.parts
            if "not" in part.value
        )
        found = (
            all(self._lacks(known, name) for name in known.types)
            or any(all(map(self._is_impossible, choice)) for choice in known.choices())
            or any(not serious(self._gaps(rest, excluded)) for rest, excluded in exclusions)
        )
        del self._underway[question]
        if not found and self._assumed == assumed_before:
            self._possible.add(known.key)
        return found

    def _lacks(self, known: FlatSchema, name: str) -> bool:
        """Whether there is no value of that type."""
        if name in ("null", "boolean"):
            return False
        if name in NUMBERS:
            if known.lower is None or known.upper is None:
                return False
            (low, is_out), (high, is_in) = known.lower, known.upper
            return low > high or (low == high and (is_out or not is_in))
        word = {"string": "Length", "array": "Items", "object": "Properties"}[name]
        most, least = known.most(f"max{word}"), known.least(f"min{word}")
        if most is not None and least > most:
            return True
        if name == "array":
            return least > 0 and self._is_impossible(known.inside("items"))
        return name == "object" and any(self._is_impossible(known.member(each)) for each in known.required)


def _is_ensured(keyword: str, known: FlatSchema, part: PlacedSchema) -> bool:
    """Whether every value that `known` allows is valid against this keyword, one that speaks of a value as a whole."""
    demand = part.value[keyword]
    most = known.most(keyword if keyword.startswith("max") else "maxItems")
    is_met = False  # For an enum, where values cannot be counted, and for what is not listed here.
    match keyword:
        case "multipleOf":
            steps = [Fraction(each) for each in known.all_of(keyword)] + [Fraction(1)] * ("fraction" not in known.types)
            is_met = any((each / Fraction(demand)).denominator == 1 for each in steps)
        case "minimum" | "exclusiveMinimum":
            is_met = known.lower is not None and known.lower >= (Fraction(demand), keyword == "exclusiveMinimum")
        case "maximum" | "exclusiveMaximum":
            is_met = known.upper is not None and known.upper <= (Fraction(demand), keyword == "maximum")
        case "minLength" | "minItems" | "minProperties":
            is_met = known.least(keyword) >= demand
        case "maxLength" | "maxItems" | "maxProperties":
            is_met = most is not None and most <= demand
        case "uniqueItems":
            is_met = not demand or any(known.all_of(keyword)) or (most is not None and most < 2)
        case "pattern" | "format":  # What a format's own pattern demands, its format says.
            is_met = demand in known.all_of(keyword) or demand == FORMAT_PATTERNS.get(part.value.get("format", ""))
    return is_met


def _same_choice(own: PlacedSchema, part: PlacedSchema) -> bool:
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
