"""What one judge has against an exchange that the other one accepts, place by place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from contract.json_pointer import unescaped
from cross_check.second_opinion import Fault
from tests.contract.differential.judges import RequestJudgement, ResponseJudgement

Judgement = RequestJudgement | ResponseJudgement
Judge = Literal["engine", "openapi-core"]


@dataclass(frozen=True)
class Objection:
    """`place` is path, query, header, cookie, body or status; openapi-core names it by its error instead.

    `name` is the parameter's or header's, or the first field of the body's place. `what` is the engine's message, its
    keyword for a response, the status for a body that it does not read; or openapi-core's keyword, "" if it has none.
    """

    judge: Judge
    place: str
    name: str
    what: str


def objections(judgement: Judgement) -> list[Objection]:
    """The objections of the one judge that has any."""
    if judgement.accepted:
        return [each for fault in judgement.faults for each in _of_fault(fault)]
    if isinstance(judgement, RequestJudgement):
        return list(_of_refusal(judgement))
    violations = judgement.invalid.violations if judgement.invalid else ()
    return [Objection("engine", each.where, _first(each.field), each.rule) for each in violations]


def _of_refusal(judgement: RequestJudgement) -> Iterable[Objection]:
    refusal = judgement.refusal
    if refusal and not refusal.details:
        yield Objection("engine", "body", "", str(refusal.status))
    for each in refusal.details if refusal else ():
        yield Objection("engine", each.where, _first(each.field), each.message)


def _of_fault(fault: Fault) -> Iterable[Objection]:
    for keyword, place in fault.keywords or (("", ""),):
        yield Objection("openapi-core", fault.error, place.split("/")[0], keyword)


def _first(pointer: str) -> str:
    return unescaped(pointer[1:].split("/", 1)[0])
