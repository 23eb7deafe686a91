"""Every rule on what is around the schemas: routes, parameters, bodies, answers, headers, who may call, and prose."""

from __future__ import annotations

from typing import Any

import pytest

from contract_diff.changes import RULES
from tests.unit.contract_diff.pairs import ANSWER, BODY, GONE, IN, OPERATION, changes, contract, rules
from tests.unit.contract_diff.test_schema_rules import PAIRS

ITEM = "/paths/~1v1~1things~1{id}"
Q, HEADER = f"{OPERATION}/parameters/1", f"{ANSWER}/headers/X-One"
HEADERS = f"{ANSWER}/headers"
TEXT = {"type": "string"}
USER = "/components/securitySchemes/user"
GET = {"operationId": "listThings", "responses": {"200": {"description": "All."}}}
NUMBERS = {"type": "array", "items": {"type": "integer"}}
ID = {"name": "id", "in": "path", "required": True, "schema": TEXT}
PARAMETER = {"name": "r", "in": "query", "schema": TEXT}

# What is edited, the rules of that, and the rules of taking it back.
CASES: dict[str, tuple[dict[str, Any], list[str], list[str]]] = {
    "a path": ({"/paths/~1v1~1things": {"get": GET}}, ["path-added"], ["path-removed"]),
    "an operation": ({f"{ITEM}/delete": {**GET, "parameters": [ID]}},
                     ["operation-added"], ["operation-removed"]),
    "an operation's name": ({f"{OPERATION}/operationId": "setThing"},
                            ["operation-id-changed"], ["operation-id-changed"]),
    "a deprecation": ({f"{OPERATION}/deprecated": True}, ["operation-deprecated"], ["written-otherwise"]),
    "callbacks": ({f"{OPERATION}/callbacks": {}}, ["callbacks-changed"], ["callbacks-changed"]),
    "who may call": ({f"{OPERATION}/security": []}, ["security-loosened"], ["security-tightened"]),
    "a choice of who may call": ({f"{OPERATION}/security/-": {"robot": []}},
                                 ["security-loosened"], ["security-tightened"]),
    "two schemes at once": ({f"{OPERATION}/security/0/robot": []}, ["security-tightened"], ["security-loosened"]),
    "groups": ({f"{USER}/x-allowed-groups": ["a"]}, ["security-tightened"], ["security-loosened"]),
    "a scheme": ({f"{USER}/scheme": "basic"}, ["security-scheme-changed"], ["security-scheme-changed"]),
    "a parameter": ({f"{OPERATION}/parameters/-": PARAMETER}, ["parameter-added"], ["parameter-removed"]),
    "a new required parameter": ({f"{OPERATION}/parameters/-": {**PARAMETER, "required": True}},
                                 ["parameter-required"], ["parameter-removed"]),
    "a parameter that was optional": ({f"{Q}/required": True}, ["parameter-required"], ["parameter-optional"]),
    "a parameter on its way out": ({f"{Q}/deprecated": True}, ["parameter-deprecated"], ["written-otherwise"]),
    "a parameter's default": ({f"{Q}/schema/default": "b"}, ["request-default-changed"], ["request-default-changed"]),
    "a parameter without a default": ({f"{Q}/schema/default": GONE},
                                      ["request-default-changed"], ["request-default-changed"]),
    "a parameter's values": ({f"{Q}/schema/maxLength": 3}, ["request-length-narrowed"], ["request-length-widened"]),
    "a body that must be sent": ({f"{BODY}/required": True}, ["request-body-required"], ["request-body-optional"]),
    "a body": ({BODY: GONE}, ["request-body-removed"], ["request-body-added"]),
    "a body's size": ({f"{BODY}/x-max-bytes": 10}, ["request-size-narrowed"], ["request-size-widened"]),
    "a body's media type": ({f"{BODY}/content/text~1plain": {"schema": TEXT}},
                            ["request-media-type-added"], ["request-media-type-removed"]),
    "an answer": ({f"{OPERATION}/responses/201": {"description": "New."}},
                  ["response-status-added"], ["response-status-removed"]),
    "an answer's body": ({f"{ANSWER}/content": GONE}, ["response-body-removed"], ["response-body-added"]),
    "an answer's media type": ({f"{ANSWER}/content/text~1plain": {"schema": TEXT}},
                               ["response-media-type-added"], ["response-media-type-removed"]),
    "a header": ({f"{HEADERS}/X-Two": {"schema": TEXT}}, ["response-header-added"], ["response-header-removed"]),
    "a header that is always there": ({f"{HEADER}/required": True},
                                      ["response-header-required"], ["response-header-optional"]),
    "a header's values": ({f"{HEADER}/schema/maxLength": 3}, ["response-length-narrowed"], ["response-length-widened"]),
    "prose": ({f"{OPERATION}/description": "Otherwise."}, ["documentation-changed"], ["documentation-changed"]),
    "an extension": ({f"{OPERATION}/x-pace": 1}, ["documentation-changed"], ["documentation-changed"]),
    "only the version": ({"/info/version": "1.2.4"}, [], []),
    "nothing": ({}, [], []),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_change_is_told_by_its_rule_both_ways(name: str) -> None:
    edits, there, back = CASES[name]
    old, new = contract(), contract(edits)
    assert rules(old, new) == there
    assert rules(new, old) == back


def test_every_rule_is_shown() -> None:
    shown = {rule for _, there, back in CASES.values() for rule in (*there, *back)}
    shown |= {rule for pair in PAIRS for rule in (*pair.narrowed, *pair.widened)}
    others = {"parameter-read-otherwise", "response-header-read-otherwise"}
    on_the_wire = {"path-shadowed", "path-parameter-renamed", "server-added", "server-removed"}  # test_wire_rules.py
    assert shown | others | on_the_wire == set(RULES)


@pytest.mark.parametrize(
    "edits",
    [
        {f"{Q}/style": "pipeDelimited", f"{Q}/explode": False},
        {f"{Q}/explode": False},
        {f"{Q}/schema": {"type": "array", "items": {}}},
    ],
)
def test_a_parameter_that_is_read_in_another_way_is_a_break(edits: dict[str, Any]) -> None:
    old = contract({f"{Q}/schema": NUMBERS})
    assert "parameter-read-otherwise" in rules(old, contract({f"{Q}/schema": NUMBERS, **edits}))


def test_a_parameter_that_may_be_anything_takes_whatever_was_taken() -> None:
    old = contract({f"{Q}/schema": {"type": "integer", "default": 1}})
    assert rules(old, contract({f"{Q}/schema": {}})) == ["request-default-changed", "request-type-widened"]


def test_a_header_that_is_read_in_another_way_is_a_break() -> None:
    old, new = (contract({f"{HEADER}/schema": NUMBERS, f"{HEADER}/explode": explode}) for explode in (False, True))
    assert "response-header-read-otherwise" in rules(old, new)


def test_the_case_of_a_headers_name_does_not_count() -> None:
    new = contract({HEADER: GONE, f"{HEADERS}/x-ONE": {"schema": TEXT}})
    assert rules(contract(), new) == ["written-otherwise"]


def test_a_status_that_a_range_spoke_of_is_compared_with_the_range() -> None:
    wide = {f"{OPERATION}/responses/4XX": {"description": "Refused.", "headers": {"X-Why": {"schema": TEXT}}}}
    named = {**wide, f"{OPERATION}/responses/409": {"description": "Taken."}}
    assert rules(contract(wide), contract(named)) == ["response-header-removed"]


def test_a_media_range_takes_what_it_names() -> None:
    new = contract({f"{BODY}/content": {"application/*": {"schema": {}}}})
    assert rules(contract(), new) == ["request-media-type-added"]


def test_a_default_of_a_new_field_is_no_change_of_a_default() -> None:
    old, new = (
        contract({IN: {"type": "object", "properties": properties, "additionalProperties": False}})
        for properties in ({"a": TEXT}, {"a": TEXT, "b": {**TEXT, "default": "x"}})
    )
    assert rules(old, new) == ["request-property-added"]


def test_a_default_inside_a_body_is_told_with_its_place() -> None:
    old, new = (
        contract({IN: {"type": "object", "properties": {"a": {**TEXT, "default": default}}}}) for default in "xy"
    )
    [change] = changes(old, new)
    assert (change.rule, change.pointer) == ("request-default-changed", f"{IN}/properties/a")
    assert change.message == "left out, a was x, is y"


@pytest.mark.parametrize("default", [True, [1, True]])
def test_true_is_not_the_default_1(default: object) -> None:
    old, new = (
        contract({IN: {"type": "object", "properties": {"a": {"default": each}}}}) for each in (_one(default), default)
    )
    assert rules(old, new) == ["request-default-changed"]
    old, new = (contract({f"{Q}/schema": {"default": each}}) for each in (_one(default), default))
    assert "request-default-changed" in rules(old, new)


def _one(default: object) -> object:
    return [1, 1] if isinstance(default, list) else 1


def test_a_change_tells_where_it_is_and_in_which_operations() -> None:
    [change] = changes(contract({f"{OPERATION}/responses/404": GONE}), contract())
    assert (change.side, change.pointer) == ("new", f"{OPERATION}/responses/404")
    [change] = changes(contract(), contract({f"{OPERATION}/responses/404": GONE}))
    assert (change.side, change.pointer) == ("old", f"{OPERATION}/responses/404")
    assert change.operations == ("PUT /v1/things/{id}",)
