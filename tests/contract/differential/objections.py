"""What one validator has against an exchange that the other one accepts, place by place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from contract.strict_json import unescaped
from cross_check.second_validator import OpenapiCoreError
from tests.contract.differential.validators import RequestComparison, ResponseComparison

Comparison = RequestComparison | ResponseComparison
ValidatorName = Literal["engine", "openapi-core"]


@dataclass(frozen=True)
class Objection:
    """`place` is path, query, header, cookie, body or status; openapi-core names it by its error instead.

    `name` is the parameter's or header's, or the first field of the body's place. `what` is the engine's message, its
    keyword for a response, the status for a body that it does not read; or openapi-core's keyword, "" if it has none.
    """

    validator: ValidatorName
    place: str
    name: str
    what: str


def objections(comparison: Comparison) -> list[Objection]:
    """The objections of the one validator that has any."""
    if comparison.accepted:
        return [each for fault in comparison.faults for each in _of_fault(fault)]
    if isinstance(comparison, RequestComparison):
        return list(_of_refusal(comparison))
    violations = comparison.invalid.violations if comparison.invalid else ()
    return [Objection("engine", each.where, _first(each.field), each.rule) for each in violations]


def _of_refusal(comparison: RequestComparison) -> Iterable[Objection]:
    refusal = comparison.refusal
    if refusal and not refusal.details:
        yield Objection("engine", "body", "", str(refusal.status))
    for each in refusal.details if refusal else ():
        yield Objection("engine", each.where, _first(each.field), each.message)


def _of_fault(fault: OpenapiCoreError) -> Iterable[Objection]:
    for keyword, place in fault.keywords or (("", ""),):
        yield Objection("openapi-core", fault.error, place.split("/")[0], keyword)


def _first(pointer: str) -> str:
    return unescaped(pointer[1:].split("/", 1)[0])
