"""Every rule on schemas: a pair of a wide schema and a narrow one, compared both ways, in requests and in responses."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from contract.schemas import Schema
from contract_compiler.document import Node
from contract_compiler.schemas import Schemas
from contract_diff.changes import RULES, Weight
from contract_diff.flat_schemas import DocumentSchemas
from contract_diff.schema_changes import MOST_QUESTIONS, Subset
from tests.unit.contract_diff.pairs import IN, OUT, changes, contract, rules


class Pair(NamedTuple):
    """The rules, of requests and of responses, when the narrow schema follows the wide one, and the other way round."""

    name: str
    wide: Any
    narrow: Any
    narrowed: tuple[str, str]
    widened: tuple[str, str]


def limit(facet: str, wide: Any, narrow: Any, name: str = "") -> Pair:
    """A pair whose rules are named as most are."""
    narrowed, widened = ((f"request-{facet}-{word}", f"response-{facet}-{word}") for word in ("narrowed", "widened"))
    return Pair(name or facet, wide, narrow, narrowed, widened)


def text(**keywords: Any) -> Any:
    return {"type": "string", **keywords}


def thing(properties: Any = None, **keywords: Any) -> Any:
    return {"type": "object", "properties": properties or {"a": text()}, **keywords}


def ref(name: str) -> Any:
    return {"$ref": f"#/components/schemas/{name}"}


BY_KIND = {"propertyName": "kind"}
LONE = {"type": "array", "items": {}, "maxItems": 1}
CAT, DOG = (thing({"kind": text(enum=[kind])}, required=["kind"]) for kind in ("cat", "dog"))
PAIRS = [
    limit("type", {"type": "number"}, {"type": "integer"}),
    limit("type", {}, text(), "type-of-anything"),
    limit("enum", text(enum=["a", "b"]), text(enum=["a"])),
    limit("enum", text(), text(enum=["a"]), "enum-of-any-text"),
    limit("range", {"type": "number", "maximum": 5}, {"type": "number", "maximum": 4}),
    limit("range", {"type": "number"}, {"type": "number", "minimum": 4}, "range-new"),
    limit(
        "range", {"type": "number", "minimum": 1}, {"type": "number", "minimum": 1, "exclusiveMinimum": True}, "open"
    ),
    limit("range", {"type": "integer"}, {"type": "integer", "format": "int32"}, "range-by-format"),
    limit("multiple", {"type": "integer", "multipleOf": 2}, {"type": "integer", "multipleOf": 4}),
    limit("length", text(maxLength=5), text(maxLength=4)),
    limit("length", text(), text(minLength=1), "length-new"),
    limit("items", {"type": "array", "items": {}}, {"type": "array", "items": {}, "maxItems": 3}),
    limit("items", {"type": "array", "items": {}}, {"type": "array", "items": {}, "uniqueItems": True}, "unique"),
    limit("properties", thing(), thing(minProperties=1)),
    limit("type", {"type": "array", "items": {}}, {"type": "array", "items": text()}, "inside-items"),
    limit("length", thing({"a": text()}), thing({"a": text(maxLength=1)}), "inside-properties"),
    limit(
        "length", thing(additionalProperties=text()), thing(additionalProperties=text(maxLength=1)), "inside-the-others"
    ),
    Pair(
        "nullable",
        text(nullable=True),
        text(),
        ("request-nullable-lost", "response-nullable-lost"),
        ("request-nullable-gained", "response-nullable-gained"),
    ),
    *(
        Pair(
            keyword,
            text(),
            text(**{keyword: value}),
            (f"request-{keyword}-changed", f"response-{keyword}-added"),
            (f"request-{keyword}-removed", f"response-{keyword}-changed"),
        )
        for keyword, value in (("pattern", "^a"), ("format", "date"))
    ),
    Pair(
        "required",
        thing(),
        thing(required=["a"]),
        ("request-property-required", "response-property-required"),
        ("request-property-optional", "response-property-optional"),
    ),
    Pair(
        "property-of-a-closed-object",
        thing({"a": text(), "b": text()}, additionalProperties=False),
        thing({"a": text()}, additionalProperties=False),
        ("request-property-removed", "response-property-removed"),
        ("request-property-added", "response-property-added"),
    ),
    Pair(
        "property-of-an-open-object",
        thing({"a": text()}),
        thing({"a": text(), "b": text()}),
        ("request-property-described", "response-property-described"),
        ("request-property-undescribed", "response-property-undescribed"),
    ),
    Pair(
        "closed-object",
        thing(),
        thing(additionalProperties=False),
        ("request-object-closed", "response-object-closed"),
        ("request-object-opened", "response-object-opened"),
    ),
    *(
        Pair(
            f"branch-of-{keyword}",
            {keyword: [CAT, DOG, {"type": "integer"}]},
            {keyword: [CAT, DOG]},
            ("request-alternative-removed", "response-alternative-removed"),
            ("request-alternative-added", "response-alternative-added"),
        )
        for keyword in ("oneOf", "anyOf")
    ),
    Pair(
        "not",
        text(),
        {"allOf": [text()], "not": text(pattern="^a")},
        ("request-exclusion-added", "response-exclusion-added"),
        ("request-exclusion-removed", "response-exclusion-removed"),
    ),
]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_fewer_values_break_requests_and_more_break_responses(pair: Pair) -> None:
    for place, narrowed, widened in zip((IN, OUT), pair.narrowed, pair.widened, strict=True):
        wide, narrow = contract({place: pair.wide}), contract({place: pair.narrow})
        assert set(rules(wide, narrow)) == {narrowed}
        assert set(rules(narrow, wide)) == {widened}


def test_every_rule_on_schemas_has_a_pair() -> None:
    shown = {rule for pair in PAIRS for rule in (*pair.narrowed, *pair.widened)}
    ours = {rule for rule in RULES if rule.split("-")[0] in ("request", "response")}
    elsewhere = ("-status-", "-media-type-", "-body-", "-header-", "-size-", "-default-")
    assert shown == {rule for rule in ours if not any(word in rule for word in elsewhere)}


def test_only_what_is_new_to_a_closed_answer_is_no_break() -> None:
    more_in_answers = {rule for pair in PAIRS for rule in pair.widened if rule.startswith("response")}
    additions = {rule for rule in more_in_answers if RULES[rule] is Weight.ADDITION}
    assert additions == {"response-property-added", "response-object-opened"}


def test_one_pattern_for_another_is_one_change_that_cannot_be_shown_to_be_compatible() -> None:
    [change] = changes(contract({IN: text(pattern="^a+$")}), contract({IN: text(pattern="^a*$")}))
    assert change.rule == "request-pattern-changed"
    assert change.pointer == f"{IN}/pattern"
    assert change.message == "pattern was ^a+$, is ^a*$; this cannot be shown to be compatible"


def test_other_words_for_the_same_pattern_change_nothing_that_is_enforced() -> None:
    new = text(pattern="^a", **{"x-pattern-description": "a word"})
    for old in (text(pattern="^a", **{"x-pattern-description": "an a"}), text(pattern="^a")):
        for place in (IN, OUT):
            assert rules(contract({place: old}), contract({place: new})) == ["documentation-changed"]


def test_values_that_come_and_values_that_go_are_two_changes() -> None:
    found = changes(contract({OUT: text(enum=["a", "b"])}), contract({OUT: text(enum=["b", "c"])}))
    assert [(each.rule, each.message) for each in found] == [
        ("response-enum-widened", "c is allowed now"),
        ("response-enum-narrowed", "a is no longer allowed"),
    ]


def test_a_field_that_is_read_only_counts_in_answers_only() -> None:
    old = thing({"a": text(), "id": text(readOnly=True)}, required=["id"], additionalProperties=False)
    new = thing({"a": text(), "id": text(readOnly=True, maxLength=3)}, required=["id"], additionalProperties=False)
    assert rules(contract({IN: old, OUT: old}), contract({IN: new, OUT: new})) == ["response-length-narrowed"]


def test_a_field_that_is_write_only_counts_in_requests_only() -> None:
    old, new = (thing({"key": text(writeOnly=True, maxLength=most)}) for most in (5, 3))
    assert rules(contract({IN: old, OUT: old}), contract({IN: new, OUT: new})) == ["request-length-narrowed"]


def test_a_field_that_becomes_read_only_is_gone_from_requests() -> None:
    old, new = (thing({"a": text(), "b": text(**way)}, additionalProperties=False) for way in ({}, {"readOnly": True}))
    assert rules(contract({IN: old, OUT: old}), contract({IN: new, OUT: new})) == ["request-property-removed"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (text(maxLength=3, pattern="^a"), {"allOf": [text(maxLength=3), {"pattern": "^a"}]}),
        (text(enum=["a", "b"]), text(enum=["b", "a"])),
        (text(enum=["a", "b"]), {"oneOf": [text(enum=["a"]), text(enum=["b"])]}),
        ({"oneOf": [CAT, DOG]}, {"oneOf": [DOG, CAT]}),
        ({"oneOf": [CAT, DOG]}, {"anyOf": [DOG, CAT]}),
        ({"type": "integer", "minimum": 1}, {"type": "integer", "minimum": 0, "exclusiveMinimum": True}),
        ({"type": "integer"}, {"type": "integer", "multipleOf": 1}),
        (thing(required=["a"]), thing(required=["a"], minProperties=1)),
        ({**LONE, "uniqueItems": True}, LONE),
        ({"type": "boolean"}, {"type": "boolean", "enum": [True, False]}),
    ],
)  # fmt: skip
def test_the_same_in_other_words_is_no_change(one: Any, other: Any) -> None:
    for place in (IN, OUT):
        for old, new in ((one, other), (other, one)):
            assert rules(contract({place: old}), contract({place: new})) == ["written-otherwise"]


def test_a_change_in_a_component_is_told_once_with_all_the_operations_that_it_reaches() -> None:
    reference = {"$ref": "#/components/schemas/Name"}
    other = "/paths/~1v1~1things~1{id}/get/responses/200/content"
    old, new = (
        contract(
            {
                "/components/schemas/Name": text(maxLength=most),
                OUT: reference,
                other: {"application/json": {"schema": thing({"name": reference})}},
            }
        )
        for most in (3, 4)
    )
    [change] = changes(old, new)
    assert (change.rule, change.pointer) == ("response-length-widened", "/components/schemas/Name/maxLength")
    assert set(change.operations) == {"PUT /v1/things/{id}", "GET /v1/things/{id}"}


def test_schemas_that_contain_themselves_come_to_an_end() -> None:
    def tree(**keywords: Any) -> Any:
        children = {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}
        return {
            "/components/schemas/Tree": thing({"name": text(**keywords), "children": children}, required=["name"]),
            IN: {"$ref": "#/components/schemas/Tree"},
        }

    [change] = changes(contract(tree(maxLength=3)), contract(tree(maxLength=2)))
    assert (change.rule, change.pointer) == (
        "request-length-narrowed",
        "/components/schemas/Tree/properties/name/maxLength",
    )
    assert rules(contract(tree(maxLength=3)), contract(tree(maxLength=4))) == ["request-length-widened"]


@pytest.mark.parametrize("form", ["reference", "allOf"])
def test_a_chain_of_references_may_be_longer_than_calls_are_deep(form: str) -> None:
    length = 640
    links = {f"S{number}": ref(f"S{number + 1}") for number in range(length)}
    chain = links if form == "reference" else {name: {"allOf": [link]} for name, link in links.items()}
    old, new = (
        contract({"/components/schemas": {**chain, f"S{length}": text(maxLength=most)}, IN: ref("S0")})
        for most in (3, 4)
    )
    [change] = changes(old, new)
    assert (change.rule, change.pointer) == ("request-length-widened", f"/components/schemas/S{length}/maxLength")


def nested_choices(depth: int, leaf: Any) -> Any:
    links = {f"S{number}": {"oneOf": [ref(f"S{number + 1}"), {"type": "integer"}]} for number in range(depth)}
    return {**links, f"S{depth}": leaf}


def many_choices(count: int, leaf: Any) -> Any:
    """Each doubles the ways in which a value can be valid."""
    pairs = ([thing({f"a{number}": leaf}, required=[f"a{number}"]), thing(required=[f"b{number}"])]
             for number in range(count))  # fmt: skip
    return {"S0": {"allOf": [{"anyOf": pair} for pair in pairs]}}


def asked(old: Any, new: Any) -> tuple[int, bool]:
    """How many questions it takes to compare the S0 of these, and whether the new one allows all of the old one."""
    documents = (contract({"/components/schemas": each}) for each in (old, new))
    nodes = (Node(each, (), each) for each in documents)
    known, demanded = (DocumentSchemas(each).enforced(each["components"]["schemas"]["S0"], "request") for each in nodes)
    subset = Subset()
    allows_all = not subset.gaps(known, demanded)
    return subset.questions, allows_all


def test_choices_inside_each_other_do_not_multiply_the_work() -> None:
    few, many = (nested_choices(depth, text(maxLength=4)) for depth in (3, 12))
    assert asked(many, many)[1]
    works = []
    for schemas in (few, many):
        name = f"S{len(schemas) - 1}"
        work, allows_all = asked({**schemas, name: text(maxLength=5)}, schemas)
        assert not allows_all
        works.append(work)
    assert 0 < works[1] < 16 * works[0]  # At most as the square of the depth, and not 3.4 times for each level.
    assert works[1] < MOST_QUESTIONS / 4


def test_a_comparison_that_would_take_too_long_shows_nothing_to_be_compatible() -> None:
    few, many = 3, 11
    assert asked(many_choices(few, text(maxLength=4)), many_choices(few, text(maxLength=5)))[1]
    for old, new in ((4, 5), (5, 4)):
        work, allows_all = asked(many_choices(many, text(maxLength=old)), many_choices(many, text(maxLength=new)))
        assert work <= MOST_QUESTIONS
        assert not (allows_all and old > new)


def test_a_discriminator_chooses_what_is_compared() -> None:
    def pets(**cat: Any) -> Any:
        return {
            "/components/schemas/Cat": thing({"kind": text(), "name": text(**cat)}, required=["kind"]),
            "/components/schemas/Dog": thing({"kind": text(), "age": {"type": "integer"}}, required=["kind"]),
            IN: {
                "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
                "discriminator": {"propertyName": "kind"},
            },
        }

    [change] = changes(contract(pets()), contract(pets(maxLength=4)))
    assert (change.rule, change.pointer) == (
        "request-length-narrowed",
        "/components/schemas/Cat/properties/name/maxLength",
    )
    lone = {**pets(), f"{IN}/oneOf/1": {"$ref": "#/components/schemas/Cat"}}
    assert "request-enum-narrowed" in rules(contract(pets()), contract(lone))


def test_a_discriminator_as_a_choice_allows_what_the_discriminator_allows() -> None:
    """Beside oneOf, with a mapping, and with the schema's own children, of which the schema itself is one."""
    kind = {"kind": text()}
    document = contract(
        {
            "/components/schemas": {
                "Cat": thing(kind, required=["kind", "claws"]),
                "Dog": thing(kind, required=["kind"], maxProperties=1),
                "Pet": {"oneOf": [ref("Cat"), ref("Dog")], "discriminator": {**BY_KIND, "mapping": {"cat": "Cat"}}},
                "Parent": thing(kind, required=["kind"], discriminator=BY_KIND),
                "Child": {"allOf": [ref("Parent"), {"required": ["name"]}]},
            }
        }
    )
    root = Node(document, (), document)
    schemas = root["components"]["schemas"]
    kinds = ("Cat", "Dog", "Pet", "Parent", "Child", "cat", None)
    values: list[Any] = [
        {"kind": kind, **more} for kind in kinds for more in ({}, {"claws": 1}, {"name": 1}, {"a": 1, "b": 2})
    ]
    for name in ("Pet", "Parent", "Child"):
        enforced = Schemas()
        decided = Schema(enforced.translate(schemas[name], "request"), enforced.definitions)
        found = [
            value for value in values if DocumentSchemas(root).enforced(schemas[name], "request").schema.is_valid(value)
        ]
        assert found == [value for value in values if decided.is_valid(value)] != []


@pytest.mark.parametrize("index", [0, 1])
def test_a_oneof_whose_alternatives_overlap_may_be_written_in_another_order_only(index: int) -> None:
    short, small = text(maxLength=5), text(pattern="^[a-z]+$")
    edited = [short, small][index] | {"maxLength": 9}
    for place in (IN, OUT):
        old, turned = (contract({place: {"oneOf": each}}) for each in ([short, small], [small, short]))
        assert rules(old, turned) == ["written-otherwise"]
        changed = contract({place: {"oneOf": [edited, (small, short)[index]]}})
        assert any(RULES[rule] is Weight.BREAKING for rule in rules(old, changed))
