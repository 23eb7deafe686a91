"""JSON Schemas of the compiled table: fast verdicts, and every breach when the verdict is bad.

jsonschema-rs decides. A validator is built at its schema's first use, and what tells the breaches imported at the first
of them, so that a cold start pays only for what its first request needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

from jsonschema_rs import Draft202012Validator, EmailOptions, ValidationError

from contract.messages import JSON

if TYPE_CHECKING:
    from contract.breaches import Breach


AnySchema: TypeAlias = "Schema | Definition"
_REFERENCE = "#/$defs/"


class IntegerLiteral:
    """The keyword `x-integer-literal`: 1.0 and 1e2 are no integers.

    OpenAPI 3.0 rests on JSON Schema's Wright draft 00, to which an integer is a number without a fraction or exponent;
    2020-12 goes by the value. Such a literal is a Decimal with an exponent; an `int` never is.
    """

    def __init__(self, parent_schema: dict[str, Any], value: Any, schema_path: list[str | int]) -> None:
        """Takes what jsonschema-rs gives to each keyword; none of it is needed."""

    def validate(self, instance: object) -> None:
        """Raises ValueError for a whole number that is not written as an integer."""
        if isinstance(instance, Decimal) and _is_disguised_integer(instance):
            raise ValueError("not an integer literal")


def _is_disguised_integer(number: Decimal) -> bool:
    return number.as_tuple().exponent != 0 and number == number.to_integral_value()


class Schema:
    """One schema with the definitions that its references (`#/$defs/NAME`) point to."""

    __slots__ = ("_definitions", "_document", "_validator")

    def __init__(self, document: Mapping[str, Any], definitions: Mapping[str, Any]) -> None:
        self._document = document
        self._definitions = definitions
        self._validator: Draft202012Validator | None = None

    def is_valid(self, value: JSON) -> bool:
        """Whether the value keeps the schema."""
        return (self._validator or self._build()).is_valid(value)

    def breaches(self, value: JSON) -> list[Breach]:
        """Every breach, ordered by place; none twice."""
        validator = self._validator or self._build()
        return [] if validator.is_valid(value) else sorted(_told(validator.iter_errors(value)))

    def first_breach(self, value: JSON) -> Breach | None:
        """One breach, None without any: for when nobody reads more, or gathering them all could take too long."""
        validator = self._validator or self._build()
        try:
            validator.validate(value)
        except ValidationError as error:
            return min(_told([error]))
        return None

    def _build(self) -> Draft202012Validator:
        self._validator = Draft202012Validator(
            {**self._document, "$defs": _referred(self._document, self._definitions)},
            validate_formats=True,
            email_options=EmailOptions(allow_display_text=False),
            keywords={"x-integer-literal": IntegerLiteral},
            offline=True,
        )
        return self._validator


class Definitions:
    """The definitions of a table, and the schemas that may refer to them.

    A schema that is a definition shares one validator with the others: request and answer have most of their patterns
    in common, and each is compiled once in a validator.
    """

    def __init__(self, documents: Mapping[str, Any]) -> None:
        self._documents = documents
        self._all = Schema({"properties": {name: {"$ref": f"{_REFERENCE}{name}"} for name in documents}}, documents)

    def schema(self, document: Mapping[str, Any]) -> AnySchema:
        """The schema that a document of the table is."""
        name = _definition(document)
        is_definition = document.keys() == {"$ref"} and name in self._documents
        return Definition(name, self._all) if is_definition else Schema(document, self._documents)

    def optional_schema(self, entry: Mapping[str, Any]) -> AnySchema | None:
        """The schema of a media type's entry; None for one without, which allows any bytes."""
        return self.schema(entry["schema"]) if "schema" in entry else None


class Definition:
    """One definition, judged as a Schema is: `everything` has it as the schema of the property of its name."""

    __slots__ = ("_everything", "_name")

    def __init__(self, name: str, everything: Schema) -> None:
        self._name = name
        self._everything = everything

    def is_valid(self, value: JSON) -> bool:
        """Whether the value keeps the definition."""
        return self._everything.is_valid({self._name: value})

    def breaches(self, value: JSON) -> list[Breach]:
        """Every breach, ordered by place; none twice."""
        return [breach._replace(path=breach.path[1:]) for breach in self._everything.breaches({self._name: value})]

    def first_breach(self, value: JSON) -> Breach | None:
        """One breach, None without any."""
        breach = self._everything.first_breach({self._name: value})
        return breach and breach._replace(path=breach.path[1:])


def _told(errors: Iterable[ValidationError]) -> set[Breach]:
    """The breaches that the errors are about."""
    from contract.breaches import breaches_of  # Spares it to every cold start whose request keeps the contract.

    return set(breaches_of(errors))


def _definition(document: Mapping[str, Any]) -> str:
    """The name of the definition that a schema refers to; "" for a schema that refers to none."""
    return str(document.get("$ref", "")).removeprefix(_REFERENCE)


def _referred(document: object, definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    """The definitions that a schema needs. The others would be checked, too, each time that a validator is built."""
    needed: dict[str, Any] = {}
    open_ends = [document]
    while open_ends:
        part = open_ends.pop()
        if isinstance(part, Mapping):
            name = _definition(part)
            if name in definitions and name not in needed:
                needed[name] = definitions[name]
                open_ends.append(definitions[name])
            open_ends += part.values()
        elif isinstance(part, list):
            open_ends += part
    return needed
