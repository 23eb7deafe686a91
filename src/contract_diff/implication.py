"""Proofs that every value which keeps some schemas keeps another one too.

A proof is sound, not complete: where there is a gap the demand may still hold, but nobody has shown it. Each keyword of
what is demanded is proven by itself. Where what is known leaves a choice (anyOf, oneOf, a discriminator), the proof may
go case by case. Schemas that contain themselves are proven by induction on the depth of the value: a claim may rest on
itself only below a property or an item.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from contract_diff import assertions
from contract_diff.facts import NUMBERS, Facts
from contract_diff.gaps import Gap, distinct, serious
from contract_diff.likeness import alike
from contract_diff.sourced import Known, Part, SourcedSchemas

_MOST_CASES = 300  # of one question; beyond that the answer is that it cannot be shown.
_NO_DEMAND = frozenset({"x-integer-literal", "then"})  # Each is judged together with the keyword beside it.


class Prover:
    """Answers questions about the schemas of two documents.

    `open_home`: the document whose closed objects count as open. A property that they do not know is then an open gap.
    """

    def __init__(self, open_home: SourcedSchemas | None = None) -> None:
        self._open_home = open_home
        self._depth = 0
        self._cases = 0
        self._underway: dict[object, int] = {}
        self._settled: dict[object, list[Gap]] = {}
        self._checks: Mapping[str, Callable[[Known, Part], Iterable[Gap]]] = {
            "properties": self._properties,
            "additionalProperties": self._others,
            "items": self._items,
            "anyOf": self._any_of,
            "oneOf": self._one_of,
            "not": self._not,
            "if": self._if,
        }

    def ask(self, known: Part, demanded: Part) -> list[Gap]:
        """Where `demanded` is not shown to hold for every value that keeps `known`; nothing when it is."""
        self._cases = 0
        return distinct(self._gaps(Known.of([known], known.place), demanded))

    def _gaps(self, known: Known, demanded: Part) -> list[Gap]:
        if self._is_impossible(known):
            return []
        return [gap for part in demanded.flat() for gap in self._of_part(known, part)]

    def _of_part(self, known: Known, part: Part) -> list[Gap]:
        if any(each.key == part.key or alike(each, part) for each in known.parts):
            return []
        key = (known.key, part.key)
        if key in self._settled:
            return self._settled[key]
        if key in self._underway:
            return [] if self._underway[key] < self._depth else [_unshown(known, part)]
        before = len(self._settled)
        self._underway[key] = self._depth
        found = self._worked_out(known, part)
        del self._underway[key]
        if serious(found):
            self._take_back(before)
        self._settled[key] = found
        return found

    def _take_back(self, before: int) -> None:
        """What was concluded while a claim that failed was assumed to hold."""
        while len(self._settled) > before:
            self._settled.popitem()

    def _worked_out(self, known: Known, part: Part) -> list[Gap]:
        if part.value is False:
            return [_unshown(known, part)]
        values = self._facts(known).values
        if values is not None:
            return list(assertions.by_value(known, part, values))
        return [gap for keyword in part.value for gap in self._keyword(known, part, keyword)]  # type: ignore[union-attr]

    def _keyword(self, known: Known, part: Part, keyword: str) -> list[Gap]:
        found = list(self._check(known, part, keyword))
        if not serious(found):
            return found
        cases = self._choice(known)
        self._cases += len(cases or ())
        if cases is None or self._cases > _MOST_CASES:
            return found
        return [gap for case in cases if not self._is_impossible(case) for gap in self._in_case(case, part, keyword)]

    def _in_case(self, known: Known, part: Part, keyword: str) -> list[Gap]:
        values = self._facts(known).values
        if values is not None:
            return list(assertions.by_value(known, part, values))
        return self._keyword(known, part, keyword)

    def _check(self, known: Known, part: Part, keyword: str) -> Iterable[Gap]:
        if keyword in _NO_DEMAND:
            return []
        if keyword in self._checks:
            return self._checks[keyword](known, part)
        return assertions.check(keyword, self._facts(known), part)

    def _facts(self, known: Known) -> Facts:
        return Facts(known, self._open_home)

    def _holds(self, known: Known, demanded: Part) -> bool:
        return not serious(self._gaps(known, demanded))

    @contextmanager
    def _below(self) -> Iterator[None]:
        self._depth += 1
        yield
        self._depth -= 1

    # What is inside a value.

    def _properties(self, known: Known, part: Part) -> Iterator[Gap]:
        facts = self._facts(known)
        if "object" in facts.types:
            for name in part.read("properties"):
                yield from self._property(facts, part.below("properties", name), name)

    def _property(self, facts: Facts, demanded: Part, name: str) -> Iterator[Gap]:
        member = facts.member(name)
        with self._below():
            if demanded.value is False:
                if not self._is_impossible(member):
                    yield self._surplus(facts, demanded, name)
                return
            found = self._gaps(member, demanded)
        if serious(found) and name not in facts.listed:
            yield Gap("undescribed-property", facts.known.place, demanded.place, name=name)
        else:
            yield from found

    def _others(self, known: Known, part: Part) -> Iterator[Gap]:
        facts = self._facts(known)
        if "object" not in facts.types:
            return
        demanded = part.below("additionalProperties")
        for name in sorted(facts.listed - set(part.read("properties", {}))):
            yield from self._unnamed(facts, demanded, name)
        with self._below():
            if demanded.value is not False:
                yield from self._gaps(facts.others(), demanded)
            elif not self._is_impossible(facts.others()):
                yield Gap("open-object", facts.known.place, demanded.place, True, False, open=self._is_open(part))

    def _unnamed(self, facts: Facts, demanded: Part, name: str) -> Iterator[Gap]:
        """A property that what is known names, and what is demanded does not."""
        member = facts.member(name)
        with self._below():
            if demanded.value is not False:
                yield from self._gaps(member, demanded)
            elif not self._is_impossible(member):
                yield self._surplus(facts, demanded, name)

    def _surplus(self, facts: Facts, demanded: Part, name: str) -> Gap:
        holders = (part for part in facts.known.parts if part.read("properties", {}).get(name, False) is not False)
        holder = next(holders, None)
        place = facts.known.place if holder is None else (*holder.place, "properties", name)
        return Gap("property", place, demanded.place, name=name, open=self._is_open(demanded))

    def _is_open(self, demanded: Part) -> bool:
        return self._open_home is not None and demanded.home is self._open_home

    def _items(self, known: Known, part: Part) -> list[Gap]:
        facts = self._facts(known)
        if "array" not in facts.types or facts.most("maxItems") == 0:
            return []
        with self._below():
            return self._gaps(facts.items(), part.below("items"))

    # Choices that are demanded.

    def _any_of(self, known: Known, part: Part) -> list[Gap]:
        branches = _branches(part, "anyOf")
        attempts = [self._gaps(known, branch) for branch in branches]
        best = min(attempts, key=lambda found: len(serious(found)))
        return best if not serious(best) else self._nearest(known, part, "anyOf", attempts)

    def _one_of(self, known: Known, part: Part) -> list[Gap]:
        branches = _branches(part, "oneOf")
        attempts = [self._gaps(known, branch) for branch in branches]
        for index, found in enumerate(attempts):
            others = [branch for other, branch in enumerate(branches) if other != index]
            if not serious(found) and all(self._is_impossible(known.and_also(other)) for other in others):
                return found
        if any(self._is_same_choice(own, branches) for own in known.parts if "oneOf" in own):
            return []
        return self._nearest(known, part, "oneOf", attempts)

    def _is_same_choice(self, own: Part, branches: list[Part]) -> bool:
        """Whether exactly one of `branches` holds where exactly one of the part's own does."""
        pairs: dict[int, Part] = {}
        for mine in _branches(own, "oneOf"):
            free = (index for index in range(len(branches)) if index not in pairs)
            index = next((index for index in free if self._holds(_only(mine), branches[index])), None)
            if index is None:
                return False
            pairs[index] = mine
        # A branch that does not hold must not come to hold where another one does.
        return all(
            (index in pairs and self._holds(_only(branch), pairs[index]))
            or all(self._is_impossible(_only(mine, branch)) for at, mine in pairs.items() if at != index)
            for index, branch in enumerate(branches)
        )

    def _nearest(self, known: Known, part: Part, keyword: str, attempts: list[list[Gap]]) -> list[Gap]:
        """The gaps to the alternative that was meant, where its name tells which."""
        places = {each.place for each in known.parts if each.place[:2] == ("components", "schemas")}
        for branch, found in zip(_branches(part, keyword), attempts, strict=True):
            if serious(found) and (len(attempts) == 1 or places & {each.place for each in branch.flat()}):
                return found
        return [Gap("alternative", known.place, (*part.place, keyword))]

    def _not(self, known: Known, part: Part) -> list[Gap]:
        excluded = part.below("not")
        if self._is_impossible(known.and_also(excluded)):
            return []
        if any(self._holds(_only(excluded), own.below("not")) for own in known.parts if "not" in own):
            return []
        return [Gap("exclusion", known.place_of("not"), (*part.place, "not"))]

    def _if(self, known: Known, part: Part) -> list[Gap]:
        """A discriminator chooses: each value of its property is a case."""
        found: list[Gap] = []
        for condition in _each_value(part):
            case = self._informed(known.and_also(condition))
            if not self._is_impossible(case):
                found += self._gaps(case, part.below("then"))
        return found

    # Choices that are known.

    def _choice(self, known: Known) -> list[Known] | None:
        """The cases of the first choice that is left open; None when there is none."""
        for part in known.parts:
            for keyword in ("anyOf", "oneOf"):
                if keyword in part:
                    rest = part.without(keyword)
                    return [known.and_also(rest, branch, instead_of=part) for branch in _branches(part, keyword)]
        return self._discriminated(known)

    def _discriminated(self, known: Known) -> list[Known] | None:
        for part in known.parts:
            if "if" in part:
                [name] = part.read("if")["required"]
                values = self._facts(self._facts(known).member(name)).values
                if values is not None:
                    cases = (self._informed(known.and_also(case)) for case in _cases(part, name, values))
                    return [_decided(case, name) for case in cases]
        return None

    def _informed(self, known: Known) -> Known:
        """With what follows from the conditions that are met."""
        for part in known.parts:
            if "if" in part and self._holds(known, part.below("if")):
                return self._informed(known.and_also(part.below("then"), instead_of=part))
        return known

    # What no value keeps.

    def _is_impossible(self, known: Known) -> bool:
        """Whether it is shown that no value keeps all this."""
        key = ("impossible", known.key)
        if key in self._underway:
            return False
        self._underway[key] = self._depth
        try:
            return self._has_no_value(known)
        finally:
            del self._underway[key]

    def _has_no_value(self, known: Known) -> bool:
        facts = self._facts(known)
        if facts.contradict or facts.values == []:
            return True
        if facts.values is None and all(self._lacks(facts, name) for name in facts.types):
            return True
        return any(self._leaves_nothing(known, part) for part in known.parts)

    def _leaves_nothing(self, known: Known, part: Part) -> bool:
        for keyword in ("anyOf", "oneOf"):
            if keyword in part:
                rest = part.without(keyword)
                cases = (known.and_also(rest, branch, instead_of=part) for branch in _branches(part, keyword))
                if all(self._is_impossible(case) for case in cases):
                    return True
        if "not" in part:
            return self._holds(known.and_also(part.without("not"), instead_of=part), part.below("not"))
        return False

    def _lacks(self, facts: Facts, name: str) -> bool:
        """Whether there is no value of that type."""
        if name in NUMBERS:
            return assertions.has_no_number(facts, integers=name == "integer")
        if name == "string":
            return _crossed(facts.least("minLength"), facts.most("maxLength"))
        if name == "array":
            return self._has_no_array(facts)
        return name == "object" and self._has_no_object(facts)

    def _has_no_array(self, facts: Facts) -> bool:
        if _crossed(facts.least("minItems"), facts.most("maxItems")):
            return True
        with self._below():
            return facts.least("minItems") > 0 and self._is_impossible(facts.items())

    def _has_no_object(self, facts: Facts) -> bool:
        if _crossed(facts.fewest_properties, facts.most_properties):
            return True
        with self._below():
            return any(self._is_impossible(facts.member(name)) for name in facts.required)


def _branches(part: Part, keyword: str) -> list[Part]:
    return [part.below(keyword, index) for index in range(len(part.read(keyword)))]


def _only(*parts: Part) -> Known:
    return Known.of(parts, parts[0].place)


def _crossed(least: int, most: int | None) -> bool:
    return most is not None and least > most


def _unshown(known: Known, part: Part) -> Gap:
    return Gap("alternative", known.place, part.place)


def _each_value(part: Part) -> list[Part]:
    """The condition of a discriminator, for each of the values that meet it."""
    [(name, choice)] = part.read("if")["properties"].items()
    return _cases(part, name, choice["enum"])


def _cases(part: Part, name: str, values: list[Any]) -> list[Part]:
    """That the property is there and has this value, for each of the values."""
    made = ((repr(value), {"required": [name], "properties": {name: {"enum": [value]}}}) for value in values)
    return [Part(part.home.once(("case", name, key), schema), part.home, part.place) for key, schema in made]


def _decided(known: Known, name: str) -> Known:
    """Without the conditions on a property whose value is known: those that are not met demand nothing."""
    parts = tuple(part for part in known.parts if "if" not in part or part.read("if")["required"] != [name])
    return Known(parts, known.place)
