"""The demands of single keywords on a whole value: each is met by what is known, or leaves a gap."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import partial
from typing import Any

from contract.validation_errors import FORMAT_PATTERNS
from contract_diff.facts import NUMBERS, Bound, Facts, lower, types, upper
from contract_diff.gaps import Gap
from contract_diff.sourced import Known, Part

Check = Callable[[Facts, Part], Iterator[Gap]]


def check(keyword: str, facts: Facts, part: Part) -> Iterator[Gap]:
    """The gap that the keyword leaves, if any. A keyword that nobody knows is never shown to hold."""
    if keyword in _CHECKS:
        yield from _CHECKS[keyword](facts, part)
    else:
        yield _gap("alternative", keyword, facts, part)


def by_value(known: Known, part: Part, values: list[Any]) -> Iterator[Gap]:
    """For values that can be counted: which of them are refused."""
    refused = [value for value in values if not part.accepts(value)]
    if refused:
        facet = "nullable" if refused == [None] and len(values) > 1 else "enum"
        yield Gap(facet, known.place_of("enum"), (*part.place, "enum"), refused, None)


def has_no_number(facts: Facts, *, integers: bool) -> bool:
    """Whether no number, or no integer, is within the bounds."""
    low, high = facts.lower, facts.upper
    if low is None or high is None:
        return False
    if low.value > high.value or (low.value == high.value and (low.exclusive or high.exclusive)):
        return True
    return integers and low.value.denominator != 1 and low.value.__floor__() == high.value.__floor__()


def _gap(facet: str, keyword: str, facts: Facts, part: Part, *said: Any) -> Gap:
    """`said`: what is known and what is demanded, where it can be told in a word."""
    return Gap(facet, facts.known.place_of(keyword), (*part.place, keyword), *said)


def _type(facts: Facts, part: Part) -> Iterator[Gap]:
    missing = facts.types - types(part)
    if missing:
        facet = "nullable" if missing == {"null"} else "type"
        yield _gap(facet, "type", facts, part, _type_names(facts.types), _type_names(types(part)))


def _type_names(found: frozenset[str]) -> str:
    names = found - {"fraction"} - ({"integer"} if "fraction" in found else set())
    return " or ".join(sorted(names | ({"number"} if "fraction" in found else set())))


def _enum(facts: Facts, part: Part) -> Iterator[Gap]:
    yield _gap("enum", "enum", facts, part, None, part.read("enum"))


def _multiple(facts: Facts, part: Part) -> Iterator[Gap]:
    step = Fraction(part.read("multipleOf"))
    known = [Fraction(each) for each in facts.all_of("multipleOf")] + [Fraction(1)] * facts.only_integers
    if facts.types & NUMBERS and not any((each / step).denominator == 1 for each in known):
        yield _gap("multiple", "multipleOf", facts, part, _first(facts, "multipleOf"), part.read("multipleOf"))


def _first(facts: Facts, keyword: str) -> Any:
    return next(iter(facts.all_of(keyword)), None)


def _lower(keyword: str, facts: Facts, part: Part) -> Iterator[Gap]:
    bound = lower(part)
    met = facts.lower is not None and bound is not None and _order(facts.lower, 1) >= _order(bound, 1)
    if facts.types & NUMBERS and not met:
        yield _gap("range", keyword, facts, part, _first(facts, keyword), part.read(keyword))


def _upper(keyword: str, facts: Facts, part: Part) -> Iterator[Gap]:
    bound = upper(part)
    met = facts.upper is not None and bound is not None and _order(facts.upper, -1) <= _order(bound, -1)
    if facts.types & NUMBERS and not met:
        yield _gap("range", keyword, facts, part, _first(facts, keyword), part.read(keyword))


def _order(bound: Bound, direction: int) -> tuple[Fraction, int]:
    return bound.value, direction * bound.exclusive


def _at_most(keyword: str, facet: str, name: str, facts: Facts, part: Part) -> Iterator[Gap]:
    limit = facts.most_properties if keyword == "maxProperties" else facts.most(keyword)
    if name in facts.types and (limit is None or limit > part.read(keyword)):
        yield _gap(facet, keyword, facts, part, facts.most(keyword), part.read(keyword))


def _at_least(keyword: str, facet: str, name: str, facts: Facts, part: Part) -> Iterator[Gap]:
    limit = facts.fewest_properties if keyword == "minProperties" else facts.least(keyword)
    if name in facts.types and limit < part.read(keyword):
        yield _gap(facet, keyword, facts, part, facts.least(keyword) or None, part.read(keyword))


def _same_text(keyword: str, facts: Facts, part: Part) -> Iterator[Gap]:
    """Two patterns, or two formats, are only comparable when they are the same."""
    if "string" in facts.types and part.read(keyword) not in facts.all_of(keyword):
        yield _gap(keyword, keyword, facts, part, _first(facts, keyword), part.read(keyword))


def _pattern(facts: Facts, part: Part) -> Iterator[Gap]:
    """What a format's own pattern demands, its format says."""
    if part.read("pattern") != FORMAT_PATTERNS.get(part.read("format")):
        yield from _same_text("pattern", facts, part)


def _unique(facts: Facts, part: Part) -> Iterator[Gap]:
    most = facts.most("maxItems")
    known = any(facts.all_of("uniqueItems")) or (most is not None and most < 2)
    if part.read("uniqueItems") and "array" in facts.types and not known:
        yield _gap("items", "uniqueItems", facts, part, None, True)


def _required(facts: Facts, part: Part) -> Iterator[Gap]:
    for name in part.read("required") if "object" in facts.types else ():
        if name not in facts.required:
            yield Gap("required", facts.known.place_of("required"), (*part.place, "required"), name=name)


_CHECKS: Mapping[str, Check] = {
    "type": _type,
    "enum": _enum,
    "multipleOf": _multiple,
    "minimum": partial(_lower, "minimum"),
    "exclusiveMinimum": partial(_lower, "exclusiveMinimum"),
    "maximum": partial(_upper, "maximum"),
    "exclusiveMaximum": partial(_upper, "exclusiveMaximum"),
    "minLength": partial(_at_least, "minLength", "length", "string"),
    "maxLength": partial(_at_most, "maxLength", "length", "string"),
    "pattern": _pattern,
    "format": partial(_same_text, "format"),
    "minItems": partial(_at_least, "minItems", "items", "array"),
    "maxItems": partial(_at_most, "maxItems", "items", "array"),
    "uniqueItems": _unique,
    "minProperties": partial(_at_least, "minProperties", "properties", "object"),
    "maxProperties": partial(_at_most, "maxProperties", "properties", "object"),
    "required": _required,
}
