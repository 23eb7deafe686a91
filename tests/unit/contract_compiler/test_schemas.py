"""The names of definitions; what schemas mean stands in tests/fixtures/documents/schemas."""

from __future__ import annotations

from contract_compiler.document import parse
from contract_compiler.schemas import Schemas

DOCUMENT = parse("""
a: {$ref: '#/components/schemas/Pet'}
b: {$ref: '#/components/schemas/Pet/properties/to~1from'}
c: {$ref: '#/components/schemas/Pet/properties/to%20from'}
d: {$ref: '#/components/schemas/Pet.parent'}
components:
  schemas:
    Pet:
      discriminator: {propertyName: kind}
      properties: {to/from: {type: string}, to from: {type: integer}}
    Cat: {allOf: [{$ref: '#/components/schemas/Pet'}]}
    Pet.parent: {type: boolean}
""")


def test_a_component_keeps_its_name_and_anything_else_is_named_by_its_place() -> None:
    schemas = Schemas()
    assert schemas.translate(DOCUMENT["b"], None) == {"$ref": "#/$defs/components.schemas.Pet.properties.to_from"}
    assert schemas.translate(DOCUMENT["c"], None) == {"$ref": "#/$defs/components.schemas.Pet.properties.to_from_2"}
    assert schemas.definitions["components.schemas.Pet.properties.to_from_2"]["type"] == "integer"


def test_no_two_schemas_share_a_name() -> None:
    schemas = Schemas()
    schemas.translate(DOCUMENT["a"], None)
    assert schemas.translate(DOCUMENT["d"], None) == {"$ref": "#/$defs/Pet.parent_2"}
    assert set(schemas.definitions) == {"Pet", "Cat", "Pet.parent", "Pet.parent_2"}


def test_a_schema_is_translated_once() -> None:
    schemas = Schemas()
    assert schemas.translate(DOCUMENT["a"], "request") == schemas.translate(DOCUMENT["a"], "response")


def test_an_integer_is_marked_so_that_its_literal_can_be_checked() -> None:
    schemas = Schemas()
    assert schemas.translate(parse("type: integer\nnullable: true"), None) == {
        "type": ["integer", "null"],
        "x-integer-literal": True,
    }


def test_the_words_for_a_pattern_stand_beside_it_wherever_it_goes() -> None:
    word = parse("pattern: ^a\nx-pattern-description: a word\nformat: date\ntype: string")
    parts = [Schemas().translate(word, None), *Schemas().translate(word, None)["allOf"]]
    described = {each["pattern"]: each.get("x-pattern-description") for each in parts if "pattern" in each}
    assert described.pop("^a") == "a word"
    assert [*described.values()] == [None]
